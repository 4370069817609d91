"""What tests hold for longer than one test and comes from the pool, which would be closed after the first of them."""

import ast
import re
from collections.abc import Iterable, Iterator

from flake8_client_pool.constructors import PoolGetters
from flake8_client_pool.rules.getter_definitions import Definition
from flake8_client_pool.rules.pooled_code import PooledCode
from flake8_client_pool.rules.pytest_module import (
    PytestModule,
    Target,
    fixture_decorator,
    keywords,
    names_in,
    texts_in,
)
from flake8_client_pool.rules.pytest_modules import PytestModules
from flake8_client_pool.syntax.repository import Repository

_FOR_SEVERAL_TESTS = frozenset(("class", "module", "package", "session"))
_BEFORE_SEVERAL_TESTS = frozenset(("setUpClass", "setup_class", "setUpModule", "setup_module"))
_MAY_HOLD = re.compile(rb"\bscope\s*=|\bset(?:UpClass|up_class|UpModule|up_module)\b")


class HeldClients:
    """Finds what sets pooled code up for several tests at once."""

    def __init__(self, repository: Repository, modules: PytestModules, code: PooledCode, getters: PoolGetters) -> None:
        """Read modules of `repository`; `code` tells which of them run code that calls one of `getters`."""
        self._repository = repository
        self._modules = modules
        self._code = code
        self._getters = getters

    def first(self, paths: Iterable[str]) -> tuple[str, Definition] | None:
        """Give the first function, and its file, of some modules, or of those that they import."""
        barren: set[str] = set()
        for path in self._worth_a_look(paths):
            module = self._modules.module(path)
            for function in _for_several_tests(module):
                if self._leads_to_pool(module, function, barren, set()):
                    return path, function
        return None

    def _worth_a_look(self, paths: Iterable[str]) -> Iterator[str]:
        seen: set[str] = set()
        for path in paths:
            module = self._modules.module(path)
            targets = (target for targets in module.imports.values() for target in targets)
            for each in (path, *(found for target in targets for found in self._files(module, target))):
                if (
                    each not in seen
                    and not self._modules.is_pool(each)
                    and _MAY_HOLD.search(self._repository.read(each))
                ):
                    yield each
                seen.add(each)

    def _files(self, module: PytestModule, target: Target) -> Iterator[str]:
        """Give the file that an import names, or that of the module that it imports from."""
        level, parts = target
        for end in (len(parts), len(parts) - 1):
            path = self._modules.path_of(module, level, parts[:end])
            if path and path.endswith(".py"):
                yield path

    def _leads_to_pool(
        self, module: PytestModule, function: Definition | ast.ClassDef, barren: set[str], seen: set[str]
    ) -> bool:
        """Tell whether a function replaces a client's class, or names what takes a client from the pool."""
        if any(self._is_client(text) for text in texts_in(function)):
            return True
        firsts = {name.partition(".")[0] for name in names_in(function)} - seen
        seen |= firsts
        return any(
            self._imports_pool(module, first, barren)
            or any(self._leads_to_pool(module, each, barren, seen) for each in _defined(module, first))
            for first in sorted(firsts)
        )

    def _is_client(self, text: str) -> bool:
        *_, home, name = ("", *text.split("."))
        is_class = bool(home) and self._getters.class_ending_in(f"{home}.{name}")
        return name in self._getters.roots or is_class

    def _imports_pool(self, module: PytestModule, name: str, barren: set[str]) -> bool:
        paths = [path for target in module.imports.get(name, ()) for path in self._files(module, target)]
        return name in self._getters.roots or any(self._code.is_reached_from(path, barren) for path in paths)


def _for_several_tests(module: PytestModule) -> Iterator[Definition]:
    for functions in module.functions.values():
        for function in functions:
            decorator = fixture_decorator(module, function)
            scope = keywords(decorator).get("scope") if decorator else None
            if scope in _FOR_SEVERAL_TESTS or function.name in _BEFORE_SEVERAL_TESTS:
                yield function


def _defined(module: PytestModule, name: str) -> Iterator[Definition | ast.ClassDef]:
    yield from module.functions.get(name, ())
    yield from module.classes(name)
