"""Where a file changes the path that its own packages are imported by."""

import ast
import re
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Self

from flake8_client_pool.fixes.layout import Layout, may_mend_path

_CHANGING = frozenset(("insert", "append", "extend"))
_IMPORTING = frozenset(("import_module", "__import__"))
# Most code can be told by its text to change no path; looking at each of its nodes takes long.
_MAY_CHANGE = re.compile(r"\bpath\s*\)*\s*(?:\.\s*(?:insert|append|extend)|\[|\+?=)|addsitedir")


class PathMending:
    """What a module does to the import path.

    Attributes:
        layout: the module.
    """

    def __init__(self, layout: Layout, elsewhere: Callable[[str], Self | None] = lambda _: None) -> None:
        """Look at a module; `elsewhere` gives the same of other modules that may mend the path for it."""
        self.layout = layout
        self._elsewhere = elsewhere

    @property
    def is_possible(self) -> bool:
        """Whether the path could be mended, by the words of the module or by what it imports."""
        return may_mend_path(self.layout.text) or bool(self._others)

    @cached_property
    def is_anywhere(self) -> bool:
        """Whether the path is mended anywhere in the module, be it in a function or only in a script."""
        return bool(self.functions) or any(map(self.is_done_by, self.layout.tree.body))

    @cached_property
    def is_done_on_import(self) -> bool:
        """Whether the path is mended when the module is imported."""
        return any(self.is_done_by(each) for each in self.layout.tree.body if not is_main_guard(each))

    @cached_property
    def functions(self) -> frozenset[str]:
        """The functions that change the path, as the module calls them."""
        definitions = (each for each in self._statements if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef))
        own = {each.name for each in definitions if any(self._is_done_by(part, frozenset()) for part in each.body)}
        return frozenset(own.union(*map(self._imported_functions, self._statements)))

    def is_done_by(self, statement: ast.stmt) -> bool:
        """Tell whether a statement changes the path: itself, by a call, or by an import of another module."""
        return self._is_done_by(statement, self.functions)

    def _is_done_by(self, statement: ast.stmt, functions: frozenset[str]) -> bool:
        text = self.layout.text[self.layout.start(statement) : self.layout.end(statement)]
        names = (*functions, *self._paths, *self._others)
        if not _MAY_CHANGE.search(text) and not any(name.rpartition(".")[2] in text for name in names):
            return False
        return any(self._is_change(node, functions) for node in _running(statement))

    def _is_change(self, node: ast.AST, functions: frozenset[str]) -> bool:
        if any(other.is_done_on_import for other in map(self._others.get, _imported(node)) if other):
            return True
        if isinstance(node, ast.Call):
            return self._is_changing_call(node, functions)
        if isinstance(node, ast.AugAssign):
            return self._is_path(node.target)
        targets = node.targets if isinstance(node, ast.Assign) else []
        parts = [target.value if isinstance(target, ast.Subscript) else target for target in targets]
        return any(self._is_path(part) for part in parts if not (isinstance(part, ast.Name) and part in targets))

    def _is_changing_call(self, node: ast.Call, functions: frozenset[str]) -> bool:
        function = node.func
        if isinstance(function, ast.Attribute):
            if function.attr == "addsitedir" or (function.attr in _CHANGING and self._is_path(function.value)):
                return True
        elif not isinstance(function, ast.Name):
            return False
        called = ast.unparse(function)
        is_code = called == "exec" and bool(node.args) and _MAY_CHANGE.search(str(_constant(node.args[0])))
        return called == "addsitedir" or called in functions or bool(is_code)

    def _is_path(self, node: ast.expr) -> bool:
        return _is_sys_path(node) or (isinstance(node, ast.Name) and node.id in self._paths)

    @property
    def _statements(self) -> Iterator[ast.stmt]:
        return (statement for body in self.layout.bodies for statement in body)

    @cached_property
    def _paths(self) -> frozenset[str]:
        """The names that stand for `sys.path`."""
        return frozenset(name for each in self._statements for name in _names_of_path(each))

    @cached_property
    def _others(self) -> dict[str, Self]:
        """The modules elsewhere that this one imports and that may mend the path."""
        by_name = any(word in self.layout.text for word in _IMPORTING)
        nodes = ast.walk(self.layout.tree) if by_name else self._statements
        names = {name for node in nodes for name in _imported(node)}
        return {name: other for name in sorted(names) if (other := self._elsewhere(name))}

    def _imported_functions(self, statement: ast.stmt) -> Iterator[str]:
        if not isinstance(statement, ast.Import | ast.ImportFrom):
            return
        above = f"{statement.module}." if isinstance(statement, ast.ImportFrom) else ""
        other = self._others.get(above[:-1])
        for alias in statement.names:
            bound = alias.asname or alias.name
            if other and alias.name in other.functions:
                yield bound
            if module := self._others.get(above + alias.name):
                yield from (f"{bound}.{function}" for function in module.functions)


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


def _imported(node: ast.AST) -> Iterator[str]:
    """Name the modules that a node imports, and what may be one; relative ones lie where the module itself does."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
        yield from (node.module, *(f"{node.module}.{alias.name}" for alias in node.names))
    elif isinstance(node, ast.Call) and node.args and ast.unparse(node.func).rpartition(".")[2] in _IMPORTING:
        yield str(_constant(node.args[0]))


def _names_of_path(statement: ast.stmt) -> Iterator[str]:
    if isinstance(statement, ast.ImportFrom) and statement.module == "sys":
        yield from (alias.asname or alias.name for alias in statement.names if alias.name == "path")
    elif isinstance(statement, ast.Assign) and _is_sys_path(statement.value):
        yield from (target.id for target in statement.targets if isinstance(target, ast.Name))


def _is_sys_path(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "path" and ast.unparse(node.value).endswith("sys")


def _constant(node: ast.expr) -> object:
    return node.value if isinstance(node, ast.Constant) else ""
