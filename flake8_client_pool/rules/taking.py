"""How the modules of a repository come by their clients: taken from a getter, or built."""

import ast
import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from os.path import dirname

from flake8_client_pool.kinds import ClientKind
from flake8_client_pool.rules.uses import Uses
from flake8_client_pool.syntax.decoding import UndecodableSourceError, decode
from flake8_client_pool.syntax.import_graph import ImportGraph
from flake8_client_pool.syntax.imported_files import ImportedFiles
from flake8_client_pool.syntax.modules import Modules


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
        found = [each for each in _getter_imports(data, kind.getter) if self._is_from_pool(each)]
        if not found:
            return None
        homes = {(each.name, self._home(path, each) if each.deferred else "") for each in found}
        chosen = next((each for each in found if not each.deferred), found[0])
        home = self._home(path, chosen) if chosen.deferred else ""
        if not chosen.use.calls:
            return None
        hindrance = "it comes by the getter in several ways" if len(homes) > 1 else chosen.use.hindrance
        if home.startswith("."):
            hindrance = "it comes by the getter through a relative import"
        keeps = all(each and kind.arguments.get(each) == each for each in chosen.use.keywords)
        return Taking(path, home, chosen.name, keeps, hindrance)

    def _home(self, path: str, statement: "_GetterImport") -> str:
        """Give the absolute name of the module that a statement imports from; a relative one where it is not known."""
        if not statement.level:
            return statement.module
        relative = "." * statement.level + statement.module
        found = (self._modules.repository.relative(dirname(path), relative) or "").removesuffix(".py")
        names = found.removesuffix("/__init__")
        if self._is_pool(f"{names}.py") or self._is_pool(f"{names}/"):
            return self._pool_module + names.rpartition(self._pool_path)[2].replace("/", ".")
        return relative

    def _is_from_pool(self, statement: "_GetterImport") -> bool:
        return bool(statement.level) or f"{statement.module}.".startswith(f"{self._pool_module}.")


def _united(parts: Iterable[Sources]) -> Sources:
    parts = list(parts)
    return Sources(
        frozenset().union(*(each.taking for each in parts)), frozenset().union(*(each.building for each in parts))
    )


@dataclass(frozen=True, slots=True)
class _Use:
    """What a module does with a getter: how often it calls it, by which keywords, and what else."""

    calls: int
    keywords: frozenset[str | None]
    hindrance: str


@dataclass(frozen=True, slots=True)
class _GetterImport:
    """A statement that imports a getter, and the name under which the module calls it."""

    module: str
    level: int
    name: str
    deferred: bool
    use: _Use


@lru_cache(maxsize=4096)
def _getter_imports(data: bytes, getter: str) -> tuple[_GetterImport, ...]:
    """List the imports of what may be a getter in a module, by the bytes of it; the outer ones come first."""
    try:
        nodes = list(_with_times(ast.parse(decode(data))))
    except (SyntaxError, UndecodableSourceError, RecursionError, ValueError):
        return ()
    found: list[_GetterImport] = []
    for node, deferred in nodes:
        for alias in node.names if isinstance(node, ast.ImportFrom) else ():
            if isinstance(node, ast.ImportFrom) and alias.name == getter:
                name = alias.name if deferred else alias.asname or alias.name
                found.append(_GetterImport(node.module or "", node.level, name, deferred, _use_of(name, nodes)))
    return tuple(found)


def _with_times(tree: ast.Module) -> Iterator[tuple[ast.AST, bool]]:
    """Give every node, the outer ones first, and whether it runs only when a function is called."""
    waiting = deque[tuple[ast.AST, bool]]([(tree, False)])
    while waiting:
        node, deferred = waiting.popleft()
        yield node, deferred
        later = _called_later(node)
        waiting += [(child, deferred or id(child) in later) for child in ast.iter_child_nodes(node)]


def _called_later(node: ast.AST) -> frozenset[int]:
    """Tell the parts of a definition that run only when it is called: defaults and decorators run before."""
    if isinstance(node, ast.Lambda):
        return frozenset((id(node.body),))
    return frozenset(map(id, node.body)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else frozenset()


def _use_of(name: str, nodes: list[tuple[ast.AST, bool]]) -> _Use:
    mentions = [(node, deferred) for node, deferred in nodes if isinstance(node, ast.Name) and node.id == name]
    functions = {id(node) for node, _ in mentions}
    calls = [(node, later) for node, later in nodes if isinstance(node, ast.Call) and id(node.func) in functions]
    hindrance = "it hands the getter on" if len(calls) < len(mentions) else ""
    if not all(deferred for _, deferred in calls):
        hindrance = "it takes its client when it is imported"
    return _Use(len(calls), frozenset(keyword.arg for call, _ in calls for keyword in call.keywords), hindrance)
