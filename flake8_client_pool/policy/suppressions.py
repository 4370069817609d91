"""Suppression comments, read as flake8 reads them.

The expressions and the mapping from a line to the lines that are searched are those of flake8 6 and 7
(`flake8.defaults`, `flake8.processor.FileProcessor._noqa_line_mapping`, `flake8.violation.Violation`): the
lines of a string or of a backslash continuation count together, the lines within brackets one by one, and the
first comment found decides.
"""

import re
import tokenize
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from flake8_client_pool.model import Finding

INLINE = re.compile(r"# noqa(?::[\s]?(?P<codes>([A-Z]+[0-9]+(?:[,\s]+)?)+))?", re.IGNORECASE)
WHOLE_FILE = re.compile(r"\s*# flake8[:=]\s*noqa", re.IGNORECASE)

_CODE = re.compile(r"[^,\s]+")
_LINE_ENDS = frozenset({tokenize.NEWLINE, tokenize.NL})
_WITHOUT_A_LINE = frozenset({tokenize.ENDMARKER, tokenize.DEDENT})


@dataclass(frozen=True, slots=True)
class NamedCode:
    """A code and where it stands; line and column count from 1."""

    code: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Suppression:
    """A comment; without codes it suppresses every finding."""

    codes: tuple[NamedCode, ...]

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

    def deciding_for(self, finding: Finding) -> Suppression | None:
        """Return the comment that flake8 would ask about a finding; None when there is none."""
        first, last = finding.logical_line
        if not any(map(INLINE.search, self._lines[first - 1 : last])):
            return None
        return self._first_within(*((first, last) if first == last else self.searched_with(finding.span.line)))

    def named(self) -> Iterator[NamedCode]:
        """List every code that a comment names; nothing when the text is not Python throughout."""
        for token in self._tokens:
            if token.type == tokenize.COMMENT and (match := INLINE.search(token.string)):
                yield from _named_codes(match, token.start[0], token.start[1] + 1)

    def searched_with(self, line: int) -> tuple[int, int]:
        """Return the first and last of the lines that flake8 searches for a finding on `line`."""
        return self._searched.get(line, (line, line))

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
        return Suppression(tuple(_named_codes(match, first + before.count("\n"), 1 - start_of_line)))

    @cached_property
    def _tokens(self) -> list[tokenize.TokenInfo]:
        try:
            return list(tokenize.generate_tokens(iter([*self._lines[:-1], self._text.rpartition("\n")[2]]).__next__))
        except (tokenize.TokenError, SyntaxError):
            return []

    @cached_property
    def _searched(self) -> Mapping[int, tuple[int, int]]:
        found: dict[int, tuple[int, int]] = {}
        first: int | None = None
        last = 0
        for token in self._tokens:
            if token.type in _WITHOUT_A_LINE:
                continue
            first = token.start[0] if first is None else first
            last = token.end[0]
            if token.type in _LINE_ENDS:
                found.update(dict.fromkeys(range(first, last + 1), (first, last)))
                first = None
        return found


def _named_codes(match: re.Match[str], line: int, column: int) -> Iterator[NamedCode]:
    for code in _CODE.finditer(match["codes"] or ""):
        yield NamedCode(code[0], line, column + match.start("codes") + code.start())
