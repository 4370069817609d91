"""The import contracts in setup.cfg go red when somebody breaks them."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
LAYERS = "Each layer of the linter knows only those below it"
LIBRARIES = "A lint hook loads no Google library, no HTTP client and no pool"
PARTS_OF_FIXES = "Imports and doubts of a fix know nothing of each other"

SERVICES = "A service loads no linter with its pools"

VIOLATIONS = [
    ("model.py", "import flake8_client_pool.kinds", LAYERS),
    ("syntax/source.py", "import flake8_client_pool.rules", LAYERS),
    ("rules/__init__.py", "import flake8_client_pool.engine", LAYERS),
    ("engine.py", "import flake8_client_pool.policy", LAYERS),
    ("policy/__init__.py", "import flake8_client_pool.engine", LAYERS),
    ("fixes/doubts/__init__.py", "import flake8_client_pool.fixes.imports.style", PARTS_OF_FIXES),
    ("scan/__init__.py", "import flake8_client_pool.output", LAYERS),
    ("output/__init__.py", "import flake8_client_pool.frontends.cli", LAYERS),
    ("helpers.py", "A_LAYER_THAT_NOBODY_PLACED = True", LAYERS),
    ("syntax/source.py", "import google.cloud.bigquery", LIBRARIES),
    ("scan/__init__.py", "import requests", LIBRARIES),
    ("frontends/cli.py", "import shared_clients", LIBRARIES),
    ("../shared_clients/_pool.py", "import flake8_client_pool.kinds", SERVICES),
    ("../shared_clients/__main__.py", "import click", SERVICES),
    ("frontends/cli.py", "import flake8.api", "Only the plugin knows flake8"),
    ("syntax/decoding.py", "import ast_grep_py", "Only the source of a file knows ast-grep"),
    ("frontends/cli.py", "import pygls", "Only the language server knows pygls"),
]


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).with_name("lint-imports")
    return subprocess.run([program, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copy(PROJECT / "setup.cfg", tmp_path)
    for package in ("flake8_client_pool", "shared_clients"):
        if (PROJECT / package).exists():
            shutil.copytree(PROJECT / package, tmp_path / package)
    return tmp_path


def test_the_contracts_hold(copy: Path) -> None:
    result = lint_imports(copy)
    assert result.returncode == 0, result.stdout


@pytest.mark.slow
@pytest.mark.parametrize(("file", "line", "contract"), VIOLATIONS)
def test_a_violation_breaks_its_contract(copy: Path, file: str, line: str, contract: str) -> None:
    path = copy / "flake8_client_pool" / file
    path.write_text(f"{line}\n{path.read_text() if path.exists() else ''}")
    result = lint_imports(copy)
    assert result.returncode == 1, result.stdout
    assert f"{contract} BROKEN" in result.stdout
