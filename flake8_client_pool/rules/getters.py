"""What the getters of the pool module take, read from their definitions."""

import ast
import importlib.util
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from os.path import basename, dirname, join

from flake8_client_pool.kinds import ClientKind
from flake8_client_pool.rules.getter_definitions import (
    Definition,
    Getter,
    defined,
    described,
    fault_of,
    imported,
    parsed,
    says_true,
)
from flake8_client_pool.syntax.repository import Repository

BUNDLED_POOL = "shared_clients"
PROTECTION_MARK = "PROTECTS_BORROWED_CLIENTS"
_LONGEST_CHAIN_OF_REEXPORTS = 10


class NoGetterError(ValueError):
    """The pool module has no such getter, or none that can be read; the text says so in a few words."""


@dataclass(frozen=True, slots=True)
class _Found:
    getter: Getter
    followed: frozenset[str] = field(default_factory=frozenset)


class Getters:
    """Finds the getters of one pool module as files of a repository see them."""

    def __init__(self, repository: Repository, pool_module: str) -> None:
        """Read getters from `pool_module` where it lies in `repository`, or where it is installed."""
        self.module = pool_module
        self._repository = repository
        self._known: dict[tuple[str, str], _Found | str] = {}
        self._trees: dict[str, ast.Module] = {}

    def find(self, kind: ClientKind, folder: str) -> Getter:
        """Give a kind's getter as a file in the absolute `folder` would import it.

        Raises:
            NoGetterError: there is none to be had there.
        """
        key = (folder, kind.name)
        if key not in self._known:
            self._known[key] = self._read(kind, folder)
        found = self._known[key]
        if isinstance(found, str):
            raise NoGetterError(found)
        self._repository.followed |= found.followed
        return found.getter

    def module_with(self, function: str, folder: str) -> str:
        """Name the module of the repository that a file in `folder` can import a function of the pool from.

        Empty where the pool module is not the repository's own, or has no such function.
        """
        try:
            getter = self._in_repository(function, folder)
        except NoGetterError:
            return ""
        return getter.module if getter else ""

    def _read(self, kind: ClientKind, folder: str) -> _Found | str:
        before = self._repository.followed
        self._repository.followed = set()
        try:
            getter = self._in_repository(kind.getter, folder) or self._elsewhere(kind)
            return _Found(getter, frozenset(self._repository.followed))
        except NoGetterError as error:
            return str(error)
        finally:
            self._repository.followed |= before

    def _in_repository(self, name: str, folder: str) -> Getter | None:
        missing: list[str] = []
        for path in self._places(folder):
            if not path.endswith(".py"):
                if submodule := self._submodule_with(path, name):
                    return self._getter(name, f"{self.module}.{submodule}", join(path, f"{submodule}.py"), missing)
                missing.append(path)
            elif getter := self._getter(name, self.module, path, missing):
                return getter
            else:
                raise NoGetterError(f"{self.module} has no {name}")
        if missing:
            raise NoGetterError(f"{self.module} has no {name}")
        return None

    def _places(self, folder: str) -> Iterator[str]:
        """Find the pool module upward from a folder, the nearest first.

        Folders without `__init__.py` are parts of one namespace package (PEP 420): Python goes on to a complete
        package behind them on the import path, and so does the search.
        """
        for base in self._repository.folders_above(folder):
            first, _, rest = self.module.partition(".")
            if f"{first}.py" in self._repository.entries(base) or first in self._repository.entries(base):
                path = self._repository.inside(join(base, first), rest)
                if path:
                    yield path

    def _submodule_with(self, package: str, name: str) -> str | None:
        for entry in sorted(self._repository.entries(package)):
            if entry.endswith(".py") and defined(self._tree(join(package, entry)), name):
                return entry.removesuffix(".py")
        return None

    def _getter(self, name: str, module: str, path: str, missing: list[str]) -> Getter | None:
        definition = self._definition(path, name, _LONGEST_CHAIN_OF_REEXPORTS)
        if definition is None:
            return None
        if fault := fault_of(definition):
            raise NoGetterError(f"{name} {fault}")
        return described(
            definition,
            module,
            protects=self._is_protecting(path),
            in_repository=True,
            missing_in=tuple(missing),
        )

    def _definition(self, path: str, name: str, depth: int) -> Definition | None:
        tree = self._tree(path)
        if found := defined(tree, name):
            return found
        for module, level, original in imported(tree, name) if depth else ():
            target = self._module_path(path, module, level)
            if target and (found := self._definition(target, original, depth - 1)):
                return found
        return None

    def _module_path(self, path: str, module: str, level: int) -> str | None:
        folder = dirname(path)
        if level:
            return self._repository.relative(folder, "." * level + module)
        if module == self.module or module.startswith(f"{self.module}."):
            # The pool module's own parts lie beside it, whatever else carries the same name.
            base = folder if basename(path) == "__init__.py" else dirname(folder)
            return self._repository.inside(base, module[len(self.module) :].lstrip("."))
        return self._repository.find(module, folder)

    def _tree(self, path: str) -> ast.Module:
        if path not in self._trees:
            self._trees[path] = parsed(self._repository.read(path)) if path.endswith(".py") else ast.Module([], [])
        self._repository.followed.add(path)
        return self._trees[path]

    def _is_protecting(self, path: str) -> bool:
        inside = join(dirname(path), "__init__.py")
        trees = (self._tree(each) for each in dict.fromkeys((path, inside)))
        return self.module == BUNDLED_POOL or any(says_true(tree, PROTECTION_MARK) for tree in trees)

    def _elsewhere(self, kind: ClientKind) -> Getter:
        if path := _installed(self.module):
            if getter := self._getter(kind.getter, self.module, path, []):
                return Getter(
                    **{
                        **{name: getattr(getter, name) for name in Getter.__slots__},
                        "in_repository": False,
                    }
                )
            raise NoGetterError(f"{self.module} has no {kind.getter}")
        return by_table(kind, self.module)


def by_table(kind: ClientKind, module: str) -> Getter:
    """Describe the getter of a kind by what the table maps to it."""
    keywords = [keyword for keyword in kind.arguments.values() if keyword]
    positional = tuple(keyword for keyword in keywords[:1] if keyword == "project_id")
    bundled = module == BUNDLED_POOL
    return Getter(kind.getter, module, positional, frozenset(keywords), protects=bundled, is_read=bundled)


def _installed(module: str) -> str | None:
    """Find the source of an installed module without running any of it."""
    first, *rest = module.split(".")
    try:
        spec = importlib.util.find_spec(first)
    except (ImportError, ValueError):
        return None
    if spec is None or spec.origin is None or not spec.origin.endswith(".py"):
        return None
    path = spec.origin
    if rest:
        inside = join(dirname(path), *rest)
        path = join(inside, "__init__.py") if os.path.isdir(inside) else f"{inside}.py"
    return path if os.path.isfile(path) else None
