"""Tests that patch a client's class, or its library, follow a module that takes its client from the pool."""

from collections.abc import Callable

import pytest

from flake8_client_pool.fixes.outcomes import FileFix

MODULE = """\
from google.cloud import bigquery
from shared.clients import get_bigquery_client


def rows(project) -> bigquery.Table:
    return get_bigquery_client(project_id=project).query('q')
"""
HEAD = "import pkg.mod\n\n\ndef test(monkeypatch, mocker):\n    stub = mocker.Mock()\n"
FORMS = {
    "named": ('patch(target="pkg.mod.bigquery.Client")', 'patch(target="pkg.mod.get_bigquery_client")'),
    "of a mocker": (
        "mocker.patch(new=stub, target='pkg.mod.bigquery.Client')",
        "mocker.patch(new=stub, target='pkg.mod.get_bigquery_client')",
    ),
    "of a monkeypatch": (
        "monkeypatch.setattr(target='pkg.mod.bigquery.Client', name=stub)",
        "monkeypatch.setattr(target='pkg.mod.get_bigquery_client', name=stub)",
    ),
    "object": (
        "patch.object(target=pkg.mod.bigquery, attribute='Client')",
        "patch.object(target=pkg.mod, attribute='get_bigquery_client')",
    ),
    "object of a monkeypatch": (
        "monkeypatch.setattr(name='Client', value=stub, target=pkg.mod.bigquery)",
        "monkeypatch.setattr(name='get_bigquery_client', value=stub, target=pkg.mod)",
    ),
    "three quotes": ('patch("""pkg.mod.bigquery.Client""")', 'patch("""pkg.mod.get_bigquery_client""")'),
    "raw": ("patch(r'pkg.mod.bigquery.Client')", "patch(r'pkg.mod.get_bigquery_client')"),
    "two parts": ("patch('pkg.' 'mod.bigquery.Client')", "patch('pkg.' 'mod.get_bigquery_client')"),
    "parts and a comment": (
        "patch(\n        'pkg.'  # ours\n        'mod.bigquery.Client'\n    )",
        "patch(\n        'pkg.'  # ours\n        'mod.get_bigquery_client'\n    )",
    ),
    "parts that end elsewhere": ("patch('pkg.mod.big' \"query.Client\")", "patch('pkg.mod.get_bigquery_client')"),
}
LEFT = {
    "monkeypatch.setattr(target='pkg.mod.bigquery.Client', name=Fake)": (
        "the stand-in may not take the getter's arguments"
    ),
    "patch.object(google.cloud.bigquery, attribute='Client')": "it gives the attribute by keyword",
    "patch(\n        'pkg.mod.big'  # ours\n        'query.Client'\n    )": "a comment stands in the string",
}


@pytest.mark.parametrize(("before", "after"), FORMS.values(), ids=FORMS)
def test_forms(before: str, after: str, fix: Callable[..., FileFix]) -> None:
    done = fix({"tests/test_mod.py": f"{HEAD}    {before}\n", "pkg/mod.py": MODULE}, unsafe=True)
    assert done.after == f"{HEAD}    {after}\n"


@pytest.mark.parametrize(("text", "reason"), LEFT.items())
def test_forms_that_stay(text: str, reason: str, fix: Callable[..., FileFix]) -> None:
    before = f"import google.cloud.bigquery\n{HEAD}    {text}\n"
    done = fix({"tests/test_mod.py": before, "pkg/mod.py": MODULE}, unsafe=True)
    assert [each.reason for each in done.outcomes] == [reason]
    assert done.after == before


@pytest.mark.parametrize("text", ["patch(f'pkg.mod.bigquery.Client')", "patch(b'pkg.mod.bigquery.Client')", "patch()"])
def test_no_patch_of_a_class(text: str, fix: Callable[..., FileFix]) -> None:
    assert fix({"tests/test_mod.py": f"{HEAD}    {text}\n", "pkg/mod.py": MODULE}, unsafe=True).outcomes == ()


PLAIN = MODULE.replace(" -> bigquery.Table", "")
LIBRARY = {
    "parameter": (
        ("@patch('pkg.mod.bigquery')\ndef test(mock_bq):\n    mock_bq.Client.return_value.query.return_value = 1\n"
        "    assert pkg.mod.rows('p') == 1\n    mock_bq.Client.assert_called_once_with(project='p')\n"),
        ("@patch('pkg.mod.get_bigquery_client')\ndef test(mock_bq):\n    mock_bq.return_value.query.return_value = 1\n"
        "    assert pkg.mod.rows('p') == 1\n    mock_bq.assert_called_once_with(project_id='p')\n"),
    ),
    "not used": (
        "def test():\n    with mock.patch('pkg.mod.bigquery'):\n        pkg.mod.rows('p')\n",
        "def test():\n    with mock.patch('pkg.mod.get_bigquery_client'):\n        pkg.mod.rows('p')\n",
    ),
    "object": (
        ("def test():\n    with patch.object(pkg.mod, 'bigquery') as library:\n"
        "        library.Client.side_effect = ValueError('down')\n"),
        ("def test():\n    with patch.object(pkg.mod, 'get_bigquery_client') as library:\n"
        "        library.side_effect = ValueError('down')\n"),
    ),
    "given": (
        ("def test(monkeypatch):\n    library = MagicMock()\n    library.Client.return_value.project = 'p'\n"
        "    monkeypatch.setattr('pkg.mod.bigquery', library)\n"),
        ("def test(monkeypatch):\n    library = MagicMock()\n    library.return_value.project = 'p'\n"
        "    monkeypatch.setattr('pkg.mod.get_bigquery_client', library)\n"),
    ),
}
LIBRARY_LEFT = {
    "@patch('pkg.mod.bigquery')\ndef test(library):\n    library.QueryJobConfig.assert_called()\n": (
        "what is done with library.QueryJobConfig is not followed"
    ),
    "@patch('pkg.mod.bigquery')\ndef test(library):\n    library.Client = Fake\n": (
        "what is done with library.Client is not followed"
    ),
    "@patch('pkg.mod.bigquery')\ndef test(library):\n    prepare(library)\n": (
        "what is done with library is not followed"
    ),
    "@patch('pkg.mod.bigquery')\ndef test(library):\n    library.Client.mock_calls\n": (
        "what is done with library.Client.mock_calls is not followed"
    ),
    "patch('pkg.mod.bigquery', Fake)\n": "the stand-in is made for the library",
    "patch('pkg.mod.bigquery', Mock(Client=1))\n": "the stand-in is made for the library",
    "patch('pkg.mod.bigquery', autospec=True)\n": "the stand-in is made for the library",
}


@pytest.mark.parametrize(("before", "after"), LIBRARY.values(), ids=LIBRARY)
@pytest.mark.parametrize("module", [MODULE, f"{PLAIN}\n\ndef config():\n    return bigquery.QueryJobConfig()\n"])
def test_libraries(before: str, after: str, module: str, fix: Callable[..., FileFix]) -> None:
    done = fix({"tests/test_mod.py": f"import pkg.mod\n\n\n{before}", "pkg/mod.py": module}, unsafe=True)
    assert done.after == f"import pkg.mod\n\n\n{after}"


@pytest.mark.parametrize(("text", "reason"), LIBRARY_LEFT.items())
def test_libraries_that_stay(text: str, reason: str, fix: Callable[..., FileFix]) -> None:
    done = fix({"tests/test_mod.py": text, "pkg/mod.py": MODULE}, unsafe=True)
    assert [each.reason for each in done.outcomes] == [reason]
    assert done.after == text


@pytest.mark.parametrize("other", ["bigquery.Table(name)", "handed_on(bigquery)"])
def test_a_library_that_a_module_uses_otherwise_stays(other: str, fix: Callable[..., FileFix]) -> None:
    module = f"{MODULE}\n\ndef table(name):\n    return {other}\n"
    done = fix({"tests/test_mod.py": "patch('pkg.mod.bigquery')\n", "pkg/mod.py": module}, unsafe=True)
    used = other.partition("(")[0] if "Table" in other else "bigquery"
    assert [each.reason for each in done.outcomes] == [f"the module uses {used} as well"]


def test_a_library_of_several_clients_stays(fix: Callable[..., FileFix]) -> None:
    pool = "def get_pubsub_publisher(): ...\n\n\ndef get_pubsub_subscriber(): ...\n"
    module = (
        "from google.cloud import pubsub_v1\nfrom shared.clients import get_pubsub_publisher, get_pubsub_subscriber\n"
        "\n\ndef both():\n    return get_pubsub_publisher(), get_pubsub_subscriber()\n"
    )
    files = {"tests/test_mod.py": "patch('pkg.mod.pubsub_v1')\n", "pkg/mod.py": module}
    done = fix({**files, "shared/clients/__init__.py": pool}, unsafe=True)
    assert [each.reason for each in done.outcomes] == ["it stands in for clients of several kinds"]


def test_the_library_of_a_module_that_takes_nothing_stays(fix: Callable[..., FileFix]) -> None:
    module = "from google.cloud import bigquery\n\n\ndef rows():\n    return bigquery.Client()\n"
    assert fix({"tests/test_mod.py": "patch('pkg.mod.bigquery')\n", "pkg/mod.py": module}, unsafe=True).outcomes == ()


def test_a_class_in_the_place_of_one_that_a_library_had_stays(fix: Callable[..., FileFix]) -> None:
    text = "@patch('pkg.mod.bigquery')\ndef test(library):\n    library.Client = Fake\n"
    module = PLAIN.replace("project_id=project", "")
    done = fix({"tests/test_mod.py": text, "pkg/mod.py": module}, unsafe=True)
    assert [each.reason for each in done.outcomes] == ["what is done with library.Client is not followed"]


def test_a_folder_of_tests_that_is_called_as_the_package(fix: Callable[..., FileFix]) -> None:
    done = fix({"tests/pkg/test_mod.py": "patch('pkg.mod.bigquery.Client')\n", "pkg/mod.py": MODULE}, unsafe=True)
    assert done.after == "patch('pkg.mod.get_bigquery_client')\n"
