"""A repository with a pool of its own, as fixes meet it."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from flake8_client_pool.engine import Engine
from flake8_client_pool.fixes.doubts.outside_uses import OutsideUses
from flake8_client_pool.fixes.file_fix import FileFixer
from flake8_client_pool.fixes.outcomes import FileFix
from flake8_client_pool.kinds import KINDS

POOL = {
    "shared/clients/__init__.py": (
        "from shared.clients.pools import close_all_clients, get_bigquery_client, get_storage_client\n"
    ),
    "shared/clients/pools.py": (
        "from google.cloud import bigquery, storage\nfrom shared.config import default_project\n\n\n"
        "def get_bigquery_client(project_id=None, location=None):\n"
        "    return bigquery.Client(project=project_id or default_project(), location=location)\n\n\n"
        "def get_storage_client(project_id=None):\n    return storage.Client(project=project_id)\n\n\n"
        "def close_all_clients(): ...\n"
    ),
    "shared/config.py": "def default_project():\n    return 'demo'\n",
}

Fix = Callable[..., FileFix]


@pytest.fixture
def fix(tmp_path: Path) -> Fix:
    """Lay a repository out and fix the first of the given files."""

    def fix(files: Mapping[str, str], *, unsafe: bool = False, pool: str = "shared.clients") -> FileFix:
        (tmp_path / ".git").mkdir(exist_ok=True)
        for name, text in {**POOL, **files}.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text, encoding="utf-8", newline="")
        path = str(tmp_path / next(iter(files)))
        text = next(iter(files.values()))
        engine = Engine(KINDS, pool, patches=unsafe)
        words = engine.words(path, text.encode())
        findings = engine.analyze(path, text, words).findings if words else ()
        places = [(each.span.start, each.kind, each.code) for each in findings if each.kind]
        outside = OutsideUses([str(each) for each in tmp_path.rglob("*.py")])
        return FileFixer(KINDS, pool, outside).fix(path, text.encode(), text, places, unsafe=unsafe)

    return fix
