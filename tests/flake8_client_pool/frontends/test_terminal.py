"""What only a terminal shows: colours and the progress bar, on a real pseudo-terminal."""

import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Tree = Callable[..., Path]
OnTerminal = Callable[..., str]

BUILDS = "from google.cloud import bigquery\n\nclient = bigquery.Client()\n"
RED = "\x1b[1;31mCPL101\x1b[0m"


def everything_from(descriptor: int) -> str:
    read = b""
    try:
        while data := os.read(descriptor, 65536):
            read += data
    except OSError:
        # Linux answers so when the last process has closed the terminal.
        pass
    return read.decode()


@pytest.fixture
def on_terminal(tmp_path: Path, environment: dict[str, str]) -> OnTerminal:
    def run(*arguments: str, command: str = "check", **variables: str) -> str:
        ours, theirs = pty.openpty()
        process = subprocess.Popen(
            [sys.executable, "-m", "flake8_client_pool", command, *arguments],
            cwd=tmp_path,
            env={**environment, "TERM": "xterm", **variables},
            stdout=theirs,
            stderr=theirs,
        )
        os.close(theirs)
        shown = everything_from(ours)
        os.close(ours)
        assert process.wait() in {0, 1}
        assert "Traceback" not in shown
        return shown

    return run


def test_a_terminal_gets_colours(tree: Tree, on_terminal: OnTerminal) -> None:
    tree({"job.py": BUILDS})
    assert RED in on_terminal()
    assert RED in on_terminal("--quiet")


@pytest.mark.parametrize("variables", [{"NO_COLOR": "1"}, {"TERM": "dumb"}, {"NO_COLOR": "1", "FORCE_COLOR": "1"}])
def test_a_terminal_can_be_kept_plain(tree: Tree, on_terminal: OnTerminal, variables: dict[str, str]) -> None:
    tree({"job.py": BUILDS})
    shown = on_terminal(**variables)
    assert "CPL101" in shown
    assert "\x1b" not in shown


def test_an_empty_variable_changes_nothing(tree: Tree, on_terminal: OnTerminal) -> None:
    tree({"job.py": BUILDS})
    assert RED in on_terminal(NO_COLOR="")


def test_a_pipe_gets_colours_only_when_forced(
    tree: Tree, client_pool: Callable[..., subprocess.CompletedProcess[str]], environment: dict[str, str]
) -> None:
    root = tree({"job.py": BUILDS})
    assert "\x1b" not in client_pool("check").stdout
    environment["FORCE_COLOR"] = "1"
    assert RED in client_pool("check").stdout
    client_pool("check", "--output-file=report.txt")
    assert "\x1b" not in (root / "report.txt").read_text()


def test_a_long_run_shows_how_far_it_is(tree: Tree, on_terminal: OnTerminal) -> None:
    tree({f"job_{number}.py": BUILDS * 250 for number in range(24)})
    shown = on_terminal("--output-file=report.txt", "--jobs=1", "--no-cache")
    assert "Checking" in shown
    assert "%" in shown
    assert "Checking" not in on_terminal("--output-file=report.txt", "--jobs=1", "--no-cache", "--quiet")


def test_a_long_fix_shows_how_far_it_is(tree: Tree, on_terminal: OnTerminal) -> None:
    tree({f"job_{number}.py": BUILDS * 40 for number in range(24)})
    assert "Fixing" in on_terminal("--jobs=1", "--diff", command="fix")


def test_a_short_run_shows_no_bar(tree: Tree, on_terminal: OnTerminal) -> None:
    tree({"job.py": BUILDS})
    assert "Checking" not in on_terminal()
