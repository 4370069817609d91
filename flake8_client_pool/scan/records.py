"""Findings as plain lists: what crosses processes and lies in the cache."""

from collections.abc import Sequence
from typing import Any

from flake8_client_pool.model import Applicability, Edit, Finding, Fix, Span

Record = Sequence[Any]


def to_record(finding: Finding) -> Record:
    """Turn a finding into nested lists of strings, numbers and None, which JSON keeps as they are."""
    span, fix = finding.span, finding.fix
    return [
        finding.code,
        finding.kind,
        finding.message,
        [span.start, span.end, span.line, span.column, span.end_line, span.end_column],
        finding.scope,
        list(finding.logical_line),
        finding.symbol,
        finding.call,
        fix and [fix.message, fix.applicability.value, [[edit.start, edit.end, edit.text] for edit in fix.edits]],
    ]


def from_record(record: Record) -> Finding:
    """Turn back what `to_record` gave, whether or not it was JSON meanwhile."""
    code, kind, message, span, scope, (first_line, last_line), symbol, call, fix = record
    return Finding(
        code=code,
        kind=kind,
        message=message,
        span=Span(*span),
        scope=scope,
        logical_line=(first_line, last_line),
        symbol=symbol,
        call=call,
        fix=fix and Fix(fix[0], Applicability(fix[1]), tuple(Edit(*edit) for edit in fix[2])),
    )
