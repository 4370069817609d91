"""Findings as plain lists: what crosses processes and lies in the cache."""

from collections.abc import Sequence
from typing import Any, TypeGuard

from flake8_client_pool.model import Applicability, Edit, Finding, Fix, Span

Record = Sequence[Any]
_Types = type | tuple[type, ...]

_TYPES = (str, str, str, list, str, list, str, str, (list, type(None)))
_SPAN_TYPES = (int,) * 6
_LINES_TYPES = (int, int)
_FIX_TYPES = (str, str, list)
_EDIT_TYPES = (int, int, str)
_APPLICABILITIES = frozenset(each.value for each in Applicability)


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


def is_record(value: object) -> bool:
    """Tell whether a value that was read somewhere has the shape of what `to_record` gave."""
    if not _has_types(value, _TYPES):
        return False
    _, _, _, span, _, logical_line, _, _, fix = value
    return (
        _has_types(span, _SPAN_TYPES)
        and _has_types(logical_line, _LINES_TYPES)
        and min(*span[2:], *logical_line) >= 1
        and (fix is None or _is_fix(fix))
    )


def _has_types(value: object, types: Sequence[_Types]) -> TypeGuard[list[Any]]:
    return isinstance(value, list) and len(value) == len(types) and all(map(isinstance, value, types))


def _is_fix(value: list[Any]) -> bool:
    return (
        _has_types(value, _FIX_TYPES)
        and value[1] in _APPLICABILITIES
        and all(_has_types(edit, _EDIT_TYPES) for edit in value[2])
    )
