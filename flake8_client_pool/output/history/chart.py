"""The burn-down as a small chart of block characters: direct constructions over time, the kinds on top of each other.

Of the libraries that draw in a terminal, plotext piles no areas up, draws on the state of its module, and changed the
names of its functions from version 5 to 6.
"""

import io
from bisect import bisect_right
from collections.abc import Sequence
from datetime import date
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from flake8_client_pool.output.plain import plain
from flake8_client_pool.report.history import History

if TYPE_CHECKING:
    from rich.text import Text

_HEIGHT = 10
_WIDEST = 100
_EIGHTHS = " ▁▂▃▄▅▆▇█"
_FULL = len(_EIGHTHS) - 1
_AXIS, _CORNER, _LINE = "┤", "└", "─"
_COLOURS = ("blue", "yellow", "green", "magenta", "cyan", "red", "white")


class _Cell(NamedTuple):
    """A character, and the colours of the kinds before and behind it; empty for none."""

    character: str
    front: str = ""
    back: str = ""


def chart(history: History, width: int, *, colour: bool) -> str:
    """Draw the chart, at most `width` columns wide; without colours the kinds are one."""
    from rich.console import Console
    from rich.text import Text

    target = io.StringIO()
    console = Console(
        file=target, width=width, force_terminal=colour, color_system="standard" if colour else None, highlight=False
    )
    most = max(point.count().direct for point in history.days)
    margin = len(f"{most:,}") + 1
    columns = _columns(history, max(min(width, _WIDEST) - margin - 1, 1))
    columns = columns if colour else [[sum(column)] for column in columns]
    for row in reversed(range(_HEIGHT)):
        label = {_HEIGHT - 1: f"{most:,}", _HEIGHT // 2 - 1: f"{most // 2:,}"}.get(row, "")
        console.print(_row(label.rjust(margin), [_cell(column, most, row) for column in columns]), no_wrap=True)
    console.print(Text(f"{'0'.rjust(margin)}{_CORNER}{_LINE * len(columns)}"), no_wrap=True)
    console.print(Text(" " * (margin + 1) + _days(history, len(columns))), no_wrap=True)
    console.print(_legend(history))
    return "\n".join(line.rstrip() for line in target.getvalue().split("\n"))


def _columns(history: History, number: int) -> list[list[int]]:
    """Give the direct constructions of each kind at days that lie evenly between the first and the last."""
    days = [date.fromisoformat(point.day).toordinal() for point in history.days]
    step = (days[-1] - days[0]) / max(number - 1, 1)
    shown = [history.days[bisect_right(days, days[0] + round(step * place)) - 1] for place in range(number)]
    return [[point.count(kind=kind).direct for kind in history.kinds] for point in shown]


def _cell(column: Sequence[int], most: int, row: int) -> _Cell:
    """Choose the character of a column in a row; rows count from the bottom."""
    tops = [round(number * _HEIGHT * _FULL / most) - row * _FULL if most else 0 for number in accumulate(column)]
    filled = max(min(tops[-1], _FULL), 0) if tops else 0
    if not filled:
        return _Cell(" ")
    lowest = next(place for place, top in enumerate(tops) if top > 0)
    front = _COLOURS[lowest % len(_COLOURS)]
    if filled < _FULL or tops[lowest] >= _FULL:
        return _Cell(_EIGHTHS[filled], front)
    above = next(place for place, top in enumerate(tops) if top > tops[lowest])
    return _Cell(_EIGHTHS[tops[lowest]], front, _COLOURS[above % len(_COLOURS)])


def _row(label: str, cells: Sequence[_Cell]) -> "Text":
    from rich.style import Style
    from rich.text import Text

    row = Text(label + _AXIS)
    for cell in cells:
        row.append(cell.character, Style(color=cell.front or None, bgcolor=cell.back or None))
    return row


def _days(history: History, width: int) -> str:
    first, last = history.days[0].day, history.days[-1].day
    return first + last.rjust(width - len(first)) if width > 2 * len(first) else first


def _legend(history: History) -> "Text":
    from rich.text import Text

    now = history.points[-1]
    legend = Text("direct constructions: ")
    for place, kind in enumerate(history.kinds):
        legend.append(_EIGHTHS[-1], _COLOURS[place % len(_COLOURS)])
        legend.append(f" {plain(history.titles[kind])} {now.count(kind=kind).direct:,}   ")
    return legend
