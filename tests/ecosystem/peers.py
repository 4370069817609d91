"""What others find of the constructions on record, for the comparison in the README; semgrep where it is installed."""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from flake8_client_pool.kinds import KINDS

PLAIN_CALLS = r"(bigquery|storage|firestore)\.Client\(\)|pubsub_v1\.(Publisher|Subscriber)Client\(\)"


def compare(trees: dict[str, Path], record: set[tuple[str, str, int]]) -> Iterator[str]:
    """Yield a line a peer; `record` holds the package, path and line of every construction."""
    finders = {"grep": grep, "ruff": ruff, **({"semgrep": semgrep} if shutil.which("semgrep") else {})}
    for name, finder in finders.items():
        reports = [(package, *place) for package, tree in trees.items() for place in finder(tree)]
        found, false = record & set(reports), [report for report in reports if report not in record]
        recall = f"{len(found)} of {len(record)} ({len(found) / len(record):.0%})"
        yield f"{name}: finds {recall}, {len(false)} of {len(reports)} reports false"


def grep(tree: Path) -> Iterator[tuple[str, int]]:
    """Search for the calls without arguments, as people do."""
    command = ("grep", "-rnE", "--include=*.py", PLAIN_CALLS, ".")
    for line in run(*command, cwd=tree).splitlines():
        path, number, _ = line.split(":", 2)
        yield path.removeprefix("./"), int(number)


def ruff(tree: Path) -> Iterator[tuple[str, int]]:
    """Ban every constructor that we know."""
    names = [name for kind in KINDS if kind.default for name in kind.constructors]
    with tempfile.TemporaryDirectory() as folder:
        configuration = Path(folder) / "ruff.toml"
        banned = "".join(f'"{name}".msg = "take it from the pool"\n' for name in names)
        configuration.write_text(f"[lint.flake8-tidy-imports.banned-api]\n{banned}")
        options = ("--select", "TID251", "--ignore-noqa", "--no-cache", "--output-format", "json")
        program = Path(sys.executable).with_name("ruff")
        found = json.loads(run(program, "check", *options, "--config", configuration, ".", cwd=tree))
    for report in found:
        if report["code"] == "TID251":
            yield str(Path(report["filename"]).relative_to(tree)), report["location"]["row"]


def semgrep(tree: Path) -> Iterator[tuple[str, int]]:
    """Search for a call of every constructor that we know, by its qualified name."""
    names = [name for kind in KINDS if kind.default for name in kind.constructors]
    rule = {
        "id": "client-built-directly",
        "languages": ["python"],
        "severity": "WARNING",
        "message": "take it from the pool",
        "pattern-either": [{"pattern": f"{name}(...)"} for name in names],
    }
    with tempfile.TemporaryDirectory() as folder:
        configuration = Path(folder) / "rules.json"
        configuration.write_text(json.dumps({"rules": [rule]}))
        options = ("--metrics=off", "--disable-version-check", "--disable-nosem", "--no-git-ignore", "--json", "-q")
        # It leaves out tests by default, unless the tree says what to leave out.
        (tree / ".semgrepignore").touch()
        found = json.loads(run("semgrep", "scan", "--config", configuration, *options, ".", cwd=tree))
    for report in found["results"]:
        yield str(Path(report["path"])), report["start"]["line"]


def run(*command: str | Path, cwd: Path) -> str:
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False).stdout
