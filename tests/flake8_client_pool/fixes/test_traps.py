"""Each file in `traps` holds a repository, what a safe fix makes of its first file, and why something is left."""

import ast
import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from flake8_client_pool.fixes.differences import edits_between
from flake8_client_pool.fixes.drafts import applied
from flake8_client_pool.fixes.outcomes import FileFix

TRAPS = sorted(Path(__file__).with_name("traps").glob("*.txt"))
# What makes a file long enough for the fix to leave functions out of what it parses.
TAIL = "\n\n" + "@decorated\ndef idle(rows):\n    return rows\n\n\nclass Idle:\n    def f(self): ...\n" * 50
_PART = re.compile(r"^--- (file|left|after) ?(.*)\n", re.MULTILINE)


class Trap:
    """One trap as its file tells it."""

    def __init__(self, text: str) -> None:
        _, *parts = _PART.split(text)
        self.files: dict[str, str] = {}
        sections = {}
        for kind, name, content in zip(parts[::3], parts[1::3], parts[2::3], strict=True):
            if kind == "file":
                self.files[name] = content
            else:
                sections[kind] = content
        self.before = next(iter(self.files.values()))
        self.after = sections.get("after", self.before)
        self.left = sections["left"].splitlines()


@pytest.fixture(params=[pytest.param(path, id=path.stem) for path in TRAPS])
def trap(request: pytest.FixtureRequest) -> Trap:
    return Trap(request.param.read_text(encoding="utf-8"))


def test_fixed_as_written_down(trap: Trap, fix: Callable[..., FileFix]) -> None:
    done = fix(trap.files)
    assert done.after == trap.after
    assert [each.reason for each in done.outcomes if each.status != "fixed"] == trap.left


def test_fixed_alike_in_a_long_file(trap: Trap, fix: Callable[..., FileFix]) -> None:
    name = next(iter(trap.files))
    assert fix({**trap.files, name: trap.before + TAIL}).after == trap.after + TAIL


def test_a_second_run_changes_nothing(trap: Trap, fix: Callable[..., FileFix]) -> None:
    name = next(iter(trap.files))
    assert fix({**trap.files, name: fix(trap.files).after}).after == trap.after


def test_the_edits_lead_to_the_fixed_text(trap: Trap) -> None:
    assert applied(trap.before, edits_between(trap.before, trap.after)) == trap.after
    ast.parse(trap.after)


def test_no_lint_count_rises(trap: Trap, tmp_path: Path) -> None:
    """Ask ruff itself: unused, redefined and undefined names, and the order of imports."""
    (tmp_path / "shared" / "clients").mkdir(parents=True)
    (tmp_path / "shared" / "config.py").touch()
    assert _complaints(trap.after, tmp_path) <= _complaints(trap.before, tmp_path)


def _complaints(text: str, folder: Path) -> int:
    (folder / "linted.py").write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache", "--output-format", "json"]
    done = subprocess.run(
        [*command, "--select", "F401,F811,F821,I001", "linted.py"], cwd=folder, capture_output=True, check=False
    )
    return len(json.loads(done.stdout))
