"""Tests that look at how a client is built, in all the ways there are: a pool builds it elsewhere, and less often."""

from collections.abc import Callable

import pytest

from flake8_client_pool.fixes.outcomes import FileFix

# Of the pools in `conftest.py`, that of BigQuery always says where, and that of Storage gives just what it is given.
MODULE = """\
from google.cloud import bigquery, storage


def rows(project):
    return bigquery.Client(project=project).query('q')


def blobs(project):
    return storage.Client(project=project).list_blobs('b')
"""
HEAD = "from unittest.mock import MagicMock, call, patch\n\nimport pkg.mod\n\n\n"
ARGUMENTS = "looks at with which arguments the client is built"
NUMBER = "looks at how often clients are built"
DECORATED = "@patch('pkg.mod.bigquery.Client')\ndef test_rows(client):\n    pkg.mod.rows('p')\n"
FAKE = "class Fake:\n    def __init__(self, project): ...\n\n\n"
ASSERTED = f"{DECORATED}    client.assert_called_once_with(project='p')  # here\n"
# The line that is named ends in a mark.
OF_ARGUMENTS = {
    "assertion": ASSERTED,
    "list of calls": f"{DECORATED}    client.assert_has_calls([call(project='p')])  # here\n",
    "last call": f"{DECORATED}    assert client.call_args.kwargs == {{'project': 'p'}}  # here\n",
    "argument that the pool adds": f"{DECORATED}    assert client.call_args.kwargs['location'] == 'EU'  # here\n",
    "client by arguments": f"{DECORATED}    client.side_effect = lambda project: project  # here\n",
    "library": (
        "def test_rows(mocker):\n    client = mocker.patch('google.cloud.bigquery.Client')\n"
        "    pkg.mod.rows('p')\n    client.assert_called_with(project='p')  # here\n"
    ),
    "object": (
        "def test_rows():\n    with patch.object(pkg.mod.bigquery, 'Client') as client:\n        pkg.mod.rows('p')\n"
        "    client.assert_called_with(project='p')  # here\n"
    ),
    "test case": (
        "class TestRows(unittest.TestCase):\n    def setUp(self):\n"
        "        patcher = patch('pkg.mod.bigquery.Client')\n        self.client = patcher.start()\n\n"
        "    def test_rows(self):\n        pkg.mod.rows('p')\n"
        "        self.client.assert_called_with(project='p')  # here\n"
    ),
    "fixture": (
        "@pytest.fixture\ndef client():\n    with patch('pkg.mod.bigquery.Client') as made:\n        yield made\n\n\n"
        "def test_rows(client):\n    pkg.mod.rows('p')\n    client.assert_called_with(project='p')  # here\n"
    ),
    "class of the test's own": (
        f"{FAKE}def test_rows(monkeypatch):\n    monkeypatch.setattr(pkg.mod.bigquery, 'Client', Fake)  # here\n"
    ),
}
OF_NUMBER = {
    "number": f"{DECORATED}    assert client.call_count == 2  # here\n",
    "number in a test case": f"{DECORATED}    self.assertEqual(2, client.call_count)  # here\n",
    "several clients": f"{DECORATED}    client.side_effect = [MagicMock(), MagicMock()]  # here\n",
    "several clients from the start": (
        "def test_rows():\n    with patch('pkg.mod.bigquery.Client', side_effect=[1, 2]):  # here\n"
        "        pkg.mod.rows('p')\n"
    ),
}
SEEN = {
    **{name: (text, ARGUMENTS) for name, text in OF_ARGUMENTS.items()},
    **{name: (text, NUMBER) for name, text in OF_NUMBER.items()},
}
UNSEEN = {
    "called": f"{DECORATED}    client.assert_called()\n    client.assert_called_once()\n",
    "called once": f"{DECORATED}    assert client.call_count == 1\n    assert client().query.call_count == 2\n",
    "client": f"{DECORATED}    client.return_value.query.assert_called_with('q')\n",
    "error": f"{DECORATED}    client.side_effect = RuntimeError('down')\n",
    "class that takes all": (
        f"{FAKE.replace('project', '**options')}def test_rows(monkeypatch):\n"
        "    monkeypatch.setattr(pkg.mod.bigquery, 'Client', Fake)\n"
    ),
    "class that the pool gives the same": (
        "@patch('pkg.mod.storage.Client')\ndef test_blobs(client):\n    pkg.mod.blobs('p')\n"
        "    client.assert_called_once_with(project='p')\n"
    ),
    "the argument that the pool gives alike": f"{DECORATED}    assert client.call_args.kwargs['project'] == 'p'\n",
    "the same by its place": f"{DECORATED}    assert client.call_args[1]['project'] == 'p'\n",
    "other kind of client": (
        "@patch('pkg.mod.pubsub_v1.PublisherClient')\n@patch('pkg.mod.bigquery.Client')\n"
        "def test_rows(client, publisher):\n    publisher.assert_called_once_with(project='p')\n"
    ),
    "other module": (
        "from pkg import other\n\n\n@patch('pkg.other.bigquery.Client')\ndef test_other(client):\n"
        "    client.assert_called_once_with(project='p')\n"
    ),
}
OTHER = "from google.cloud import bigquery\nfrom pkg.mod import rows\n\n\ndef other():\n    bigquery.Client()\n"


@pytest.mark.parametrize(("text", "what"), SEEN.values(), ids=SEEN)
def test_the_fix_is_unsafe(text: str, what: str, fix: Callable[..., FileFix]) -> None:
    line = (HEAD + text).partition("# here")[0].count("\n") + 1
    done = fix({"pkg/mod.py": MODULE, "tests/test_mod.py": HEAD + text})
    assert [each.reason for each in done.outcomes] == [f"unsafe: tests/test_mod.py:{line} {what}", ""]
    assert "get_bigquery_client" not in done.after


@pytest.mark.parametrize("text", UNSEEN.values(), ids=UNSEEN)
def test_what_a_pool_does_not_change_is_no_harm(text: str, fix: Callable[..., FileFix]) -> None:
    done = fix({"pkg/mod.py": MODULE, "pkg/other.py": OTHER, "tests/test_mod.py": HEAD + text})
    assert [each.status for each in done.outcomes] == ["fixed", "fixed"]


def test_a_pool_that_gives_the_same_gives_it_once(fix: Callable[..., FileFix]) -> None:
    text = f"{HEAD}@patch('pkg.mod.storage.Client')\ndef test(client):\n    assert client.call_count == 2\n"
    done = fix({"pkg/mod.py": MODULE, "tests/test_mod.py": text})
    assert [each.reason for each in done.outcomes] == ["", f"unsafe: tests/test_mod.py:8 {NUMBER}"]


def test_a_pool_may_fill_in_what_is_none(fix: Callable[..., FileFix]) -> None:
    text = f"{HEAD}@patch('pkg.mod.storage.Client')\ndef test(client):\n    client.assert_called_with(project=None)\n"
    done = fix({"pkg/mod.py": MODULE, "tests/test_mod.py": text})
    assert [each.reason for each in done.outcomes] == ["", f"unsafe: tests/test_mod.py:8 {ARGUMENTS}"]


def test_a_patch_reaches_what_its_module_imports(fix: Callable[..., FileFix]) -> None:
    above = "from google.cloud import bigquery\nfrom pkg.mod import rows\n\n\ndef f() -> bigquery.Client: ...\n"
    text = "@patch('pkg.above.bigquery.Client')\ndef test(client):\n    client.assert_called_once_with(project='p')\n"
    done = fix({"pkg/mod.py": MODULE, "pkg/above.py": above, "tests/test_above.py": text})
    assert [each.reason for each in done.outcomes] == [f"unsafe: tests/test_above.py:3 {ARGUMENTS}", ""]


GETTER = "from google.cloud import bigquery\n\n\ndef get_bigquery_client(project_id=None, location=None):\n    "
BODIES = {
    "options = {'project': project_id}\n    if location:\n        options['location'] = location\n"
    "    return bigquery.Client(**options)": "fixed",
    "options = {'project': project_id}\n    options['location'] = location\n"
    "    return bigquery.Client(**options)": "skipped",
    "options = {}\n    if project_id:\n        options['project'] = project_id\n"
    "    return bigquery.Client(**options)": "fixed",
    "return bigquery.Client(project=project_id or default())": "fixed",
    "key = project_id or default()\n    known[key] = bigquery.Client(project=key)": "fixed",
    "key = other()\n    return bigquery.Client(project=key)": "skipped",
    "return bigquery.Client(project_id)": "skipped",
    "return bigquery.Client(project=project_id, client_info=INFO)": "skipped",
    "return _built(project_id)": "skipped",
}


@pytest.mark.parametrize(("body", "status"), BODIES.items())
def test_what_a_getter_gives_its_class(body: str, status: str, fix: Callable[..., FileFix]) -> None:
    module = "from google.cloud import bigquery\n\n\ndef rows(project):\n    bigquery.Client(project=project)\n"
    text = HEAD + ASSERTED
    done = fix({"pkg/mod.py": module, "shared/clients/__init__.py": GETTER + body, "tests/test_mod.py": text})
    assert [each.status for each in done.outcomes] == [status]


def test_a_getter_that_gives_by_position_what_was_not_given(fix: Callable[..., FileFix]) -> None:
    module = "from google.cloud import bigquery\n\n\ndef rows(project):\n    bigquery.Client()\n"
    pool = f"{GETTER}return bigquery.Client(project_id)"
    done = fix({"pkg/mod.py": module, "shared/clients/__init__.py": pool, "tests/test_mod.py": HEAD + ASSERTED})
    assert [each.status for each in done.outcomes] == ["skipped"]


@pytest.mark.parametrize(("argument", "status"), [("project='p'", "fixed"), ("'p'", "skipped")])
def test_the_bundled_pools_give_what_they_are_given_by_keyword(
    argument: str, status: str, fix: Callable[..., FileFix]
) -> None:
    module = f"from google.cloud import bigquery\n\n\ndef rows(project):\n    bigquery.Client({argument})\n"
    text = f"{DECORATED}    client.assert_called_once_with({argument})\n"
    done = fix({"pkg/mod.py": module, "tests/test_mod.py": text}, pool="shared_clients")
    assert [each.status for each in done.outcomes] == [status]
