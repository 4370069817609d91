"""The comments of a source and the lines that count together, told from one statement at the top to the next.

Tokenizing is what costs most, and somebody who types changes one statement at a time: what was told of the others is
remembered. A statement is cut out at a line that begins at the margin. Where that line is inside a string or brackets
the piece does not end cleanly, and is tried again with more behind it; a piece that does leaves the tokenizer as a
file's beginning finds it, so that all pieces together give what the whole would.
"""

import re
import tokenize
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

_MARGIN = re.compile(r"\n(?=[^\s)\]}#])")
_LINE_ENDS = frozenset({tokenize.NEWLINE, tokenize.NL})
_WITHOUT_A_LINE = frozenset({tokenize.ENDMARKER, tokenize.DEDENT})
_PIECES_REMEMBERED = 10_000


class Comment(NamedTuple):
    """A comment and where it stands; line and column count from 1."""

    text: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Outline:
    """What a source says of its lines.

    Attributes:
        comments: the comments, in their order.
        joined: first and last of the lines that count together, by each of them; lines that stand alone are left out.
    """

    comments: tuple[Comment, ...]
    joined: Mapping[int, tuple[int, int]]


class _Piece(NamedTuple):
    comments: tuple[Comment, ...]
    joined: tuple[tuple[int, int], ...]


def outline(text: str) -> Outline:
    """Tell where comments stand and which lines count together; nothing when the text is not Python throughout."""
    comments: list[Comment] = []
    joined: dict[int, tuple[int, int]] = {}
    above = 0
    for source, piece in _pieces(text):
        if piece is None:
            return Outline((), {})
        comments += (Comment(comment.text, comment.line + above, comment.column) for comment in piece.comments)
        for first, last in piece.joined:
            joined.update(dict.fromkeys(range(above + first, above + last + 1), (above + first, above + last)))
        above += source.count("\n")
    return Outline(tuple(comments), joined)


def _pieces(text: str) -> Iterator[tuple[str, _Piece | None]]:
    starts = [0, *(match.end() for match in _MARGIN.finditer(text)), len(text)]
    position, width = 0, 1
    while position < len(starts) - 1:
        end = min(position + width, len(starts) - 1)
        source = text[starts[position] : starts[end]]
        piece = _piece(source)
        if piece is None and end < len(starts) - 1:
            width *= 2
            continue
        yield source, piece
        position, width = end, 1


@lru_cache(_PIECES_REMEMBERED)
def _piece(source: str) -> _Piece | None:
    """Tokenize a piece; None when it does not end where a statement does."""
    *lines, rest = source.split("\n")
    try:
        tokens = list(tokenize.generate_tokens(iter([*(f"{line}\n" for line in lines), rest]).__next__))
    except (tokenize.TokenError, SyntaxError):
        return None
    comments = (each for each in tokens if each.type == tokenize.COMMENT)
    placed = tuple(Comment(each.string, each.start[0], each.start[1] + 1) for each in comments)
    return _Piece(placed, tuple(_joined(tokens)))


def _joined(tokens: list[tokenize.TokenInfo]) -> Iterator[tuple[int, int]]:
    first: int | None = None
    for token in tokens:
        if token.type in _WITHOUT_A_LINE:
            continue
        first = token.start[0] if first is None else first
        if token.type in _LINE_ENDS:
            if first != token.end[0]:
                yield first, token.end[0]
            first = None
