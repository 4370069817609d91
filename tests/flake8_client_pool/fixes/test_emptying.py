"""Tests that share clients, before and after the fix: real runs of pytest, and the files that the fix makes."""

import ast
import json
import os
import re
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from flake8_client_pool.fixes.emptying_fixture import with_fixture
from flake8_client_pool.fixes.imports.ordering import ImportOrder
from flake8_client_pool.fixes.imports.style import ImportStyle
from flake8_client_pool.fixes.writing import NotWrittenError, create_file

Tree = Callable[[Mapping[str, str | bytes]], Path]
Run = Callable[..., subprocess.CompletedProcess[str]]
Git = Callable[..., None]

POOL = """\
_clients = {}


def get_bigquery_client(project_id=None):
    from google.cloud import bigquery

    if project_id not in _clients:
        _clients[project_id] = bigquery.Client(project=project_id)
    return _clients[project_id]


def close_all_clients():
    for client in _clients.values():
        try:
            client.close()
        except Exception:
            print("not closed")
    _clients.clear()
"""
JOB = "from shared.clients import get_bigquery_client\n\n\ndef rows():\n    return get_bigquery_client().query('q')\n"
FAKE = "class Fake:\n    def __init__(self, **options): ...\n\n    def query(self, text):\n        return text\n"
LEAKING = f"""\
from unittest.mock import patch

from jobs.report import rows


{FAKE}

@patch("google.cloud.bigquery.Client", Fake)
def test_with_a_fake():
    assert rows() == "q"


@patch("google.cloud.bigquery.Client")
def test_with_a_mock(client):
    assert rows() is client.return_value.query.return_value


@patch("google.cloud.bigquery.Client")
def test_with_another_mock(client):
    assert rows() is client.return_value.query.return_value
"""
REPOSITORY = {
    ".git/HEAD": "",
    "setup.cfg": "[client-pool]\npool-module = shared.clients\n",
    "pytest.ini": "[pytest]\npythonpath = .\naddopts = -p no:shared_clients\n",
    "shared/clients.py": POOL,
    "jobs/report.py": JOB,
    "tests/unit/test_rows.py": LEAKING,
    "tests/test_sum.py": "def test_sum():\n    assert sum([1]) == 1\n",
}


def outcome(run_process: Run) -> tuple[int, int]:
    """Run pytest; return how many tests failed, in the test or behind it, and how many passed."""
    said = run_process("pytest", "-q", "-p", "no:cacheprovider", "-W", "ignore").stdout
    counts = {what: int(number) for number, what in re.findall(r"(\d+) (failed|passed|error)", said)}
    return counts.get("failed", 0) + counts.get("error", 0), counts.get("passed", 0)


@pytest.mark.slow
def test_stand_ins_leak_before_the_fix_and_not_after(tree: Tree, client_pool: Run, run_process: Run) -> None:
    root = tree(REPOSITORY)
    assert outcome(run_process) == (2, 2)
    assert client_pool("fix").stdout == "Fixed 1 finding in 1 file; 0 left.\n"
    assert outcome(run_process) == (0, 4)
    assert client_pool("fix").stdout == "Fixed 0 findings in 0 files; 0 left.\n"
    assert (root / "tests/unit/test_rows.py").read_text() == LEAKING


@pytest.mark.slow
def test_a_tree_that_runs_pooled_code_only_after_the_fix(tree: Tree, client_pool: Run, run_process: Run) -> None:
    builds = "from google.cloud import bigquery\n\n\ndef rows():\n    return bigquery.Client().query('q')\n"
    root = tree({**REPOSITORY, "jobs/report.py": builds, "tests/conftest.py": '"""Ours."""\n'})
    assert outcome(run_process) == (0, 4)
    assert "CPL302" not in client_pool("check").stdout
    assert client_pool("fix").stdout == "Fixed 2 findings in 2 files; 0 left.\n"
    assert outcome(run_process) == (0, 4)
    conftest = (root / "tests/conftest.py").read_text()
    assert conftest.startswith('"""Ours."""\n\nimport pytest\n\n\n@pytest.')


HELD = f"""\
from unittest import TestCase
from unittest.mock import patch

import pytest

import jobs.report


{FAKE}

    def close(self):
        self.query = None


class Job:
    def __init__(self):
        self.client = jobs.report.client()


@pytest.fixture(scope="module")
def job():
    with patch("google.cloud.bigquery.Client", Fake):
        yield Job()


def test_one(job):
    assert job.client.query("q") == "q"


def test_two(job):
    assert job.client.query("q") == "q"


class TestRows(TestCase):
    @classmethod
    def setUpClass(cls):
        cls.client = cls.enterClassContext(patch("google.cloud.bigquery.Client")).return_value

    def test_one(self):
        assert jobs.report.client()
        self.client.close.assert_not_called()

    def test_two(self):
        self.test_one()
"""
STAND_IN = """\
import sys
from types import SimpleNamespace

sys.modules["shared.clients"] = SimpleNamespace(get_bigquery_client=list)

from jobs.report import client


def test_with_another_pool():
    assert client() == []
"""


@pytest.mark.slow
def test_a_client_that_several_tests_hold_is_not_closed_unasked(tree: Tree, client_pool: Run, run_process: Run) -> None:
    job = "from shared import clients\n\n\ndef client():\n    return clients.get_bigquery_client()\n"
    root = tree({**REPOSITORY, "jobs/report.py": job, "tests/unit/test_rows.py": HELD})
    assert outcome(run_process) == (0, 5)
    assert "302  unsafe: tests/unit/test_rows.py:26 job() is for several tests" in client_pool("fix").stdout
    (root / "tests/unit/test_rows.py").write_text(HELD.replace('(scope="module")', ""))
    assert "302  unsafe: tests/unit/test_rows.py:41 setUpClass() is for several" in client_pool("fix").stdout
    (root / "tests/unit/test_rows.py").write_text(HELD)
    assert "302  tests/unit/test_rows.py:26 job() is for several" in client_pool("fix", "--unsafe").stdout
    assert outcome(run_process) == (2, 3)


@pytest.mark.slow
def test_the_fixture_bears_a_stand_in_for_the_pool_and_whatever_is_called_sys(
    tree: Tree, client_pool: Run, run_process: Run
) -> None:
    conftest = "import sys\n\nfrom pytest import fixture as fix\n\ndel sys\n"
    tests = {"tests/conftest.py": conftest, "tests/unit/test_rows.py": STAND_IN}
    job = "from shared.clients import get_bigquery_client as client\n"
    user = f"{job}\n\ndef client_of_ours():\n    return client()\n"
    root = tree({**REPOSITORY, **tests, "jobs/report.py": user})
    assert outcome(run_process) == (0, 2)
    assert client_pool("fix").stdout == "Fixed 1 finding in 1 file; 0 left.\n"
    assert outcome(run_process) == (0, 2)
    once = (root / "tests/conftest.py").read_text()
    assert client_pool("fix").stdout == "Fixed 0 findings in 0 files; 0 left.\n"
    assert (root / "tests/conftest.py").read_text() == once


@pytest.mark.parametrize(
    "held",
    [
        pytest.param('@pytest.fixture(scope="session")\ndef held():\n    return rows', id="a-session"),
        pytest.param('@pytest.fixture(scope="class")\ndef held():\n    return made()', id="through-a-helper"),
        pytest.param("def setup_module():\n    rows()", id="a-module"),
        pytest.param("class TestAll:\n    def setup_class(cls):\n        rows()", id="a-class"),
        pytest.param(
            "def setUpModule():\n    patch('jobs.report.get_bigquery_client').start()", id="a-getter-is-replaced"
        ),
    ],
)
def test_what_several_tests_hold_makes_the_fix_unsafe(tree: Tree, client_pool: Run, held: str) -> None:
    helper = "def made():\n    return rows()"
    source = f"import pytest\n\nfrom jobs.report import rows\n\n\n{helper}\n\n\n{held}\n\n\n{FAKE}\n\n"
    tree({**REPOSITORY, "tests/unit/test_rows.py": f"{source}def test_rows():\n    rows()\n"})
    assert re.search(r"CPL302  unsafe: tests/unit/test_rows.py:\d+ \w+\(\) is for several", client_pool("fix").stdout)


def test_what_several_tests_hold_without_a_client_changes_nothing(tree: Tree, client_pool: Run) -> None:
    held = '@pytest.fixture(scope="session")\ndef folder():\n    return pytest.__file__\n'
    tree({**REPOSITORY, "tests/conftest.py": f"import pytest\n\nfrom jobs.report import rows\n\n\n{held}"})
    assert client_pool("fix").stdout == "Fixed 1 finding in 1 file; 0 left.\n"


def test_no_conftest_gets_in_the_way_of_another_that_is_imported_by_its_name(tree: Tree, client_pool: Run) -> None:
    by_name = {"tests/a/conftest.py": "VALUE = 1\n", "tests/a/test_a.py": "from conftest import VALUE\n"}
    told = "CPL302  unsafe: tests/a/test_a.py imports conftest, and may get tests/conftest.py"
    root = tree({**REPOSITORY, **by_name})
    assert told in client_pool("fix").stdout
    assert not (root / "tests/conftest.py").exists()
    (root / "tests/__init__.py").touch()
    assert client_pool("fix", "--diff").stderr == "Would fix 1 finding in 1 file; 0 left.\n"


def test_a_conftest_is_made(tree: Tree, client_pool: Run, git: Git) -> None:
    root = tree(REPOSITORY)
    (root / ".git/HEAD").unlink()
    git("init", "--quiet")
    told = json.loads(client_pool("check", "--show-fixes", "--format=json").stdout)["findings"]
    assert [(each["path"], each["line"], each["code"]) for each in told] == [("tests/test_sum.py", 1, "CPL302")]
    assert (told[0]["fix"]["applicability"], told[0]["fix"]["edits"]) == ("display", [])
    (root / "fix.patch").write_text(client_pool("fix", "--diff").stdout)
    assert not (root / "tests/conftest.py").exists()
    git("apply", "fix.patch")
    patched = (root / "tests/conftest.py").read_text()
    (root / "tests/conftest.py").unlink()
    document = json.loads(client_pool("fix", "--format=json").stdout)
    assert [(each["path"], each["status"]) for each in document["findings"]] == [("tests/test_sum.py", "fixed")]
    assert document["changed"] == ["tests/conftest.py"]
    assert (root / "tests/conftest.py").read_text() == patched
    assert [path.name for path in (root / "tests").iterdir() if path.name[0] == "."] == []
    mask = os.umask(0)
    os.umask(mask)
    assert (root / "tests/conftest.py").stat().st_mode & 0o777 == 0o666 & ~mask


def test_nothing_is_made_outside_of_what_is_to_be_fixed(tree: Tree, client_pool: Run) -> None:
    root = tree(REPOSITORY)
    done = client_pool("fix", "tests/test_sum.py")
    assert done.returncode == 1
    assert "tests/conftest.py would lie outside of what is to be fixed" in done.stdout
    assert not (root / "tests/conftest.py").exists()


def test_a_conftest_is_made_only_if_that_is_wanted(tree: Tree, client_pool: Run) -> None:
    root = tree(REPOSITORY)
    asked = client_pool("fix", "--interactive", stdin="n\n").stdout
    assert "+def _empty_client_pools():\n" in asked
    assert asked.endswith("declined\nFixed 0 findings in 0 files; 1 left.\n")
    assert not (root / "tests/conftest.py").exists()
    client_pool("fix", "--interactive", stdin="y\n")
    assert (root / "tests/conftest.py").exists()


def test_the_finding_is_shown_and_suppressed_as_any(tree: Tree, client_pool: Run, flake8: Run) -> None:
    root = tree(REPOSITORY)
    assert flake8("tests").stdout.startswith("tests/test_sum.py:1:1: CPL302 tests share the clients of shared.clients;")
    for output_format in ("sarif", "rdjson"):
        said = client_pool("check", "--show-fixes", "--format", output_format).stdout
        assert ("CPL302" in said, "close_all_clients()\\n" in said) == (True, False)
    file = root / "tests/test_sum.py"
    file.write_text(file.read_text().replace(":\n", ":  # noqa: CPL302\n", 1))
    assert client_pool("check").returncode == 0
    assert client_pool("fix").stdout == "Fixed 0 findings in 0 files; 0 left.\n"


def test_the_answer_follows_what_comes_to_lie_in_a_tree(tree: Tree, client_pool: Run) -> None:
    more = {f"jobs/job_{number}.py": "" for number in range(20)}
    root = tree({**REPOSITORY, **more, "tests/conftest.py": "", "tests/unit/test_rows.py": "def test(): ...\n"})
    assert client_pool("check").returncode == client_pool("check").returncode == 0
    (root / "tests/unit/test_more.py").write_text(LEAKING)
    assert client_pool("check").stdout.startswith("tests/conftest.py:1:1: CPL302")
    (root / "tests/unit/conftest.py").write_text("pytest_plugins = ['tests.pools']\n")
    order = ImportOrder(ImportStyle(), str(root))
    (root / "tests/pools.py").write_text(with_fixture("", "shared.clients", order, "\n"))
    assert client_pool("check").returncode == 0


@pytest.mark.parametrize(
    ("name", "content"),
    [
        pytest.param("pytest.toml", f"[pytest]\nx = {'[' * 5000}{']' * 5000}\n", id="pytest-nested"),
        pytest.param("ruff.toml", f"x = {'[' * 5000}{']' * 5000}\n", id="ruff-nested"),
        pytest.param("ruff.toml", 'extend = "a\\u0000/b"\n', id="a-null-byte-in-a-path"),
    ],
)
def test_a_configuration_that_cannot_be_read_counts_as_none(
    tree: Tree, client_pool: Run, name: str, content: str
) -> None:
    tree({**REPOSITORY, name: content})
    done = client_pool("fix")
    assert (done.stdout, done.stderr) == ("Fixed 1 finding in 1 file; 0 left.\n", "")


def test_a_file_that_appears_meanwhile_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text("ours = 1\n")
    with pytest.raises(NotWrittenError, match="made meanwhile; run again"):
        create_file(str(tmp_path / "conftest.py"), b"theirs = 1\n")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("conftest.py", "ours = 1\n")]


@pytest.mark.parametrize(
    ("before", "head", "decorator"),
    [
        pytest.param("", "import pytest\n", "pytest.fixture", id="empty"),
        pytest.param("# Ours.\n", "# Ours.\n\nimport pytest\n", "pytest.fixture", id="a-comment"),
        pytest.param(
            "#!/usr/bin/env python\n# coding: latin-1\nimport zoo\n",
            "#!/usr/bin/env python\n# coding: latin-1\nimport pytest\nimport zoo\n",
            "pytest.fixture",
            id="a-cookie",
        ),
        pytest.param(
            "# coding: latin-1\nfrom . import x\n",
            "# coding: latin-1\nimport pytest\n\nfrom . import x\n",
            "pytest.fixture",
            id="a-cookie-above-own-imports",
        ),
        pytest.param(
            "# coding: latin-1\nX = 1\n",
            "# coding: latin-1\nimport pytest\n\nX = 1\n",
            "pytest.fixture",
            id="a-cookie-without-imports",
        ),
        pytest.param(
            '"""Ours."""\n\nfrom __future__ import annotations\n',
            '"""Ours."""\n\nfrom __future__ import annotations\n\nimport pytest\n',
            "pytest.fixture",
            id="future",
        ),
        pytest.param("import pytest as p\n", "import pytest as p\n", "p.fixture", id="renamed"),
        pytest.param(
            "import os\n\nfrom pytest import fixture as fix\n\nos.sep\n\n\n\n",
            "import os\n\nfrom pytest import fixture as fix\n\nos.sep\n",
            "fix",
            id="a-member",
        ),
        pytest.param(
            "import os\nimport sys\n\nsys.path.insert(0, os.curdir)\n\nfrom jobs import report  # noqa: E402\n",
            "import os\nimport sys\n\nimport pytest\n\n"
            "sys.path.insert(0, os.curdir)\n\nfrom jobs import report  # noqa: E402\n",
            "pytest.fixture",
            id="a-mended-path",
        ),
        pytest.param("import os\r\n", "import os\r\n\r\nimport pytest\r\n", "pytest.fixture", id="CRLF"),
        pytest.param("x = 1", "import pytest\n\nx = 1\n", "pytest.fixture", id="no-last-newline"),
    ],
)
def test_the_fixture_stands_at_the_end_and_its_imports_where_they_are_sorted(
    before: str, head: str, decorator: str, tmp_path: Path
) -> None:
    newline = "\r\n" if "\r\n" in before else "\n"
    after = with_fixture(before, "shared.clients", ImportOrder(ImportStyle(), str(tmp_path)), newline)
    assert after.startswith(f"{head}{newline}{newline}@{decorator}(autouse=True){newline}def _empty_client_pools():")
    assert after.count("\n") == after.count(newline)
    assert max(map(len, after.splitlines())) <= 79
    ast.parse(after)
