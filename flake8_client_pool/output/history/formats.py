"""The formats of a history: adding one is one entry."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flake8_client_pool.report.history import History, Point

_SHOWN = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How to write: every commit or the last of each day, in how many columns, where that matters, and in colours."""

    every_commit: bool = False
    width: int | None = None
    colour: bool = False

    def points(self, history: "History") -> "tuple[Point, ...]":
        """Choose the points to write."""
        return history.points if self.every_commit else history.days


def _table(history: "History", look: Look) -> str:
    from flake8_client_pool.output.history.chart import chart
    from flake8_client_pool.output.history.tables import tables
    from flake8_client_pool.output.history.words import forecast_in_words, in_words, notes
    from flake8_client_pool.output.plain import plain
    from flake8_client_pool.output.report.table import WIDTH_WITHOUT_A_TERMINAL, drawn

    width = look.width or WIDTH_WITHOUT_A_TERMINAL
    points = look.points(history)
    parts = [f"{plain(history.path)}: {in_words(history)}", chart(history, width, colour=look.colour).rstrip("\n")]
    parts.append(forecast_in_words(history))
    parts += [f"{title}\n{drawn(table, width)}" for title, table in tables(history, points[-_SHOWN:])]
    earlier = len(points) - _SHOWN
    if earlier > 0:
        parts.append(f"{earlier:,} earlier ones are left out; --format csv, json and markdown have them all.")
    return "\n\n".join([*parts, "\n".join(notes(history))]) + "\n"


def _markdown(history: "History", look: Look) -> str:
    from flake8_client_pool.output.history.tables import tables
    from flake8_client_pool.output.history.words import forecast_in_words, in_words, notes
    from flake8_client_pool.output.report.markdown import escaped, written

    drawn = [f"**{title}**\n\n{written(table)}" for title, table in tables(history, look.points(history))]
    said = [in_words(history), forecast_in_words(history)]
    return "\n\n".join([*map(escaped, said), *drawn, *(f"- {escaped(note)}" for note in notes(history))]) + "\n"


def _json(history: "History", look: Look) -> str:
    from flake8_client_pool.output.history.json import to_json

    return to_json(history, look.points(history))


def _csv(history: "History", look: Look) -> str:
    from flake8_client_pool.output.history.csv import to_csv

    return to_csv(history, look.points(history))


Format = Callable[["History", Look], str]

FORMATS: Mapping[str, Format] = {"table": _table, "markdown": _markdown, "json": _json, "csv": _csv}
