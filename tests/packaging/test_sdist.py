"""The source distribution holds what a packager needs to build and test, and nothing else."""

import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def unpacked(sdist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("unpacked")
    with tarfile.open(sdist) as archive:
        archive.extractall(folder, filter="data")
    return next(folder.iterdir())


def test_it_holds_every_tracked_file_and_nothing_else(unpacked: Path, tracked: list[str]) -> None:
    files = {str(path.relative_to(unpacked)) for path in unpacked.rglob("*") if path.is_file()}
    generated = {name for name in files if name.startswith("flake8_client_pool.egg-info/")} | {"PKG-INFO"}
    assert files - generated == set(tracked) - {".gitignore"}
    for name in ("LICENSE", "README.md", "Makefile", "examples/legacy_service/main.py"):
        assert name in files


def test_it_builds_the_same_wheel(unpacked: Path, wheel: Path, run: Run, tmp_path: Path) -> None:
    run(sys.executable, "-m", "build", "--wheel", "--outdir", tmp_path, unpacked, cwd=tmp_path)
    again = zipfile.ZipFile(tmp_path / wheel.name)
    first = zipfile.ZipFile(wheel)
    assert sorted(again.namelist()) == sorted(first.namelist())
    for name in first.namelist():
        if not name.endswith("RECORD"):
            assert again.read(name) == first.read(name), name
