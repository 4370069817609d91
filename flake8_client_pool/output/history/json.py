"""A history as JSON; docs/json.md describes every key."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from flake8_client_pool.output.history.tables import LARGEST_STEPS
from flake8_client_pool.output.history.words import notes, paces_of
from flake8_client_pool.report.figures import Count, Part
from flake8_client_pool.report.forecast import Pace
from flake8_client_pool.report.history import History, Point, Step

VERSION = 1


def to_json(history: History, points: Iterable[Point]) -> str:
    """Write every figure of some points, in ASCII and with a line break at the end."""
    return json.dumps(document(history, points), indent=1) + "\n"


def document(history: History, points: Iterable[Point]) -> dict[str, Any]:
    """Describe a history in the types that JSON knows."""
    return {
        "version": VERSION,
        "path": history.path,
        "pool_module": history.pool_module,
        "kinds": {kind: history.titles[kind] for kind in history.kinds},
        "commits": history.commits,
        "contents": history.contents,
        "lacking": history.lacking,
        "shallow": history.cut_off,
        "notes": list(notes(history)),
        "paces": [_pace(pace) for pace in paces_of(history)],
        "points": [_point(history, point) for point in points],
        "largest": [_step(step) for step in history.largest_steps(LARGEST_STEPS)],
    }


def _point(history: History, point: Point) -> dict[str, Any]:
    phases = [(None, None, 0), *((number, phase.name, number) for number, phase in enumerate(history.phases, 1))]
    return {
        "commit": point.commit,
        "day": point.day,
        "subject": point.subject,
        "unread": point.unread,
        **{part: _counts(history, point, part) for part in Part},
        "phases": [
            {"number": number, "name": name, **_count(point.count(phase=phase))}
            for number, name, phase in (phases[1:] + phases[:1] if history.phases else ())
        ],
    }


def _counts(history: History, point: Point, part: Part) -> dict[str, Any]:
    kinds = {kind: point.count(part=part, kind=kind) for kind in history.titles}
    return {**_count(point.count(part=part)), "kinds": _kinds(kinds)}


def _kinds(counts: Mapping[str, Count]) -> dict[str, Any]:
    return {kind: _count(count) for kind, count in counts.items() if count != Count()}


def _count(count: Count) -> dict[str, int]:
    return {"pool_calls": count.pool_calls, "direct": count.direct}


def _step(step: Step) -> dict[str, Any]:
    named = {"commit": step.point.commit, "day": step.point.day, "subject": step.point.subject}
    return {**named, **_count(step.total), "kinds": _kinds(step.changes)}


def _pace(pace: Pace) -> dict[str, Any]:
    return {
        "weeks": pace.weeks,
        "since": pace.since.isoformat(),
        "until": pace.until.isoformat(),
        "before": pace.before,
        "now": pace.now,
        "per_week": round(pace.per_week, 2),
        "done": pace.done.isoformat() if pace.done else None,
    }
