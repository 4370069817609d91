"""The findings of the page: what is shown of each, and what they can be chosen by."""

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from flake8_client_pool.policy.verdict import Status
from flake8_client_pool.report.figures import Report
from flake8_client_pool.report.remaining import Hunk, Remaining

_LONGEST_LINE = 240
_NO_CLIENT = "other"
_BY_HAND = "none"

Line = tuple[str, str]
"""A sign, "-" for what is replaced, "+" for what is written, " " for what stays, and the text."""


class Choice(NamedTuple):
    """Something that findings can be chosen by: its name, its key, what stands for all, and its values with texts."""

    name: str
    key: str
    all: str
    options: list[tuple[str, str]]


def finding_rows(report: Report, remaining: Iterable[Remaining], kinds: Sequence[str]) -> list[dict[str, Any]]:
    """Describe every place with findings; `kinds` are those that have colours, in the order of the colours."""
    return [_row(each, report, kinds) for each in remaining]


def _row(each: Remaining, report: Report, kinds: Sequence[str]) -> dict[str, Any]:
    result, finding = each.result, each.result.finding
    return {
        "path": _pieces(result.path.removeprefix(f"{report.path}/")),
        "line": finding.span.line,
        "scope": finding.scope,
        "kind": finding.kind or _NO_CLIENT,
        "client": report.titles.get(finding.kind, finding.kind) or finding.message,
        "place": kinds.index(finding.kind) if finding.kind in kinds else None,
        "code": ", ".join(each.codes),
        "phase": result.phase,
        "part": each.part,
        "fix": each.fix or _BY_HAND,
        "reason": each.reason,
        "status": "" if result.status == Status.ERROR else result.status,
        "lines": list(_lines(each)),
    }


def _pieces(path: str) -> list[str]:
    """Divide a path where a narrow column may break it."""
    *folders, name = path.split("/")
    return [*(f"{folder}/" for folder in folders), name]


def _lines(each: Remaining) -> Iterator[Line]:
    """Give the lines of a finding as they are and would be, without the indentation that all of them share."""
    if not each.hunks:
        yield " ", each.result.excerpt.text.strip()
        return
    lines = [line for hunk in each.hunks for line in _changed(hunk)]
    texts = textwrap.dedent("\n".join(text for _, text in lines)).split("\n")
    for (sign, _), text in zip(lines, texts, strict=True):
        yield sign, _cut(text)
    for hunk in each.imports:
        yield from ((sign, _cut(text.strip())) for sign, text in _changed(hunk) if sign == "+" and text.strip())


def _changed(hunk: Hunk) -> Iterator[Line]:
    yield from (("-", text) for text in hunk.removed)
    yield from (("+", text) for text in hunk.added)


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_LINE else f"{text[:_LONGEST_LINE]}\N{HORIZONTAL ELLIPSIS}"


def choices(remaining: Sequence[Remaining], titles: Mapping[str, str]) -> list[Choice]:
    """Give what these findings can be chosen by, without what all of them have in common."""
    kinds = {each.result.finding.kind for each in remaining}
    phases = sorted({each.result.phase for each in remaining if each.result.phase})
    found = [
        Choice(
            "Client",
            "kind",
            "All clients",
            [(kind or _NO_CLIENT, titles.get(kind, kind) or "no client") for kind in (*titles, "") if kind in kinds],
        ),
        Choice("Phase", "phase", "All phases", [(phase, phase) for phase in phases]),
        Choice("Fix", "fix", "Fixed or not", [("safe", "safe fix"), ("unsafe", "unsafe fix"), (_BY_HAND, "by hand")]),
        Choice("Part", "part", "Code and tests", [("code", "code"), ("tests", "tests")]),
    ]
    return [choice for choice in found if len(_met(choice, remaining)) > 1]


def _met(choice: Choice, remaining: Iterable[Remaining]) -> set[str]:
    values = {
        "kind": lambda each: each.result.finding.kind,
        "phase": lambda each: each.result.phase,
        "fix": lambda each: each.fix,
        "part": lambda each: each.part,
    }
    return {values[choice.key](each) for each in remaining}
