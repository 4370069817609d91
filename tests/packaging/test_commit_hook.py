"""The commit hook, run by the real pre-commit from a git repository of the project."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]

DIRECT = "from google.cloud import storage\n\nbucket = storage.Client().bucket('exports')\n"
POOLED = "from shared_clients import get_storage_client\n\nbucket = get_storage_client().bucket('exports')\n"
CONFIGURATION = """\
repos:
  - repo: {project}
    rev: {revision}
    hooks:
      - id: client-pool-check
"""


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(tmp_path_factory.mktemp("pre-commit"))


@pytest.fixture
def repository(snapshot: Path, run: Run, cache: str, tmp_path: Path) -> Path:
    revision = run("git", "rev-parse", "HEAD", cwd=snapshot).stdout.strip()
    configuration = CONFIGURATION.format(project=snapshot, revision=revision)
    (tmp_path / ".pre-commit-config.yaml").write_text(configuration)
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
