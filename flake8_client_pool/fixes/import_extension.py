"""Add a getter to an import that there is of its module."""

import ast
import re
from dataclasses import dataclass, replace

from flake8_client_pool.fixes.layout import Layout
from flake8_client_pool.fixes.ordering import member_key
from flake8_client_pool.model import Edit

_LINE_LENGTH = 88
# A comma at the end of a line, and a comment behind it.
_LAST_COMMA = re.compile(r"[ \t]*,[ \t]*(?:#[^\r\n]*)?(?=[\r\n])")
NOTHING = Edit(0, 0, "")


class NoPlaceError(ValueError):
    """There is no place for an import; the text says why in a few words."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """An import that is to be made.

    Attributes:
        module: the module, absolute.
        name: the name to import from it.
        own: whether the module is one of the repository's own, so that a mended path matters.
        alias: the name to import it under, where that is not its own.
    """

    module: str
    name: str
    own: bool
    alias: str = ""

    @property
    def statement(self) -> str:
        """The statement alone on a line."""
        renamed = f" as {self.alias}" if self.alias else ""
        return f"from {self.module} import {self.name}{renamed}"


def can_extend(statement: ast.stmt, wanted: Wanted) -> bool:
    """Tell whether a statement imports from the wanted module by name."""
    return (
        isinstance(statement, ast.ImportFrom)
        and not statement.level
        and statement.module == wanted.module
        and statement.names[0].name != "*"
    )


def extended(layout: Layout, statement: ast.stmt, wanted: Wanted) -> Edit:
    """Say how to add a name to an import, where its order wants it.

    Raises:
        NoPlaceError: the statement is no such import.
    """
    if not isinstance(statement, ast.ImportFrom):
        raise NoPlaceError("there is no import to extend")
    names = [alias.name for alias in statement.names]
    if any(alias.name == wanted.name and alias.asname is None for alias in statement.names):
        return NOTHING
    is_sorted = [member_key(name) for name in names] == sorted(member_key(name) for name in names)
    index = len(names)
    if is_sorted:
        index = next((place for place, name in enumerate(names) if member_key(name) > member_key(wanted.name)), index)
    edit = _with_member(layout, statement, wanted.name, index)
    return _wrapped(layout, statement, edit) if statement.lineno == statement.end_lineno else edit


def _with_member(layout: Layout, statement: ast.ImportFrom, name: str, index: int) -> Edit:
    aliases = statement.names
    opened = "(" in layout.text[layout.start(statement) : layout.start(aliases[0])]
    apart = len({alias.lineno for alias in aliases}) == len(aliases) and aliases[0].lineno > statement.lineno
    one_a_line = opened and apart
    if index < len(aliases):
        start = layout.start(aliases[index])
        gap = layout.newline + " " * aliases[index].col_offset if one_a_line else " "
        return Edit(start, start, f"{name},{gap}")
    end = layout.end(aliases[-1])
    gap = layout.newline + " " * aliases[-1].col_offset if one_a_line else " "
    comma = _LAST_COMMA.match(layout.text, end)
    if one_a_line and comma:
        # Behind the comma, and behind a comment that belongs to the last name.
        place = layout.line_start((aliases[-1].end_lineno or aliases[-1].lineno) + 1)
        return Edit(place, place, " " * aliases[-1].col_offset + f"{name},{layout.newline}")
    return Edit(end, end, f",{gap}{name}")


def _wrapped(layout: Layout, statement: ast.ImportFrom, edit: Edit) -> Edit:
    """Put one name on each line where the statement would become too long."""
    start, end = layout.start(statement), layout.end(statement)
    longer = layout.text[start : edit.start] + edit.text + layout.text[edit.end : end]
    indent = layout.indent_of(statement)
    if len(indent + longer) <= _LINE_LENGTH or "(" in longer:
        return edit
    head, _, members = longer.partition(" import ")
    names = [member.strip() for member in members.split(",")]
    lines = [f"{head} import (", *(f"{indent}    {name}," for name in names), f"{indent})"]
    return replace(edit, start=start, end=end, text=layout.newline.join(lines))
