"""How the modules of a repository come by their clients: taken from a getter, or built."""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from os.path import dirname

from flake8_client_pool.kinds import ClientKind
from flake8_client_pool.rules.uses import Uses
from flake8_client_pool.syntax.decoding import UndecodableSourceError, decode
from flake8_client_pool.syntax.import_graph import ImportGraph
from flake8_client_pool.syntax.imported_files import ImportedFiles
from flake8_client_pool.syntax.modules import Modules

_DEFERRED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


@dataclass(frozen=True, slots=True)
class Taking:
    """How one module takes clients of one kind from a getter.

    Attributes:
        path: the module's file.
        home: the module in which the calls look the getter up; empty for the module itself.
        name: the getter's name there.
        keeps_arguments: whether its calls would pass the client's own class the same arguments.
        hindrance: why a stand-in for the getter would not reach all that the module takes; mostly empty.
    """

    path: str
    home: str
    name: str
    keeps_arguments: bool
    hindrance: str = ""


@dataclass(frozen=True, slots=True)
class Sources:
    """Where a module, and all that it imports, gets clients of one kind."""

    taking: frozenset[Taking] = frozenset()
    building: frozenset[str] = frozenset()


class Takers:
    """Knows which modules take their clients from the getters of a pool module."""

    def __init__(self, modules: Modules, pool_module: str) -> None:
        """Look at files through `modules`; what lies in `pool_module` itself does not count."""
        self._modules = modules
        self._pool_module = pool_module
        self._pool_path = "/" + pool_module.replace(".", "/")
        self._imported = ImportedFiles(modules.repository)
        self._graphs: dict[str, ImportGraph[Sources]] = {}

    def reached(self, path: str, kind: ClientKind) -> Sources:
        """Tell where the module at a path, and all that it imports, gets clients of a kind."""
        if kind.name not in self._graphs:
            def sum_up(members: list[str], imported: list[Sources]) -> Sources:
                return _united([*imported, *(self.of(each, kind) for each in members)])

            self._graphs[kind.name] = ImportGraph(self._imports, sum_up)
        return self._graphs[kind.name].summary(path)

    def of(self, path: str, kind: ClientKind) -> Sources:
        """Tell where one module gets clients of a kind."""
        if not path.endswith(".py") or self._is_pool(path):
            return Sources()
        data = self._modules.repository.read(path)
        taking = self._taking(path, data, kind) if kind.getter.encode() in data else None
        building = {path} if self._builds(path, data, kind) else set()
        return Sources(frozenset((taking,) if taking else ()), frozenset(building))

    def nearest_building(self, path: str, kind: ClientKind) -> frozenset[str]:
        """Give the modules that a file gets clients of a kind from if they build them.

        Asked are the file itself, then all that it imports, then all that these import, until one answers.
        """
        level, seen = frozenset((path,)), frozenset[str]()
        while level:
            sources = _united(self.of(each, kind) for each in level)
            if sources.building or sources.taking:
                return sources.building
            seen |= level
            level = frozenset().union(*map(self._imports, level)) - seen
        return frozenset()

    def _imports(self, path: str) -> frozenset[str]:
        # A stand-in for a getter keeps the pool from running, and with it all that only the pool needs.
        if not path.endswith(".py") or self._is_pool(path):
            return frozenset()
        return self._imported.by(dirname(path), self._modules.repository.read(path))

    def _is_pool(self, path: str) -> bool:
        return f"{self._pool_path}/" in path or path.endswith(f"{self._pool_path}.py")

    def _builds(self, path: str, data: bytes, kind: ClientKind) -> bool:
        words = {name.rpartition(".")[2] for name in kind.constructors}
        if not any(re.search(rb"\b%s\s*\(" % word.encode(), data) for word in words):
            return False
        names = self._modules.names(path)
        built = Uses(names, tuple(sorted(words))).built if names else ()
        return any(use.construction.kind.name == kind.name for use in built)

    def _taking(self, path: str, data: bytes, kind: ClientKind) -> Taking | None:
        try:
            tree = ast.parse(decode(data))
        except (SyntaxError, UndecodableSourceError, RecursionError, ValueError):
            return None
        imports = list(self._getter_imports(path, tree, kind))
        if not imports:
            return None
        own = [name for name, home in imports if not home]
        name, home = (own[0], "") if own else imports[0]
        uses = _Uses(tree, name)
        if not uses.calls:
            return None
        hindrance = "it comes by the getter in several ways" if len(set(imports)) > 1 else uses.hindrance
        if home.startswith("."):
            hindrance = "it comes by the getter through a relative import"
        return Taking(path, home, name, uses.keep_arguments(kind), hindrance)

    def _getter_imports(self, path: str, tree: ast.Module, kind: ClientKind) -> Iterator[tuple[str, str]]:
        """Give the names under which a module imports a getter, and where it looks each up when it calls it."""
        inner = {id(node) for each in ast.walk(tree) if isinstance(each, _DEFERRED) for node in ast.walk(each)}
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and self._is_from_pool(node):
                for alias in node.names:
                    if alias.name == kind.getter:
                        deferred = id(node) in inner
                        name = alias.name if deferred else alias.asname or alias.name
                        yield name, self._home(path, node) if deferred else ""

    def _home(self, path: str, statement: ast.ImportFrom) -> str:
        """Give the absolute name of the module that a statement imports from; a relative one where it is not known."""
        if not statement.level:
            return statement.module or ""
        relative = "." * statement.level + (statement.module or "")
        found = (self._modules.repository.relative(dirname(path), relative) or "").removesuffix(".py")
        names = found.removesuffix("/__init__")
        if self._is_pool(f"{names}.py") or self._is_pool(f"{names}/"):
            return self._pool_module + names.rpartition(self._pool_path)[2].replace("/", ".")
        return relative

    def _is_from_pool(self, statement: ast.ImportFrom) -> bool:
        return bool(statement.level) or f"{statement.module}.".startswith(f"{self._pool_module}.")


def _united(parts: Iterable[Sources]) -> Sources:
    parts = list(parts)
    return Sources(
        frozenset().union(*(each.taking for each in parts)), frozenset().union(*(each.building for each in parts))
    )


class _Uses:
    """What a module does with a getter."""

    def __init__(self, tree: ast.Module, name: str) -> None:
        self.calls: list[ast.Call] = []
        self.hindrance = ""
        self._name = name
        self._visit(tree, deferred=False)

    def keep_arguments(self, kind: ClientKind) -> bool:
        """Tell whether the client's class would be given the same keywords."""
        keywords = {keyword.arg for call in self.calls for keyword in call.keywords}
        return all(keyword and kind.arguments.get(keyword) == keyword for keyword in keywords)

    def _visit(self, node: ast.AST, *, deferred: bool) -> None:
        waiting = [(node, deferred)]
        while waiting:
            current, later = waiting.pop()
            function = current.func if isinstance(current, ast.Call) else None
            if isinstance(current, ast.Call) and isinstance(function, ast.Name) and function.id == self._name:
                self.calls.append(current)
                if not later:
                    self.hindrance = "it takes its client when it is imported"
            elif isinstance(current, ast.Name) and current.id == self._name:
                self.hindrance = "it hands the getter on"
            called = function if isinstance(function, ast.Name) else None
            children = (child for child in ast.iter_child_nodes(current) if child is not called)
            waiting += [(child, later or _is_deferred(current, child)) for child in children]


def _is_deferred(parent: ast.AST, child: ast.AST) -> bool:
    """Tell whether a part of a definition runs only when it is called: defaults and decorators run before."""
    if isinstance(parent, ast.Lambda):
        return child is parent.body
    return isinstance(parent, ast.FunctionDef | ast.AsyncFunctionDef) and any(child is each for each in parent.body)
