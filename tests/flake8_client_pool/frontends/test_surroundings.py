"""Every command ends with the documented code, wherever it runs: without a terminal, a home, or the right to write."""

import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from flake8_client_pool.frontends.cli import main
from flake8_client_pool.output.formats import CHECK_FORMATS

Tree = Callable[[Mapping[str, str]], Path]
Run = Callable[..., subprocess.CompletedProcess[str]]

DOCUMENT = (Path(__file__).parents[3] / "docs" / "ci.md").read_text(encoding="utf-8")
BUILDS = "from google.cloud import storage\n\nbucket = storage.Client().bucket('exports')\n"
PHASES = """\
[tool.client-pool]
phase = {phase}
[[tool.client-pool.phases]]
name = "all"
paths = ["jobs"]
"""
DOCUMENT_WITH_REPORT = "<!-- client-pool report -->\n<!-- end of client-pool report -->\n"
CLEAN = {"jobs/a.py": "x = 1\n", "pyproject.toml": PHASES.format(phase=0)}
REACHED = {"jobs/a.py": BUILDS, "pyproject.toml": PHASES.format(phase=1), "REPORT.md": DOCUMENT_WITH_REPORT}
PENDING = REACHED | {"pyproject.toml": PHASES.format(phase=0)}
BROKEN = {"jobs/a.py": BUILDS, "pyproject.toml": "[tool.client-pool]\nunknown = 1\n"}

OUTCOMES: list[tuple[str, dict[str, str], int]] = [
    ("check", CLEAN, 0),
    ("check", PENDING, 0),
    ("check --exit-zero", REACHED, 0),
    ("check", REACHED, 1),
    ("check", BROKEN, 2),
    ("check absent.py", CLEAN, 2),
    ("fix", REACHED, 0),
    ("fix", REACHED | {"jobs/b.py": "from google.cloud import storage\n\nstorage.Client(_http=1)\n"}, 1),
    ("fix", BROKEN, 2),
    ("phases", PENDING, 0),
    ("phases --check", REACHED, 1),
    ("phases --advance", PENDING, 1),
    ("phases", {"jobs/a.py": BUILDS}, 2),
    ("baseline", PENDING, 0),
    ("baseline", REACHED, 2),
    ("report", REACHED, 0),
    ("report --update REPORT.md --check", REACHED, 1),
    ("report", BROKEN, 2),
    ("init --yes", {"jobs/a.py": BUILDS}, 0),
    ("init", {"jobs/a.py": BUILDS}, 2),
    ("config", REACHED, 0),
    ("config", BROKEN, 2),
    ("rules", CLEAN, 0),
    ("explain CPL103", CLEAN, 0),
    ("explain CPL999", CLEAN, 2),
]


def documented() -> dict[str, set[int]]:
    """Read which codes each command can end with."""
    section = DOCUMENT.partition("## Exit codes")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (`.*?) \| (.*?) \| (.*?) \| (.*?) \|$", section, re.MULTILINE)
    return {
        command: {code for code, meaning in enumerate(meanings) if meaning != "-"}
        for commands, *meanings in rows
        for command in re.findall(r"`([\w-]+)`", commands)
    }


@pytest.fixture
def ended(
    tree: Tree, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[[str, dict[str, str]], tuple[object, str]]:
    """Run a command among files, with nobody to ask; return how it ended, and what it wrote to standard error."""

    def run(command: str, files: dict[str, str]) -> tuple[object, str]:
        monkeypatch.chdir(tree(files))
        monkeypatch.setattr(sys, "argv", ["client-pool", *command.split()])
        monkeypatch.setattr(sys, "stdin", io.StringIO())
        with pytest.raises(SystemExit) as end:
            main()
        return end.value.code, capsys.readouterr().err

    return run


@pytest.mark.parametrize(("command", "files", "code"), OUTCOMES)
def test_a_command_ends_with_its_code(
    ended: Callable[..., tuple[object, str]], command: str, files: dict[str, str], code: int
) -> None:
    found, told = ended(command, files)
    assert found == code
    assert told.startswith("client-pool: ") if code == 2 else code or not told


def test_the_table_has_every_code_that_a_command_ends_with_and_no_other() -> None:
    found: dict[str, set[int]] = {}
    for command, _, code in OUTCOMES:
        found.setdefault(command.split()[0], set()).add(code)
    assert {name: codes for name, codes in documented().items() if name in found} == found


def test_nothing_depends_on_a_terminal_a_home_or_a_language(
    tree: Tree, client_pool: Run, environment: dict[str, str]
) -> None:
    tree({f"jobs/part{number}.py": BUILDS for number in range(20)} | REACHED)
    commands = [f"check --show-fixes --format={name}" for name in CHECK_FORMATS]
    commands += ["fix --diff", "phases", "report", "config", "explain CPL103"]
    before = [client_pool(*command.split()) for command in commands]
    shutil.rmtree(tree({}) / ".client-pool-cache")
    for name in ("HOME", "LANG", "VIRTUAL_ENV"):
        environment.pop(name, None)
    environment |= {"LC_ALL": "C", "TERM": "dumb", "XDG_CACHE_HOME": "/proc/none", "TMPDIR": "/proc/none"}
    after = [client_pool(*command.split()) for command in commands]
    for one, other in zip(before, after, strict=True):
        assert (one.returncode, one.stdout, one.stderr) == (other.returncode, other.stdout, other.stderr)


@pytest.fixture
def others_tree() -> Iterator[Path]:
    """A work tree that everybody may read and only its owner may write."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        subprocess.run(["git", "init", "--quiet", folder], check=True)
        for number in range(20):
            (folder / f"part{number:02}.py").write_text(BUILDS)
        for path in (folder, *folder.rglob("*")):
            path.chmod(0o555 if path.is_dir() else 0o444)
        yield folder
        for path in (folder, *folder.rglob("*")):
            path.chmod(0o755)


# Loads all that a check needs before it becomes somebody else, who may not read where Python is installed.
AS_NOBODY = """\
import os, sys
from flake8_client_pool.frontends.commands import commands

def check(folder):
    os.chdir(folder)
    return commands.main(["check", "--jobs=1", "--quiet"], standalone_mode=False)

first = check(sys.argv[1])
if os.getuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
print("as", os.getuid(), flush=True)
sys.exit(first * 10 + check(sys.argv[2]))
"""


def test_who_cannot_write_the_cache_gets_the_same_answer(
    others_tree: Path, tree: Tree, git: Callable[..., None], environment: dict[str, str]
) -> None:
    own = tree({f"part{number:02}.py": BUILDS for number in range(20)})
    git("init", "--quiet")
    # Nobody may not write what coverage would note of the run either.
    unmeasured = {name: value for name, value in environment.items() if not name.startswith(("COVERAGE", "HOME"))}
    done = subprocess.run(
        [sys.executable, "-c", AS_NOBODY, own, others_tree],
        env=unmeasured,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (11, "")
    mine, _, theirs = re.split(r"^(as \d+)\n", done.stdout, flags=re.MULTILINE)
    assert mine == theirs
    assert mine.count("CPL103") == 20
    assert os.getuid() != 0 or "as 65534" in done.stdout
    assert not (others_tree / ".client-pool-cache").exists()
    assert (own / ".client-pool-cache").exists()
