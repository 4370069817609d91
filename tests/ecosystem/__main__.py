"""Lint pinned releases of real packages and compare with the findings on record.

Prints the difference and exits with 1 where there is one, or where the fix makes a fault in one of their files;
`--update` writes it into the record instead, and `--peers` says what grep and ruff find of the constructions on record.
"""

import argparse
import difflib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import fuzz
import peers
from download import DownloadError, Package, SourceDistributions, read_packages, unpack_python

HERE = Path(__file__).parent
PACKAGES = HERE / "packages.txt"
RECORD = HERE / "findings.tsv"
TREES = HERE.parents[1] / ".cache" / "ecosystem"
# CPL302 asks for the repository's own pool: the trees lie inside this one, whose pool is none of theirs.
OPTIONS = ("--isolated", "--ignore-noqa", "--no-cache", "--ignore", "CPL302", "--format", "json")
HEADER = "package\tpath\tline\tcode\tkind"


def tree_of(package: Package, index: SourceDistributions) -> Path:
    """Return the folder with a package's Python files; download them where they are not there yet."""
    folder = TREES / f"{package.name}-{package.version}"
    if not folder.exists():
        print(f"   downloading {package.name} {package.version}", flush=True)
        incomplete = folder.with_name(f"{folder.name}.incomplete")
        shutil.rmtree(incomplete, ignore_errors=True)
        unpack_python(index.archive(package), incomplete)
        incomplete.rename(folder)
    return folder


def findings(package: Package, tree: Path) -> Iterator[str]:
    """Lint one tree; yield a line a finding."""
    # The trees lie in a folder that this project's git ignores; they are judged as if they lay elsewhere.
    environment = os.environ | {"GIT_CEILING_DIRECTORIES": str(tree.parent)}
    done = subprocess.run(
        [sys.executable, "-m", "flake8_client_pool", "check", *OPTIONS, "."],
        cwd=tree,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode not in {0, 1}:
        sys.exit(f"client-pool could not check {package.name}:\n{done.stderr}")
    result = json.loads(done.stdout)
    print(f"   {package.name} {package.version}: {len(result['findings'])} findings, {result['files']} files")
    for finding in result["findings"]:
        place = (finding["path"].removeprefix("./"), str(finding["line"]), finding["code"], finding["kind"] or "")
        yield "\t".join((package.name, *place))


def constructions() -> set[tuple[str, str, int]]:
    """Read the package, path and line of every construction on record."""
    rows = (line.split("\t") for line in RECORD.read_text().splitlines()[1:])
    return {(package, path, int(line)) for package, path, line, code, _ in rows if code < "CPL106"}


def main() -> int:
    parser = argparse.ArgumentParser(prog="make ecosystem", description=__doc__)
    parser.add_argument("--update", action="store_true", help="write the findings into the record")
    parser.add_argument("--peers", action="store_true", help="compare grep and ruff with the record")
    arguments = parser.parse_args()
    packages = read_packages(PACKAGES)
    try:
        with SourceDistributions.of_pip() as index:
            trees = [(package, tree_of(package, index)) for package in packages]
    except DownloadError as error:
        sys.exit(f"make ecosystem: {error}")
    if arguments.peers:
        print("\n".join(peers.compare({package.name: tree for package, tree in trees}, constructions())))
        return 0
    found = [HEADER, *(line for package, tree in trees for line in findings(package, tree))]
    if arguments.update:
        RECORD.write_text("\n".join(found) + "\n")
        print(f"== {len(found) - 1} findings in {len(packages)} packages are on record now")
        return 0
    return max(compare(RECORD.read_text().splitlines(), found), fuzzed([tree for _, tree in trees]))


def fuzzed(trees: list[Path]) -> int:
    """Run every file through the fix, without writing any; print what is at fault and return the exit code."""
    found = [fault for tree in trees for fault in fuzz.faults(tree)]
    print("\n".join([*found, f"== {len(found)} faults in what the fix makes of these files"]))
    return int(bool(found))


def compare(recorded: list[str], found: list[str]) -> int:
    """Print how the findings differ from the record; return the exit code."""
    difference = list(difflib.unified_diff(recorded, found, "on record", "found now", lineterm="", n=0))
    if not difference:
        print(f"== {len(found) - 1} findings, exactly those on record")
        return 0
    print("\n".join(difference))
    print("== the findings changed; where that is right: make ecosystem UPDATE=1")
    return 1


if __name__ == "__main__":
    sys.exit(main())
