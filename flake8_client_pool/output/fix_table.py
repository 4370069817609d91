"""What a fix did, as a table for people and as JSON; docs/fix.md describes both."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from flake8_client_pool.fixes.outcomes import Outcome
from flake8_client_pool.model import Applicability, Finding
from flake8_client_pool.output.json import described
from flake8_client_pool.output.summary import number
from flake8_client_pool.output.text import printable
from flake8_client_pool.policy.verdict import Status
from flake8_client_pool.scan.discovery import Problem
from flake8_client_pool.scan.fixing import FixedFile

VERSION = 1

_WIDEST_PLACE = 60


@dataclass(frozen=True, slots=True)
class Row:
    """One finding, the path of its file as the user gave it, what became of it, and what it counted for in a check."""

    path: str
    finding: Finding
    outcome: Outcome
    counts_as: str

    @property
    def place(self) -> str:
        """Path, line and column."""
        return f"{self.path}:{self.finding.span.line}:{self.finding.span.column}"


@dataclass(frozen=True)
class FixReport:
    """What a whole run did.

    Attributes:
        fixed_files: what became of the files with findings, in the order of their paths.
        files: how many files were checked.
        problems: what stood in the way.
        counts_as: the status in a check of each finding that is no error, by the path of its file and itself.
        patch: the changes as `git apply` takes them, where they are only shown and not made.
        warnings: what whoever runs the fix should know, and no finding says.
    """

    fixed_files: tuple[FixedFile, ...]
    files: int
    problems: tuple[Problem, ...]
    counts_as: Mapping[tuple[str, Finding], str] = field(default_factory=dict)
    patch: bytes | None = None
    warnings: tuple[str, ...] = ()

    @cached_property
    def rows(self) -> list[Row]:
        """All findings, in the order of paths and places."""
        return [
            Row(each.file.path, finding, outcome, self.counts_as.get((each.file.path, finding), Status.ERROR))
            for each in self.fixed_files
            for finding, outcome in each.outcomes
        ]

    @property
    def left(self) -> list[Row]:
        """The findings that are still there."""
        return [row for row in self.rows if row.outcome.status != "fixed"]

    @property
    def errors(self) -> list[Row]:
        """Those of them that a check fails for."""
        return [row for row in self.left if row.counts_as == Status.ERROR]

    @property
    def unsafe(self) -> list[Row]:
        """The findings after whose fix the program may behave differently."""
        return [
            row
            for row in self.rows
            if row.outcome.status == "fixed" and row.outcome.applicability is Applicability.UNSAFE
        ]

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
        for file in self.fixed_files:
            for outcome in (outcome for _, outcome in file.outcomes if outcome.status == "fixed"):
                for folder in outcome.missing_in:
                    found.setdefault(file.path_of(folder), set()).add(outcome.getter.rpartition(".")[2])
        return {folder: sorted(names) for folder, names in sorted(found.items())}


def to_table(report: FixReport) -> str:
    """Write a report as lines, with a line break at the end of each."""
    return "".join(f"{printable(line)}\n" for line in _lines(report))


def _lines(report: FixReport) -> Iterator[str]:
    if report.left:
        yield f"Left ({len(report.left)}):"
        yield from _aligned([(row.place, row.finding.code, _state(row)) for row in report.left])
    if report.unsafe:
        yield f"Unsafe, the program may behave differently ({len(report.unsafe)}):"
        yield from _aligned([(row.place, row.finding.code, row.outcome.reason) for row in report.unsafe])
    if report.factories:
        yield "Functions that only ask the pool now, and can go once their callers do so themselves:"
        yield from (f"  {row.place}  {row.outcome.factory}" for row in report.factories)
    if report.incomplete:
        yield "Copies of the pool module that lack what is called now; complete them before they are used alone:"
        yield from (f"  {folder}  {', '.join(names)}" for folder, names in report.incomplete.items())
    done = len(report.rows) - len(report.left)
    verb = "Fixed" if report.patch is None else "Would fix"
    yield f"{verb} {number(done, 'finding')} in {number(len(report.changed), 'file')}; {_left(report)}."


def _left(report: FixReport) -> str:
    tolerated = Counter(row.counts_as for row in report.left if row.counts_as != Status.ERROR)
    which = ", ".join(f"{count:,} {status}" for status, count in sorted(tolerated.items()))
    return f"{len(report.left):,} left{which and f' ({which})'}"


def _state(row: Row) -> str:
    state = f"{row.outcome.status}: {row.outcome.reason}" if row.outcome.status == "failed" else row.outcome.reason
    return state if row.counts_as == Status.ERROR else f"{state} [{row.counts_as}]"


def _aligned(rows: list[tuple[str, str, str]]) -> Iterator[str]:
    """Put what follows the places into columns; a very long place moves that of its own row alone."""
    width = max((len(place) for place, _, _ in rows if len(place) <= _WIDEST_PLACE), default=0)
    return (f"  {place:<{width}}  {code}  {reason}" for place, code, reason in rows)


def to_json(report: FixReport) -> str:
    """Write a report as one JSON document, in ASCII and with a line break at its end."""
    counts = {
        status: sum(row.outcome.status == status for row in report.rows) for status in ("fixed", "skipped", "failed")
    }
    document = {
        "version": VERSION,
        "written": report.patch is None,
        "findings": [_finding(row) for row in report.rows],
        "files": report.files,
        "changed": report.changed,
        "factories": [
            {"path": row.path, "line": row.finding.span.line, "name": row.outcome.factory} for row in report.factories
        ],
        "incomplete_pools": report.incomplete,
        "patch": None if report.patch is None else report.patch.decode("utf-8", "surrogateescape"),
        "summary": {
            **counts,
            "left": len(report.left),
            "errors": len(report.errors),
            "warnings": list(report.warnings),
            "problems": [{"path": each.path, "reason": each.reason} for each in report.problems],
        },
    }
    return json.dumps(document, indent=1) + "\n"


def _finding(row: Row) -> dict[str, Any]:
    return {
        **described(row.path, row.finding),
        "status": row.outcome.status,
        "counts_as": row.counts_as,
        "reason": row.outcome.reason or None,
        "applicability": row.outcome.applicability.value if row.outcome.applicability else None,
    }
