"""Which settings say how a repository wants its imports; a single line for each name tells that they were followed."""

import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from flake8_client_pool.fixes.outcomes import FileFix

JOB = (
    "from google.cloud import bigquery\nfrom shared.clients import close_all_clients\n\n\n"
    "def rows():\n    close_all_clients()\n    return bigquery.Client()\n"
)
RUFF = "[tool.ruff.lint.isort]\nforce-single-line = {}\n"
SELECTED = "[lint]\nselect = ['I']\n"
ISORT = "[{}]\nforce_single_line = {}\n"
FOLLOWED: Mapping[str, Mapping[str, str]] = {
    "pyproject.toml, ruff": {"pyproject.toml": RUFF.format("true")},
    "pyproject.toml, isort": {"pyproject.toml": ISORT.format("tool.isort", "true")},
    ".ruff.toml above ruff.toml": {
        ".ruff.toml": "[lint.isort]\nforce-single-line = true\n",
        "ruff.toml": "[lint.isort]\nforce-single-line = false\n",
    },
    "the nearest": {
        "pyproject.toml": RUFF.format("false"),
        "services/ruff.toml": "[isort]\nforce-single-line = true\n",
    },
    "the nearest with such settings": {
        "pyproject.toml": RUFF.format("true"),
        "services/pyproject.toml": "[project]\nname = 'services'\n",
    },
    "extended": {
        "base.toml": "[lint.isort]\nforce-single-line = true\norder-by-type = false\n",
        "services/ruff.toml": "extend = '../base.toml'\n[lint.isort]\norder-by-type = true\n",
    },
    "extended by itself": {"services/ruff.toml": "extend = 'ruff.toml'\n[lint.isort]\nforce-single-line = true\n"},
    "ruff's where both are for imports": {
        ".isort.cfg": ISORT.format("settings", "false"),
        "ruff.toml": SELECTED + "[lint.isort]\nforce-single-line = true\n",
    },
    "ruff's where it says how to sort": {
        ".isort.cfg": ISORT.format("settings", "false"),
        "ruff.toml": "[lint.isort]\nforce-single-line = true\n",
    },
    "isort's where ruff is for other things": {
        ".isort.cfg": ISORT.format("settings", "true"),
        "ruff.toml": "[lint]\nselect = ['F', 'E']\n",
    },
    "isort's where ruff leaves imports out": {
        "setup.cfg": ISORT.format("isort", "true"),
        "ruff.toml": "[lint]\nselect = ['ALL']\nignore = ['I']\n",
    },
    "setup.cfg": {"setup.cfg": ISORT.format("tool:isort", "1")},
    "tox.ini": {"tox.ini": ISORT.format("isort", "yes")},
    "a profile": {"setup.cfg": "[isort]\nprofile = google\n"},
    "what else stands there is wrong": {
        "ruff.toml": "line-length = 'wide'\nsrc = 3\n[lint]\nselect = 3\n[lint.isort]\nforce-single-line = true\n"
        "sections = 3\nknown-first-party = 3\nlines-after-imports = []\nsection-order = 3\nforce-to-top = 3\n"
    },
}
NOT_FOLLOWED: Mapping[str, Mapping[str, str]] = {
    "nothing": {},
    "no TOML": {"pyproject.toml": RUFF.format("true") + "[["},
    "no ini file": {".isort.cfg": "force_single_line\n"},
    "no boolean": {"setup.cfg": ISORT.format("isort", "perhaps")},
    "no table": {"pyproject.toml": "tool = 3\n"},
    "no profile": {"setup.cfg": "[isort]\nprofile = nobody's\nmulti_line_output = 77\n"},
    "nothing to extend": {"ruff.toml": "extend = '../nowhere/ruff.toml'\n"},
    "another tool's": {"setup.cfg": ISORT.format("flake8", "true")},
}
TOGETHER = "from shared.clients import close_all_clients, get_bigquery_client\n"
APART = "from shared.clients import close_all_clients\nfrom shared.clients import get_bigquery_client\n"


@pytest.mark.parametrize("files", FOLLOWED.values(), ids=FOLLOWED)
def test_followed(files: Mapping[str, str], fix: Callable[..., FileFix]) -> None:
    assert fix({"services/job.py": JOB, **files}).after.startswith(APART)


@pytest.mark.parametrize("files", NOT_FOLLOWED.values(), ids=NOT_FOLLOWED)
def test_not_followed(files: Mapping[str, str], fix: Callable[..., FileFix]) -> None:
    assert fix({"services/job.py": JOB, **files}).after.startswith(TOGETHER)


def test_a_file_that_is_no_text_is_not_followed(fix: Callable[..., FileFix], tmp_path: Path) -> None:
    (tmp_path / "ruff.toml").write_bytes(b"# \xff\n[lint.isort]\nforce-single-line = true\n")
    assert fix({"services/job.py": JOB}).after.startswith(TOGETHER)


def test_ruff_places_the_packages_that_it_would_find(fix: Callable[..., FileFix]) -> None:
    """A configuration says from where on modules are first-party, and a package is so for its own files."""
    job = "import google\nfrom google.cloud import bigquery\n\n\ndef rows():\n    return bigquery.Client(), google\n"
    apart = "import google\n\nfrom shared.clients import get_bigquery_client\n"
    together = apart.replace("\n\n", "\n", 1)
    assert fix({"services/job.py": job}).after.startswith(apart)
    assert fix({"services/job.py": job, "services/ruff.toml": "line-length = 99"}).after.startswith(together)
    inside = {"shared/job.py": job, "shared/__init__.py": "", "shared/ruff.toml": "src = ['nowhere']"}
    assert fix(inside).after.startswith(apart)
    settings = f"{inside['shared/ruff.toml']}\n[lint.isort]\ndetect-same-package = false"
    assert fix({**inside, "shared/ruff.toml": settings}).after.startswith(together)


@pytest.mark.parametrize(("length", "wrapped"), [(65, True), (66, False)])
def test_the_line_length_of_black(length: int, wrapped: bool, fix: Callable[..., FileFix]) -> None:  # noqa: FBT001
    job = JOB.replace("close_all_clients", "get_storage_client")
    done = fix({"services/job.py": job, "pyproject.toml": f"[tool.black]\nline-length = {length}\n"})
    assert done.after.startswith("from shared.clients import (\n") == wrapped


def test_a_check_loads_no_reader_of_them(tmp_path: Path) -> None:
    (tmp_path / "job.py").write_text(JOB)
    for command, is_loaded in ({"check": False, "fix": True}).items():
        program = [sys.executable, "-X", "importtime", "-m", "flake8_client_pool", command, "job.py"]
        done = subprocess.run(program, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
        assert ("style_settings" in done.stderr) == is_loaded
