"""Results in the Static Analysis Results Interchange Format, SARIF 2.1.0.

The format is OASIS's, https://docs.oasis-open.org/sarif/sarif/v2.1.0/. What GitHub makes of it is on
https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning.
"""

import json
import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from flake8_client_pool import __version__
from flake8_client_pool.model import Edit, Fix
from flake8_client_pool.output.published import Report
from flake8_client_pool.policy.verdict import Status
from flake8_client_pool.rules import RULES, Rule
from flake8_client_pool.rules.pages import SITE, rule_page
from flake8_client_pool.scan.discovery import Problem
from flake8_client_pool.scan.run import EARLIER, Result

_ROOT = "%SRCROOT%"
_RULE_NUMBERS = {rule.code: number for number, rule in enumerate(RULES)}
_EVERYTHING = frozenset({*Status, EARLIER})
# What fails the check is new to a gate that reads the file, and everything else was there.
_LEVELS: Mapping[str, tuple[str, str]] = {
    Status.ERROR: ("error", "new"),
    Status.PENDING: ("note", "unchanged"),
    Status.BASELINED: ("note", "unchanged"),
    Status.SUPPRESSED: ("note", "unchanged"),
    EARLIER: ("note", "unchanged"),
}
_REASONS: Mapping[str, str] = {
    Status.PENDING: "the gate has not reached it",
    Status.BASELINED: "the baseline knows it",
    EARLIER: "it was there before",
}


def to_sarif(report: Report) -> str:
    """Write all findings, whatever their status, in ASCII and with a line break at the end."""
    document = {
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [_run(report)],
    }
    return json.dumps(document, indent=1) + "\n"


def _run(report: Report) -> dict[str, Any]:
    problems = report.run.problems
    return {
        "tool": {
            "driver": {
                "name": "client-pool",
                "semanticVersion": __version__,
                "informationUri": SITE,
                "rules": list(map(_rule, RULES)),
            }
        },
        "columnKind": "unicodeCodePoints",
        "newlineSequences": ["\r\n", "\n", "\r"],
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The top of the repository."}}},
        "invocations": [
            {
                "executionSuccessful": not any(problem.fatal for problem in problems),
                "toolExecutionNotifications": [_notification(each, report) for each in problems],
            }
        ],
        "results": [_result(report, *each) for each in report.published(_EVERYTHING)],
    }


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.code,
        "name": rule.name.title().replace("-", ""),
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": rule.explanation.strip()},
        "help": {"text": rule.explanation.strip(), "markdown": f"{rule.explanation.strip()}\n"},
        "helpUri": rule_page(rule.code),
        "defaultConfiguration": {"enabled": rule.default, "level": "error"},
        "properties": {"tags": ["maintainability"], "problem.severity": "error", "precision": "very-high"},
    }


def _notification(problem: Problem, report: Report) -> dict[str, Any]:
    return {
        "level": "error" if problem.fatal else "warning",
        "message": {"text": problem.reason},
        "locations": [{"physicalLocation": {"artifactLocation": _artifact(report.path(problem.path))}}],
    }


def _result(report: Report, result: Result, path: str, fingerprint: str) -> dict[str, Any]:
    finding, span = result.finding, result.finding.span
    level, state = _LEVELS[result.status]
    region = _region((span.line, span.column), (span.end_line, span.end_column))
    return {
        "ruleId": finding.code,
        "ruleIndex": _RULE_NUMBERS[finding.code],
        "level": level,
        "message": {"text": finding.message},
        "locations": [
            {
                "physicalLocation": {"artifactLocation": _artifact(path), "region": region},
                **({"logicalLocations": [{"fullyQualifiedName": finding.scope}]} if finding.scope else {}),
            }
        ],
        # The first is the one that GitHub follows alerts by.
        "partialFingerprints": {"primaryLocationLineHash": f"{fingerprint}:1", "clientPoolEntry/v1": fingerprint},
        "baselineState": state,
        "suppressions": _suppressions(result),
        **({"fixes": [_fix(finding.fix, result.path, path, report)]} if finding.fix and finding.fix.edits else {}),
        "properties": {"status": result.status, "phase": result.phase, "kind": finding.kind},
    }


def _suppressions(result: Result) -> list[dict[str, str]]:
    """Say why a finding does not count; an empty list says that it does."""
    if result.status == Status.ERROR:
        return []
    if result.status == Status.SUPPRESSED:
        why = {"justification": result.reason} if result.reason else {}
        return [{"kind": "inSource", "status": "accepted", **why}]
    phase = f", phase {result.phase}" if result.phase else ""
    justification = f"{result.status}{phase}: {_REASONS[result.status]}"
    return [{"kind": "external", "status": "accepted", "justification": justification}]


def _fix(fix: Fix, given_path: str, path: str, report: Report) -> dict[str, Any]:
    replacements = [_replacement(edit, given_path, report) for edit in fix.edits]
    return {
        "description": {"text": fix.message},
        "artifactChanges": [{"artifactLocation": _artifact(path), "replacements": replacements}],
    }


def _replacement(edit: Edit, given_path: str, report: Report) -> dict[str, Any]:
    # Lines and columns, and not charOffset, of which readers disagree what it counts.
    start, end = (report.sources.place(given_path, offset) for offset in (edit.start, edit.end))
    return {"deletedRegion": _region(start, end), "insertedContent": {"text": edit.text}}


def _region(start: tuple[int, int], end: tuple[int, int]) -> dict[str, int]:
    return {"startLine": start[0], "startColumn": start[1], "endLine": end[0], "endColumn": end[1]}


def _artifact(path: str) -> dict[str, str]:
    if path.startswith(("/", "../")):
        return {"uri": "file://" + quote(os.fsencode(os.path.abspath(path)))}
    return {"uri": quote(os.fsencode(path)), "uriBaseId": _ROOT}
