"""The commit hook, run by the real pre-commit from a git repository of the project."""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]

CONFIGURATION = ".pre-commit-config.yaml"
CHECK_HOOK = "- id: client-pool-check"
DIRECT = "from google.cloud import storage\n\nbucket = storage.Client().bucket('exports')\n"
POOLED = "from shared_clients import get_storage_client\n\nbucket = get_storage_client().bucket('exports')\n"
README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


def configuration(project: Path, revision: str) -> str:
    """Take the hook's configuration from the README, for a clone at another place and one of its commits."""
    block = re.search(r"<<END\n(repos:\n.*?)END\n", README, re.DOTALL)
    assert block
    text, replaced = re.subn(r"repo: .+", f"repo: {project}", block[1])
    assert replaced == 1
    text, replaced = re.subn(r"rev: .+", f"rev: {revision}", text)
    assert replaced == 1
    return text


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(tmp_path_factory.mktemp("pre-commit"))


@pytest.fixture
def repository(snapshot: Path, run: Run, cache: str, tmp_path: Path) -> Path:
    revision = run("git", "rev-parse", "HEAD", cwd=snapshot).stdout.strip()
    (tmp_path / CONFIGURATION).write_text(configuration(snapshot, revision))
    run("git", "init", "--quiet", cwd=tmp_path)
    run(sys.executable, "-m", "pre_commit", "install", cwd=tmp_path, PRE_COMMIT_HOME=cache)
    run("git", "add", ".", cwd=tmp_path)
    run("git", "commit", "--message", "Start", cwd=tmp_path, PRE_COMMIT_HOME=cache)
    return tmp_path


def configure(run: Run, repository: Path, *hooks: str) -> None:
    """Put hooks into the place of the one that the README names."""
    text = (repository / CONFIGURATION).read_text()
    assert text.count(CHECK_HOOK) == 1
    (repository / CONFIGURATION).write_text(text.replace(CHECK_HOOK, "\n      ".join(hooks)))
    run("git", "add", CONFIGURATION, cwd=repository)


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


def test_the_fix_hook_rewrites_and_stops_the_commit_once(repository: Path, run: Run, cache: str) -> None:
    configure(run, repository, "- id: client-pool-fix", CHECK_HOOK)
    output = commit(run, repository, DIRECT, cache, code=1)
    assert "files were modified by this hook" in output
    assert "Fixed 1 finding in 1 file" in output
    fixed = (repository / "exports.py").read_text()
    assert fixed == POOLED
    commit(run, repository, fixed, cache, code=0)
    assert run("git", "show", "HEAD:exports.py", cwd=repository).stdout == POOLED


def test_partly_staged_files_are_judged_as_staged_and_survive(repository: Path, run: Run, cache: str) -> None:
    configure(run, repository, "- id: client-pool-fix", CHECK_HOOK)
    staged = POOLED + "\n" * 20
    file = repository / "exports.py"
    file.write_text(staged)
    run("git", "add", "exports.py", cwd=repository)
    file.write_text(f"{staged}{DIRECT}")
    (repository / "untracked.py").write_text(DIRECT)
    run("git", "commit", "--message", "Exports", cwd=repository, PRE_COMMIT_HOME=cache)
    assert run("git", "show", "HEAD:exports.py", cwd=repository).stdout == staged
    assert file.read_text() == f"{staged}{DIRECT}"
    assert (repository / "untracked.py").read_text() == DIRECT
    run("git", "add", "exports.py", cwd=repository)
    file.write_text(f"# not staged\n{staged}{DIRECT}")
    run("git", "commit", "--message", "More", cwd=repository, code=1, PRE_COMMIT_HOME=cache)
    assert file.read_text().startswith("# not staged\n")
    assert run("git", "log", "--format=%s", cwd=repository).stdout == "Exports\nStart\n"


def test_the_report_hook_refreshes_a_document_and_stops_the_commit_once(
    repository: Path, run: Run, cache: str
) -> None:
    configure(run, repository, "- id: client-pool-report", "  args: [CLIENTS.md]")
    document = repository / "CLIENTS.md"
    document.write_text("# Clients\n\n<!-- client-pool report -->\n<!-- end of client-pool report -->\n")
    run("git", "add", "CLIENTS.md", cwd=repository)
    commit(run, repository, DIRECT, cache, code=1)
    assert "1 direct construction" in document.read_text()
    run("git", "add", "CLIENTS.md", cwd=repository)
    commit(run, repository, DIRECT, cache, code=0)
    run("git", "rm", "--quiet", "exports.py", cwd=repository)
    run("git", "commit", "--message", "Remove", cwd=repository, code=1, PRE_COMMIT_HOME=cache)
    assert "0 direct constructions" in document.read_text()


def test_twenty_thousand_files_are_checked_in_batches(repository: Path, run: Run, cache: str) -> None:
    folder = repository / "generated"
    folder.mkdir()
    for number in range(20_000):
        (folder / f"module_{number:05}.py").write_text(DIRECT if number in (0, 19_999) else "x = 1\n")
    run("git", "add", ".", cwd=repository)
    command = (sys.executable, "-m", "pre_commit", "run", "client-pool-check", "--all-files")
    output = run(*command, cwd=repository, code=1, PRE_COMMIT_HOME=cache, NO_COLOR="1").stdout
    assert "module_00000.py:3:10: CPL103" in output
    assert "module_19999.py:3:10: CPL103" in output
    batches = [int(count.replace(",", "")) for count in re.findall(r"([\d,]+) files\b", output)]
    assert len(batches) > 1
    assert sum(batches) == 20_000


def test_the_hook_can_be_tried_without_configuring_it(snapshot: Path, run: Run, tmp_path: Path) -> None:
    run("git", "init", "--quiet", cwd=tmp_path)
    (tmp_path / "exports.py").write_text(DIRECT)
    run("git", "add", ".", cwd=tmp_path)
    command = (sys.executable, "-m", "pre_commit", "try-repo", snapshot, "client-pool-check", "--all-files")
    tried = run(*command, cwd=tmp_path, code=1, PRE_COMMIT_HOME=str(tmp_path / "home"))
    assert "exports.py:3:10: CPL103 " in tried.stdout


def test_flake8_as_a_hook_takes_the_plugin_as_an_additional_dependency(
    wheel: Path, run: Run, cache: str, tmp_path: Path
) -> None:
    hook = "{id: flake8, name: flake8, entry: flake8, language: python, types: [python], require_serial: true"
    (tmp_path / CONFIGURATION).write_text(
        f"repos: [{{repo: local, hooks: [{hook}, additional_dependencies: [flake8, '{wheel}']}}]}}]\n"
    )
    run("git", "init", "--quiet", cwd=tmp_path)
    (tmp_path / "exports.py").write_text(DIRECT)
    run("git", "add", ".", cwd=tmp_path)
    command = (sys.executable, "-m", "pre_commit", "run", "--all-files")
    assert "exports.py:3:10: CPL103 " in run(*command, cwd=tmp_path, code=1, PRE_COMMIT_HOME=cache).stdout


def test_prek_runs_the_hook_as_pre_commit_does(repository: Path, run: Run, tmp_path: Path) -> None:
    prek = shutil.which("prek", path=str(Path(sys.executable).parent))
    assert prek
    (repository / "exports.py").write_text(DIRECT)
    run("git", "add", "exports.py", cwd=repository)
    done = run(prek, "run", cwd=repository, code=1, PREK_HOME=str(tmp_path / ".git" / "prek"))
    assert "exports.py:3:10: CPL103 " in done.stdout
