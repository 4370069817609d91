"""What a module gives to pytest, and which of its functions empty the pool, without any of it being run."""

import ast
import re
from collections.abc import Iterable, Iterator
from os.path import dirname

from flake8_client_pool.rules.getter_definitions import Definition, parsed
from flake8_client_pool.rules.pytest_module import (
    PytestModule,
    Target,
    arguments_in,
    described,
    names_in,
    texts_in,
)
from flake8_client_pool.syntax.repository import Repository

# Whatever else tests' own code does with the pool is taken for a way to empty it: it is hardly there for anything else.
_TAKING = re.compile(r"_*get(?:_|$)")
_EMPTYING = re.compile(r"_*(?:cache_)?(?:close|clear|empty|reset|drop|purge)", re.IGNORECASE)
_LOADED_MODULES = frozenset(("modules", "import_module", "__import__"))
_OF_INSTANCE = frozenset(("self", "cls"))
# Far beyond what people write, far below the interpreter's own limit.
_LONGEST_CHAIN = 50


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
            self._modules[path] = described(path, parsed(self._repository.read(path)))
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
        names = frozenset(names_in(function))
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
        if any(self._is_pool_itself(module, each) for each in arguments_in(function)):
            return True
        loads = any(name.rpartition(".")[2] in _LOADED_MODULES for name in names)
        return any(
            text.rpartition(".")[2] in self._getters
            or text.startswith(f"{self._pool_module}.")
            or (loads and text == self._pool_module)
            for text in texts_in(function)
        )

    def _is_pool_itself(self, module: PytestModule, dotted: str) -> bool:
        first, *rest = dotted.split(".")
        paths = (self.path_of(module, level, (*parts, *rest)) for level, parts in module.imports.get(first, ()))
        return any(path is not None and self.is_pool(path) for path in paths)

    def _any_empties(self, module: PytestModule, name: str) -> bool:
        return any(self.empties(module, each) for each in module.functions.get(name, ()))

    def _target_empties(self, module: PytestModule, level: int, parts: tuple[str, ...]) -> bool:
        *home, name = parts
        if not level and f"{'.'.join(home)}.".startswith(f"{self._pool_module}."):
            return _leaves_nothing(module, name)
        for end in range(len(home), 0, -1):
            path = self.path_of(module, level, parts[:end])
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
        path = self.path_of(module, level, parts)
        return path is not None and path.endswith(".py") and b"pytest" in self._repository.read(path)

    def _module_at(self, module: PytestModule, level: int, parts: Iterable[str]) -> PytestModule | None:
        path = self.path_of(module, level, parts)
        return self.module(path) if path and path.endswith(".py") and not self.is_pool(path) else None

    def path_of(self, module: PytestModule, level: int, parts: Iterable[str]) -> str | None:
        """Find the file, or folder, of what a module imports; None where it is not the repository's."""
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
