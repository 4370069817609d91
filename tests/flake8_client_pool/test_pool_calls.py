"""Which calls count as taking a client from the pool: the getters are followed as constructors are."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from flake8_client_pool.engine import Engine
from flake8_client_pool.kinds import KINDS

WriteTree = Callable[[Mapping[str, str]], Path]

POOL = {
    "shared/__init__.py": "",
    "shared/clients/__init__.py": "from shared.clients.bigquery_pool import get_bigquery_client\n",
    "shared/clients/bigquery_pool.py": "def get_bigquery_client(project_id=None): ...\n",
}
SEEN_IN_THE_FILE = {
    "from shared.clients import get_bigquery_client\n\nget_bigquery_client()\n": ["bigquery"],
    "from shared.clients.bigquery_pool import get_bigquery_client as bq\n\nbq('shop')\n": ["bigquery"],
    "import shared.clients as pools\n\npools.get_storage_client()\n": ["storage"],
    "import shared.clients\n\nshared.clients.get_pubsub_publisher()\n": ["publisher"],
    "def load():\n    from shared.clients import get_storage_client\n    return get_storage_client()\n": ["storage"],
    "import shared.clients.storage_pool as p\nmake = p.get_storage_client\nmake()\nmake()\n": ["storage"] * 2,
    "from shared.clients import *\n\nget_bigquery_client()\n": ["bigquery"],
    "from shared import clients\n\ngetattr(clients, 'get_firestore_client')()\n": ["firestore"],
    "from shared.clients import get_http_session\n\n\ndef get_http_session(): ...\n\n\nget_http_session()\n": [],
    "def f(get_bigquery_client):\n    return get_bigquery_client()\n": [],
    "from elsewhere.clients import get_bigquery_client\n\nget_bigquery_client()\n": [],
    "from shared.clients import get_bigquery_client\n\nprint(get_bigquery_client)\n# get_bigquery_client()\n": [],
    "from unittest.mock import patch\n\npatch('shared.clients.get_bigquery_client')\n": [],
}
SEEN_IN_THE_REPOSITORY = {
    "from tools import warehouse\n\nwarehouse()\n": {
        "tools.py": "from shared.clients import get_bigquery_client as warehouse\n"
    },
    "from tools import *\n\nget_bigquery_client()\n": {
        "tools.py": "from shared.clients.bigquery_pool import get_bigquery_client\n"
    },
    "from shared import get_bigquery_client\n\nget_bigquery_client()\n": {
        "shared/__init__.py": "from .clients.bigquery_pool import get_bigquery_client\n"
    },
    "from base import Base\n\n\nclass Job(Base):\n    def run(self):\n        return self.take()\n": {
        "base.py": "from shared.clients import get_bigquery_client\n\n\nclass Base:\n    take = get_bigquery_client\n"
    },
}


def kinds_of(engine: Engine, path: str, text: str) -> list[str]:
    assert all(use.pooled for use in engine.pool_calls(path, text.encode(), text))
    return [use.kind for use in engine.pool_calls(path, text.encode(), text)]


@pytest.mark.parametrize("text", SEEN_IN_THE_FILE)
def test_getters_are_followed_in_a_file_with_a_tree_around_it_or_without(text: str, tree: WriteTree) -> None:
    file = tree({**POOL, "job.py": text}) / "job.py"
    assert kinds_of(Engine(KINDS, "shared.clients"), str(file), text) == SEEN_IN_THE_FILE[text]
    assert kinds_of(Engine.in_file(KINDS, "shared.clients"), "/job.py", text) == SEEN_IN_THE_FILE[text]


@pytest.mark.parametrize("text", SEEN_IN_THE_REPOSITORY)
def test_getters_are_followed_through_other_files(text: str, tree: WriteTree) -> None:
    file = tree({**POOL, **SEEN_IN_THE_REPOSITORY[text], "job.py": text}) / "job.py"
    assert kinds_of(Engine(KINDS, "shared.clients"), str(file), text) == ["bigquery"]
    assert kinds_of(Engine.in_file(KINDS, "shared.clients"), str(file), text) == []


def test_a_place_is_told_by_its_span_and_scope() -> None:
    text = (
        "from google.cloud import bigquery\nfrom shared.clients import get_bigquery_client\n\n\n"
        "class Job:\n    def run(self):\n        return get_bigquery_client(), bigquery.Client()\n"
    )
    uses = Engine.in_file(KINDS, "shared.clients").client_uses("/job.py", text.encode(), text)
    assert [(use.kind, use.pooled, use.span.line, use.span.column, use.scope) for use in uses] == [
        ("bigquery", True, 7, 16, "Job.run"),
        ("bigquery", False, 7, 39, "Job.run"),
    ]
    assert [text[use.span.start : use.span.end] for use in uses] == ["get_bigquery_client()", "bigquery.Client()"]
