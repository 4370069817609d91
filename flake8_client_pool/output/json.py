"""Results as JSON; docs/json.md describes every key."""

import json
from typing import Any

from flake8_client_pool.model import Finding, Fix
from flake8_client_pool.output.summary import ERRORS, codes, counted_by, shown
from flake8_client_pool.policy.verdict import Status
from flake8_client_pool.scan.run import Outdated, Result, Run

VERSION = 1


def to_json(run: Run, statuses: frozenset[str] = ERRORS) -> str:
    """Write the findings with some statuses, and all figures, in ASCII and with a line break at the end."""
    return json.dumps(document(run, statuses), indent=1) + "\n"


def document(run: Run, statuses: frozenset[str] = ERRORS) -> dict[str, Any]:
    """Describe a run in the types that JSON knows."""
    results = shown(run, statuses)
    return {
        "version": VERSION,
        "findings": [_finding(result) for result in results],
        "files": run.files,
        "summary": {
            "findings": len(results),
            "files_with_findings": len({result.path for result in results}),
            "codes": codes(results),
            "kinds": counted_by(result.finding.kind for result in results if result.finding.kind),
            "statuses": {status.value: _count(run, status) for status in Status},
            "phases": _by_phase(run),
            "suppressed": run.count(Status.SUPPRESSED),
            "earlier": len(run.earlier),
            "outdated": [_outdated(each) for each in run.outdated],
            "warnings": list(run.warnings),
            "problems": [{"path": problem.path, "reason": problem.reason} for problem in run.problems],
        },
    }


def _count(run: Run, status: Status) -> int:
    return len(run.results) if status is Status.ERROR else run.count(status)


def _by_phase(run: Run) -> dict[str, dict[str, int]]:
    phases: dict[str, list[str]] = {}
    for result in run.judged:
        if result.phase:
            phases.setdefault(result.phase, []).append(result.status)
    return {phase: counted_by(statuses) for phase, statuses in sorted(phases.items())}


def _outdated(outdated: Outdated) -> dict[str, Any]:
    return {
        "path": outdated.path,
        "former_path": outdated.former or None,
        "fixed": [{"code": each.code, "scope": each.scope, "call": each.call} for each in outdated.fixed],
    }


def _finding(result: Result) -> dict[str, Any]:
    return {
        **described(result.path, result.finding),
        "status": result.status,
        "phase": result.phase or None,
        "reason": result.reason or None,
        "fix": result.finding.fix and _fix(result.finding.fix),
    }


def described(path: str, finding: Finding) -> dict[str, Any]:
    """Describe a finding itself, whatever it counts for and whatever becomes of it."""
    return {
        "path": path,
        "line": finding.span.line,
        "column": finding.span.column,
        "end_line": finding.span.end_line,
        "end_column": finding.span.end_column,
        "code": finding.code,
        "kind": finding.kind or None,
        "message": finding.message,
        "scope": finding.scope,
    }


def _fix(fix: Fix) -> dict[str, Any]:
    return {
        "message": fix.message,
        "applicability": fix.applicability.value,
        "edits": [{"start": edit.start, "end": edit.end, "text": edit.text} for edit in fix.edits],
    }
