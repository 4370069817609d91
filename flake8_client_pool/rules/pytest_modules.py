"""What a module gives to pytest, and which of its functions empty the pool, without any of it being run."""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from os.path import basename, dirname

from flake8_client_pool.rules.getter_definitions import Definition, parsed
from flake8_client_pool.syntax.repository import Repository

# Whatever else tests' own code does with the pool is taken for a way to empty it: it is hardly there for anything else.
_TAKING = re.compile(r"_*get(?:_|$)")
_EMPTYING = re.compile(r"_*(?:cache_)?(?:close|clear|empty|reset|drop|purge)", re.IGNORECASE)
_TEST_LIBRARIES = frozenset(("pytest", "unittest"))
_LOADED_MODULES = frozenset(("modules", "import_module", "__import__"))
_OF_INSTANCE = frozenset(("self", "cls"))
# Far beyond what people write, far below the interpreter's own limit.
_LONGEST_CHAIN = 50

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


class PytestModules:
    """Reads modules of a repository with a pool, and tells what in them empties it."""

    def __init__(self, repository: Repository, pool_module: str, getters: frozenset[str]) -> None:
        """Look for what is done with `pool_module`, and in the place of `getters`, in files of `repository`."""
        self._getters = getters
        self._repository = repository
        self._pool_module = pool_module
        self._pool_path = "/" + pool_module.replace(".", "/")
        self._pool_name = pool_module.rpartition(".")[2].encode()
        self._modules: dict[str, PytestModule] = {}
        self._known: dict[Definition, bool] = {}
        self._depth = 0

    def module(self, path: str) -> PytestModule:
        """Give the module at a path; it is empty where it does not parse."""
        self._repository.followed.add(path)
        if path not in self._modules:
            self._modules[path] = _described(path, parsed(self._repository.read(path)))
        return self._modules[path]

    def forget(self, path: str) -> None:
        """Read a module anew when it is asked for again."""
        self._modules.pop(path, None)

    def is_pool(self, path: str) -> bool:
        """Tell whether a file is the pool module, a part of it, or a copy of it."""
        return f"{self._pool_path}/" in path or path.endswith(f"{self._pool_path}.py")

    def empties(self, module: PytestModule, function: Definition) -> bool:
        """Tell whether a function calls what empties the pool, or replaces it, itself or through others."""
        if function in self._known or self._depth > _LONGEST_CHAIN:
            return self._known.get(function, False)
        self._known[function] = False
        self._depth += 1
        names = frozenset(_names_in(function))
        self._known[function] = self._replaces(module, function, names) or any(
            self._is_emptying(module, each) for each in names
        )
        self._depth -= 1
        return self._known[function]

    def imported(self, module: PytestModule) -> Iterator[tuple[PytestModule, Definition | ast.ClassDef]]:
        """Give the functions and classes that a module imports from others of the repository that name pytest."""
        for level, parts in (target for targets in module.imports.values() for target in targets):
            if self._knows_pytest(module, level, parts[:-1]):
                yield from self.at(module, (level, parts))
        for level, parts in module.wildcards:
            if self._knows_pytest(module, level, parts) and (other := self._module_at(module, level, parts)):
                yield from _paired(other, (each for each in other.definitions if each.name[0] != "_"))

    def at(self, module: PytestModule, target: Target) -> Iterator[tuple[PytestModule, Definition | ast.ClassDef]]:
        """Give the functions or classes that an import in a module names."""
        level, parts = target
        if other := self._module_at(module, level, parts[:-1]):
            yield from _paired(other, (each for each in other.definitions if each.name == parts[-1]))

    def plugin(self, module: str, folder: str) -> PytestModule | None:
        """Give a plugin by its dotted name; None where the repository has none of this name."""
        path = self._repository.find(module, folder)
        return self.module(path) if path and path.endswith(".py") else None

    def _is_emptying(self, module: PytestModule, dotted: str) -> bool:
        first, *rest = dotted.split(".")
        if first in _OF_INSTANCE and rest:
            return self._any_empties(module, rest[-1])
        targets = [(level, (*parts, *rest)) for level, parts in module.imports.get(first, ())]
        if not targets and not rest:
            if self._any_empties(module, first):
                return True
            targets = [(level, (*parts, first)) for level, parts in module.wildcards]
        return any(self._target_empties(module, *target) for target in targets)

    def _replaces(self, module: PytestModule, function: Definition, names: frozenset[str]) -> bool:
        """Tell whether a function hands the pool on, names a getter or a part of the pool as text, or looks it up."""
        if not module.is_of_tests:
            return False
        if any(self._is_pool_itself(module, each) for each in _arguments_in(function)):
            return True
        loads = any(name.rpartition(".")[2] in _LOADED_MODULES for name in names)
        return any(
            text.rpartition(".")[2] in self._getters
            or text.startswith(f"{self._pool_module}.")
            or (loads and text == self._pool_module)
            for text in _texts_in(function)
        )

    def _is_pool_itself(self, module: PytestModule, dotted: str) -> bool:
        first, *rest = dotted.split(".")
        paths = (self._path(module, level, (*parts, *rest)) for level, parts in module.imports.get(first, ()))
        return any(path is not None and self.is_pool(path) for path in paths)

    def _any_empties(self, module: PytestModule, name: str) -> bool:
        return any(self.empties(module, each) for each in module.functions.get(name, ()))

    def _target_empties(self, module: PytestModule, level: int, parts: tuple[str, ...]) -> bool:
        *home, name = parts
        if not level and f"{'.'.join(home)}.".startswith(f"{self._pool_module}."):
            return _leaves_nothing(module, name)
        for end in range(len(home), 0, -1):
            path = self._path(module, level, parts[:end])
            if path and path.endswith(".py"):
                member = ".".join(parts[end:])
                if self.is_pool(path):
                    return _leaves_nothing(module, name)
                return self._may_empty(path) and self._is_emptying(self.module(path), member)
        return False

    def _may_empty(self, path: str) -> bool:
        """Tell from the bytes of a module whether it could do anything with the pool: most need no parse."""
        self._repository.followed.add(path)
        return self._pool_name in self._repository.read(path)

    def _knows_pytest(self, module: PytestModule, level: int, parts: Iterable[str]) -> bool:
        """Tell from its bytes whether a module could have fixtures or hooks: most that tests import need no parse."""
        path = self._path(module, level, parts)
        return path is not None and path.endswith(".py") and b"pytest" in self._repository.read(path)

    def _module_at(self, module: PytestModule, level: int, parts: Iterable[str]) -> PytestModule | None:
        path = self._path(module, level, parts)
        return self.module(path) if path and path.endswith(".py") and not self.is_pool(path) else None

    def _path(self, module: PytestModule, level: int, parts: Iterable[str]) -> str | None:
        folder, dotted = dirname(module.path), ".".join(parts)
        if level:
            return self._repository.relative(folder, "." * level + dotted)
        return self._repository.find(dotted, folder) if dotted else None


def _leaves_nothing(module: PytestModule, name: str) -> bool:
    """Tell whether a module empties the pool by what it uses of it under a name."""
    return not _TAKING.match(name) if module.is_of_tests else bool(_EMPTYING.match(name))


def _paired(
    module: PytestModule, definitions: Iterable[Definition | ast.ClassDef]
) -> Iterator[tuple[PytestModule, Definition | ast.ClassDef]]:
    return ((module, each) for each in definitions)


def _described(path: str, tree: ast.Module) -> PytestModule:
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


def _names_in(function: Definition) -> Iterator[str]:
    """Give the dotted names that stand in the body of a function: `pool.close_all_clients`."""
    for statement in function.body:
        for node in ast.walk(statement):
            if isinstance(node, ast.Name | ast.Attribute) and (dotted := _dotted(node)):
                yield dotted


def _arguments_in(function: Definition) -> Iterator[str]:
    """Give the dotted names that a function hands on as arguments: `setattr(pool, "clients", {})`."""
    for node in ast.walk(function):
        for argument in node.args if isinstance(node, ast.Call) else ():
            if dotted := _dotted(argument):
                yield dotted


def _texts_in(function: Definition) -> Iterator[str]:
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
