"""How far the phases have come: as a table for people, and as JSON."""

import io
import json
from collections.abc import Iterable, Iterator
from typing import Any

from flake8_client_pool.output.summary import number
from flake8_client_pool.policy.settings import Settings
from flake8_client_pool.scan.survey import Stage

_FILES_NAMED = 3
_OWNERS_NAMED = 2
_WIDTH_WITHOUT_A_TERMINAL = 160
_HEADINGS = ("", "phase", "state", "files", "findings", "by kind", "suppressed", "owner", "due")


def to_table(settings: Settings, stages: tuple[Stage, ...], width: int | None) -> str:
    """Draw the table, at most `width` columns wide, with what holds the next phase back beneath it."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD)
    for heading in _HEADINGS:
        table.add_column(heading, justify="right" if heading in ("files", "findings", "suppressed") else "left")
    for stage in stages:
        table.add_row(*map(Text, _row(stage, settings)))
    target = io.StringIO()
    Console(file=target, width=width or _WIDTH_WITHOUT_A_TERMINAL, color_system=None).print(table)
    drawn = "\n".join(line.rstrip() for line in target.getvalue().strip("\n").split("\n"))
    heading = f"{settings.source}: the gate reaches {settings.phase} of {number(len(settings.phases), 'phase')}"
    return "\n".join([heading, drawn, "", *what_is_next(settings, stages), ""])


def _row(stage: Stage, settings: Settings) -> tuple[str, ...]:
    named = stage.owners[:_OWNERS_NAMED]
    more = f" and {len(stage.owners) - len(named)} more" if len(stage.owners) > len(named) else ""
    return (
        str(stage.number or ""),
        stage.name or "in no phase",
        state(stage, settings),
        f"{stage.files:,}",
        f"{stage.findings:,}",
        ", ".join(f"{kind} {count}" for kind, count in stage.kinds.items()),
        f"{stage.suppressed:,}",
        ", ".join(named) + more,
        stage.due + (" (late)" if stage.is_late else ""),
    )


def state(stage: Stage, settings: Settings) -> str:
    """Say in a word or two how a phase stands."""
    return standing(stage.findings, is_reached=stage.is_reached, is_next=stage.number == settings.phase + 1)


def standing(findings: int, *, is_reached: bool, is_next: bool) -> str:
    """Say in a word or two how a phase with so many findings stands."""
    if is_reached:
        return "has errors" if findings else "done"
    if findings:
        return "next" if is_next else "pending"
    return "ready" if is_next else "clean"


def what_is_next(settings: Settings, stages: Iterable[Stage]) -> Iterator[str]:
    """Say, a line each, which reached phases have errors, and what holds the next one back."""
    for stage in stages:
        name = f"Phase {stage.number}, {stage.name}," if stage.number else "What is in no phase"
        if stage.number and not stage.files:
            yield f"{name} has no files: look at its paths."
        elif stage.is_reached and stage.findings:
            yield f"{name} is reached and has {held(stage)}."
        elif stage.number == settings.phase + 1 and stage.findings:
            yield f"{name} is next and is held back by {held(stage)}."
        elif stage.number == settings.phase + 1:
            yield f"{name} is ready: client-pool phases --advance raises the gate."
    if settings.phase == len(settings.phases):
        yield "All phases are reached."


def held(stage: Stage) -> str:
    """Name the findings of a phase, and the files that have most of them."""
    named = ", ".join(f"{path} ({count})" for path, count in list(stage.places.items())[:_FILES_NAMED])
    most = ", most of them in" if len(stage.places) > _FILES_NAMED else ":"
    return f"{number(stage.findings, 'finding')} in {number(len(stage.places), 'file')}{most} {named}"


def to_json(surveys: Iterable[tuple[Settings, tuple[Stage, ...]]]) -> str:
    """Write the phases of one or more configurations; docs/json.md describes every key."""
    found = [
        {"path": settings.source, "phase": settings.phase, "phases": [_document(each, settings) for each in stages]}
        for settings, stages in surveys
    ]
    return json.dumps({"version": 1, "configurations": found}, indent=1) + "\n"


def _document(stage: Stage, settings: Settings) -> dict[str, Any]:
    return {
        "number": stage.number or None,
        "name": stage.name or None,
        "state": state(stage, settings),
        "files": stage.files,
        "findings": stage.findings,
        "kinds": dict(stage.kinds),
        "paths": dict(stage.places),
        "suppressed": stage.suppressed,
        "owners": list(stage.owners),
        "due": stage.due or None,
        "late": stage.is_late,
    }
