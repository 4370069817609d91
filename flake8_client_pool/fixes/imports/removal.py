"""Take a name out of an import, with all that stood there for it alone, or mark it as one that has to stay."""

import ast
import re

from flake8_client_pool.fixes.imports.ordering import Import
from flake8_client_pool.fixes.imports.style import ImportStyle
from flake8_client_pool.fixes.imports.wrapping import named, rewritten
from flake8_client_pool.fixes.layout import Layout
from flake8_client_pool.model import Edit

_NAMED_NOQA = re.compile(r"#\s*noqa:\s*[A-Z]+[0-9]+(?:[,\s]+[A-Z]+[0-9]+)*", re.IGNORECASE)
# A comment in words: no mark for a tool, and no cell of a notebook.
_HEADING = re.compile(r"\s*#(?!.*\bnoqa\b)[\w\s,./&()'=#*~-]*")
# How an import is marked that has to stay without a use.
KEPT_IMPORT = b"# noqa: F401"


def removed(
    layout: Layout, body: list[ast.stmt], statement: Import, alias: ast.alias, style: ImportStyle
) -> Edit | None:
    """Say how to remove a name from an import, which is one of the statements in `body`; None where it cannot go."""
    if len(statement.names) > 1:
        return _shortened(layout, statement, alias, style) or _without_member(layout, statement, alias)
    if not layout.stands_alone(statement):
        return None
    if len(body) == 1:
        return Edit(layout.start(statement), layout.end(statement), "pass") if layout.indent_of(statement) else None
    last = statement.end_lineno or statement.lineno
    first = _with_heading(layout, statement) if layout.is_blank(last + 1) else statement.lineno
    ends_section = layout.is_blank(last + 1) or last >= len(layout.lines) or style.lines_after == 0
    if layout.is_blank(first - 1) and ends_section:
        first -= 1
    elif ends_section and (
        body[0] is statement or _opens_function(layout, body, statement) or _is_explained(layout, body, statement)
    ):
        while layout.is_blank(last + 1):
            last += 1
    return Edit(layout.line_start(first), layout.line_start(last + 1), "")


def _with_heading(layout: Layout, statement: Import) -> int:
    """Give the first line of an import, or of a heading right above that stands apart from what is above it.

    Only imports of the module have one: in a function it is about what follows as well.
    """
    first = statement.lineno
    if layout.indent_of(statement):
        return first
    while _HEADING.fullmatch(layout.line(first - 1)):
        first -= 1
    is_apart = layout.is_blank(first - 1) and any(each.lineno < first for each in layout.tree.body)
    return first if is_apart else statement.lineno


def _opens_function(layout: Layout, body: list[ast.stmt], statement: Import) -> bool:
    """Tell whether only a docstring or a declaration stands above an import in a function."""
    above = body[: body.index(statement)]
    return bool(layout.indent_of(statement)) and all(
        isinstance(each, ast.Global | ast.Nonlocal)
        or (isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant))
        for each in above
    )


def _is_explained(layout: Layout, body: list[ast.stmt], statement: Import) -> bool:
    """Tell whether a comment above a local import is about the next one, too."""
    below = body[body.index(statement) + 1 :][:1]
    is_followed = any(isinstance(each, ast.Import | ast.ImportFrom) for each in below)
    return is_followed and bool(layout.indent_of(statement)) and layout.line(statement.lineno - 1).lstrip()[:1] == "#"


def _shortened(layout: Layout, statement: Import, alias: ast.alias, style: ImportStyle) -> Edit | None:
    """Write a wrapped import anew, as what is left of it may be wrapped in another way, or fit on one line."""
    if isinstance(statement, ast.Import) or statement.lineno == statement.end_lineno:
        return None
    text = rewritten(layout, statement, [named(each) for each in statement.names if each is not alias], style)
    return Edit(layout.start(statement), layout.end(statement), text) if text else None


def _without_member(layout: Layout, statement: Import, alias: ast.alias) -> Edit | None:
    index = statement.names.index(alias)
    line = layout.line(alias.lineno)
    alone = line[: layout.start(alias) - layout.line_start(alias.lineno)].strip() == "" and re.fullmatch(
        r"\s*,?\s*(#.*)?", layout.text[layout.end(alias) : layout.line_start(alias.lineno + 1)].rstrip("\r\n")
    )
    if alone and alias.lineno > statement.lineno and not layout.line(alias.lineno - 1).endswith("\\"):
        return Edit(layout.line_start(alias.lineno), layout.line_start(alias.lineno + 1), "")
    if index + 1 < len(statement.names):
        start, end = layout.start(alias), layout.start(statement.names[index + 1])
    else:
        start, end = layout.end(statement.names[index - 1]), layout.end(alias)
    return None if "#" in layout.text[start:end] else Edit(start, end, "")


def marked(layout: Layout, alias: ast.alias, line: str) -> tuple[Edit, ...]:
    """Keep linters from removing what has to stay."""
    start = layout.line_start(alias.end_lineno or alias.lineno)
    if line.endswith("\\"):
        return ()
    if match := _NAMED_NOQA.search(line):
        return (Edit(start + match.end(), start + match.end(), ", F401"),)
    place = start + len(line.rstrip())
    return (Edit(place, place, f"  {KEPT_IMPORT.decode()}"),)
