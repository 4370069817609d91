"""The README's first command on a fresh clone, as a newcomer runs it."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def clone(snapshot: Path, run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clone") / "project"
    run("git", "clone", "--quiet", snapshot, folder, cwd=folder.parent)
    return folder


@pytest.fixture(scope="module")
def first_check(clone: Path, run: Run) -> str:
    return run("make", "check", cwd=clone).stdout


def test_the_example_service_is_linted_and_its_findings_do_not_fail(first_check: str) -> None:
    assert "== making .venv" in first_check
    for code in ("CPL101", "CPL102", "CPL103", "CPL104", "CPL105", "CPL110"):
        assert f" {code} " in first_check


@pytest.mark.usefixtures("first_check")
def test_the_second_run_installs_nothing(clone: Path, run: Run) -> None:
    again = run("make", "check", cwd=clone).stdout
    assert "== client-pool check" in again
    assert "== making" not in again
    assert "== installing" not in again


@pytest.mark.usefixtures("first_check")
@pytest.mark.parametrize(
    ("source", "code"),
    [("import this\n", 0), ("from google.cloud import storage\n\nstorage.Client()\n", 2)],
)
def test_a_repository_of_ones_own_is_judged(
    clone: Path, run: Run, tmp_path: Path, source: str, code: int
) -> None:
    (tmp_path / "service.py").write_text(source)
    done = run("make", "check", f"REPO={tmp_path}", cwd=clone, code=code)
    assert ("CPL103" in done.stdout) == (code != 0)
    assert ("Error 1" in done.stderr) == (code != 0)  # the linter's own exit code


@pytest.mark.usefixtures("first_check")
def test_a_changed_dependency_is_installed(clone: Path, run: Run) -> None:
    (clone / "setup.cfg").touch()
    assert "== installing" in run("make", "check", cwd=clone).stdout


def test_an_old_python_is_refused_with_a_hint(snapshot: Path, run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "project"
    run("git", "clone", "--quiet", snapshot, folder, cwd=tmp_path)
    done = run("make", "check", "PYTHON=false", cwd=folder, code=2)
    assert "Python 3.11 or newer is needed" in done.stdout
    assert not (folder / ".venv").exists()


def test_help_names_every_target_that_is_meant_for_people(snapshot: Path, run: Run) -> None:
    listed = [line.split()[0] for line in run("make", cwd=snapshot).stdout.splitlines()]
    assert {"check", "test", "quick", "ecosystem", "benchmark", "clean", "help"} <= set(listed)
