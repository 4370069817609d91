"""Results for reviewdog: https://github.com/reviewdog/reviewdog/tree/master/proto/rdf."""

import json
from operator import attrgetter
from typing import Any

from flake8_client_pool.model import Fix
from flake8_client_pool.output.published import Report
from flake8_client_pool.policy.verdict import Status
from flake8_client_pool.rules.pages import SITE, rule_page
from flake8_client_pool.scan.run import Result

_LONGEST_SUGGESTION_LINES = 40

_Position = dict[str, int]


def to_rdjson(report: Report) -> str:
    """Write the findings to show, in ASCII and with a line break at the end; columns count bytes of UTF-8."""
    document = {
        "source": {"name": "client-pool", "url": SITE},
        "severity": "ERROR",
        "diagnostics": [_diagnostic(report, result, path) for result, path, _ in report.published()],
    }
    return json.dumps(document, indent=1) + "\n"


def _diagnostic(report: Report, result: Result, path: str) -> dict[str, Any]:
    finding, span = result.finding, result.finding.span
    fix = finding.fix if finding.fix and finding.fix.edits else None
    start = _position(report, result.path, span.line, span.column)
    end = _position(report, result.path, span.end_line, span.end_column)
    return {
        "message": finding.message,
        "location": {"path": path, "range": {"start": start, "end": end}},
        "severity": "ERROR" if result.status == Status.ERROR else "INFO",
        "code": {"value": finding.code, "url": rule_page(finding.code)},
        **({"suggestions": _suggestions(report, result.path, fix)} if fix else {}),
    }


def _suggestions(report: Report, path: str, fix: Fix) -> list[dict[str, Any]]:
    """Make one suggestion of all edits, since each of several could be accepted alone; none when it is long."""
    first, last = min(edit.start for edit in fix.edits), max(edit.end for edit in fix.edits)
    text = report.sources.between(path, first, last)
    if text.count("\n") > _LONGEST_SUGGESTION_LINES:
        return []
    for edit in sorted(fix.edits, key=attrgetter("start"), reverse=True):
        text = text[: edit.start - first] + edit.text + text[edit.end - first :]
    start, end = (_position(report, path, *report.sources.place(path, offset)) for offset in (first, last))
    return [{"range": {"start": start, "end": end}, "text": text}]


def _position(report: Report, path: str, line: int, column: int) -> _Position:
    return {"line": line, "column": report.sources.byte_column(path, line, column)}
