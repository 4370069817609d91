"""What the page says, as it is written; `test_page.py` looks at it in a browser."""

import re
import subprocess
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path

import pytest

WriteTree = Callable[[Mapping[str, str]], Path]
RunProcess = Callable[..., subprocess.CompletedProcess[str]]
POOLED_BASE = """\
from shared_clients import get_bigquery_client


class Base:
    def __init__(self):
        self.client = get_bigquery_client()
"""
OVER_BASE = """\
from google.cloud import bigquery

from base import Base


class Job(Base):
    def __init__(self):
        super().__init__()
        self.client = bigquery.Client()
"""
DIRECT = "from google.cloud import bigquery\n\nclient = bigquery.Client()\n"


@pytest.fixture
def page(client_pool: RunProcess, tmp_path: Path) -> Callable[..., str]:
    """Write the page of the test's directory and give its text without the marks."""

    def written(*arguments: str) -> str:
        target = tmp_path / "page.html"
        done = client_pool("report", "--format=html", f"--output={target}", *arguments)
        assert (done.returncode, done.stderr) == (0, "")
        content = re.sub(r"(?s)<(style|script).*?</\1>", "", target.read_text())
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", content)).split())

    return written


def test_a_place_with_two_findings_is_one(tree: WriteTree, page: Callable[..., str]) -> None:
    tree({"base.py": POOLED_BASE, "job.py": OVER_BASE})
    said = page()
    assert "Direct constructions 1 client-pool fix rewrites 1 safely" in said
    assert said.count("job.py :9") == 1
    assert "CPL101, CPL202" in said


@pytest.fixture
def commit(git: Callable[..., None], environment: dict[str, str], tmp_path: Path) -> Callable[[int], None]:
    """Commit all that there is, some days ago."""

    def made(days_ago: int) -> None:
        git("init", "--quiet", "--initial-branch=main")
        git("add", "--all")
        day = (datetime.now(UTC) - timedelta(days=days_ago)).isoformat()
        somebody = ("-c", "user.name=Some", "-c", "user.email=s@example.com")
        command = ["git", *somebody, "commit", "--quiet", "--message=some", "--allow-empty"]
        subprocess.run(command, cwd=tmp_path, env={**environment, "GIT_COMMITTER_DATE": day}, check=True)

    return made


def test_a_commit_is_named_only_where_the_figures_are_about_it(
    tree: WriteTree, commit: Callable[[int], None], page: Callable[..., str]
) -> None:
    folder = tree({"a.py": DIRECT})
    commit(2)
    commit(1)
    name = subprocess.check_output(["git", "rev-parse", "--short=10", "HEAD~1"], cwd=folder, text=True).strip()
    assert re.search(r"counted apart\. As of commit [0-9a-f]{10}, \d{4}-\d\d-\d\d\. ", page())
    assert f"counted apart. As of the work tree; the history goes to commit {name}, " in page("--history=HEAD~1")
    (folder / "new.py").write_text(DIRECT)
    assert "apart. As of the work tree with uncommitted changes; the history goes to commit" in page()


PHASES = """\
[tool.client-pool]
phase = 0

[[tool.client-pool.phases]]
name = "shops"
paths = ["shops"]
due = "{}"
"""


@pytest.mark.parametrize("due", ["1999-12-31", "9999-12-31", ""])
def test_due_days_are_in_the_chart_or_named_below_it(
    due: str, tree: WriteTree, commit: Callable[[int], None], page: Callable[..., str]
) -> None:
    is_drawn = not due
    due = due or datetime.now(UTC).date().isoformat()
    tree({"shops/a.py": DIRECT, "pyproject.toml": PHASES.format(due)})
    commit(60)
    said = page()
    assert (" phase due " in said, f"outside the days of the chart: phase 1 shops on {due}." in said) == (
        is_drawn,
        not is_drawn,
    )


def test_a_forecast_is_no_day_that_has_passed(
    tree: WriteTree, commit: Callable[[int], None], page: Callable[..., str]
) -> None:
    folder = tree({"a.py": DIRECT, "b.py": DIRECT, "c.py": DIRECT})
    commit(900)
    (folder / "a.py").unlink()
    (folder / "b.py").unlink()
    commit(840)
    said = page()
    until = (datetime.now(UTC) - timedelta(days=840)).date()
    assert f"Done - no commit since {until}, no forecast" in said
    assert f"No forecast: there is no commit since {until}" in said
    assert "pace carried on" not in said
    (folder / "c.py").unlink()
    commit(0)
    said = page()
    assert "Done Done nothing is built directly any more" in said
    assert "Done: nothing is built directly any more." in said
    assert "pace carried on" not in said


def test_what_a_terminal_would_obey_is_written_out(
    tree: WriteTree, git: Callable[..., None], client_pool: RunProcess, tmp_path: Path
) -> None:
    hostile = "\x1b[2J\x9b31m\u202egnp"
    tree({f"{hostile}/a.py": DIRECT, "page.html": "", "pyproject.toml": PHASES.format("2020-01-01")})
    git("init", "--quiet")
    git("add", "--all")
    git("commit", "--quiet", "--message", f"red {hostile}")
    for arguments in ((), ("--format=markdown",), ("--history",), ("--history", "--format=markdown")):
        said = client_pool("report", hostile if "--history" in arguments else ".", *arguments).stdout
        assert not set(hostile[:1] + "\x9b\u202e") & set(said)
        assert re.search(r"\\x1b\\?\[2J\\+x9b31m\\+u202egnp", said.replace("\\\\", "\\"))
    client_pool("report", "--format=html", "--output=page.html")
    content = (tmp_path / "page.html").read_text()
    assert not set("\x1b\x9b\u202e") & set(content)
    assert content.count("\\x1b[2J\\x9b31m\\u202egnp") >= 3
