"""Remove the imports that a fix has left without a use, unless something else needs the name."""

import ast
import re
import symtable
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby, islice, pairwise
from operator import attrgetter
from typing import TypeAlias

from flake8_client_pool.fixes.imports.ordering import Import
from flake8_client_pool.fixes.imports.removal import marked, removed
from flake8_client_pool.fixes.imports.style import ImportStyle
from flake8_client_pool.fixes.imports.visibility import import_of
from flake8_client_pool.fixes.layout import Layout
from flake8_client_pool.model import Edit
from flake8_client_pool.syntax.names import Names
from flake8_client_pool.syntax.scopes import Role, role_of
from flake8_client_pool.syntax.source import start_of

_UNUSED_ALLOWED = re.compile(r"#\s*noqa(?!:)|#\s*noqa:[\s\w,]*\b(?:F401|F4|F)\b|unused-import|W0611", re.IGNORECASE)
_DOCTEST = re.compile(r"^\s*(?:>>>|\.\.\.) .*$", re.MULTILINE)
_TYPE_COMMENT = re.compile(r"#\s*type:(?!\s*ignore)(.*)")
# What runs code from strings in a module, or looks its names up by strings: pytest does for conditions.
_RUNS_STRINGS = re.compile(
    r"(?<![\w.])(?:eval|exec|globals|locals|vars|compile(?=\())\b"
    r"|\b(?:timeit|cProfile|profile|pdb|skipif|xfail|__dict__)\b|modules\[__name__\]|import_module\(__name__\)"
)

IsNeeded = Callable[[str], bool]
Removal: TypeAlias = tuple[Edit, ...]


@dataclass(frozen=True, slots=True, order=True)
class Imported:
    """An import statement, by its offset, and the name that it binds."""

    name: str
    offset: int


def removals(layout: Layout, imported: Imported, is_needed: IsNeeded, style: ImportStyle) -> Removal:
    """Say how to remove a name from an import: no edit where it has another use.

    Where the name is kept for a use outside the file, or because its import stands under a condition, the line is
    marked so that linters keep it too. `is_needed` tells whether something outside the file needs a module's name;
    what is left of the import has the `style` that it had.
    """
    found = _where(layout, imported)
    if found is None:
        return ()
    body, statement, alias = found
    line = layout.line(alias.end_lineno or alias.lineno)
    whole = " ".join(map(layout.line, range(statement.lineno, (statement.end_lineno or statement.lineno) + 1)))
    named_again = len(re.findall(rf"\b{re.escape(imported.name)}\b", layout.text)) > 1
    if _UNUSED_ALLOWED.search(whole) or (named_again and _is_used(layout, imported.name, statement)):
        return ()
    conditional = statement not in layout.tree.body and _is_conditional(layout, statement, imported.name)
    spoken = named_again and _is_spoken(layout, imported.name)
    is_global = not _function_around(layout, statement)
    if not conditional and not spoken and not (is_global and is_needed(imported.name)):
        edit = removed(layout, body, statement, alias, style)
        if edit:
            return (edit,)
    return marked(layout, alias, line)


def unused_beside(names: Names, imports: Iterable[Imported], edits: Iterable[Edit]) -> list[Imported]:
    """Choose the imports whose names are not used where no edit changes the text; those in doubt are among them.

    It answers from the text and the syntax tree there are, and sees no use in a string: `removals` sees all.
    """
    spans = sorted((edit.start, edit.end) for edit in edits)
    found: list[Imported] = []
    for name, each in groupby(imports, attrgetter("name")):
        same = list(each)
        if len(same) > 1 or not _is_plainly_used(names.source.text, same[0], spans):
            used = _offsets_of_used(names, name, spans)
            found += [imported for imported in same if imported.offset not in used]
    return found


def _offsets_of_used(names: Names, name: str, spans: list[tuple[int, int]]) -> frozenset[int]:
    """Give the offsets of the imports whose name is used in their scope outside of some spans."""
    places = (node for node in names.source.identifiers(name) if role_of(node) is Role.USE)
    outside = (node for node in places if not _is_within(spans, start_of(node)))
    scopes = {scope for node in outside for scope, *_ in islice(names.binding_scopes(name, node), 1)}
    bindings = (binding for scope in scopes for binding in names.uses(name).by_scope[scope])
    return frozenset(start_of(statement) for each in bindings if (statement := import_of(each)))


def _is_plainly_used(text: str, imported: Imported, spans: list[tuple[int, int]]) -> bool:
    """Tell whether a text binds a name once, by an import of the module, and uses it where no string can be."""
    if text[imported.offset - 1 : imported.offset] not in ("", "\n"):
        return False
    name = re.escape(imported.name)
    bound = [match.start() for match in re.finditer(rf"(?<![\w.]){name}\b(?!\s*\.)", text)]
    if len(bound) != 1 or text.rfind("\n", 0, imported.offset) != text.rfind("\n", 0, bound[0]):
        return False
    uses = (match.start() for match in re.finditer(rf"(?<![\w.]){name}\.\w", text))
    return any(not _is_within(spans, use) and not _may_be_in_string(text, use) for use in uses)


def _may_be_in_string(text: str, offset: int) -> bool:
    """Tell whether a place may lie in a string or a comment, by what stands before it."""
    start = text.rfind("\n", 0, offset) + 1
    is_continued = text.endswith(("\\\n", "\\\r\n"), 0, start)
    marked = is_continued or any(mark in text[start:offset] for mark in "'\"#")
    return marked or any(text.count(each, 0, offset) % 2 for each in ('"""', "'''"))


def _is_within(spans: list[tuple[int, int]], offset: int) -> bool:
    """Tell whether an offset lies in one of some spans, which are sorted and do not overlap."""
    last = bisect_right(spans, offset, key=lambda span: span[0]) - 1
    return last >= 0 and offset < spans[last][1]


def _where(layout: Layout, imported: Imported) -> tuple[list[ast.stmt], Import, ast.alias] | None:
    body, statement = layout.statements.get(imported.offset, ([], None))
    if not isinstance(statement, ast.Import | ast.ImportFrom):
        return None
    aliases = [alias for alias in statement.names if _bound(statement, alias) == imported.name]
    return (body, statement, aliases[0]) if aliases else None


def _bound(statement: Import, alias: ast.alias) -> str:
    if alias.asname or isinstance(statement, ast.ImportFrom):
        return alias.asname or alias.name
    return alias.name.partition(".")[0]


def _function_around(layout: Layout, statement: ast.stmt) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
    """Find the innermost function that holds a statement."""
    functions = (each for each in layout.around(statement) if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef))
    return next(functions, None)


def _is_conditional(layout: Layout, statement: Import, name: str) -> bool:
    """Tell whether a program may go on without an import: it gets the name otherwise, or catches the failure."""
    around = list(layout.around(statement))
    if not _function_around(layout, statement):
        conditions = [each for each in around if isinstance(each, ast.If)]
        return conditions != around or _is_bound_again(conditions[-1], statement, name)
    guards = ((guard, held) for held, guard in pairwise([statement, *around]) if isinstance(guard, ast.Try))
    return any(held in guard.body and _catches_import_errors(guard) for guard, held in guards)


def _is_bound_again(condition: ast.If, statement: Import, name: str) -> bool:
    others = [node for node in ast.walk(condition) if node is not statement]
    imports = [node for node in others if isinstance(node, ast.Import | ast.ImportFrom)]
    return any(isinstance(node, ast.Name) and node.id == name for node in others) or any(
        _bound(each, alias) == name for each in imports for alias in each.names
    )


def _catches_import_errors(guard: ast.Try) -> bool:
    caught = [ast.unparse(handler.type) for handler in guard.handlers if handler.type]
    return any("ImportError" in each or "ModuleNotFoundError" in each for each in caught)


def _is_used(layout: Layout, name: str, statement: Import) -> bool:
    function = None if statement in layout.tree.body else _function_around(layout, statement)
    if function is not None:
        inside = (node for part in function.body for node in ast.walk(part))
        return any(isinstance(node, ast.Name) and node.id == name for node in inside)
    return _is_used_in_module(layout, name)


@lru_cache(maxsize=4)
def _is_used_in_module(layout: Layout, name: str) -> bool:
    return (
        _is_referenced(symtable.symtable(layout.text, "<source>", "exec"), name)
        or any(name in names for names in _annotations(layout.tree))
        or name in _exported(layout.tree)
        or any(isinstance(node, ast.Name) and node.id == name for node in _deleted(layout.tree))
    )


def _is_referenced(table: symtable.SymbolTable, name: str) -> bool:
    if name in table.get_identifiers():
        symbol = table.lookup(name)
        outer = table.get_type() in ("module", "class") or symbol.is_global()
        if symbol.is_referenced() and outer:
            return True
    return any(_is_referenced(child, name) for child in table.get_children())


def _annotations(tree: ast.Module) -> Iterator[frozenset[str]]:
    """Give the names in annotations, those in quotes too, and in the first argument of `cast` and `TypeVar`."""
    for node in ast.walk(tree):
        roots = [getattr(node, "annotation", None), getattr(node, "returns", None)]
        if isinstance(node, ast.Call) and _last_name(node.func) in ("cast", "TypeVar"):
            roots += [*node.args, *(keyword.value for keyword in node.keywords)]
        if isinstance(node, ast.Subscript) and _has_dot(node.slice):
            roots.append(node.slice)
        for root in roots:
            if isinstance(root, ast.AST):
                yield _names(root)


def _has_dot(expression: ast.expr) -> bool:
    return any(
        isinstance(node, ast.Attribute) or (isinstance(node, ast.Constant) and "." in str(node.value))
        for node in ast.walk(expression)
    )


def _last_name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _names(root: ast.AST) -> frozenset[str]:
    found: set[str] = set()
    for node in ast.walk(root):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isascii():
            found.update(re.findall(r"\b[A-Za-z_]\w*(?=\.|\b)", node.value) if _is_expression(node.value) else ())
    annotated = [node.id for node in ast.walk(root) if isinstance(node, ast.Name)]
    return frozenset(found | set(annotated))


def _is_expression(text: str) -> bool:
    try:
        ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _exported(tree: ast.Module) -> frozenset[str]:
    return frozenset(
        node.value
        for statement in tree.body
        if "__all__" in {each.id for each in ast.walk(statement) if isinstance(each, ast.Name)}
        for node in ast.walk(statement)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )


@lru_cache(maxsize=4)
def _is_spoken(layout: Layout, name: str) -> bool:
    """Tell whether a name occurs in code that stands in comments or strings."""
    in_comments = any(re.search(rf"\b{re.escape(name)}\b", each) for each in _spoken(layout))
    return in_comments or bool(_RUNS_STRINGS.search(layout.text) and _is_named_in_a_string(layout.tree, name))


def _spoken(layout: Layout) -> Iterator[str]:
    """Give the code in doctests and type comments."""
    if ">>>" in layout.text:
        yield from _DOCTEST.findall(layout.text)
    if "# type:" in layout.text:
        yield from _TYPE_COMMENT.findall(layout.text)


def _deleted(tree: ast.Module) -> Iterator[ast.expr]:
    return (target for node in ast.walk(tree) if isinstance(node, ast.Delete) for target in node.targets)


def _is_named_in_a_string(tree: ast.Module, name: str) -> bool:
    """Tell whether a string, other than one that stands alone or in a signature, is code that something may run."""
    nodes = list(ast.walk(tree))
    named = [
        node for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str) and name in node.value
    ]
    if not any(_names_in_code(node, name) for node in named):
        return False
    others = {id(inner) for node in nodes for part in _not_run(node) for inner in ast.walk(part)}
    return any(_names_in_code(node, name) for node in named if id(node) not in others)


def _names_in_code(string: ast.Constant, name: str) -> bool:
    return any(isinstance(node, ast.Name) and node.id == name for node in ast.walk(_code(str(string.value))))


def _not_run(node: ast.AST) -> Iterator[ast.AST]:
    parts = (getattr(node, "returns", None), node.annotation if isinstance(node, ast.arg) else None)
    alone = node.value if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) else None
    return (part for part in (*parts, alone) if isinstance(part, ast.AST))


def _code(text: str) -> ast.Module:
    try:
        return ast.parse(text.strip())
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.Module([], [])
