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
