"""Where a file begins to use what it defines itself: an import for its functions has to stand above."""

import ast
import builtins
from collections.abc import Iterable, Iterator

from flake8_client_pool.fixes.imports.path_mending import PathMending
from flake8_client_pool.fixes.layout import Layout

_REACHING_ALL = frozenset(("globals", "locals", "vars", "exec", "eval"))
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_KNOWN = frozenset((*dir(builtins), "__file__", "__path__")) - _REACHING_ALL


def first_run(layout: Layout) -> int:
    """Give the offset of the first statement that may call a function of the file; the end of the text if none does.

    A statement that names nothing but what is imported, or made of that, calls none.
    """
    known = set(_KNOWN)
    mending = PathMending(layout)
    for statement in layout.tree.body:
        nodes = list(_running(statement))
        used = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
        inside = known.union(_bound(list(_running(statement.value)) if isinstance(statement, ast.Assign) else nodes))
        if not used <= inside and not mending.is_done_by(statement):
            return layout.line_start(min([statement.lineno, *(node.lineno for node in _decorators(statement))]))
        if not any(isinstance(node, ast.Lambda | ast.FunctionDef | ast.AsyncFunctionDef) for node in nodes):
            known |= set(_bound(nodes))
    return len(layout.text)


def may_run_before(layout: Layout, name: str, offset: int) -> bool:
    """Tell whether what stands above an offset may call a function, or make an object of a class, defined in the file.

    One without a name may be called by whatever names anything that the file defines.
    """
    if not name:
        return first_run(layout) < offset
    definitions = {each.name: each for body in layout.bodies for each in body if isinstance(each, _DEFINITIONS)}
    above = [each for each in layout.tree.body if layout.start(each) < offset]
    waiting = {found for each in above for found in _used(_running(each))}
    waiting |= {each.name for each in definitions.values() if not definitions.keys().isdisjoint(_decorating(each))}
    reached: set[str] = set()
    while waiting:
        reached |= waiting
        called = (definitions[each] for each in waiting & definitions.keys())
        waiting = {found for each in called for found in _used(ast.walk(each))} - reached
    return name in reached or not _REACHING_ALL.isdisjoint(reached)


def _used(nodes: Iterable[ast.AST]) -> Iterator[str]:
    return (node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load))


def _decorating(definition: ast.stmt) -> Iterator[str]:
    return (found for each in _decorators(definition) for found in _used(ast.walk(each)))


def _running(node: ast.AST) -> Iterator[ast.AST]:
    """Give the parts of a statement that run when the module is imported, in no order."""
    waiting = [node]
    while waiting:
        part = waiting.pop()
        yield part
        if isinstance(part, ast.FunctionDef | ast.AsyncFunctionDef):
            waiting += [*part.decorator_list, *part.args.defaults, *filter(None, part.args.kw_defaults)]
        elif not isinstance(part, ast.Lambda):
            waiting += ast.iter_child_nodes(part)


def _decorators(statement: ast.stmt) -> list[ast.expr]:
    found: list[ast.expr] = getattr(statement, "decorator_list", [])
    return found


def _bound(nodes: list[ast.AST]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.alias):
            yield node.asname or node.name.partition(".")[0]
        elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            yield node.id
        elif isinstance(node, ast.ExceptHandler) and node.name:
            yield node.name
