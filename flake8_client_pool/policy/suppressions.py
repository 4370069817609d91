"""Suppression comments, read as flake8 reads them.

The expressions and the mapping from a line to the lines that are searched are those of flake8 6 and 7
(`flake8.defaults`, `flake8.processor.FileProcessor._noqa_line_mapping`, `flake8.violation.Violation`): the
lines of a string or of a backslash continuation count together, the lines within brackets one by one, and the
first comment found decides.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from flake8_client_pool.model import Finding
from flake8_client_pool.policy.outline import Outline, outline

INLINE = re.compile(r"# noqa(?::[\s]?(?P<codes>([A-Z]+[0-9]+(?:[,\s]+)?)+))?", re.IGNORECASE)
WHOLE_FILE = re.compile(r"\s*# flake8[:=]\s*noqa", re.IGNORECASE)

_CODE = re.compile(r"[^,\s]+")
# What stands behind the codes and is addressed to a tool, or says nothing.
_DIRECTIVE = re.compile(r"\s*(type|noqa|nosec|fmt|isort|yapf|pragma|pylint|pyright|mypy|ruff|flake8)\b")
_SAID = re.compile(r"\w\W*\w")
# A word that is no code does not make a comment name one: flake8 takes it for a bare one, with this behind it.
_NO_CODE = re.compile(r"\s*:\s*[A-Z]+[0-9]*\b")


@dataclass(frozen=True, slots=True)
class NamedCode:
    """A code and where it stands; line and column count from 1."""

    code: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Suppression:
    """A comment; without codes it suppresses every finding.

    Attributes:
        codes: the codes that it names.
        start: its offset into the text.
        line: its line, from 1.
        column: its column, from 1.
        reason: what it says behind the codes; empty where it gives no reason.
    """

    codes: tuple[NamedCode, ...]
    start: int
    line: int
    column: int
    reason: str = ""

    def covering(self, code: str) -> tuple[NamedCode, ...] | None:
        """Return those of its codes that suppress findings with `code`; None when the comment does not."""
        if not self.codes:
            return ()
        return tuple(named for named in self.codes if code.startswith(named.code)) or None


class Suppressions:
    """The suppression comments of one source text."""

    def __init__(self, text: str) -> None:
        """Prepare to read the comments in `text`, whose lines end in a line feed."""
        self._text = text

    @cached_property
    def whole_file(self) -> bool:
        """Whether a line of its own says `# flake8: noqa`."""
        return any(map(WHOLE_FILE.match, self._lines))

    @property
    def of_whole_file(self) -> Suppression:
        """The comment that suppresses everything; asked for only where there is one."""
        number, match = next(
            (number, match) for number, line in enumerate(self._lines, 1) if (match := WHOLE_FILE.match(line))
        )
        return Suppression((), self.offset(number, 1), number, 1, _reason(match.string[match.end() :]))

    def deciding_for(self, finding: Finding) -> Suppression | None:
        """Return the comment that flake8 would ask about a finding; None when there is none."""
        first, last = finding.logical_line
        if not any(map(INLINE.search, self._lines[first - 1 : last])):
            return None
        return self._first_within(*((first, last) if first == last else self.searched_with(finding.span.line)))

    def has_at(self, comment: Suppression) -> bool:
        """Tell whether what decides is a comment, and not part of a string, or of a text that is not Python."""
        return any(
            each.line == comment.line and each.column <= comment.column < each.column + len(each.text)
            for each in self._outline.comments
        )

    def named(self) -> Iterator[NamedCode]:
        """List every code that a comment names; nothing when the text is not Python throughout."""
        for comment in self._outline.comments:
            if match := INLINE.search(comment.text):
                yield from _named_codes(match, comment.line, comment.column)

    def searched_with(self, line: int) -> tuple[int, int]:
        """Return the first and last of the lines that flake8 searches for a finding on `line`."""
        return self._outline.joined.get(line, (line, line))

    def audible_line(self, line: int, code: str) -> int:
        """Return the line nearest to `line` at which flake8 suppresses no finding with `code`.

        Where there is none it is a line behind the last one, about which flake8 finds nothing to search.
        """
        lines = sorted(range(1, len(self._lines) + 1), key=lambda each: abs(each - line))
        return next((each for each in lines if not self._hides(each, code)), len(self._lines) + 1)

    def _hides(self, line: int, code: str) -> bool:
        comment = self._first_within(*self.searched_with(line))
        return comment is not None and comment.covering(code) is not None

    def offset(self, line: int, column: int) -> int:
        """Count the code points before a place."""
        return sum(map(len, self._lines[: line - 1])) + column - 1

    @cached_property
    def _lines(self) -> list[str]:
        return [f"{line}\n" for line in self._text.split("\n")]

    def _first_within(self, first: int, last: int) -> Suppression | None:
        joined = "".join(self._lines[first - 1 : last])
        match = INLINE.search(joined)
        if match is None:
            return None
        before = joined[: match.start()]
        start_of_line = before.rfind("\n") + 1
        line = first + before.count("\n")
        column = match.start() - start_of_line + 1
        return Suppression(
            tuple(_named_codes(match, line, 1 - start_of_line)),
            self.offset(line, column),
            line,
            column,
            _reason(INLINE.sub("", joined[match.start() :].partition("\n")[0], count=1)),
        )

    @cached_property
    def _outline(self) -> Outline:
        return outline(self._text)


def _named_codes(match: re.Match[str], line: int, column: int) -> Iterator[NamedCode]:
    for code in _CODE.finditer(match["codes"] or ""):
        yield NamedCode(code[0], line, column + match.start("codes") + code.start())


def _reason(behind: str) -> str:
    behind = _NO_CODE.sub("", behind, count=1) if _NO_CODE.match(behind) else behind
    parts = [part for part in behind.split("#") if not _DIRECTIVE.match(part) and _SAID.search(part)]
    return " ".join(parts[0].strip(" \t\r\n:;,.-\N{EN DASH}\N{EM DASH}").split()) if parts else ""
