"""Put the import of a getter where ruff would sort it, and where it can be imported."""

import ast
import re

from flake8_client_pool.fixes.imports.extension import NOTHING, NoPlaceError, Wanted, can_extend, extended
from flake8_client_pool.fixes.imports.ordering import Import, ImportOrder, Key
from flake8_client_pool.fixes.imports.path_mending import PathMending, is_main_guard
from flake8_client_pool.fixes.imports.running_early import first_run
from flake8_client_pool.fixes.imports.style import ImportStyle
from flake8_client_pool.fixes.layout import Layout
from flake8_client_pool.model import Edit

_DIRECTIVE = re.compile(r"^\s*#\s*isort:\s*(split|off|on)\b|^\s*#\s*ruff:\s*isort:\s*(split|off|on)\b")
_LATE_IMPORT_ALLOWED = re.compile(r"#\s*noqa:[\s\w,]*\bE402\b")
_DEFINITION = re.compile(r"async[ \t]+def\b|def\b|class\b|@")
_MENDED_LATER = "the import path is mended only later"
_LAST_LINE_OF_A_COOKIE = 2  # PEP 263
_LATE_IMPORT_NOQA = "  # noqa: E402"


Block = list[Import]


def at_module_level(mending: PathMending, wanted: Wanted, order: ImportOrder, before: int, anchor: int | None) -> Edit:
    """Say how to import at the level of the module.

    Args:
        mending: the file, and what it does to the import path.
        wanted: what to import.
        order: how imports are sorted.
        before: the offset before which the import has to run.
        anchor: the offset of the import that the new one stands in for, if that is at module level.

    Raises:
        NoPlaceError: no place at that level will do.
    """
    layout = mending.layout
    blocks = _blocks(layout, layout.tree.body)
    behind_anchor = max([_end_of_block(layout, each, anchor) for each in blocks], default=0)

    def is_early(offset: int) -> bool:
        return offset <= before and (offset <= behind_anchor or offset <= first_run(layout))

    for statement in layout.tree.body:
        if can_extend(statement, wanted, order.style) and is_early(layout.end(statement)):
            return extended(layout, statement, wanted, order)
    mends = wanted.own and mending.is_possible
    mendings = _mendings(mending, before) if mends else []
    block = _own_block(layout, blocks, mendings, wanted, order) if wanted.own else None
    if block is None and mends and not mendings and mending.is_anywhere:
        raise NoPlaceError(_MENDED_LATER)
    mended = mendings[-1] if mendings else 0
    later = [each for each in blocks if layout.start(each[0]) >= mended]
    block = block or (_adjoining(layout, later, mended) if mended else _chosen(layout, blocks, anchor))
    edit = _in_block(layout, block, wanted, order) if block else _alone(layout, wanted, mended, order.style)
    if block and edit.start < mended <= layout.end(block[-1]):
        raise NoPlaceError(_MENDED_LATER)
    if not is_early(edit.start):
        raise NoPlaceError(f"{wanted.module} can be imported only after this place")
    return edit


def beside(layout: Layout, statement: Import, wanted: Wanted, order: ImportOrder) -> Edit:
    """Say how to import next to another import, in the same block of statements."""
    body = next(body for body in layout.bodies if statement in body)
    block = next(block for block in _blocks(layout, body) if statement in block)
    for each in block:
        if can_extend(each, wanted, order.style):
            return extended(layout, each, wanted, order)
    if not all(layout.stands_alone(each) for each in block):
        raise NoPlaceError("the import beside it shares its line")
    return _in_block(layout, block, wanted, order)


def in_front_of(layout: Layout, statement: ast.stmt, wanted: Wanted, order: ImportOrder) -> Edit:
    """Say how to import right before a statement: in the block of imports there, if one ends there."""
    if not layout.stands_alone(statement):
        raise NoPlaceError("the statement shares its line with another")
    block = _block_above(layout, statement)
    if any(_gives(each, wanted) for each in block):
        return NOTHING
    if found := next((each for each in block if not wanted.alias and can_extend(each, wanted, order.style)), None):
        return extended(layout, found, wanted, order)
    if block and all(map(layout.stands_alone, block)):
        return _in_block(layout, block, wanted, order)
    first = _first_line(statement)
    start, indent = layout.line_start(first), layout.indent_of(statement)
    if not indent:
        return Edit(start, start, _set_apart(layout, wanted, first, order.style))
    blank = layout.newline if isinstance(statement, ast.FunctionDef | ast.ClassDef) else ""
    return Edit(start, start, f"{indent}{wanted.statement(layout, order.style, indent)}{layout.newline}{blank}")


def _block_above(layout: Layout, statement: ast.stmt) -> Block:
    """Give the imports that end right above a statement."""
    body = next(body for body in layout.bodies if statement in body)
    above = body[: body.index(statement)]
    last = next(iter(_blocks(layout, above)[-1:]), [])
    return last if above and last and last[-1] is above[-1] else []


def _gives(statement: Import, wanted: Wanted) -> bool:
    """Tell whether an import is the wanted one, or gives that name as well."""
    is_same = isinstance(statement, ast.ImportFrom) and not statement.level and statement.module == wanted.module
    return is_same and any((each.name, each.asname or "") == (wanted.name, wanted.alias) for each in statement.names)


def _end_of_block(layout: Layout, block: Block, anchor: int | None) -> int:
    """Give where the line below a block begins if the import at `anchor` is part of it, and 0 if not."""
    last = block[-1].end_lineno or block[-1].lineno
    return layout.line_start(last + 1) if any(layout.start(each) == anchor for each in block) else 0


def _first_line(statement: ast.stmt) -> int:
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(each.lineno for each in decorators)])


def _mendings(mending: PathMending, before: int) -> list[int]:
    """Give the offsets behind the statements that mend the import path above all definitions, and above a place.

    What stands below a definition may run only after the definition was used.
    """
    layout = mending.layout
    found: list[int] = []
    for statement in layout.tree.body:
        if isinstance(statement, ast.ClassDef) or layout.end(statement) > before:
            break
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            if statement.name not in mending.functions:
                break
        elif not is_main_guard(statement) and mending.is_done_by(statement):
            found.append(layout.end(statement))
    return found


def _blocks(layout: Layout, body: list[ast.stmt]) -> list[Block]:
    """Group neighbouring imports as isort does: any other statement, and a `split` comment, ends a block."""
    blocks: list[Block] = []
    last: ast.stmt | None = None
    for statement in body:
        if isinstance(statement, ast.Import | ast.ImportFrom):
            if blocks and last is blocks[-1][-1] and not _is_split(layout, last, statement):
                blocks[-1].append(statement)
            else:
                blocks.append([statement])
        last = statement
    return blocks


def _is_split(layout: Layout, above: ast.stmt, below: ast.stmt) -> bool:
    between = range((above.end_lineno or above.lineno) + 1, below.lineno)
    return any(_DIRECTIVE.match(layout.line(number)) for number in between)


def _own_block(
    layout: Layout, blocks: list[Block], mendings: list[int], wanted: Wanted, order: ImportOrder
) -> Block | None:
    """Find the block that shows where the repository's own packages can be imported.

    That is one behind the mending of the path, or one that imports from the same package anyway.
    """
    top = wanted.module.partition(".")[0]
    same = [block for block in blocks if any(_top(each) == top for each in block)]
    own = [block for block in blocks if any(map(order.is_own, block))]
    last, first = (mendings[-1], mendings[0]) if mendings else (0, 0)
    candidates = [
        *_behind_offset(layout, same, last),
        *_behind_offset(layout, own, last),
        *(block for block in blocks if layout.start(block[0]) < last <= layout.end(block[-1])),
        *_behind_offset(layout, [*same, *own], first)[::-1],
        *same,
    ]
    return next(iter(candidates), None)


def _behind_offset(layout: Layout, blocks: list[Block], offset: int) -> list[Block]:
    return [block for block in blocks if layout.start(block[0]) >= offset]


def _top(statement: Import) -> str:
    module = statement.names[0].name if isinstance(statement, ast.Import) else statement.module or ""
    return "" if isinstance(statement, ast.ImportFrom) and statement.level else module.partition(".")[0]


def _adjoining(layout: Layout, blocks: list[Block], mended: int) -> Block | None:
    """Find the block that follows the mending of the path at once."""
    if not mended or not blocks:
        return None
    between = layout.text[mended : layout.start(blocks[0][0])]
    return blocks[0] if all(not line or line.startswith("#") for line in map(str.strip, between.split("\n"))) else None


def _chosen(layout: Layout, blocks: list[Block], anchor: int | None) -> Block | None:
    for block in blocks:
        if any(layout.start(each) == anchor for each in block):
            return block
    only_future = [block for block in blocks if all(_top(each) == "__future__" for each in block)]
    return next((block for block in blocks if block not in only_future), next(iter(blocks), None))


def _alone(layout: Layout, wanted: Wanted, mended: int, style: ImportStyle) -> Edit:
    """Make a block of its own: behind the mending of the path, or behind the docstring."""
    body = layout.tree.body
    first = body[1] if len(body) > 1 and _is_docstring(body[0]) else body[0]
    number = layout.line_at(mended - 1) + 1 if mended else _first_line(first)
    place = layout.line_start(number)
    is_ended = place == 0 or layout.text[place - 1 : place] == "\n"
    above = (layout.newline if is_ended else layout.newline * 2) if mended else ""
    below = _first_with_text(layout, number)
    return Edit(place, layout.line_start(below), above + _set_apart(layout, wanted, below, style))


def _set_apart(layout: Layout, wanted: Wanted, below: int, style: ImportStyle) -> str:
    """Write an import at module level with the blank lines between it and the line `below`."""
    following = next((line for line in map(layout.line, range(below, len(layout.lines) + 1)) if _is_code(line)), "")
    definition = _DEFINITION.match(following) is not None
    blanks = style.blank_lines_above(definition=definition) if layout.line(below) else 0
    return wanted.statement(layout, style) + layout.newline * (1 + blanks)


def _is_code(line: str) -> bool:
    return bool(line.strip()) and not line.startswith("#")


def _first_with_text(layout: Layout, number: int) -> int:
    """Give the first line from one on that is not blank."""
    while layout.is_blank(number):
        number += 1
    return number


def _is_docstring(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )


def _in_block(layout: Layout, block: Block, wanted: Wanted, order: ImportOrder) -> Edit:
    indent = layout.indent_of(block[0])
    if indent.strip():
        raise NoPlaceError("the import beside it shares its line")
    key = order.key_of_new(wanted.module, wanted.name)
    keys = [order.key(each) for each in block]
    line = indent + wanted.statement(layout, order.style, indent) + _late_mark(layout, block) + layout.newline
    if keys != sorted(keys):
        return _behind(layout, _companion(block, keys, key.section, wanted), line)
    index = next((place for place, each in enumerate(keys) if each > key), len(keys))
    above, below = block[:index][-1:], block[index : index + 1]
    blanks_above = order.blank_lines(keys[index - 1], key) if above else 0
    blanks_below = order.blank_lines(key, keys[index]) if below else 0
    if above and (not below or blanks_below or not blanks_above):
        return _behind(layout, above[0], layout.newline * blanks_above + line)
    same_section = key.section == keys[index].section
    number = below[0].lineno if same_section else _above_comments(layout, below[0])
    start = layout.line_start(number)
    return Edit(start, start, line + layout.newline * (0 if above else blanks_below))


def _companion(block: Block, keys: list[Key], section: int, wanted: Wanted) -> Import:
    """Choose the import to stand behind in a block that is not sorted."""
    top = wanted.module.partition(".")[0]
    same = [each for each in block if _top(each) == top]
    section_mates = [each for each, key in zip(block, keys, strict=True) if key.section == section]
    above = [each for each, key in zip(block, keys, strict=True) if key.section < section]
    return (same or section_mates or above or block)[-1]


def _behind(layout: Layout, statement: Import, line: str) -> Edit:
    number = (statement.end_lineno or statement.lineno) + 1
    place = layout.line_start(number)
    ended = place and layout.text[place - 1] == "\n"
    return Edit(place, place, line if ended else layout.newline + line.removesuffix(layout.newline))


def _above_comments(layout: Layout, statement: Import) -> int:
    """Give the line above the comments of an import; those at the top of a file are the file's own."""
    line = statement.lineno
    while layout.line(line - 1).strip().startswith("#"):
        line -= 1
    return line if line > _LAST_LINE_OF_A_COOKIE else statement.lineno


def _late_mark(layout: Layout, block: Block) -> str:
    """Repeat the mark that allows imports below other code, where the imports around carry it."""
    last = layout.line(block[-1].end_lineno or block[-1].lineno)
    return _LATE_IMPORT_NOQA if _LATE_IMPORT_ALLOWED.search(last) else ""
