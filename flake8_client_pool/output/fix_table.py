"""What a fix did, as a table for people and as JSON; docs/fix.md describes both."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flake8_client_pool.fixes.outcomes import Outcome
from flake8_client_pool.model import Finding
from flake8_client_pool.output.text import printable
from flake8_client_pool.scan.discovery import Problem
from flake8_client_pool.scan.fixing import FixedFile

VERSION = 1


@dataclass(frozen=True, slots=True)
class Row:
    """One finding, the path of its file as the user gave it, and what became of it."""

    path: str
    finding: Finding
    outcome: Outcome

    @property
    def place(self) -> str:
        """Path, line and column."""
        return f"{self.path}:{self.finding.span.line}:{self.finding.span.column}"


@dataclass(frozen=True, slots=True)
class FixReport:
    """What a whole run did; `written` is False where it only says what it would do."""

    fixed_files: tuple[FixedFile, ...]
    files: int
    problems: tuple[Problem, ...]
    written: bool = True

    @property
    def rows(self) -> list[Row]:
        """All findings, in the order of paths and places."""
        return [
            Row(each.file.path, finding, outcome) for each in self.fixed_files for finding, outcome in each.outcomes
        ]

    @property
    def left(self) -> list[Row]:
        """The findings that are still there."""
        return [row for row in self.rows if row.outcome.status != "fixed"]

    @property
    def failed(self) -> list[Row]:
        """The findings whose fix could not be written."""
        return [row for row in self.rows if row.outcome.status == "failed"]

    @property
    def changed(self) -> list[str]:
        """The paths of the files that are not as they were."""
        made = (new.path for each in self.fixed_files for new in each.new_files)
        return sorted({*made, *(each.file.path for each in self.fixed_files if each.before != each.after)})

    @property
    def factories(self) -> list[Row]:
        """The fixed findings in functions that do nothing now but ask the getter."""
        return [row for row in self.rows if row.outcome.status == "fixed" and row.outcome.factory]

    @property
    def incomplete(self) -> dict[str, list[str]]:
        """The folders with a copy of the pool module that lacks a getter, and the getters that are called now."""
        found: dict[str, set[str]] = {}
        for row in self.rows:
            for folder in row.outcome.missing_in if row.outcome.status == "fixed" else ():
                found.setdefault(folder, set()).add(row.outcome.getter.rpartition(".")[2])
        return {folder: sorted(names) for folder, names in sorted(found.items())}


def to_table(report: FixReport) -> str:
    """Write a report as lines, with a line break at the end of each."""
    return "".join(f"{printable(line)}\n" for line in _lines(report))


def _lines(report: FixReport) -> Iterator[str]:
    if report.left:
        yield f"Left ({len(report.left)}):"
        yield from _aligned([(row.place, row.finding.code, _state(row)) for row in report.left])
    if report.factories:
        yield "Functions that only ask the pool now, and can go once their callers do so themselves:"
        yield from (f"  {row.place}  {row.outcome.factory}" for row in report.factories)
    if report.incomplete:
        yield "Copies of the pool module that lack what is called now; complete them before they are used alone:"
        yield from (f"  {folder}  {', '.join(names)}" for folder, names in report.incomplete.items())
    done = len(report.rows) - len(report.left)
    verb = "Fixed" if report.written else "Would fix"
    yield f"{verb} {_number(done, 'finding')} in {_number(len(report.changed), 'file')}; {len(report.left):,} left."


def _state(row: Row) -> str:
    return f"{row.outcome.status}: {row.outcome.reason}" if row.outcome.status == "failed" else row.outcome.reason


def _aligned(rows: list[tuple[str, str, str]]) -> Iterator[str]:
    width = max(len(place) for place, _, _ in rows)
    return (f"  {place:<{width}}  {code}  {reason}" for place, code, reason in rows)


def _number(count: int, thing: str) -> str:
    return f"{count:,} {thing}" if count == 1 else f"{count:,} {thing}s"


def to_json(report: FixReport) -> str:
    """Write a report as one JSON document, in ASCII and with a line break at its end."""
    counts = {
        status: sum(row.outcome.status == status for row in report.rows) for status in ("fixed", "skipped", "failed")
    }
    document = {
        "version": VERSION,
        "written": report.written,
        "findings": [_finding(row) for row in report.rows],
        "files": report.files,
        "changed": report.changed,
        "factories": [
            {"path": row.path, "line": row.finding.span.line, "name": row.outcome.factory} for row in report.factories
        ],
        "incomplete_pools": report.incomplete,
        "summary": {**counts, "problems": [{"path": each.path, "reason": each.reason} for each in report.problems]},
    }
    return json.dumps(document, indent=1) + "\n"


def _finding(row: Row) -> dict[str, Any]:
    span, outcome = row.finding.span, row.outcome
    return {
        "path": row.path,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
        "code": row.finding.code,
        "kind": row.finding.kind or None,
        "message": row.finding.message,
        "scope": row.finding.scope,
        "status": outcome.status,
        "reason": outcome.reason or None,
        "applicability": outcome.applicability.value if outcome.applicability else None,
    }
