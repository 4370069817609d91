"""The burn-down as a drawing for the page.

Vega-Lite draws it, inside vl-convert: a wheel of the Vega project that asks no network and no browser, takes a chart as
plain data, and gives SVG whose colours are attributes, so that the page's own style sheet decides about light and dark.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from flake8_client_pool.output.history.words import has_passed, middle, paces_of
from flake8_client_pool.output.plain import plain
from flake8_client_pool.policy.settings import Phase
from flake8_client_pool.report.forecast import Pace
from flake8_client_pool.report.history import History

_LOOK_AHEAD = timedelta(days=730)
_LEAST_AHEAD = 0.12
_HEADROOM = 1.25
_LONGEST_LABEL = 26
_PLOT = re.compile(r'transform="translate\((\d+),(\d+)\)"')
_VIEW = re.compile(r'viewBox="0 0 (\d+) (\d+)"')


@dataclass(frozen=True, slots=True)
class Size:
    """How large to draw, in units of the drawing; `full` tells whether there is room for the names of phases."""

    width: int
    height: int
    full: bool


SIZES = (Size(940, 330, full=True), Size(330, 250, full=False))


@dataclass(frozen=True, slots=True)
class Drawing:
    """A drawing and where its days lie.

    Attributes:
        svg: the drawing.
        left: where the plot begins, as a share of the drawing's width.
        width: how wide the plot is, as a share of the drawing's width.
        full: whether it is the one for a wide window.
    """

    svg: str
    left: float
    width: float
    full: bool


def drawings(history: History) -> list[Drawing]:
    """Draw the burn-down in every size."""
    from vl_convert import vegalite_to_svg

    return [_placed(vegalite_to_svg(specification(history, size)), size) for size in SIZES]


def _placed(svg: str, size: Size) -> Drawing:
    view, plot = _VIEW.search(svg), _PLOT.search(svg)
    if view is None or plot is None:
        raise AssertionError(svg[:300])
    whole = int(view[1])
    return Drawing(svg, int(plot[1]) / whole, size.width / whole, size.full)


def domain(history: History) -> tuple[date, date]:
    """Give the first and the last day to draw: ahead as far as forecasts and due days reach, within two years."""
    first, last = date.fromisoformat(history.points[0].day), date.fromisoformat(history.points[-1].day)
    ahead = [pace.done for pace in paces_drawn(history) if pace.done]
    ahead += [_day(phase) for phase in history.phases if phase.due]
    least = last + max((last - first) * _LEAST_AHEAD, timedelta(days=1))
    return first, max(least, *(day for day in (*ahead, last) if day <= last + _LOOK_AHEAD))


def specification(history: History, size: Size) -> dict[str, Any]:
    """Say what to draw, as Vega-Lite has it."""
    first, last = domain(history)
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": size.width,
        "height": size.height,
        "background": None,
        "config": _LOOK,
        "layer": [_areas(history), *_ahead(history, last), *_dues(history, full=size.full)],
        "encoding": {
            "x": {
                "field": "day",
                "type": "temporal",
                "title": None,
                "scale": {"type": "utc", "domain": [time_of(first), time_of(last)]},
                "axis": {"grid": False, "tickCount": 8 if size.full else 4, "labelFlush": True},
            },
            "y": {
                "field": "direct",
                "type": "quantitative",
                "title": None,
                "axis": {"tickCount": 5, "domain": False, "ticks": False},
                "scale": {"domain": [0, _ceiling(history)], "nice": False},
            },
        },
    }


_LOOK = {
    "aria": False,
    "font": "system-ui, sans-serif",
    "view": {"stroke": None},
    "axis": {
        "labelFontSize": 12,
        "labelColor": "var(--muted)",
        "gridColor": "var(--line)",
        "domainColor": "var(--line-strong)",
        "tickColor": "var(--line-strong)",
        "labelPadding": 6,
    },
}


def time_of(day: date) -> int:
    """Give a day in milliseconds since the epoch."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1000)


def _ceiling(history: History) -> float:
    """Leave room for the names of phases above all that is drawn."""
    most = max(1, *(point.count().direct for point in history.days))
    return most * (_HEADROOM if dues_drawn(history) else 1.05)


def _areas(history: History) -> dict[str, Any]:
    rows = [
        {
            "day": time_of(date.fromisoformat(point.day)),
            "kind": kind,
            "place": place,
            "direct": point.count(kind=kind).direct,
        }
        for point in history.days
        for place, kind in enumerate(history.kinds)
    ]
    colours = [f"var(--kind-{place})" for place in range(len(history.kinds))]
    return {
        "data": {"values": rows},
        "mark": {"type": "area", "interpolate": "step-after", "opacity": 1},
        "encoding": {
            "y": {"field": "direct", "type": "quantitative", "stack": "zero"},
            "order": {"field": "place"},
            "color": {
                "field": "kind",
                "type": "nominal",
                "legend": None,
                "scale": {"domain": list(history.kinds), "range": colours},
            },
        },
    }


def paces_drawn(history: History) -> tuple[Pace, ...]:
    """Choose the paces to carry on; none where the forecast is a day that has passed, or nothing is left."""
    found = paces_of(history)
    forecast = middle(found)
    if forecast is None or not forecast.now or has_passed(forecast):
        return ()
    return found


def _ahead(history: History, last: date) -> list[dict[str, Any]]:
    """Draw paces as lines from the last day on, that of the forecast thicker."""
    found = paces_drawn(history)
    return [_line(pace, last, strong=pace is middle(found)) for pace in found]


def _line(pace: Pace, last: date, *, strong: bool) -> dict[str, Any]:
    end = min(pace.done or last, last)
    left = max(pace.now + pace.per_week * (end - pace.until).days / 7, 0)
    points = [{"day": time_of(pace.until), "direct": pace.now}, {"day": time_of(end), "direct": round(left, 1)}]
    width, opacity = (2.5, 1) if strong else (1.25, 0.55)
    mark = {"type": "line", "strokeDash": [6, 4], "stroke": "var(--ink)", "strokeWidth": width, "opacity": opacity}
    return {"data": {"values": points}, "mark": mark}


def dues_drawn(history: History) -> list[tuple[int, Phase]]:
    """Choose the phases, with their numbers, that are due on a day of the chart."""
    first, last = domain(history)
    numbered = enumerate(history.phases, 1)
    return [(number, phase) for number, phase in numbered if phase.due and first <= _day(phase) <= last]


def _day(phase: Phase) -> date:
    return date.fromisoformat(phase.due)


def _dues(history: History, *, full: bool) -> list[dict[str, Any]]:
    """Mark the days by which phases are due."""
    rows = [
        {"due": time_of(_day(phase)), "label": _label(number, plain(phase.name), full=full)}
        for number, phase in dues_drawn(history)
    ]
    if not rows:
        return []
    x = {"field": "due", "type": "temporal"}
    rule = {"type": "rule", "stroke": "var(--due)", "strokeWidth": 1.5, "strokeDash": [2, 3]}
    text = {"type": "text", "align": "right", "dx": -5, "baseline": "top", "fill": "var(--due)", "fontSize": 12}
    labels = [
        {
            "data": {"values": [row]},
            "mark": {**text, "y": 2 + 16 * place, "fontWeight": 600},
            "encoding": {"x": x, "y": None, "text": {"field": "label"}},
        }
        for place, row in enumerate(rows)
    ]
    return [{"data": {"values": rows}, "mark": rule, "encoding": {"x": x, "y": None}}, *labels]


def _label(number: int, name: str, *, full: bool) -> str:
    if not full:
        return f"{number}"
    short = name if len(name) <= _LONGEST_LABEL else f"{name[: _LONGEST_LABEL - 1]}\N{HORIZONTAL ELLIPSIS}"
    return f"{number} {short} due"
