import argparse

import pytest
from flake8.style_guide import Decision, DecisionEngine
from hypothesis import given
from hypothesis import strategies as st

from flake8_client_pool.kinds import KINDS
from flake8_client_pool.policy.errors import ConfigurationError
from flake8_client_pool.policy.selection import CODES, OFF_UNLESS_SELECTED, Selection, checked_prefixes

PREFIXES = st.lists(st.sampled_from(sorted({code[:length] for code in CODES for length in range(3, 7)})), max_size=3)


def test_http_is_off_unless_selected() -> None:
    assert set(OFF_UNLESS_SELECTED) == {"CPL106", "CPL301"}
    assert [code for code in CODES if not Selection().includes(code)] == ["CPL106", "CPL301"]


@pytest.mark.parametrize("prefix", ["CPL1", "CPL10", "CPL106"])
def test_a_prefix_with_a_digit_turns_http_on(prefix: str) -> None:
    assert Selection((prefix,)).includes("CPL106")


def test_the_bare_prefix_selects_what_is_on_by_default() -> None:
    assert [code for code in CODES if not Selection(("CPL",)).includes(code)] == ["CPL106", "CPL301"]


@given(select=PREFIXES, ignore=PREFIXES, code=st.sampled_from(sorted(set(CODES) - OFF_UNLESS_SELECTED)))
def test_codes_are_chosen_as_flake8_chooses_them(select: list[str], ignore: list[str], code: str) -> None:
    options = argparse.Namespace(
        select=select or None,
        ignore=ignore,
        extend_select=None,
        extend_ignore=None,
        extended_default_select=["CPL"],
        extended_default_ignore=[],
    )
    chosen = DecisionEngine(options).decision_for(code) is Decision.Selected
    assert Selection(tuple(select), tuple(ignore)).includes(code) == chosen


def test_only_the_kinds_that_can_be_reported_are_looked_for() -> None:
    assert {kind.code for kind in Selection(("CPL102",)).kinds(KINDS)} == {"CPL102"}
    assert {kind.code for kind in Selection().kinds(KINDS)} == {kind.code for kind in KINDS} - {"CPL106"}


@pytest.mark.parametrize("prefix", ["CPL110", "CPL202", "CPL301", "CPL3"])
def test_all_kinds_are_looked_for_where_a_rule_is_about_any(prefix: str) -> None:
    assert {kind.code for kind in Selection((prefix,)).kinds(KINDS)} == {kind.code for kind in KINDS} - {"CPL106"}


@pytest.mark.parametrize("prefix", ["CPL4", "E501", "cpl101", "CPL1011", ""])
def test_a_prefix_of_no_code_is_refused(prefix: str) -> None:
    with pytest.raises(ConfigurationError, match=r"--select: .* begins no code; the codes are CPL100, CPL101"):
        checked_prefixes([prefix], "--select")


@pytest.mark.parametrize(
    ("selection", "code", "reached"),
    [
        (Selection(), "CPL101", True),
        (Selection(), "CPL1", True),
        (Selection(), "CPL106", False),
        (Selection(("CPL103",)), "CPL101", False),
        (Selection(), "CPL777", True),
        (Selection(("CPL103",)), "CPL777", False),
    ],
)
def test_a_named_code_is_reached_when_findings_with_it_could_count(
    selection: Selection, code: str, *, reached: bool
) -> None:
    assert selection.reaches(code) is reached
