"""What is said of a history in sentences, whatever shows it."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from flake8_client_pool.output.report.tables import per_cent
from flake8_client_pool.output.summary import number
from flake8_client_pool.policy.phases import today
from flake8_client_pool.report.forecast import WEEKS, Pace, paces
from flake8_client_pool.report.history import History, Point

_MIDDLE = 1


def in_words(history: History) -> str:
    """Sum a history up in one sentence."""
    total = history.points[-1].count()
    adopted = f" ({per_cent(total)} adopted)" if total.adoption is not None else ""
    calls, built = number(total.pool_calls, "call"), number(total.direct, "direct construction")
    return (
        f"{number(history.commits, 'commit')} from {history.points[0].day} to {history.points[-1].day}; "
        f"at the end {calls} of {history.pool_module}, {built}{adopted}."
    )


def notes(history: History) -> Iterator[str]:
    """Say, a sentence each, what a reader has to know to take the figures for what they are."""
    yield (
        "Names are followed within each file alone, so figures can differ from those of client-pool report without "
        "--history, which follows them across files."
    )
    yield "Files, phases and kinds are told apart as the configuration has it today; days are in universal time."
    if history.cut_off:
        yield (
            f"This clone is shallow: what was before {history.points[0].name} is not known. git fetch --unshallow "
            "brings it."
        )
    if history.lacking:
        unread = sum(point.unread > 0 for point in history.points)
        yield (
            f"This clone lacks {history.lacking:,} of {number(history.contents, 'content')} of files: the counts of "
            f"{unread:,} of {number(len(history.points), 'point')} are no more than what is known; "
            f"{history.mending}."
        )


def direct_by_day(points: Iterable[Point], *, phase: int | None = None) -> list[tuple[date, int]]:
    """Give the direct constructions at the end of each day, of one phase or of all code."""
    return [(date.fromisoformat(point.day), point.count(phase=phase).direct) for point in points]


def paces_of(history: History, *, phase: int | None = None) -> tuple[Pace, ...]:
    """Take the paces of a history, of one phase or of all code; none where counts are not known throughout."""
    days = history.days
    return () if any(point.unread for point in days) else paces(direct_by_day(days, phase=phase))


def middle(found: Sequence[Pace]) -> Pace | None:
    """Choose the pace that a forecast goes by."""
    return found[min(_MIDDLE, len(found) - 1)] if found else None


def forecast_in_words(history: History) -> str:
    """Say when none is left at the pace of late, how that is reckoned, and how far it hangs on the weeks chosen."""
    last = history.points[-1]
    if not last.unread and not last.count().direct:
        return "Done: nothing is built directly any more."
    found = paces_of(history)
    pace = middle(found)
    if pace is None:
        return f"No forecast: a pace is taken from {WEEKS[0]} weeks or more of a complete history."
    if has_passed(pace):
        return (
            f"No forecast: there is no commit since {pace.until}, and at the mean pace of the last {pace.weeks} weeks "
            f"until then none would be left since {pace.done}."
        )
    reckoned = (
        f"direct constructions went from {pace.before:,} on {pace.since} to {pace.now:,} on {pace.until}, "
        f"{pace.per_week:+,.1f} a week"
    )
    others = "; ".join(
        f"by the last {each.weeks} weeks ({each.per_week:+,.1f}) {_end(each)}" for each in found if each is not pace
    )
    said = f"none is left {_end(pace)}" if pace.done else "there is no end in sight"
    rest = f"; {others}" if others else ""
    return f"Forecast: at the mean pace of the last {pace.weeks} weeks {said}: {reckoned}{rest}."


def _end(pace: Pace) -> str:
    return f"on {pace.done}" if pace.done else "not within ten years"


def has_passed(pace: Pace) -> bool:
    """Tell whether the day on which none would be left has passed while some are."""
    return bool(pace.now) and pace.done is not None and pace.done.isoformat() < today()


def at_this_pace(history: History, phase: int) -> str:
    """Say in a cell when none is left in a phase, by its number; nothing where that is so, or there is no forecast."""
    pace = middle(paces_of(history, phase=phase))
    if pace is None or not pace.now or has_passed(pace):
        return ""
    return str(pace.done) if pace.done else "no end in sight"
