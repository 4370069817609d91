"""Imports as a repository's own settings want them: ruff and isort themselves say so before a fix and after it."""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import isort
import pytest

from .conftest import POOL

GUARDED = "try:\n    from google.cloud import bigquery\nexcept ImportError:\n    bigquery = None\n\n\n"
MENDED = "import os\nimport sys\n\nfrom google.cloud import bigquery\n\nsys.path.insert(0, '..')\n"
MODULES = {
    "alone": "def rows():\n    from google.cloud import bigquery\n\n    return bigquery.Client()\n",
    "above_a_class": (
        '"""Jobs."""\n\nfrom google.cloud import bigquery\n\n\nclass Job:\n    client = bigquery.Client()\n'
    ),
    "above_a_constant": '"""Jobs."""\nfrom google.cloud import bigquery\n\nCLIENT = bigquery.Client()\n',
    "among_many": (
        "from __future__ import annotations\n\nimport argparse\nimport os\nfrom collections import abc\n\n"
        "import apache_beam as beam\nfrom google.cloud import bigquery\nfrom PIL import Image\n\n"
        "import tools.art\nfrom shared.config import default_project\nfrom tools import draw\n\n"
        "from . import sibling\nfrom ..farm import barn\nfrom .zoo import animals\n\n\n"
        "def rows(image: Image, names: abc.Sequence) -> beam.Row | argparse.Action:\n"
        "    return bigquery.Client(project=os.environ.get('P', default_project())), draw, sibling, barn, animals, "
        "tools.art\n"
    ),
    "among_straight": (
        "import os\n\nimport google.cloud.bigquery\nimport tools.art\n\n\n"
        "def rows():\n    return google.cloud.bigquery.Client(project=os.sep), tools.art\n"
    ),
    "beside_others": (
        "from google.cloud import bigquery\nfrom shared.clients import close_all_clients, get_firestore_client\n\n\n"
        "def rows():\n    close_all_clients(get_firestore_client())\n    return bigquery.Client()\n"
    ),
    "beside_too_many": (
        "from google.cloud import bigquery\n"
        "from shared.clients import MOST_CLIENTS, Pool, close_all_clients, get_firestore_client, get_pubsub_publisher, "
        "get_storage_client\n\n\n"
        "def rows():\n    print(MOST_CLIENTS, Pool, close_all_clients, get_firestore_client, get_pubsub_publisher,\n"
        "          get_storage_client)\n    return bigquery.Client()\n"
    ),
    "beside_renamed": (
        "from google.cloud import bigquery\nfrom shared.clients import close_all_clients as close\n\n\n"
        "def rows():\n    close()\n    return bigquery.Client()\n"
    ),
    "one_less": (
        "from google.cloud import bigquery, exceptions, firestore, pubsub, storage, translate_v3_1\n\n\n"
        "def rows():\n    print(exceptions, firestore, pubsub, storage, translate_v3_1)\n    return bigquery.Client()\n"
    ),
    "in_front_of_a_statement": GUARDED + "CLIENT = bigquery.Client()\n",
    "in_front_of_a_definition": GUARDED + "@bigquery.Client().handles\ndef rows(): ...\n",
    "in_front_of_a_class": GUARDED + "class Rows(bigquery.Client().Base): ...\n",
    "behind_a_mended_path": MENDED + "\n\n\ndef rows():\n    return bigquery.Client(), os\n",
    "behind_it_above_a_comment": MENDED + "\n\n# What follows.\ndef rows():\n    return bigquery.Client(), os\n",
    "behind_it_above_a_class": MENDED + "\n@os.register\nclass Rows:\n    client = bigquery.Client()\n",
    "behind_it_above_a_constant": MENDED + "\nCLIENT = bigquery.Client(project=os.sep)\n",
    "behind_it_above_imports": MENDED + "\nimport abc\n\n\ndef rows():\n    return bigquery.Client(), os, abc\n",
    "in_a_function": (
        "def rows(a):\n    import os\n\n    from google.cloud import bigquery\n\n"
        "    if a:\n        if a > os.sep:\n            from google.cloud import storage\n\n"
        "            return storage.Client()\n    return bigquery.Client()\n"
    ),
}

RUFF = {
    "defaults": "",
    "line length": "line-length = 60",
    "long lines": "line-length = 160",
    "single lines": "[lint.isort]\nforce-single-line = true",
    "single lines but for one": (
        "[lint.isort]\nforce-single-line = true\nsingle-line-exclusions = ['shared.clients', 'google.cloud']"
    ),
    "mixed": "[lint.isort]\nforce-sort-within-sections = true",
    "mixed by length": "[lint.isort]\nforce-sort-within-sections = true\nlength-sort = true",
    "straight by length": "[lint.isort]\nlength-sort-straight = true",
    "from first": "[lint.isort]\nfrom-first = true",
    "from first, apart": "[lint.isort]\nfrom-first = true\nlines-between-types = 1",
    "types apart": "[lint.isort]\nlines-between-types = 2",
    "combined": "[lint.isort]\ncombine-as-imports = true",
    "combined and wrapped": "[lint.isort]\ncombine-as-imports = true\nforce-wrap-aliases = true",
    "whatever type": "[lint.isort]\norder-by-type = false",
    "by case": "[lint.isort]\ncase-sensitive = true\norder-by-type = false",
    "types by name": (
        "[lint.isort]\nclasses = ['get_pubsub_publisher']\nconstants = ['Pool']\nvariables = ['MOST_CLIENTS']"
    ),
    "no line after": "[lint.isort]\nlines-after-imports = 0",
    "one line after": "[lint.isort]\nlines-after-imports = 1",
    "three lines after": "[lint.isort]\nlines-after-imports = 3",
    "no magic comma": "[lint.isort]\nsplit-on-trailing-comma = false",
    "known third party": "[lint.isort]\nknown-third-party = ['shared']",
    "known first party": "[lint.isort]\nknown-first-party = ['apache_beam', 'google.*']",
    "known local": "[lint.isort]\nknown-local-folder = ['shared.clients']",
    "default section": "[lint.isort]\ndefault-section = 'first-party'",
    "sources": "src = ['elsewhere']",
    "section order": (
        "[lint.isort]\nsection-order = ['future', 'first-party', 'standard-library', 'third-party', 'local-folder']"
    ),
    "own sections": (
        "[lint.isort]\nsection-order = ['future', 'standard-library', 'pool', 'third-party', 'first-party', "
        "'local-folder']\nsections = { pool = ['shared'] }"
    ),
    "no lines before": "[lint.isort]\nno-lines-before = ['first-party', 'local-folder']",
    "no sections": "[lint.isort]\nno-sections = true",
    "on top": "[lint.isort]\nforce-to-top = ['tools', 'shared.clients']",
    "closest first": "[lint.isort]\nrelative-imports-order = 'closest-to-furthest'",
    "outside of lint": "select = ['I']\n[isort]\nforce-single-line = true",
}
ISORT = {
    "defaults": "",
    "black": "profile = black",
    "black, longer": "profile = black\nline_length = 100",
    "django": "profile = django",
    "pycharm": "profile = pycharm",
    "google": "profile = google",
    "open_stack": "profile = open_stack",
    "plone": "profile = plone",
    "attrs": "profile = attrs",
    "hug": "profile = hug",
    "wemake": "profile = wemake",
    "appnexus": "profile = appnexus\nknown_application = tools",
    **{f"multi_line_output {mode}": f"multi_line_output = {mode}" for mode in range(6)},
    **{f"{mode} with commas": f"multi_line_output = {mode}\ninclude_trailing_comma = yes" for mode in range(6)},
    "parentheses": "use_parentheses = true\nline_length = 52",
    "backslashes": "line_length = 52",
    "named mode": "multi_line_output = VERTICAL_HANGING_INDENT",
    "mixed": "force_sort_within_sections = true",
    "mixed whatever the case": "force_sort_within_sections = true\norder_by_type = false",
    "alphabetical": "force_alphabetical_sort = true",
    "alphabetical within": "force_alphabetical_sort_within_sections = true",
    "lexicographical": "lexicographical = true\nforce_sort_within_sections = true",
    "combined": "combine_as_imports = true",
    "single lines": "force_single_line = true",
    "wrapped": "force_grid_wrap = 3",
    "lines": "lines_after_imports = 1\nlines_between_types = 1",
    "known": "known_third_party = shared\nknown_first_party = apache_beam,google",
    "own section": "known_pool = shared\nsections = FUTURE,STDLIB,POOL,THIRDPARTY,FIRSTPARTY,LOCALFOLDER",
    "default section": "default_section = FIRSTPARTY\nknown_third_party =\n    google\n    PIL",
    "no lines before": "no_lines_before = LOCALFOLDER,FIRSTPARTY",
    "no sections": "no_sections = true",
    "from first": "from_first = true",
    "by length": "length_sort = true",
    "sources": "src_paths = elsewhere",
}


@pytest.fixture
def repositories(tmp_path: Path) -> Callable[[Mapping[str, Mapping[str, str]]], dict[str, Path]]:
    """Lay out a repository with all the modules for each configuration, given as files."""

    def lay_out(configurations: Mapping[str, Mapping[str, str]]) -> dict[str, Path]:
        roots = {name: tmp_path / str(number) for number, name in enumerate(configurations)}
        for name, root in roots.items():
            jobs = {f"jobs/{each}.py": text for each, text in MODULES.items()}
            files = {**POOL, "tools/art.py": "", ".git/HEAD": "", **configurations[name], **jobs}
            for path, text in files.items():
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                (root / path).write_text(text)
        return roots

    return lay_out


@pytest.fixture
def fixed(tmp_path: Path, client_pool: Callable[..., subprocess.CompletedProcess[str]]) -> Callable[[], None]:
    """Fix all repositories with one run of the command line."""

    def fix() -> None:
        (tmp_path / "pool.cfg").write_text("[client-pool]\npool-module = shared.clients\n")
        done = client_pool("fix", "--config", str(tmp_path / "pool.cfg"), str(tmp_path))
        assert done.returncode == 0, done.stdout + done.stderr

    return fix


def test_ruff(repositories: Callable[..., dict[str, Path]], fixed: Callable[[], None], tmp_path: Path) -> None:
    roots = repositories({name: {"ruff.toml": text} for name, text in RUFF.items()})
    _ruff(tmp_path, "--fix")
    assert _ruff(tmp_path) == []
    fixed()
    assert [_shown(path, roots) for path in _ruff(tmp_path)] == []


def _ruff(folder: Path, *options: str) -> list[Path]:
    command = [sys.executable, "-m", "ruff", "check", "--select=I001", "--no-cache", "--output-format=json"]
    done = subprocess.run([*command, *options, "."], cwd=folder, capture_output=True, check=False)
    return sorted({Path(each["filename"]) for each in json.loads(done.stdout)})


def test_isort(repositories: Callable[..., dict[str, Path]], fixed: Callable[[], None]) -> None:
    roots = repositories({name: {".isort.cfg": f"[settings]\n{text}\natomic = true"} for name, text in ISORT.items()})
    modules = [(path, _settings(root)) for root in roots.values() for path in root.glob("jobs/*.py")]
    for path, settings in modules:
        path.write_text(_sorted(path, settings))
    fixed()
    assert [_shown(path, roots) for path, settings in modules if _sorted(path, settings) != path.read_text()] == []


def _settings(root: Path) -> isort.Config:
    return isort.Config(settings_path=str(root))


def _sorted(path: Path, settings: isort.Config) -> str:
    return isort.code(path.read_text(), config=settings, file_path=path)


def _shown(path: Path, roots: Mapping[str, Path]) -> tuple[str, str, str]:
    name = next(name for name, root in roots.items() if path.is_relative_to(root))
    return name, path.stem, path.read_text()
