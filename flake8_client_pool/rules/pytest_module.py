"""One parsed module as pytest sees it: its functions and fixtures, its imports, and the plugins that it loads."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from os.path import basename

from flake8_client_pool.rules.getter_definitions import Definition

_TEST_LIBRARIES = frozenset(("pytest", "unittest"))

Target = tuple[int, tuple[str, ...]]
"""What an import names: how many dots it begins with, and its parts."""


@dataclass(frozen=True, slots=True)
class PytestModule:
    """One parsed module.

    Attributes:
        path: its file.
        definitions: the functions and classes of the module itself, those under conditions too.
        functions: all functions, by their names: those in classes too.
        imports: what each name that is imported anywhere in the module may stand for.
        wildcards: the modules of which all names are imported.
        plugins: the modules that it has pytest load.
    """

    path: str
    definitions: tuple[Definition | ast.ClassDef, ...]
    functions: dict[str, list[Definition]] = field(default_factory=dict)
    imports: dict[str, list[Target]] = field(default_factory=dict)
    wildcards: tuple[Target, ...] = ()
    plugins: tuple[str, ...] = ()

    @property
    def is_of_tests(self) -> bool:
        """Whether the module is the tests' own, and no code that they run."""
        roots = {parts[0] for targets in self.imports.values() for level, parts in targets if not level}
        return "test" in basename(self.path) or not roots.isdisjoint(_TEST_LIBRARIES)

    def classes(self, name: str) -> Iterator[ast.ClassDef]:
        """Give the classes of a name."""
        return (each for each in self.definitions if isinstance(each, ast.ClassDef) and each.name == name)


def described(path: str, tree: ast.Module) -> PytestModule:
    """Describe a parsed module."""
    module = PytestModule(
        path,
        tuple(_definitions(tree.body)),
        wildcards=tuple(_wildcards(tree)),
        plugins=tuple(_plugins(tree)),
    )
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            module.functions.setdefault(node.name, []).append(node)
        for name, target in _imports(node):
            module.imports.setdefault(name, []).append(target)
    return module


def _definitions(body: list[ast.stmt]) -> Iterator[Definition | ast.ClassDef]:
    for statement in body:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield statement
        elif made := _fixture_made_of(statement):
            yield made
        for part in ("body", "orelse", "finalbody") if isinstance(statement, ast.If | ast.Try | ast.With) else ():
            yield from _definitions(getattr(statement, part, []))


def _fixture_made_of(statement: ast.stmt) -> Definition | None:
    """Give `name = fixture(...)(function)` as the function that it stands for."""
    value = statement.value if isinstance(statement, ast.Assign) else None
    if not isinstance(statement, ast.Assign) or not isinstance(value, ast.Call) or len(value.args) != 1:
        return None
    maker, target = value.func, statement.targets[0]
    if not isinstance(target, ast.Name) or not isinstance(maker, ast.Call):
        return None
    made = ast.parse(f"def {target.id}(): ...").body[0]
    if not isinstance(made, ast.FunctionDef):
        return None
    made.decorator_list, made.body = [maker], [ast.Expr(value.args[0])]
    return made


def _imports(node: ast.AST) -> Iterator[tuple[str, Target]]:
    if isinstance(node, ast.Import):
        for alias in node.names:
            parts = tuple(alias.name.split("."))
            yield (alias.asname, (0, parts)) if alias.asname else (parts[0], (0, parts[:1]))
    elif isinstance(node, ast.ImportFrom):
        home = tuple(node.module.split(".")) if node.module else ()
        for alias in node.names:
            if alias.name != "*":
                yield alias.asname or alias.name, (node.level, (*home, alias.name))


def _wildcards(tree: ast.Module) -> Iterator[Target]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.names[0].name == "*":
            yield node.level, tuple(node.module.split(".")) if node.module else ()


def _plugins(tree: ast.Module) -> Iterator[str]:
    for statement in tree.body:
        targets, value = _assigned(statement)
        if value and "pytest_plugins" in map(ast.unparse, targets):
            for node in ast.walk(value):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield from re.split(r"[\s,]+", node.value)


def _assigned(statement: ast.stmt) -> tuple[list[ast.expr], ast.expr | None]:
    if isinstance(statement, ast.AnnAssign):
        return [statement.target], statement.value
    return (statement.targets, statement.value) if isinstance(statement, ast.Assign) else ([], None)


def names_in(function: Definition | ast.ClassDef) -> Iterator[str]:
    """Give the dotted names that stand in the body of a function: `pool.close_all_clients`."""
    for statement in function.body:
        for node in ast.walk(statement):
            if isinstance(node, ast.Name | ast.Attribute) and (dotted := _dotted(node)):
                yield dotted


def arguments_in(function: Definition) -> Iterator[str]:
    """Give the dotted names that a function hands on as arguments: `setattr(pool, "clients", {})`."""
    for node in ast.walk(function):
        for argument in node.args if isinstance(node, ast.Call) else ():
            if dotted := _dotted(argument):
                yield dotted


def texts_in(function: Definition | ast.ClassDef) -> Iterator[str]:
    """Give the texts in the body of a function, but for its docstring."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    for statement in body:
        for node in ast.walk(statement):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.value


def _dotted(node: ast.expr) -> str:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""


def fixture_decorator(module: PytestModule, function: Definition) -> ast.expr | None:
    """Give the decorator that makes a function a fixture: `@pytest.fixture`, `@fixture(...)` and its like."""
    for decorator in function.decorator_list:
        called = ast.unparse(decorator.func if isinstance(decorator, ast.Call) else decorator)
        targets = module.imports.get(called, ())
        if called.rpartition(".")[2] == "fixture" or any(parts[-1] == "fixture" for _, parts in targets):
            return decorator
    return None


def keywords(decorator: ast.expr) -> dict[str | None, object]:
    """Give the keyword arguments of a decorator that are plain values."""
    given = decorator.keywords if isinstance(decorator, ast.Call) else []
    return {each.arg: each.value.value for each in given if isinstance(each.value, ast.Constant)}
