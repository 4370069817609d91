"""A forecast is a pace of some weeks, carried on; where there is none it says so."""

from datetime import date, timedelta

import pytest

from flake8_client_pool.report.forecast import paces

END = date(2026, 6, 1)


def ago(weeks: int) -> date:
    return END - timedelta(weeks=weeks)


def test_each_pace_goes_from_the_count_that_held_on_its_first_day() -> None:
    found = paces([(ago(20), 90), (ago(9), 60), (ago(3), 40), (END, 30)])
    assert [(pace.weeks, pace.since, pace.before, pace.now, pace.per_week) for pace in found] == [
        (4, ago(4), 60, 30, -7.5),
        (8, ago(8), 60, 30, -3.75),
        (12, ago(12), 90, 30, -5.0),
    ]
    assert [pace.done for pace in found] == [END + timedelta(weeks=weeks) for weeks in (4, 8, 6)]


@pytest.mark.parametrize("before", [3, 2])
def test_what_does_not_fall_has_no_end(before: int) -> None:
    assert [pace.done for pace in paces([(ago(5), before), (END, 3)])] == [None]


def test_what_falls_too_slowly_for_the_calendar_has_no_end() -> None:
    assert [pace.done for pace in paces([(ago(5), 10_000_000), (END, 9_999_999)])] == [None]


@pytest.mark.parametrize(("left", "done"), [(521, END + timedelta(weeks=521)), (522, None)])
def test_what_falls_too_slowly_for_ten_years_has_no_end(left: int, done: date | None) -> None:
    assert [pace.done for pace in paces([(ago(5), left + 4), (END, left)])] == [done]


def test_nothing_left_is_done_today() -> None:
    assert [pace.done for pace in paces([(ago(5), 3), (END, 0)])] == [END]


def test_a_short_history_has_no_pace() -> None:
    assert paces([]) == paces([(ago(3), 5), (END, 1)]) == ()
