"""Results as JSON; docs/json.md describes every key."""

import json
from typing import Any

from flake8_client_pool.model import Fix
from flake8_client_pool.output.summary import codes, counted_by
from flake8_client_pool.scan.run import Result, Run

VERSION = 1


def to_json(run: Run) -> str:
    """Write a run as one JSON document, in ASCII and with a line break at its end."""
    return json.dumps(document(run), indent=1) + "\n"


def document(run: Run) -> dict[str, Any]:
    """Describe a run in the types that JSON knows."""
    return {
        "version": VERSION,
        "findings": [_finding(result) for result in run.results],
        "files": run.files,
        "summary": {
            "findings": len(run.results),
            "files_with_findings": len({result.path for result in run.results}),
            "codes": codes(run.results),
            "kinds": counted_by(result.finding.kind for result in run.results if result.finding.kind),
            "suppressed": run.suppressed,
            "problems": [{"path": problem.path, "reason": problem.reason} for problem in run.problems],
        },
    }


def _finding(result: Result) -> dict[str, Any]:
    finding = result.finding
    return {
        "path": result.path,
        "line": finding.span.line,
        "column": finding.span.column,
        "end_line": finding.span.end_line,
        "end_column": finding.span.end_column,
        "code": finding.code,
        "kind": finding.kind or None,
        "message": finding.message,
        "scope": finding.scope,
        "status": result.status,
        "fix": finding.fix and _fix(finding.fix),
    }


def _fix(fix: Fix) -> dict[str, Any]:
    return {
        "message": fix.message,
        "applicability": fix.applicability.value,
        "edits": [{"start": edit.start, "end": edit.end, "text": edit.text} for edit in fix.edits],
    }
