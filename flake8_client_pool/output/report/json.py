"""A report as JSON; docs/json.md describes every key."""

import json
from typing import Any

from flake8_client_pool.report.figures import BaseRow, ClassRow, Count, PhaseRow, Report, Row

VERSION = 1


def to_json(report: Report) -> str:
    """Write every figure, in ASCII and with a line break at the end."""
    return json.dumps(document(report), indent=1) + "\n"


def document(report: Report) -> dict[str, Any]:
    """Describe a report in the types that JSON knows."""
    return {
        "version": VERSION,
        "path": report.path,
        "pool_module": report.pool_module,
        "kinds": {kind: report.titles[kind] for row in (report.code, report.tests, report.pool) for kind in row.kinds},
        "code": row_document(report.code),
        "tests": row_document(report.tests),
        "pool": row_document(report.pool),
        "phases": [_phase(row) for row in report.phases],
        "depth": report.depth,
        "directories": [row_document(row) for row in report.directories],
        "owners": [row_document(row) for row in report.owners],
        "bases": [_base(row) for row in report.bases],
        "classes": [_class(row) for row in report.classes],
    }


def _base(row: BaseRow) -> dict[str, Any]:
    return {
        "name": row.name,
        "path": row.path,
        "kind": row.kind,
        "attribute": row.attribute,
        "covered": row.covered,
        "asking": row.asking,
        "overridden": row.overridden,
        "uncovered": row.uncovered,
    }


def _class(row: ClassRow) -> dict[str, Any]:
    client = row.client
    return {
        "path": row.path,
        "line": client.line,
        "name": client.name,
        "kind": client.kind,
        "coverage": client.coverage.value,
        "base": client.base or None,
        "base_path": row.base_path or None,
        "attribute": client.attribute or None,
    }


def _count(count: Count) -> dict[str, Any]:
    adoption = count.adoption
    return {
        "pool_calls": count.pool_calls,
        "direct": count.direct,
        "adoption": None if adoption is None else round(adoption, 1),
    }


def row_document(row: Row) -> dict[str, Any]:
    """Describe one row in the types that JSON knows."""
    return {
        "name": row.name or None,
        "files": row.files,
        **_count(row.total),
        "kinds": {kind: _count(count) for kind, count in row.kinds.items()},
    }


def _phase(row: PhaseRow) -> dict[str, Any]:
    return {
        "number": row.number or None,
        **row_document(row),
        "reached": row.is_reached,
        "owner": row.owner or None,
        "due": row.due or None,
        "late": row.is_late,
    }
