"""The wheel, installed where there is nothing else, does what the source tree does."""

import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]

SERVICE = "from google.cloud import bigquery\n\nclient = bigquery.Client()\n"
PACKAGES = ("flake8_client_pool", "shared_clients")


@pytest.fixture
def service(tmp_path: Path) -> Path:
    (tmp_path / "service.py").write_text(SERVICE)
    return tmp_path


@pytest.mark.parametrize(
    "command",
    [
        ("client-pool", "check", "service.py"),
        ("python", "-m", "flake8_client_pool", "check", "service.py"),
        ("flake8", "service.py"),
    ],
)
def test_every_face_finds_the_client(
    installed: Path, service: Path, run: Run, command: tuple[str, ...]
) -> None:
    done = run(installed / command[0], *command[1:], cwd=service, code=1)
    assert "service.py:3:10: CPL101 " in done.stdout
    assert "get_bigquery_client()" in done.stdout
    assert done.stderr == ""


def test_flake8_names_the_plugin(installed: Path, service: Path, run: Run) -> None:
    assert "flake8-client-pool: 0.1.0" in run(installed / "flake8", "--version", cwd=service).stdout


def test_a_clean_file_passes(installed: Path, service: Path, run: Run) -> None:
    (service / "service.py").write_text(
        "from shared_clients import get_bigquery_client\n\nget_bigquery_client()\n"
    )
    assert run(installed / "client-pool", "check", "--quiet", "service.py", cwd=service).stdout == ""
    assert run(installed / "flake8", "service.py", cwd=service).stdout == ""


def test_the_code_that_runs_is_the_installed_one(installed: Path, service: Path, run: Run) -> None:
    show = "import flake8_client_pool; print(flake8_client_pool.__file__)"
    found = run(installed / "python", "-c", show, cwd=service).stdout.strip()
    assert Path(found).is_relative_to(installed.parent)


def test_no_google_library_comes_along(installed: Path, service: Path, run: Run) -> None:
    listed = run(installed / "python", "-m", "pip", "list", "--format", "freeze", cwd=service).stdout
    names = {line.partition("==")[0] for line in listed.splitlines()}
    assert "flake8-client-pool" in names
    assert not {name for name in names if name.startswith(("google", "grpc", "requests"))}


def test_the_wheel_holds_the_packages_and_nothing_else(wheel: Path, tracked: list[str]) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    metadata = {name for name in names if ".dist-info/" in name}
    assert any(name.endswith("licenses/LICENSE") for name in metadata)
    assert set(names) - metadata == {name for name in tracked if name.startswith(PACKAGES)}
