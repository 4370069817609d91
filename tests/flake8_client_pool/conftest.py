import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from .team import Team

Content = str | bytes
WriteTree = Callable[[Mapping[str, Content]], Path]
Process = subprocess.CompletedProcess[str]
RunProcess = Callable[..., Process]

_INHERITED = ("PATH", "HOME", "LANG", "VIRTUAL_ENV")


@pytest.fixture
def tree(tmp_path: Path) -> WriteTree:
    """Write files by their paths, and return the directory that holds them."""

    def write(files: Mapping[str, Content]) -> Path:
        for path, content in files.items():
            file = tmp_path / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content.encode() if isinstance(content, str) else content)
        return tmp_path

    return write


@pytest.fixture
def environment() -> dict[str, str]:
    """Return what a process inherits; tests put more into it."""
    kept = {name: value for name, value in os.environ.items() if name in _INHERITED or name.startswith("COV")}
    return {"PYTHONWARNINGS": "error", **kept}


@pytest.fixture
def run_process(tmp_path: Path, environment: dict[str, str]) -> RunProcess:
    """Run a module of this Python in the test's directory and return what it wrote and how it ended."""

    def run(module: str, *arguments: str, stdin: str | bytes = b"", cwd: Path = tmp_path) -> Process:
        done = subprocess.run(
            [sys.executable, "-m", module, *arguments],
            cwd=cwd,
            env=environment,
            input=stdin.encode() if isinstance(stdin, str) else stdin,
            capture_output=True,
            check=False,
            timeout=120,
        )
        assert b"Traceback" not in done.stderr, done.stderr.decode()
        return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())

    return run


@pytest.fixture
def client_pool(run_process: RunProcess) -> RunProcess:
    """Run the command line; it must never end in a traceback."""
    return lambda *arguments, **options: run_process("flake8_client_pool", *arguments, **options)


@pytest.fixture
def flake8(run_process: RunProcess) -> RunProcess:
    """Run the real flake8 with the plugin's codes alone."""
    return lambda *arguments, **options: run_process("flake8", "--select=CPL", *arguments, **options)


@pytest.fixture
def git(tmp_path: Path, environment: dict[str, str]) -> Callable[..., None]:
    """Run git in the test's directory, as somebody and with no configuration of this machine's user."""
    somebody = {
        f"GIT_{role}_{what}": value
        for role in ("AUTHOR", "COMMITTER")
        for what, value in (("NAME", "Somebody"), ("EMAIL", "somebody@example.com"))
    }
    environment = {
        **environment,
        **somebody,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
    }

    def run(*arguments: str, cwd: Path = tmp_path) -> None:
        subprocess.run(["git", *arguments], cwd=cwd, env=environment, check=True, capture_output=True)

    return run


@pytest.fixture
def team(
    tmp_path: Path,
    environment: dict[str, str],
    git: Callable[..., None],
    client_pool: RunProcess,
    flake8: RunProcess,
) -> Team:
    """Begin a repository with one empty commit."""
    git("init", "--quiet", "--initial-branch=main")
    git("commit", "--quiet", "--allow-empty", "--message=begin")
    return Team(tmp_path, environment, git, client_pool, flake8)
