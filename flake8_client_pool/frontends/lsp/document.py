"""An open document: its text, and places in it as the protocol counts them.

A line ends at a line feed, a carriage return or both, and at nothing else that Python's `splitlines` knows; columns
count the units of the encoding that client and server agreed on.
"""

import re
from collections.abc import Callable, Mapping
from functools import cached_property

from lsprotocol import types

from flake8_client_pool.model import Edit, Span

_LINE_END = re.compile(r"\r\n|\r|\n")
_LONE_CARRIAGE_RETURN = re.compile(r"\r(?!\n)")
# What no parser takes: null bytes, and halves of a character. Each makes way for one code point of the same width.
_NO_TEXT = re.compile("[\0\ud800-\udfff]")
# Some clients leave the mark in the text, where Python has none; a form feed is what may stand before a first line.
_BYTE_ORDER_MARK, _FORM_FEED = "\ufeff", "\f"
_BEYOND_ONE_UNIT = 0xFFFF
_BYTES_BY_LARGEST = ((0x7F, 1), (0x7FF, 2), (_BEYOND_ONE_UNIT, 3))

_Width = Callable[[str], int]


def _utf_8_width(character: str) -> int:
    return next((width for largest, width in _BYTES_BY_LARGEST if ord(character) <= largest), 4)


def _utf_16_width(character: str) -> int:
    return 2 if ord(character) > _BEYOND_ONE_UNIT else 1


_WIDTHS: Mapping[str, _Width] = {
    types.PositionEncodingKind.Utf8: _utf_8_width,
    types.PositionEncodingKind.Utf16: _utf_16_width,
    types.PositionEncodingKind.Utf32: lambda _character: 1,
}


class Document:
    """One document as the client has it.

    Attributes:
        uri: its name in the protocol.
        location: the absolute path at which it counts, with `/`.
        is_file: whether it lies there, or would if it were saved; otherwise it has never been saved.
        version: the number that the client gave its state.
    """

    def __init__(self, item: types.TextDocumentItem, location: str, encoding: str, *, is_file: bool) -> None:
        """Take a document over; `encoding` says what columns count."""
        self.uri = item.uri
        self.location = location
        self.is_file = is_file
        self.version = item.version
        self._raw = item.text
        self._width = _WIDTHS[encoding]

    def change(self, changes: list[types.TextDocumentContentChangeEvent], version: int) -> None:
        """Follow changes of the client, each of which counts from the text after those before it."""
        for change in changes:
            if isinstance(change, types.TextDocumentContentChangePartial):
                start, end = sorted((self.offset(change.range.start), self.offset(change.range.end)))
                self._set(self._raw[:start] + change.text + self._raw[end:])
            else:
                self._set(change.text)
        self.version = version

    @cached_property
    def text(self) -> str:
        """The text as an analysis takes it: every offset, line and column in it is that of the client's text."""
        text = _LONE_CARRIAGE_RETURN.sub("\n", self._raw) if "\r" in self._raw else self._raw
        if text.startswith(_BYTE_ORDER_MARK):
            text = _FORM_FEED + text.removeprefix(_BYTE_ORDER_MARK)
        return _NO_TEXT.sub("\N{REPLACEMENT CHARACTER}", text)

    def offset(self, position: types.Position) -> int:
        """Count the code points before a position; one behind the end of its line stands for that end."""
        if position.line >= len(self._starts):
            return len(self._raw)
        start, end = self._line(position.line)
        line = self._raw[start:end]
        if line.isascii():
            return start + min(position.character, len(line))
        units = 0
        for count, character in enumerate(line):
            if units >= position.character:
                return start + count
            units += self._width(character)
        return end

    def position(self, offset: int) -> types.Position:
        """Give the position before which a number of code points stand."""
        from bisect import bisect_right

        line = bisect_right(self._starts, offset) - 1
        return self._position(line, offset - self._starts[line])

    def range(self, span: Span) -> types.Range:
        """Give the range of a piece of the text."""
        return types.Range(
            self._position(span.line - 1, span.column - 1), self._position(span.end_line - 1, span.end_column - 1)
        )

    def text_edit(self, edit: Edit) -> types.TextEdit:
        """Say an edit as the protocol does."""
        return types.TextEdit(types.Range(self.position(edit.start), self.position(edit.end)), edit.text)

    def _position(self, line: int, column: int) -> types.Position:
        if line >= len(self._starts):
            return types.Position(line, 0)
        start, _ = self._line(line)
        before = self._raw[start : start + column]
        return types.Position(line, len(before) if before.isascii() else sum(map(self._width, before)))

    def _line(self, number: int) -> tuple[int, int]:
        """Give the offsets of a line's start and of its end, before what ends it."""
        start = self._starts[number]
        following = self._starts[number + 1] if number + 1 < len(self._starts) else len(self._raw)
        ending = self._raw[start:following]
        return start, start + len(ending.rstrip("\r\n"))

    def _set(self, raw: str) -> None:
        self._raw = raw
        self.__dict__.pop("text", None)
        self.__dict__.pop("_starts", None)

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(match.end() for match in _LINE_END.finditer(self._raw))]
