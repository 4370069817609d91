"""The tables of a history as text, for whatever draws tables."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from flake8_client_pool.output.history.words import at_this_pace
from flake8_client_pool.output.report.tables import FIGURES, Table, figures
from flake8_client_pool.policy.settings import Phase
from flake8_client_pool.report.history import History, Point, Step

LARGEST_STEPS = 10
_AT_LEAST = "\N{GREATER-THAN OR EQUAL TO}"


def phase_table(history: History) -> Table:
    """Show where each phase stands and stood."""
    phases = [*enumerate(history.phases, 1), (0, Phase("", ()))]
    rows = [_phase(history, number, phase) for number, phase in phases]
    return Table(("phase", "name", *FIGURES, "most direct", "none since", "due", "at this pace"), tuple(rows))


def _phase(history: History, number: int, phase: Phase) -> tuple[str, ...]:
    counts = [(point.day, point.count(phase=number)) for point in history.points]
    most, day = max((count.direct, day) for day, count in counts)
    return (
        str(number or ""),
        phase.name or "in no phase",
        *figures(counts[-1][1]),
        f"{most:,} on {day}" if most else "",
        _none_since([(day, count.direct) for day, count in counts]),
        phase.due,
        at_this_pace(history, number),
    )


def _none_since(direct: Sequence[tuple[str, int]]) -> str:
    """Name the day since which nothing is built directly, where something was."""
    since = ""
    for (_, before), (day, now) in pairwise(direct):
        since = "" if now else since or (day if before else "")
    return since


def step_table(steps: Sequence[Step]) -> Table:
    """Show what commits changed."""
    return Table(("day", "commit", *FIGURES[:2], "subject"), tuple(map(_step, steps)))


def _step(step: Step) -> tuple[str, ...]:
    changed = _signed(step.total.pool_calls), _signed(step.total.direct)
    return step.point.day, step.point.name, *changed, step.point.subject


def _signed(change: int) -> str:
    return f"{change:+,}" if change else "0"


def point_table(points: Sequence[Point]) -> Table:
    """Show states; a count that is not known throughout has a sign before it."""
    return Table(("day", "commit", *FIGURES), tuple(map(_point, points)))


def _point(point: Point) -> tuple[str, ...]:
    pool_calls, direct, adoption = figures(point.count())
    if point.unread:
        return point.day, point.name, f"{_AT_LEAST}{pool_calls}", f"{_AT_LEAST}{direct}", "-"
    return point.day, point.name, pool_calls, direct, adoption


def tables(history: History, points: Sequence[Point]) -> Iterator[tuple[str, Table]]:
    """Give every table that has any rows, with a title: `points` are those to show."""
    if history.phases:
        yield "Phases", phase_table(history)
    if steps := history.largest_steps(LARGEST_STEPS):
        yield "Commits that changed most", step_table(steps)
    yield "Over time", point_table(points)
