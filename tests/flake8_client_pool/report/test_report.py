"""What `client-pool report` says of a repository."""

import json
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

WriteTree = Callable[[Mapping[str, str]], Path]
Command = Callable[..., subprocess.CompletedProcess[str]]

POOLED = "from shared.clients import get_bigquery_client\n\nclient = get_bigquery_client()\n"
DIRECT = "from google.cloud import bigquery\n\nclient = bigquery.Client()\n"
CONFIGURATION = """\
[tool.client-pool]
pool-module = "shared.clients"
phase = 1

[[tool.client-pool.phases]]
name = "shops"
paths = ["shops"]
owner = "shop team"

[[tool.client-pool.phases]]
name = "jobs"
paths = ["jobs"]
due = "2020-01-31"
"""
SHOP = {
    "pyproject.toml": CONFIGURATION,
    "CODEOWNERS": "/shops/ @shop\n/jobs/ @jobs @night\n",
    "shared/clients/__init__.py": "from google.cloud import bigquery\n\n\ndef get_bigquery_client():\n"
    "    return bigquery.Client()\n",
    "shops/orders/take.py": POOLED,
    "shops/orders/send.py": POOLED + "again = get_bigquery_client()\n",
    "shops/prices.py": DIRECT,
    "jobs/clean.py": DIRECT + "quiet = bigquery.Client()  # noqa: CPL101\n",
    "jobs/no_client.py": "print('nothing')\n",
    "tests/test_orders.py": DIRECT,
    "main.py": "from google.cloud import storage\n\nbucket = storage.Client()\n",
}


@pytest.fixture
def shop(tree: WriteTree) -> Path:
    return tree(SHOP)


def figures(row: Mapping[str, Any]) -> tuple[int, int, float | None]:
    return row["pool_calls"], row["direct"], row["adoption"]


@pytest.mark.usefixtures("shop")
def test_code_tests_and_pool_are_counted_apart(client_pool: Command) -> None:
    done = client_pool("report", "--format", "json", "--depth", "2")
    found = json.loads(done.stdout)
    assert (done.returncode, done.stderr) == (0, "")
    assert figures(found["code"]) == (3, 4, 42.9)
    assert {kind: figures(row) for kind, row in found["code"]["kinds"].items()} == {
        "bigquery": (3, 3, 50.0),
        "storage": (0, 1, 0.0),
    }
    assert figures(found["tests"]) == (0, 1, 0.0)
    assert figures(found["pool"])[:2] == (0, 1)
    assert {row["name"]: figures(row) for row in found["directories"]} == {
        ".": (0, 1, 0.0),
        "jobs": (0, 2, 0.0),
        "shops": (0, 1, 0.0),
        "shops/orders": (3, 0, 100.0),
    }
    assert {row["name"]: figures(row) for row in found["owners"]} == {
        None: (0, 1, 0.0),
        "@jobs": (0, 2, 0.0),
        "@night": (0, 2, 0.0),
        "@shop": (3, 1, 75.0),
    }
    assert [(row["number"], row["name"], *figures(row), row["reached"], row["late"]) for row in found["phases"]] == [
        (1, "shops", 3, 1, 75.0, True, False),
        (2, "jobs", 0, 2, 0.0, False, True),
        (None, None, 0, 1, 0.0, True, False),
    ]


@pytest.mark.usefixtures("shop")
def test_the_table_shows_the_same(client_pool: Command) -> None:
    written = client_pool("report").stdout
    rows = [line.split() for line in written.splitlines()]
    assert ["BigQuery", "client", "3", "3", "50.0", "%"] in rows
    assert ["shops", "3", "1", "75.0", "%"] in rows
    assert ["2", "jobs", "0", "2", "0.0", "%", "2020-01-31", "(late)"] in rows
    assert ["nobody", "0", "1", "0.0", "%"] in rows


@pytest.mark.usefixtures("shop")
def test_a_part_of_a_repository_is_reported_with_its_configuration(client_pool: Command) -> None:
    found = json.loads(client_pool("report", "shops", "--format", "json").stdout)
    assert (found["path"], figures(found["code"])) == ("shops", (3, 1, 75.0))
    assert {row["name"] for row in found["directories"]} == {".", "orders"}


@pytest.mark.usefixtures("shop")
def test_what_cannot_be_reported_about_is_said(client_pool: Command) -> None:
    done = client_pool("report", "nowhere")
    assert (done.returncode, done.stdout) == (2, "")
    assert "nowhere: is no directory" in done.stderr
