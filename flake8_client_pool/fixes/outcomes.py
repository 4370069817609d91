"""What a fix says of a file and of each finding in it."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from symtable import symtable
from typing import TypeAlias

from flake8_client_pool.fixes.layout import layout_of
from flake8_client_pool.model import Applicability
from flake8_client_pool.syntax.excerpt import excerpt_around

Place: TypeAlias = tuple[int, str, str]
"""A finding, by its offset, the name of its kind, and its code."""


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file that a fix makes: its absolute path, and its text."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one finding.

    Attributes:
        place: which one.
        status: "fixed", "skipped" or "failed".
        reason: why it was not fixed, or why its fix is not safe.
        applicability: how far its fix may be trusted; None where there is none.
        getter: the getter that is called now; empty where the client is left out.
        factory: the function that does nothing now but ask the getter.
        missing_in: folders with a copy of the pool module that lacks the getter.
        seen_by: the path of a test that sees the change; empty for none.
        new_file: the file that is made for it, beside what becomes of the one that it was found in.
    """

    place: Place
    status: str
    reason: str = ""
    applicability: Applicability | None = None
    getter: str = ""
    factory: str = ""
    missing_in: tuple[str, ...] = ()
    seen_by: str = ""
    new_file: NewFile | None = None


@dataclass(frozen=True, slots=True)
class FileFix:
    """A file before and after, and what became of each finding."""

    before: str
    after: str
    outcomes: tuple[Outcome, ...]


def fault_in(text: str, changed: Sequence[int] | None = None) -> str:
    """Say what is wrong with a text that should be Python; empty where nothing is.

    `changed` are the offsets, in ascending order, at which it differs from one that parses; None where it is not
    known to come from one.
    """
    parts = (text,) if changed is None else (excerpt_around(text, changed).text, text)
    try:
        for part in parts:
            with suppress(SyntaxError, ValueError, RecursionError, MemoryError):
                # Less work than a tree; but it refuses more than what does not parse.
                symtable(part, "<fix>", "exec")
                return ""
        layout_of(text)
    except SyntaxError as error:
        return f"the fix would not parse: {error.msg}, line {error.lineno}; this is a fault of ours, please report it"
    return ""
