"""A source as lines and as Python's own syntax tree, with places that count code points."""

import ast
from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property, lru_cache
from io import StringIO
from itertools import accumulate

from flake8_client_pool.syntax.excerpt import excerpt

_SAYING_PATH = ("sys.path", "sys import path", "addsitedir", "syspath")
# What a function that changes the import path holds.
_WORDS_OF_PATH = (r"sys\b", "addsitedir")
_STAND_IN = "def _():0"


class Layout:
    """One source text that parses.

    Attributes:
        text: the source.
        tree: its syntax tree; `_STAND_IN` stands there, in the same place, for each function that does not matter.
    """

    def __init__(self, text: str, words: tuple[str, ...] | None = None) -> None:
        """Parse `text`: all of it, or what holds one of `words`, patterns, or stands outside of functions.

        Raises:
            SyntaxError: it is no Python.
        """
        self.text = text
        self.tree = parsed(text) if words is None else _parsed_in_part(text, words)

    @cached_property
    def bodies(self) -> list[list[ast.stmt]]:
        """Every list of statements in the source."""
        return _bodies(self.tree)

    @cached_property
    def statements(self) -> dict[int, tuple[list[ast.stmt], ast.stmt]]:
        """Every statement, with the list that it is part of, by the offset where it or its first decorator begins."""
        return {self._begin(each): (body, each) for body in self.bodies for each in body}

    def _begin(self, statement: ast.stmt) -> int:
        first = min([statement.lineno, *(each.lineno for each in getattr(statement, "decorator_list", []))])
        if first == statement.lineno:
            return self.start(statement)
        line = self.line(first)
        return self.line_start(first) + len(line) - len(line.lstrip())

    @cached_property
    def _holders(self) -> dict[int, ast.AST]:
        parts = ("body", "orelse", "finalbody", "handlers", "cases")
        holders = [self.tree, *(each for body in self.bodies for each in body)]
        holders += [part for each in holders for name in parts[-2:] for part in getattr(each, name, ())]
        return {
            id(inner): each for each in holders for name in parts for inner in _listed(getattr(each, name, None))
        }

    def around(self, statement: ast.stmt) -> Iterator[ast.AST]:
        """Give what holds a statement, from the inside out: compound statements, their handlers and cases."""
        node = self._holders.get(id(statement))
        while node is not None and node is not self.tree:
            yield node
            node = self._holders.get(id(node))

    @cached_property
    def lines(self) -> list[str]:
        """The lines with their ends."""
        return StringIO(self.text, newline="\n").readlines()

    @cached_property
    def newline(self) -> str:
        """The line end that most lines have."""
        return "\r\n" if self.text.count("\r\n") * 2 > self.text.count("\n") else "\n"

    @cached_property
    def _starts(self) -> list[int]:
        return list(accumulate(map(len, self.lines), initial=0))

    def line_start(self, line: int) -> int:
        """Give the offset of a line, which counts from 1; behind the last one, the end of the text."""
        return self._starts[min(line, len(self._starts)) - 1]

    def line_at(self, offset: int) -> int:
        """Give the line of an offset, from 1."""
        return min(bisect_right(self._starts, offset), max(len(self.lines), 1))

    def start(self, node: ast.stmt | ast.expr | ast.alias) -> int:
        """Give the offset at which a node begins."""
        return self._offset(node.lineno, node.col_offset)

    def end(self, node: ast.stmt | ast.expr | ast.alias) -> int:
        """Give the offset behind a node."""
        return self._offset(node.end_lineno or node.lineno, node.end_col_offset or node.col_offset)

    def _offset(self, line: int, column: int) -> int:
        text = self.lines[line - 1] if line <= len(self.lines) else ""
        if not text.isascii():
            column = len(text.encode("utf-8", "surrogatepass")[:column].decode("utf-8", "surrogatepass"))
        return self.line_start(line) + column

    def line(self, number: int) -> str:
        """Give a line without its end; empty outside the text."""
        return self.lines[number - 1].rstrip("\r\n") if 0 < number <= len(self.lines) else ""

    def is_blank(self, number: int) -> bool:
        """Tell whether a line of the text holds nothing but white space."""
        return 0 < number <= len(self.lines) and not self.lines[number - 1].strip()

    def stands_alone(self, node: ast.stmt) -> bool:
        """Tell whether a statement shares none of its lines with another one."""
        before = self.text[self.line_start(node.lineno) : self.start(node)]
        last = node.end_lineno or node.lineno
        behind = self.text[self.end(node) : self.line_start(last + 1)].strip()
        return not before.strip() and (not behind or behind.startswith("#"))

    def indent_of(self, node: ast.stmt) -> str:
        """Give the white space before a statement."""
        return self.text[self.line_start(node.lineno) : self.start(node)]


def _listed(part: object) -> list[ast.AST]:
    """Give the nodes of a part of a node; the body of a lambda is no list."""
    return part if isinstance(part, list) else []


@lru_cache(maxsize=4)
def layout_of(text: str, words: tuple[str, ...] | None = None) -> Layout:
    """Give the layout of a text; what a fix asks for again and again is worked out once.

    Raises:
        SyntaxError: it is no Python.
    """
    return Layout(text, words)


def _parsed_in_part(text: str, words: tuple[str, ...]) -> ast.Module:
    try:
        of_path = _WORDS_OF_PATH if may_mend_path(text) else ()
        return parsed(excerpt(text, (*words, *of_path), (), _STAND_IN).text)
    except SyntaxError:
        return parsed(text)


def may_mend_path(text: str) -> bool:
    """Tell by its words whether a source could mend the import path."""
    return any(word in text for word in _SAYING_PATH)


def parsed(text: str) -> ast.Module:
    """Parse a source text.

    Raises:
        SyntaxError: it is no Python.
    """
    try:
        return ast.parse(text)
    except (RecursionError, MemoryError, ValueError) as error:
        raise SyntaxError(str(error)) from error


def _bodies(tree: ast.AST) -> list[list[ast.stmt]]:
    found: list[list[ast.stmt]] = []
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        for name in ("body", "orelse", "finalbody"):
            body = getattr(node, name, None)
            if isinstance(body, list) and body and isinstance(body[0], ast.stmt):
                found.append(body)
                waiting += body
        waiting += getattr(node, "handlers", ())
        waiting += getattr(node, "cases", ())
    return found
