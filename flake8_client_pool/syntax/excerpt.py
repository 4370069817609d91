"""Leaving out of a large source the functions that do not matter, for parsing is what a check spends its time on."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

# Below this size, in code points, the look for what can be left out costs as much as it saves.
_SMALLEST = 3_000
_NEVER = "(?!)"
_HEADER = re.compile(r"\n((?:    )?)(?:(@)|def |(class) |async def )")
# The next line that is no deeper than the header, comments and closing brackets of the header itself apart.
_DEDENT = {"": re.compile(r"\n(?=[^\s)\]}#])"), "    ": re.compile(r"\n(?= {0,4}[^\s)\]}#])")}


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A source without the functions and classes in which certain words do not occur.

    Attributes:
        text: what is kept, in the same places; a statement and blanks stand for each piece that is left out.
        left_out: the pieces that were left out.
    """

    text: str
    left_out: tuple[str, ...] = ()

    def lacks(self, word: str) -> bool:
        """Tell whether a word occurs in what was left out, so that the excerpt cannot answer for it."""
        return any(word in piece for piece in self.left_out)


def excerpt(text: str, words: Iterable[str], modules: Iterable[str], stand_in: str = "pass") -> Excerpt:
    """Leave out of `text` every function and class at the top, and every method, that has no part in an answer.

    One has a part when it holds one of `words`, or one of the names `modules` other than to take an attribute from
    it: `bigquery.SchemaField(...)` binds nothing and hands nothing on.

    What is left out is told apart by its indentation alone, and only where its quotes and brackets are in pairs. A
    cut in the wrong place leaves an excerpt that does not parse, and then the whole is parsed. The statement
    `stand_in`, no longer than a piece can be, comes in the place of each.
    """
    if len(text) < _SMALLEST:
        return Excerpt(text)
    parts = [*sorted(words), *(f"{module}(?![.\\w])" for module in sorted(modules))]
    word = re.compile("|".join(parts) or _NEVER)
    return _with_stand_ins(text, partial(word.search, text), stand_in)


def excerpt_around(text: str, offsets: Sequence[int]) -> Excerpt:
    """Leave out of `text` what `excerpt` would, but for that which holds one of some offsets, in ascending order."""

    def holds_one(start: int, end: int) -> bool:
        # The line behind it may have been its last one.
        return bisect_left(offsets, start) < bisect_right(offsets, end + 1)

    return _with_stand_ins(text, holds_one, "pass")


def _with_stand_ins(text: str, has_part: Callable[[int, int], object], stand_in: str) -> Excerpt:
    pieces: list[str] = []
    left_out: list[str] = []
    position = 0
    for start, end, indent in _without(text, has_part):
        piece = text[start:end]
        lines = piece.count("\n")
        blank = f"{indent}{stand_in}".ljust(end - start - lines) + "\n" * lines
        pieces += [text[position:start], blank]
        left_out.append(piece)
        position = end
    pieces.append(text[position:])
    return Excerpt("".join(pieces), tuple(left_out))


def _without(text: str, has_part: Callable[[int, int], object]) -> Iterator[tuple[int, int, str]]:
    """Find the functions, classes and methods that have no part in an answer: start, end and indentation."""
    position = 0
    decorated: int | None = None
    for header in _HEADER.finditer(text):
        if header.start() < position:
            continue
        indent, decorator, is_class = header.groups()
        start = header.start() + 1 if decorated is None else decorated
        if decorator:
            decorated = start
            continue
        decorated = None
        dedent = _DEDENT[indent].search(text, header.end())
        end = dedent.start() if dedent else len(text)
        is_kept = has_part(start, end)
        if not is_kept and _is_whole(text, start, end):
            yield start, end, indent
        if not (is_kept and is_class):
            position = end


def _is_whole(text: str, start: int, end: int) -> bool:
    """Tell whether a piece has its triple quotes in pairs, and so does not end in a string, and its brackets too.

    A function with a bracket too few is the most frequent one that does not parse: it is kept, to be reported.
    """
    quotes = (text.count('"""', start, end), text.count("'''", start, end))
    brackets = ((text.count(one, start, end), text.count(other, start, end)) for one, other in ("()", "[]", "{}"))
    return all(count % 2 == 0 for count in quotes) and all(one == other for one, other in brackets)
