"""What `client-pool report` says of a repository."""

import csv
import json
import re
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from flake8_client_pool.frontends.commands import commands
from flake8_client_pool.output.report.markdown import with_part
from flake8_client_pool.policy.errors import ClientPoolError

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
    assert ["2", "jobs", "0", "2", "0.0", "%", "2020-01-31"] in rows
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


@pytest.mark.usefixtures("shop")
def test_each_format_gives_the_same_figures(client_pool: Command) -> None:
    markdown = client_pool("report", "--format", "markdown").stdout
    assert "| BigQuery client | 3 | 3 | 50.0 % |" in markdown.splitlines()
    assert "| Storage client | 0 | 1 | 0.0 % |" in markdown.splitlines()
    rows = list(csv.DictReader(client_pool("report", "--format", "csv").stdout.splitlines()))
    assert {
        "section": "phase",
        "name": "shops",
        "client": "bigquery",
        "pool_calls": "3",
        "direct": "1",
        "adoption": "75.0",
        "coverage": "",
        "base": "",
    } in rows
    assert sum(int(row["direct"]) for row in rows if (row["section"], row["client"]) == ("directory", "all")) == 4


def test_names_are_not_taken_for_markup(tree: WriteTree, client_pool: Command) -> None:
    tree({"__a|b__/<i>/job.py": DIRECT})
    (row,) = [
        line
        for line in client_pool("report", "--format", "markdown", "--depth", "2").stdout.splitlines()
        if "job" not in line and "a" in line and "i" in line and line.startswith("| \\_")
    ]
    assert row == r"| \_\_a\|b\_\_/\<i\> | 0 | 1 | 0.0 % |"


def test_a_report_goes_to_a_file(shop: Path, client_pool: Command) -> None:
    done = client_pool("report", "--format", "json", "--output", "adoption.json")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert figures(json.loads((shop / "adoption.json").read_text())["code"]) == (3, 4, 42.9)
    refused = client_pool("report", "--output", "nowhere/adoption.txt")
    assert refused.returncode == 2
    assert "nowhere/adoption.txt: cannot be written" in refused.stderr


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_document_is_kept_fresh(line_end: str, shop: Path, client_pool: Command) -> None:
    document = shop / "MIGRATION.md"
    around = [
        "# The way\n",
        "<!-- client-pool report -->\n",
        "stale\n",
        "<!-- end of client-pool report -->\n",
        "än end",
    ]
    document.write_bytes("".join(around).replace("\n", line_end).encode())
    keep = client_pool("report", "--update", "MIGRATION.md", "--check")
    assert (keep.returncode, "-stale" in keep.stdout) == (1, True)
    assert "MIGRATION.md: the report in it is stale" in keep.stderr
    assert b"stale" in document.read_bytes()

    assert client_pool("report", "--update", "MIGRATION.md").returncode == 0
    text = document.read_bytes().decode()
    assert text.startswith(line_end.join(["# The way", "<!-- client-pool report -->", "3 calls of shared.clients"]))
    assert text.endswith(f"{line_end}<!-- end of client-pool report -->{line_end}än end")
    assert text.count("\n") == text.count(line_end)

    (shop / "jobs" / "another.py").write_text("# no client here\n")
    fresh = client_pool("report", "--update", "MIGRATION.md", "--check")
    assert (fresh.returncode, fresh.stdout, fresh.stderr) == (0, "", "")
    (shop / "jobs" / "another.py").write_text(POOLED)
    assert client_pool("report", "--update", "MIGRATION.md", "--check").returncode == 1


BEGIN, END = "<!-- client-pool report -->\n", "<!-- end of client-pool report -->\n"


@pytest.mark.parametrize("content", ["", BEGIN, END + BEGIN, BEGIN + END + BEGIN + END, f"`{BEGIN}`\n{END}"])
def test_a_document_needs_one_place_for_the_report(content: str) -> None:
    with pytest.raises(ClientPoolError, match=f"^MIGRATION.md: has no place .* write the line {BEGIN.strip()} once"):
        with_part(content, "figures\n", "MIGRATION.md")


def test_markers_that_code_shows_are_none() -> None:
    shown = f"````md\n```\n{BEGIN}{END}````\n"
    assert with_part(f"{shown}{BEGIN}old\n{END}", "new\n", "a.md") == f"{shown}{BEGIN}new\n{END}"
    with pytest.raises(ClientPoolError, match="no place"):
        with_part(shown, "new\n", "a.md")


def test_the_report_is_indented_as_its_markers_are() -> None:
    document = f"- adoption\n  {BEGIN}  old\n  {END}"
    assert with_part(document, "a\n\nb\n", "a.md") == f"- adoption\n  {BEGIN}  a\n\n  b\n  {END}"


def test_a_document_may_begin_with_the_mark_of_its_encoding() -> None:
    assert with_part(f"\ufeff{BEGIN}{END}", "new\n", "a.md") == f"\ufeff{BEGIN}new\n{END}"


def test_what_cannot_be_updated_stays_as_it_is(shop: Path, client_pool: Command) -> None:
    (shop / "MIGRATION.md").write_text("# Nothing yet\n")
    done = client_pool("report", "--update", "MIGRATION.md")
    assert (done.returncode, (shop / "MIGRATION.md").read_text()) == (2, "# Nothing yet\n")
    assert "MIGRATION.md: has no place for the report" in done.stderr


@pytest.mark.usefixtures("shop")
def test_check_wants_a_document(client_pool: Command) -> None:
    done = client_pool("report", "--check")
    assert done.returncode == 2
    assert "--update FILE.md" in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("--update=README.md", "--output=other.md"),
        ("--update=README.md", "--format=json"),
        ("--update=README.md", "--format=csv"),
        ("--per=day",),
        ("--depth=1", "--history"),
        ("--depth=1", "--since=HEAD"),
        (".", "--repos=list.txt"),
        ("--depth=1", "--repos=list.txt"),
    ],
)
def test_an_option_that_would_do_nothing_is_refused(arguments: tuple[str, ...]) -> None:
    found = CliRunner().invoke(commands, ["report", *arguments])
    assert isinstance(found.exception, ClientPoolError)
    assert re.search(r"; (leave .* out|name it with)", str(found.exception))
    assert all(argument.partition("=")[0] in str(found.exception) for argument in arguments[:1] if argument != ".")
