"""The text of a `from` import: on one line, or wrapped."""

import ast
from collections.abc import Callable, Sequence
from itertools import pairwise

from flake8_client_pool.fixes.imports.style import ImportStyle, Wrapping
from flake8_client_pool.fixes.layout import Layout

_INDENT = "    "


def written(module: str, names: Sequence[str], style: ImportStyle, indent: str = "", *, wrapped: bool = False) -> str:
    """Write an import, without the indent of its first line and with bare line feeds.

    Args:
        module: the module, with its leading dots.
        names: what to import, each with its `as`.
        style: how.
        indent: what stands before the statement.
        wrapped: whether to wrap it though it may fit on one line.
    """
    head = f"from {module} import "
    line = head + ", ".join(names)
    width = style.line_length - len(indent)
    renames = style.wraps_aliases and len(names) > 1 and any(" as " in name for name in names)
    many = 0 < style.wrapped_from <= len(names) or renames
    if not wrapped and len(line) <= width and not many:
        return line
    text = _WRAPPED[Wrapping.ONE_A_LINE if wrapped else style.wrapping](head, names, width, style)
    return text.replace("\n", f"\n{indent}")


def rewritten(layout: Layout, statement: ast.ImportFrom, names: Sequence[str], style: ImportStyle) -> str:
    """Write an import anew with other names; empty where it has not the style that it would get."""
    text = layout.text[layout.start(statement) : layout.end(statement)]
    module, indent = "." * statement.level + (statement.module or ""), layout.indent_of(statement)
    before = [named(alias) for alias in statement.names]
    kept = style.keeps_wrapped and text.rstrip(")").rstrip().endswith(",")
    if indent.strip() or text.replace("\r\n", "\n") != written(module, before, style, indent, wrapped=kept):
        return ""
    return written(module, names, style, indent, wrapped=kept).replace("\n", layout.newline)


def named(alias: ast.alias) -> str:
    """Write a name as it stands in an import."""
    return f"{alias.name} as {alias.asname}" if alias.asname else alias.name


def _one_a_line(head: str, names: Sequence[str], _width: int, style: ImportStyle) -> str:
    members = f",\n{_INDENT}".join(names)
    return f"{head}(\n{_INDENT}{members}{_comma(style)}\n)"


def _vertical(head: str, names: Sequence[str], _width: int, style: ImportStyle) -> str:
    if len(names) == 1:
        return _alone(head, names[0], style)
    gap = f",\n{' ' * (len(head) + 1)}"
    return f"{head}({gap.join(names)}{_comma(style)})"


def _grid(head: str, names: Sequence[str], width: int, style: ImportStyle) -> str:
    if len(names) == 1:
        return _alone(head, names[0], style)
    text = _filled(f"{head}(", names, ",\n" + " " * (len(head) + 1), [width - 1] * len(names)) + f"{_comma(style)})"
    return text if max(map(len, text.split("\n"))) <= width else _vertical_grid(head, names, width, style)


def _hanging_indent(head: str, names: Sequence[str], width: int, _style: ImportStyle) -> str:
    first = head if len(head + names[0]) <= width - 3 else f"{head}\\\n{_INDENT}"
    return _filled(first, names, f", \\\n{_INDENT}", [width - 3] * len(names))


def _vertical_grid(head: str, names: Sequence[str], width: int, style: ImportStyle) -> str:
    widths = [width - 1] * (len(names) - 1) + [width - 1 - style.trailing_comma]
    return _filled(f"{head}(\n{_INDENT}", names, f",\n{_INDENT}", widths) + f"{_comma(style)})"


def _vertical_grid_grouped(head: str, names: Sequence[str], width: int, style: ImportStyle) -> str:
    widths = [width - 1] * (len(names) - 1) + [width - style.trailing_comma]
    return _filled(f"{head}(\n{_INDENT}", names, f",\n{_INDENT}", widths) + f"{_comma(style)}\n)"


def _alone(head: str, name: str, style: ImportStyle) -> str:
    return f"{head}(\n{_INDENT}{name}{_comma(style)})" if style.parentheses else f"{head}\\\n{_INDENT}{name}"


def _filled(text: str, names: Sequence[str], gap: str, widths: Sequence[int]) -> str:
    """Put as many names on each line as it holds; `widths` are those of the lines that end with each name."""
    text += names[0]
    for (_, name), width in zip(pairwise(names), widths[1:], strict=True):
        longer = f"{text}, {name}"
        text = longer if len(longer.rpartition("\n")[2]) <= width else f"{text}{gap}{name}"
    return text


def _comma(style: ImportStyle) -> str:
    return "," if style.trailing_comma else ""


_WRAPPED: dict[Wrapping, Callable[[str, Sequence[str], int, ImportStyle], str]] = {
    Wrapping.GRID: _grid,
    Wrapping.VERTICAL: _vertical,
    Wrapping.HANGING_INDENT: _hanging_indent,
    Wrapping.ONE_A_LINE: _one_a_line,
    Wrapping.VERTICAL_GRID: _vertical_grid,
    Wrapping.VERTICAL_GRID_GROUPED: _vertical_grid_grouped,
}
