"""Time `client-pool check` and the flake8 plugin beside their peers, on one tree and in one run.

The peers come from the package index with `make benchmark TREE=path`: ruff's banned-api rule (TID251), the
ast-grep command line with one rule, flake8 without the plugin, grep; semgrep too where it is installed. Every
round runs each of them once, so that a busy machine slows all of them alike; the table gives the best and the
median of the rounds, and the ratios that the project holds itself to. Nothing here passes or fails.
"""

import argparse
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from flake8_client_pool.kinds import KINDS

PROGRAMS = Path(sys.executable).parent
SMALL_FILE = "from google.cloud import bigquery\n\n\ndef load() -> None:\n    client = bigquery.Client()\n"
AST_GREP_RULE = """\
id: client-built-directly
language: python
rule: {pattern: $MODULE.Client($$$ARGUMENTS)}
"""
SEMGREP_RULE = """\
rules:
  - id: client-built-directly
    languages: [python]
    severity: WARNING
    message: A client is built directly.
    pattern-either:
      - {pattern: google.cloud.bigquery.Client(...)}
      - {pattern: google.cloud.storage.Client(...)}
"""


@dataclass(frozen=True)
class Contender:
    """A program to time: `command` is run in `folder`, and its output thrown away."""

    name: str
    command: tuple[str, ...]
    folder: Path


@dataclass
class Timings:
    """The seconds that each round took: by the clock, and on all processors together."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)


def main() -> None:
    """Print the tables for the tree that the command line names."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("tree", type=Path, help="a folder with Python files")
    parser.add_argument("--rounds", type=int, default=5, help="of each program (default: 5)")
    parser.add_argument("--flake8-rounds", type=int, default=3, help="flake8 is slow (default: 3)")
    arguments = parser.parse_args()
    tree = arguments.tree.resolve()
    describe(tree)
    with tempfile.TemporaryDirectory() as folder:
        time_tree(tree, Path(folder), arguments.rounds)
        time_small_file(Path(folder), arguments.rounds)
        time_flake8(tree, Path(folder), arguments.flake8_rounds)


def describe(tree: Path) -> None:
    """Say what is measured, and where."""
    files = list(tree.rglob("*.py"))
    size = sum(path.stat().st_size for path in files if path.is_file()) / 1e6
    print(f"{tree}: {len(files)} Python files, {size:.1f} MB")
    tools = " ".join(f"{name} {version(name)}" for name in ("ruff", "ast-grep-cli", "flake8"))
    print(f"Python {platform.python_version()}, {os.cpu_count()} processors, {tools}\n")


def time_tree(tree: Path, folder: Path, rounds: int) -> None:
    """Compare whole runs over the tree."""
    ours = (*ours_command(), "--isolated", "--ignore-noqa", "--quiet", str(tree))
    contenders = [
        Contender("client-pool check, cold", (*ours, "--no-cache"), folder),
        Contender("client-pool check, warm", ours, folder),
        Contender("ruff check --no-cache --select TID251", ruff(folder, "--no-cache", tree), folder),
        Contender("ast-grep scan, one rule", ast_grep(folder, tree), folder),
        Contender("grep -r", ("grep", "-rn", "--include=*.py", "bigquery.Client()", str(tree)), folder),
        *semgrep(folder, tree),
    ]
    run(contenders[1])  # fills the cache
    timed = measure(contenders, rounds)
    print_table(timed)
    cold, warm, banned, rule = (min(timings.wall) for timings in list(timed.values())[:4])
    print_target("cold against ruff", cold / banned, "at most 3")
    print_target("cold against ast-grep with one rule", cold / rule, "under 1")
    print_target("warm against ruff, which has no cache here", warm / banned, "at most 1")


def time_small_file(folder: Path, rounds: int) -> None:
    """Compare what a commit hook pays for one small file."""
    (folder / "small.py").write_text(SMALL_FILE)
    timed = measure(
        [
            Contender("client-pool check small.py", (*ours_command(), "--isolated", "small.py"), folder),
            Contender("ruff check small.py", ruff(folder, "--no-cache", Path("small.py")), folder),
            Contender("flake8 small.py", (str(PROGRAMS / "flake8"), "small.py"), folder),
            Contender("python -c pass", (sys.executable, "-c", "pass"), folder),
        ],
        rounds * 4,
    )
    print_table(timed)
    milliseconds = statistics.median(timed["client-pool check small.py"].wall) * 1000
    print(f"   one small file, median: {milliseconds:.0f} ms (target: under 120 ms)\n")


def time_flake8(tree: Path, folder: Path, rounds: int) -> None:
    """Compare flake8's own processor time with the plugin's part in it."""
    bare = folder / "flake8-alone"
    venv.create(bare, with_pip=True)
    install = ("-m", "pip", "install", "--quiet", f"flake8=={version('flake8')}")
    subprocess.run((bare / "bin" / "python", *install), check=True)
    options = ("--jobs", "1", "--isolated", str(tree))
    timed = measure(
        [
            Contender("flake8 with the plugin", (str(PROGRAMS / "flake8"), *options), folder),
            Contender("flake8 alone", (str(bare / "bin" / "flake8"), *options), folder),
        ],
        rounds,
    )
    print_table(timed)
    both, alone = (min(timings.cpu) for timings in timed.values())
    print(f"   the plugin adds {100 * (both / alone - 1):+.1f} % of processor time (target: at most 3 %)\n")


def ours_command() -> tuple[str, ...]:
    """Return the beginning of our own command line."""
    return (str(PROGRAMS / "client-pool"), "check")


def ruff(folder: Path, cache: str, tree: Path) -> tuple[str, ...]:
    """Write ruff's configuration: the same constructors that we know, banned."""
    banned = [name for kind in KINDS if kind.default for name in kind.constructors]
    lines = [f'"{name}".msg = "take it from the pool"\n' for name in banned]
    configuration = folder / "ruff.toml"
    configuration.write_text("[lint.flake8-tidy-imports.banned-api]\n" + "".join(lines))
    options = ("--quiet", cache, "--select", "TID251", "--config", str(configuration))
    return (str(PROGRAMS / "ruff"), "check", *options, str(tree))


def ast_grep(folder: Path, tree: Path) -> tuple[str, ...]:
    """Write one rule for ast-grep."""
    rule = folder / "rule.yml"
    rule.write_text(AST_GREP_RULE)
    return (str(PROGRAMS / "ast-grep"), "scan", "--json=compact", "--rule", str(rule), str(tree))


def semgrep(folder: Path, tree: Path) -> Iterable[Contender]:
    """Write two patterns for semgrep, where it is installed."""
    program = shutil.which("semgrep")
    if program is None:
        return
    rule = folder / "semgrep.yml"
    rule.write_text(SEMGREP_RULE)
    options = ("scan", "--metrics=off", "--disable-version-check", "--quiet", "--config", str(rule))
    yield Contender("semgrep scan, two patterns", (program, *options, str(tree)), folder)


def measure(contenders: Iterable[Contender], rounds: int) -> dict[str, Timings]:
    """Run every contender once a round; return the timings by name."""
    timed = {contender.name: (contender, Timings()) for contender in contenders}
    for _ in range(rounds):
        for contender, timings in timed.values():
            wall, cpu = run(contender)
            timings.wall.append(wall)
            timings.cpu.append(cpu)
    return {name: timings for name, (_, timings) in timed.items()}


def run(contender: Contender) -> tuple[float, float]:
    """Run one program to its end; return its seconds by the clock and on the processors."""
    start = time.perf_counter()
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            contender.command, cwd=contender.folder, stdout=subprocess.DEVNULL, stderr=errors
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in {0, 1}:  # each of them says 1 where it found something
            errors.seek(0)
            sys.exit(f"{contender.name} failed:\n{errors.read().decode()}")
    return seconds, usage.ru_utime + usage.ru_stime


def print_table(timed: dict[str, Timings]) -> None:
    """Print a row for each contender."""
    print(f"   {'':40}{'best':>9}{'median':>9}{'processor':>11}")
    for name, timings in timed.items():
        best, median = min(timings.wall), statistics.median(timings.wall)
        print(f"   {name:40}{best:>7.2f} s{median:>7.2f} s{min(timings.cpu):>9.2f} s")
    print()


def print_target(what: str, ratio: float, target: str) -> None:
    """Print one ratio of best times beside what the project aims at."""
    print(f"   {what}: {ratio:.2f} (target: {target})")


if __name__ == "__main__":
    main()
