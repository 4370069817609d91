"""The commit hook, run by the real pre-commit from a git repository of the project."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from flake8_client_pool import __version__

Run = Callable[..., subprocess.CompletedProcess[str]]

DIRECT = "from google.cloud import storage\n\nbucket = storage.Client().bucket('exports')\n"
POOLED = "from shared_clients import get_storage_client\n\nbucket = get_storage_client().bucket('exports')\n"
README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def configuration(project: Path) -> tuple[str, str]:
    """Take the hook's configuration from the README, for a clone at another place; return it and its revision."""
    block = re.search(r"```yaml\n(# \.pre-commit-config\.yaml\n.*?)```", README, re.DOTALL)
    assert block
    revision = re.search(r"rev: (\S+)", block[1])
    assert revision
    text, replaced = re.subn(r"repo: \S+", f"repo: {project}", block[1])
    assert replaced == 1
    return text, revision[1]


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(tmp_path_factory.mktemp("pre-commit"))


@pytest.fixture
def repository(snapshot: Path, run: Run, cache: str, tmp_path: Path) -> Path:
    text, revision = configuration(snapshot)
    run("git", "tag", "--force", revision, cwd=snapshot)
    (tmp_path / ".pre-commit-config.yaml").write_text(text)
    run("git", "init", "--quiet", cwd=tmp_path)
    run(sys.executable, "-m", "pre_commit", "install", cwd=tmp_path, PRE_COMMIT_HOME=cache)
    run("git", "add", ".", cwd=tmp_path)
    run("git", "commit", "--message", "Start", cwd=tmp_path, PRE_COMMIT_HOME=cache)
    return tmp_path


def commit(run: Run, repository: Path, text: str, cache: str, code: int) -> str:
    (repository / "exports.py").write_text(text)
    run("git", "add", "exports.py", cwd=repository)
    done = run(
        "git",
        "commit",
        "--message",
        "Exports",
        cwd=repository,
        code=code,
        PRE_COMMIT_HOME=cache,
        NO_COLOR="1",
    )
    return done.stdout + done.stderr


def test_a_direct_client_is_refused_with_the_hint(repository: Path, run: Run, cache: str) -> None:
    output = commit(run, repository, DIRECT, cache, code=1)
    assert "exports.py:3:10: CPL103 " in output
    assert "use get_storage_client() from shared_clients" in output
    assert run("git", "log", "--format=%s", cwd=repository).stdout == "Start\n"


def test_a_pooled_client_passes(repository: Path, run: Run, cache: str) -> None:
    commit(run, repository, POOLED, cache, code=0)
    assert run("git", "log", "--format=%s", cwd=repository).stdout == "Exports\nStart\n"


def test_the_hook_takes_the_files_that_a_directory_has_for_the_command(repository: Path, run: Run, cache: str) -> None:
    (repository / "exports.pyi").write_text(DIRECT)
    script = repository / "exports"
    script.write_text(f"#!/usr/bin/env python3\n{DIRECT}")
    script.chmod(0o755)
    run("git", "add", "exports.pyi", "exports", cwd=repository)
    commit(run, repository, POOLED, cache, code=0)
    assert run("git", "log", "--format=%s", cwd=repository).stdout == "Exports\nStart\n"


def test_the_readme_pins_the_hook_to_this_version() -> None:
    assert configuration(Path())[1] == f"v{__version__}"
