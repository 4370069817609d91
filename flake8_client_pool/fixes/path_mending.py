"""Where a file changes the path that its own packages are imported by."""

import ast
import re
from collections.abc import Iterator

from flake8_client_pool.fixes.layout import Layout

_CHANGING = frozenset(("insert", "append", "extend"))
_WORDS = ("sys.path", "sys import path", "addsitedir", "syspath")
# Most code can be told by its text to change no path; looking at each of its nodes takes long.
_MAY_CHANGE = re.compile(r"\bpath\s*\)*\s*(?:\.\s*(?:insert|append|extend)|\[|\+?=)|addsitedir")


def mends_path(layout: Layout, statement: ast.stmt, functions: frozenset[str] = frozenset()) -> bool:
    """Tell whether a statement changes `sys.path`, itself or by a call of one of `functions`."""
    text = layout.text[layout.start(statement) : layout.end(statement)]
    if not _MAY_CHANGE.search(text) and not any(name in text for name in functions):
        return False
    return any(_is_change(node, functions) for node in _running(statement))


def mending_functions(layout: Layout) -> frozenset[str]:
    """Name the functions of a module that change `sys.path`."""
    definitions = [
        statement
        for body in layout.bodies
        for statement in body
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    return frozenset(
        definition.name
        for definition in definitions
        if any(mends_path(layout, each) for each in definition.body)
    )


def may_mend_path(text: str) -> bool:
    """Tell by its words whether a source could mend the import path."""
    return any(word in text for word in _WORDS)


def mends_path_anywhere(layout: Layout) -> bool:
    """Tell whether the path is mended anywhere in a module, be it in a function or only in a script."""
    return bool(mending_functions(layout)) or any(mends_path(layout, each) for each in layout.tree.body)


def is_main_guard(statement: ast.stmt) -> bool:
    """Tell whether a statement is `if __name__ == "__main__"`."""
    return isinstance(statement, ast.If) and "__name__" in ast.unparse(statement.test)


def _running(statement: ast.AST) -> Iterator[ast.AST]:
    """Give the parts of a statement that run with it: not the bodies of functions that it defines."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        return
    yield statement
    for child in ast.iter_child_nodes(statement):
        yield from _running(child)


def _is_change(node: ast.AST, functions: frozenset[str]) -> bool:
    if isinstance(node, ast.Call):
        function = node.func
        if isinstance(function, ast.Attribute):
            return (function.attr in _CHANGING and _is_path(function.value)) or function.attr == "addsitedir"
        return isinstance(function, ast.Name) and function.id in functions
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AugAssign) else []
    return any(_is_path(target.value if isinstance(target, ast.Subscript) else target) for target in targets)


def _is_path(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "path" and ast.unparse(node.value).endswith("sys")
