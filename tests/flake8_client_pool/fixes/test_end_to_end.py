"""A small repository with many of the traps, its tests run by the real pytest before and after the fix."""

import re
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

Tree = Callable[[Mapping[str, str]], Path]
Run = Callable[..., subprocess.CompletedProcess[str]]

POOL = """\
from google.cloud import bigquery

from shared.config import project

_clients = {}


def get_bigquery_client(project_id=None):
    key = project_id or project()
    if key not in _clients:
        _clients[key] = bigquery.Client(project=key)
    return _clients[key]


def close_all_clients():
    _clients.clear()
"""
FILES = {
    "setup.cfg": "[client-pool]\npool-module = shared.clients\n",
    "pytest.ini": "[pytest]\npythonpath = .\naddopts = -p no:shared_clients\n",
    "shared/clients.py": POOL,
    "shared/config.py": (
        "from google.cloud import bigquery\n\n\ndef project():\n    return 'demo'\n\n\n"
        "def tables():\n    return bigquery.Client(project()).list_tables('d')\n"
    ),
    "jobs/__init__.py": "",
    "jobs/report.py": (
        '"""Reports."""\n\nimport os\n\nfrom google.cloud import bigquery\n\nfrom shared.config import project\n\n\n'
        "class Report:\n    def __init__(self) -> None:\n        self.client = bigquery.Client(\n"
        "            project=project(),  # ours\n        )\n\n    def rows(self):\n"
        "        return self.client.query(os.sep)\n"
    ),
    "jobs/lazy.py": ("def rows():\n    from google.cloud import bigquery\n\n    return bigquery.Client().query('x')\n"),
    "jobs/optional.py": (
        "try:\n    from google.cloud import bigquery\nexcept ImportError:\n    bigquery = None\n\n\n"
        "def rows():\n    return bigquery.Client().query('y')\n"
    ),
    "jobs/replaced.py": "from google.cloud import bigquery\n\n\ndef rows():\n    return bigquery.Client().query('z')\n",
    "jobs/closed.py": (
        "from google.cloud import bigquery\n\n\ndef rows():\n    with bigquery.Client() as client:\n"
        "        return client.query('c')\n"
    ),
    "jobs/counted.py": (
        "from google.cloud import bigquery\n\n\ndef rows():\n"
        "    return [bigquery.Client(project='demo').query(name) for name in 'ab']\n"
    ),
    "jobs/asserted.py": (
        "from google.cloud import bigquery\n\n\ndef named():\n"
        "    return bigquery.Client(project='demo').query('n')\n\n\n"
        "def unnamed():\n    return bigquery.Client().query('u')\n"
    ),
    "tests/conftest.py": "import pytest\n",
    "tests/test_calls.py": (
        "from unittest.mock import patch\n\nfrom jobs import asserted, counted\n\n\n"
        "@patch('jobs.counted.bigquery.Client')\ndef test_number(client):\n    counted.rows()\n"
        "    assert client.call_count == 2\n\n\n"
        "@patch('jobs.asserted.bigquery.Client')\ndef test_arguments(client):\n    asserted.named()\n"
        "    client.assert_called_once_with(project='demo')\n    client.reset_mock()\n    asserted.unnamed()\n"
        "    client.assert_called_once_with()\n"
    ),
    "tests/test_jobs.py": (
        "from unittest.mock import patch\n\nimport pytest\n\n\n"
        "@pytest.mark.parametrize('answer', [1, 2])\n@patch('jobs.report.bigquery.Client')\n"
        "def test_report(client, answer):\n    from jobs.report import Report\n\n"
        "    client.return_value.query.return_value = answer\n    assert Report().rows() == answer\n\n\n"
        "@patch('google.cloud.bigquery.Client')\ndef test_lazy(client):\n    from jobs import lazy, optional\n\n"
        "    assert lazy.rows() is optional.rows() is client.return_value.query.return_value\n\n\n"
        "@patch('google.cloud.bigquery.Client')\ndef test_tables(client):\n    from shared.config import tables\n\n"
        "    assert tables() is client.return_value.list_tables.return_value\n\n\n"
        "@patch('jobs.replaced.bigquery')\ndef test_replaced(bigquery):\n    from jobs.replaced import rows\n\n"
        "    assert rows() is bigquery.Client.return_value.query.return_value\n\n\n"
        "@patch('jobs.closed.bigquery.Client')\ndef test_closed(client):\n    from jobs.closed import rows\n\n"
        "    assert rows() is client.return_value.__enter__.return_value.query.return_value\n"
    ),
}


@pytest.mark.slow
def test_the_tests_of_a_repository_pass_before_and_after(tree: Tree, client_pool: Run, run_process: Run) -> None:
    root = tree(FILES)
    (root / ".git").mkdir()
    assert _passed(run_process) == 8
    done = client_pool("fix")
    assert re.findall(r"^  (\S+?:\d+):\d+ ", done.stdout, re.MULTILINE) == [
        "jobs/asserted.py:9",
        "jobs/closed.py:5",
        "jobs/counted.py:5",
        "jobs/replaced.py:5",
    ]
    assert done.returncode == 1
    assert _passed(run_process) == 8
    assert client_pool("fix").stdout.endswith("Fixed 0 findings in 0 files; 4 left.\n")


PATCHING = {
    **{name: FILES[name] for name in ("setup.cfg", "pytest.ini", "shared/clients.py", "jobs/__init__.py")},
    "shared/config.py": "def project():\n    return 'demo'\n",
    "jobs/report.py": FILES["jobs/report.py"],
    "jobs/monthly.py": "from jobs.report import Report\n\n\nclass Monthly(Report):\n    pass\n",
    "jobs/lazy.py": FILES["jobs/lazy.py"],
    "jobs/both.py": (
        "from google.cloud import bigquery\nfrom jobs.lazy import rows as lazy\n\n\n"
        "def rows():\n    return bigquery.Client().query('b'), lazy()\n"
    ),
    "jobs/twice.py": (
        "def rows():\n    from google.cloud import bigquery\n\n"
        "    return [bigquery.Client(project='demo').query(name) for name in 'ab']\n"
    ),
    "jobs/chained.py": (
        "from jobs.twice import rows as twice\n\n\ndef rows():\n    from google.cloud import bigquery\n\n"
        "    return bigquery.Client().query('c')\n"
    ),
    "jobs/counted.py": FILES["jobs/counted.py"],
    "jobs/replaced.py": FILES["jobs/replaced.py"],
    "tests/test_replaced.py": (
        "from unittest.mock import patch\n\nfrom jobs.replaced import rows\n\n\n"
        "@patch('jobs.replaced.bigquery')\ndef test_replaced(mock_bigquery):\n"
        "    mock_bigquery.Client.return_value.query.return_value = 3\n    assert rows() == 3\n"
        "    mock_bigquery.Client.assert_called_once_with()\n"
    ),
    "tests/test_calls.py": (
        "from unittest.mock import patch\n\nfrom jobs import counted\n\n\n"
        "@patch('jobs.counted.bigquery.Client')\ndef test_number(client):\n    counted.rows()\n"
        "    assert client.call_count == 2\n"
    ),
    "tests/test_twice.py": (
        "from unittest.mock import patch\n\nfrom jobs import twice\n\n\n"
        "@patch('google.cloud.bigquery.Client')\ndef test_twice(client):\n    twice.rows()\n"
        "    assert len(client.call_args_list) == 2\n"
    ),
    "tests/test_chained.py": (
        "from unittest.mock import patch\n\nfrom jobs import chained\n\n\n"
        "@patch('google.cloud.bigquery.Client')\ndef test_chained(client):\n    chained.rows()\n"
        "    client.assert_called_once_with()\n"
    ),
    "tests/conftest.py": "import pytest\n",
    "tests/test_report.py": (
        "from unittest import mock\nfrom unittest.mock import patch\n\nimport pytest\n\nfrom jobs import report\n\n\n"
        "@pytest.fixture\ndef reports(monkeypatch):\n    client = mock.Mock()\n"
        "    monkeypatch.setattr(report.bigquery, 'Client', client)\n    yield report.Report()\n"
        "    client.assert_called_with(project='demo')\n\n\n"
        "def test_fixture(reports):\n    assert reports.rows() is reports.client.query.return_value\n\n\n"
        "@patch('os.sep', 'x')\n@patch.object(report.bigquery, 'Client')\nclass TestReport:\n"
        "    @patch('os.getpid')\n    def test_class(self, getpid, client):\n        report.Report()\n"
        "        client.assert_called_once_with(\n            project='demo',  # ours\n        )\n\n"
        "    def test_monthly(self, client):\n        from jobs.monthly import Monthly\n\n"
        "        Monthly()\n        client.assert_called_once()\n"
    ),
    "tests/test_lazy.py": (
        "from unittest.mock import patch\n\nfrom jobs import lazy\n\n\n"
        "def test_lazy():\n    with patch('google.cloud.bigquery.Client') as client:\n"
        "        assert lazy.rows() is client.return_value.query.return_value\n"
    ),
    "tests/test_both.py": (
        "from unittest.mock import patch\n\nfrom jobs.both import rows\n\n\n"
        "@patch('jobs.both.bigquery.Client')\ndef test_both(client):\n"
        "    assert rows() == (client.return_value.query.return_value,) * 2\n"
    ),
}


@pytest.mark.slow
def test_patches_follow_the_modules(tree: Tree, client_pool: Run, run_process: Run) -> None:
    root = tree(PATCHING)
    (root / ".git").mkdir()
    assert _passed(run_process) == 9
    done = client_pool("fix", "--unsafe")
    left = done.stdout.partition("Unsafe, ")[0]
    assert re.findall(r"^  (tests\S+?:\d+):\d+ .*CPL301  (.*)", left, re.MULTILINE) == [
        ("tests/test_both.py:6", "it stands in for the clients of jobs/both.py, jobs/lazy.py")
    ]
    tests = (root / "tests/test_report.py").read_text()
    assert "    monkeypatch.setattr(report, 'get_bigquery_client', client)\n" in tests
    assert "@patch.object(report, 'get_bigquery_client')\n" in tests
    assert "    client.assert_called_with(project_id='demo')\n" in tests
    assert "            project_id='demo',  # ours\n" in tests
    assert "patch('shared.clients.get_bigquery_client')" in (root / "tests/test_lazy.py").read_text()
    assert "    mock_bigquery.assert_called_once_with()\n" in (root / "tests/test_replaced.py").read_text()
    assert (root / "jobs/replaced.py").read_text().startswith("from shared.clients import get_bigquery_client\n\n\n")
    assert "from google.cloud import bigquery  # noqa: F401\n" in (root / "jobs/both.py").read_text()
    assert "@patch('jobs.counted.get_bigquery_client')\n" in (root / "tests/test_calls.py").read_text()
    assert _passed(run_process) == 9
    assert client_pool("fix", "--unsafe").stdout.endswith("Fixed 0 findings in 0 files; 3 left.\n")
    assert [reason.split(", and does not follow: ") for reason in re.findall(r"CPL101  (.*)", left)] == [
        [
            "tests/test_chained.py:9 looks at with which arguments the client is built",
            "jobs/twice.py builds such clients itself",
        ],
        [
            "tests/test_twice.py:9 looks at how often clients are built",
            "what is done with client.call_args_list is not followed",
        ],
    ]


def _passed(run_process: Run) -> int:
    done = run_process("pytest", "-q", "-p", "no:cacheprovider", "-W", "ignore")
    assert done.returncode == 0, done.stdout
    found = re.search(r"(\d+) passed", done.stdout)
    return int(found[1]) if found else 0
