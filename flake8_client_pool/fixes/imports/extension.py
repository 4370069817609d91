"""Add a getter to an import that there is of its module."""

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass

from flake8_client_pool.fixes.imports.ordering import ImportOrder
from flake8_client_pool.fixes.imports.style import ImportStyle
from flake8_client_pool.fixes.imports.wrapping import named, rewritten, written
from flake8_client_pool.fixes.layout import Layout
from flake8_client_pool.model import Edit

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
        name: the name to import from it; empty where the module itself is to be imported.
        own: whether the module is one of the repository's own, so that a mended path matters.
        alias: the name to import it under, where that is not its own.
    """

    module: str
    name: str
    own: bool
    alias: str = ""

    @property
    def member(self) -> str:
        """The name as it stands in the import."""
        return f"{self.name} as {self.alias}" if self.alias else self.name

    def statement(self, layout: Layout, style: ImportStyle, indent: str = "") -> str:
        """Write the statement, without the indent of its first line."""
        if not self.name:
            return f"import {self.module}"
        return written(self.module, [self.member], style, indent).replace("\n", layout.newline)


def can_extend(statement: ast.stmt, wanted: Wanted, style: ImportStyle) -> bool:
    """Tell whether a statement imports from the wanted module by name, and may import more."""
    if not isinstance(statement, ast.ImportFrom) or statement.level or statement.module != wanted.module:
        return False
    if any(alias.name == wanted.name and alias.asname is None for alias in statement.names):
        return True
    renames = any(alias.asname for alias in statement.names)
    may_grow = not style.is_alone(wanted.module) and (style.combines_aliases or not renames)
    return may_grow and statement.names[0].name != "*"


def extended(layout: Layout, statement: ast.stmt, wanted: Wanted, order: ImportOrder) -> Edit:
    """Say how to add a name to an import, where its order wants it.

    Raises:
        NoPlaceError: the statement is no such import.
    """
    if not isinstance(statement, ast.ImportFrom):
        raise NoPlaceError("there is no import to extend")
    names = [alias.name for alias in statement.names]
    if any(alias.name == wanted.name and alias.asname is None for alias in statement.names):
        return NOTHING
    keys = [order.member_key(name) for name in names]
    index = len(names)
    if keys == sorted(keys):
        index = next((place for place, key in enumerate(keys) if key > order.member_key(wanted.name)), index)
    members = [named(alias) for alias in statement.names]
    members.insert(index, wanted.member)
    if text := rewritten(layout, statement, members, order.style):
        return Edit(layout.start(statement), layout.end(statement), text)
    edit = _with_member(layout, statement, wanted.name, index)
    return _wrapped(layout, statement, edit, members, order.style)


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


def _wrapped(layout: Layout, statement: ast.ImportFrom, edit: Edit, members: Sequence[str], style: ImportStyle) -> Edit:
    """Wrap a statement that stands on one line and would become too long."""
    start, end = layout.start(statement), layout.end(statement)
    longer = layout.text[start : edit.start] + edit.text + layout.text[edit.end : end]
    indent = layout.indent_of(statement)
    if statement.lineno != statement.end_lineno or len(indent + longer) <= style.line_length or "(" in longer:
        return edit
    return Edit(start, end, written(statement.module or "", members, style, indent).replace("\n", layout.newline))
