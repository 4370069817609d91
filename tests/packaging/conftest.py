"""The project as its next release would be, built and installed apart from the source tree."""

import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
IDENTITY = {
    "GIT_AUTHOR_NAME": "Packaging test",
    "GIT_AUTHOR_EMAIL": "packaging@example.invalid",
    "GIT_COMMITTER_NAME": "Packaging test",
    "GIT_COMMITTER_EMAIL": "packaging@example.invalid",
    "GIT_CONFIG_GLOBAL": os.devnull,
}

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def run() -> Run:
    """Run a program without the source tree in its way; fail with its output when it fails."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTHON", "GIT_", "COV", "MAKE", "MFLAGS"))
    }

    def run(
        *command: str | Path, cwd: Path, code: int | None = 0, **extra: str
    ) -> subprocess.CompletedProcess[str]:
        environment = kept | IDENTITY | extra
        done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
        assert code is None or done.returncode == code, f"{command}\n{done.stdout}\n{done.stderr}"
        return done

    return run


@pytest.fixture(scope="session")
def tracked(run: Run) -> list[str]:
    """List the files of the project as git would commit them now."""
    listed = run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", cwd=PROJECT)
    return [name for name in listed.stdout.split("\0") if name and (PROJECT / name).is_file()]


@pytest.fixture(scope="session")
def snapshot(tracked: list[str], run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a git repository of its own from what git would commit now."""
    folder = tmp_path_factory.mktemp("snapshot") / "flake8-client-pool"
    for name in tracked:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(PROJECT / name, folder / name)
    run("git", "init", "--quiet", cwd=folder)
    run("git", "add", "--all", "--force", cwd=folder)
    run("git", "commit", "--quiet", "--message", "The project as it is now", cwd=folder)
    return folder


@pytest.fixture(scope="session")
def sdist(snapshot: Path, run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("sdist")
    run(sys.executable, "-m", "build", "--sdist", "--outdir", out, snapshot, cwd=out)
    return next(out.glob("*.tar.gz"))


@pytest.fixture(scope="session")
def wheel(snapshot: Path, run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--wheel", "--outdir", out, snapshot, cwd=out)
    return next(out.glob("*.whl"))


@pytest.fixture(scope="session")
def installed(wheel: Path, run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel into a virtual environment that holds nothing else; return its programs' folder."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder, with_pip=True)
    programs = folder / "bin"
    run(programs / "python", "-m", "pip", "install", "--quiet", wheel, cwd=folder)
    return programs
