"""The work for a fix grows as the findings of its file do: counted in calls, for machines differ in what those take."""

import sys
from collections.abc import Callable
from itertools import count

import pytest

from flake8_client_pool.engine import Engine
from flake8_client_pool.fixes.differences import edits_between
from flake8_client_pool.fixes.doubts.outside_uses import OutsideUses
from flake8_client_pool.fixes.drafts import applied
from flake8_client_pool.fixes.file_fix import FileFixer
from flake8_client_pool.fixes.outcomes import FileFix
from flake8_client_pool.kinds import KINDS

PATH = "/nowhere/job.py"
FEW, TIMES = 25, 8


IMPORT = "from google.cloud import bigquery\n"
FUNCTION = (
    'def work_{0}():\n{1}    client = bigquery.Client(project="p{0}")\n    return client.query("select {0}")\n'
)


def source(functions: int) -> str:
    return "\n\n".join([IMPORT, *(FUNCTION.format(number, "") for number in range(functions))])


def source_with_local_imports(functions: int) -> str:
    return "\n\n".join(FUNCTION.format(number, f"    {IMPORT}\n") for number in range(functions))


def fixed(text: str) -> FileFix:
    engine = Engine(KINDS, "shared_clients")
    words = engine.words(PATH, text.encode())
    assert words
    places = [(each.span.start, each.kind, each.code) for each in engine.analyze(PATH, text, words).findings]
    return FileFixer(KINDS, "shared_clients", OutsideUses(())).fix(PATH, text.encode(), text, places, unsafe=False)


def calls(work: Callable[[], object]) -> int:
    counted = count()
    sys.setprofile(lambda _frame, event, _given: next(counted) if event in ("call", "c_call") else None)
    try:
        work()
    finally:
        sys.setprofile(None)
    return next(counted)


@pytest.mark.parametrize("source", [source, source_with_local_imports])
def test_a_fix_of_many_findings_takes_as_much_for_each_as_one_of_few(source: Callable[[int], str]) -> None:
    few, many = source(FEW), source(FEW * TIMES)
    assert [outcome.status for outcome in fixed(many).outcomes] == ["fixed"] * FEW * TIMES
    assert calls(lambda: fixed(many)) < 1.3 * TIMES * calls(lambda: fixed(few))


def test_edits_for_many_changes_take_as_much_for_each_as_those_for_few() -> None:
    few, many = (fixed(source(functions)) for functions in (FEW, FEW * TIMES))
    edits = edits_between(many.before, many.after)
    assert applied(many.before, edits) == many.after
    assert len(edits) == FEW * TIMES + 1
    growth = calls(lambda: edits_between(many.before, many.after)) / calls(lambda: edits_between(few.before, few.after))
    assert growth < 1.3 * TIMES
