"""When the last client will be built directly, if the work goes on as it went: a pace, and no more than that."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

WEEKS = (4, 8, 12)
"""How far back the pace is taken, in weeks; the middle one is the forecast, the others say how far to trust it."""

_FARTHEST = timedelta(days=3652)


@dataclass(frozen=True, slots=True)
class Pace:
    """The mean change of a count over some weeks.

    Attributes:
        weeks: how many.
        since: the first day.
        until: the last day, from which it goes on.
        before: the count at the end of the first day.
        now: the count at the end of the last.
    """

    weeks: int
    since: date
    until: date
    before: int
    now: int

    @property
    def per_week(self) -> float:
        """How many places come in a week; less than 0 where they go."""
        return (self.now - self.before) / self.weeks

    @property
    def done(self) -> date | None:
        """The day on which none is left; None where they do not go, or not within ten years."""
        if not self.now:
            return self.until
        if self.now >= self.before:
            return None
        days = self.now * self.weeks * 7 / (self.before - self.now)
        return self.until + timedelta(days=round(days)) if days <= _FARTHEST.days else None


def paces(counts: Sequence[tuple[date, int]]) -> tuple[Pace, ...]:
    """Take the pace of a count over each of WEEKS, up to its last day.

    Args:
        counts: the count at the end of each day that changed it, and of the last day, the oldest first.

    Returns:
        The paces, shorter weeks first, of those spans that the counts reach back for.
    """
    if not counts:
        return ()
    until, now = counts[-1]
    found = []
    for weeks in WEEKS:
        since = until - timedelta(weeks=weeks)
        earlier = [count for day, count in counts if day <= since]
        if earlier:
            found.append(Pace(weeks, since, until, earlier[-1], now))
    return tuple(found)
