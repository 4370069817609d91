"""Where a file begins to use what it defines itself: an import for its functions has to stand above."""

import ast
import builtins
from collections.abc import Iterator

from flake8_client_pool.fixes.layout import Layout
from flake8_client_pool.fixes.path_mending import mending_functions, mends_path

_REACHING_ALL = frozenset(("globals", "locals", "vars", "exec", "eval"))
_KNOWN = frozenset((*dir(builtins), "__file__", "__path__")) - _REACHING_ALL


def first_run(layout: Layout) -> int:
    """Give the offset of the first statement that may call a function of the file; the end of the text if none does.

    A statement that names nothing but what is imported, or made of that, calls none.
    """
    known = set(_KNOWN)
    mending = mending_functions(layout)
    for statement in layout.tree.body:
        nodes = list(_running(statement))
        used = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
        inside = known.union(_bound(list(_running(statement.value)) if isinstance(statement, ast.Assign) else nodes))
        if not used <= inside and not mends_path(layout, statement, mending):
            return layout.line_start(min([statement.lineno, *(node.lineno for node in _decorators(statement))]))
        if not any(isinstance(node, ast.Lambda | ast.FunctionDef | ast.AsyncFunctionDef) for node in nodes):
            known |= set(_bound(nodes))
    return len(layout.text)


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
