"""What holds for every fix, whatever the file looks like."""

import ast

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flake8_client_pool.engine import Engine
from flake8_client_pool.fixes.differences import edits_between
from flake8_client_pool.fixes.doubts.outside_uses import OutsideUses
from flake8_client_pool.fixes.drafts import applied
from flake8_client_pool.fixes.file_fix import FileFixer
from flake8_client_pool.fixes.outcomes import FileFix
from flake8_client_pool.kinds import KINDS
from flake8_client_pool.model import Finding

from .equivalence import rest_of

IMPORTS = st.sampled_from(
    [
        "from google.cloud import bigquery, storage",
        "from google.cloud import storage as files\nfrom google.cloud import bigquery",
        "import google.cloud.bigquery\nimport google.cloud.storage",
        "try:\n    from google.cloud import bigquery\nexcept ImportError:\n    bigquery = None",
        "from google.cloud.bigquery import Client",
        "import os\n\nfrom shared_clients import get_storage_client",
        "import sys\nsys.path.insert(0, '..')",
        "import logging",
    ]
)
CALLS = st.sampled_from(
    [
        "bigquery.Client()",
        "storage.Client(project='p', credentials=c)",
        "files.Client(bigquery.Client().project)",
        "google.cloud.bigquery.Client(\n    project=p,  # ours\n)",
        "Client(*args)",
        "get_storage_client()",
        "[bigquery.Client() for _ in 'ab']",
        "field(default_factory=bigquery.Client)",
    ]
)
STATEMENTS = st.builds(
    str.format,
    st.sampled_from(
        [
            "x = {}",
            "def f(a={}):\n    return a",
            "def f():\n    from google.cloud import bigquery\n    return {}",
            "class A:\n    client = {}",
            "with {} as client:\n    pass",
            "if a: b = {}",
            "def f() -> 'bigquery.Client': return {}",
            "@{}\ndef f(): ...",
            "async def f():\n    try:\n        return {}\n    finally:\n        pass",
        ]
    ),
    CALLS.map(lambda call: call.replace("\n", "\n    ")),
)
SOURCES = st.builds(
    lambda imports, statements, end: "\n".join([*imports, *statements]).replace("\n", end) + end,
    st.lists(IMPORTS, min_size=1, max_size=3),
    st.lists(STATEMENTS, min_size=1, max_size=5),
    st.sampled_from(["\n", "\r\n"]),
)
PATH = "/nowhere/job.py"


def found(text: str) -> list[Finding]:
    engine = Engine(KINDS, "shared_clients")
    words = engine.words(PATH, text.encode())
    return [each for each in engine.analyze(PATH, text, words).findings if each.kind] if words else []


def fixed(text: str) -> FileFix:
    places = [(each.span.start, each.kind, each.code) for each in found(text)]
    return FileFixer(KINDS, "shared_clients", OutsideUses(())).fix(PATH, text.encode(), text, places, unsafe=True)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(SOURCES)
def test_a_fix_parses_is_final_and_loses_nothing(text: str) -> None:
    done = fixed(text)
    assert all(outcome.status != "failed" for outcome in done.outcomes)
    ast.parse(done.after)
    again = fixed(done.after)
    assert again.after == done.after
    assert len(again.outcomes) == sum(outcome.status != "fixed" for outcome in done.outcomes)
    assert ("\r\n" in done.after) == ("\r\n" in text)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(SOURCES)
def test_nothing_else_is_changed(text: str) -> None:
    done = fixed(text)
    changed = {outcome.place[0] for outcome in done.outcomes if outcome.status == "fixed"}
    assert rest_of(done.after) == rest_of(text, [each.span for each in found(text) if each.span.start in changed])


@given(st.text(), st.text())
def test_edits_lead_from_one_text_to_the_other(before: str, after: str) -> None:
    assert applied(before, edits_between(before, after)) == after
