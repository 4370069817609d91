"""A history as one flat table for a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Iterator

from flake8_client_pool.report.figures import Count, Part
from flake8_client_pool.report.history import History, Point

_HEADINGS = ("day", "commit", "section", "name", "client", "pool_calls", "direct", "unread")
_ALL = "all"


def to_csv(history: History, points: Iterable[Point]) -> str:
    """Write a line for each kind in each section of each point, and one for all kinds, with line feeds (RFC 4180 else).

    `section` is `code`, `tests`, `pool` or `phase`; `unread` counts the files without which the point was counted.
    """
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(_HEADINGS)
    for point in points:
        for section, name, client, count in _rows(history, point):
            place = (point.day, point.commit, section, name, client)
            writer.writerow((*place, count.pool_calls, count.direct, point.unread))
    return target.getvalue()


def _rows(history: History, point: Point) -> Iterator[tuple[str, str, str, Count]]:
    for part in Part:
        for client in (*history.kinds, ""):
            yield part, part, client or _ALL, point.count(part=part, kind=client)
    for number, phase in enumerate(history.phases, 1):
        for client in (*history.kinds, ""):
            yield "phase", phase.name, client or _ALL, point.count(phase=number, kind=client)
