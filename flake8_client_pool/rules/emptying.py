"""For which tests the pool is emptied: by fixtures and hooks of what pytest loads for them, or by themselves."""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from os.path import dirname

from flake8_client_pool.rules.getter_definitions import Definition
from flake8_client_pool.rules.pytest_module import PytestModule, fixture_decorator, keywords
from flake8_client_pool.rules.pytest_modules import PytestModules
from flake8_client_pool.rules.test_trees import PytestTrees
from flake8_client_pool.syntax.repository import Repository

# Hooks that run around each test; those of a session run once, after the last test has got what the first one left.
_HOOKS = ("pytest_runtest_", "pytest_fixture_")
_FOR_MANY_TESTS = frozenset(("session", "package"))
_AROUND_EACH_TEST = frozenset(
    f"{name}{suffix}" for name in ("setup", "teardown") for suffix in ("", "_function", "_method")
) | frozenset(("setUp", "tearDown", "asyncSetUp", "asyncTearDown"))
_WORD = re.compile(rb"\w+")


@dataclass(frozen=True, slots=True)
class _Fixture:
    """One fixture: does every test use it, does it empty the pool itself, and which others does it ask for."""

    autouse: bool
    empties: bool
    asks_for: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Loaded:
    """What pytest has loaded: whether a hook empties the pool around each test, and the fixtures by their names."""

    by_hook: bool = False
    fixtures: dict[str, _Fixture] = field(default_factory=dict)

    def empties(self, used: Iterable[str]) -> bool:
        """Tell whether the pool is emptied for tests that use some fixtures, beside those that all use."""
        waiting = [*used, *(name for name, each in self.fixtures.items() if each.autouse)]
        reached: set[str] = set()
        while waiting:
            name = waiting.pop()
            if name in self.fixtures and name not in reached:
                reached.add(name)
                waiting += self.fixtures[name].asks_for
        return self.by_hook or any(self.fixtures[name].empties for name in reached)


class Emptying:
    """Tells for which tests a pool is emptied."""

    def __init__(self, repository: Repository, trees: PytestTrees, modules: PytestModules) -> None:
        """Look at what pytest would load for tests of `repository`."""
        self._repository = repository
        self._trees = trees
        self._modules = modules

    def is_done_below(self, folder: str) -> bool:
        """Tell whether the pool is emptied around each test below a folder, whatever the tests say."""
        return _joined(self._loaded_for(folder)).empties(self._used_by_all(folder))

    def is_done_for(self, path: str) -> bool:
        """Tell whether the pool is emptied around each test in the module at a path."""
        folder, own = dirname(path), self._modules.module(path)
        loaded = _joined([*self._loaded_for(folder), self._given_by(own), *self._plugins(own.plugins, folder)])
        data = self._repository.read(path)
        words = [word.decode("utf-8", "replace") for word in _WORD.findall(data)]
        # A fixture of the module's own is named once where it is defined.
        used = {word for word in words if word not in own.functions or words.count(word) > 1}
        return loaded.empties({*used, *self._used_by_all(folder)}) or self._all_tests_empty(own)

    def _used_by_all(self, folder: str) -> tuple[str, ...]:
        configuration = self._trees.configuration(folder)
        return configuration.usefixtures if configuration else ()

    def _loaded_for(self, folder: str) -> Iterator[_Loaded]:
        configuration = self._trees.configuration(folder)
        yield from self._plugins(configuration.plugins if configuration else (), folder)
        for path in self._trees.conftests(folder):
            conftest = self._modules.module(path)
            yield from self._plugins(conftest.plugins, dirname(path))
            yield self._given_by(conftest)

    def _plugins(self, names: Iterable[str], folder: str) -> Iterator[_Loaded]:
        found = (self._modules.plugin(name, folder) for name in names)
        return (self._given_by(plugin) for plugin in found if plugin)

    def _given_by(self, module: PytestModule) -> _Loaded:
        """Tell what a module gives to pytest, be it defined there or imported from another."""
        by_hook, fixtures = False, {}
        own = ((module, each) for each in module.definitions)
        for home, each in (*self._modules.imported(module), *own):
            if isinstance(each, ast.ClassDef):
                continue
            if each.name.startswith(_HOOKS):
                by_hook = by_hook or self._modules.empties(home, each)
            elif described := self._fixture(home, each):
                fixtures[_fixture_name(home, each)] = described
        return _Loaded(by_hook, fixtures)

    def _fixture(self, module: PytestModule, function: Definition) -> _Fixture | None:
        decorator = fixture_decorator(module, function)
        if decorator is None:
            return None
        given = keywords(decorator)
        arguments = function.args
        return _Fixture(
            autouse=given.get("autouse") is True,
            empties=given.get("scope") not in _FOR_MANY_TESTS and self._modules.empties(module, function),
            asks_for=frozenset(each.arg for each in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)),
        )

    def _all_tests_empty(self, module: PytestModule) -> bool:
        """Tell whether each test class, and the module for tests outside of classes, empties the pool."""
        classes = [each for each in module.definitions if isinstance(each, ast.ClassDef) and _has_tests(each)]
        functions = [each for each in module.definitions if not isinstance(each, ast.ClassDef)]
        are_outside = any(each.name.startswith("test") for each in functions)
        by_module = any(self._is_around_each_test(module, each) for each in functions)
        return all(self._class_empties(module, each) for each in classes) and (
            by_module or (bool(classes) and not are_outside)
        )

    def _class_empties(self, module: PytestModule, node: ast.ClassDef) -> bool:
        methods = (each for each in node.body if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef))
        if any(self._is_around_each_test(module, each) for each in methods):
            return True
        bases = (found for base in node.bases for found in self._bases(module, ast.unparse(base)))
        return any(self._class_empties(home, each) for home, each in bases if each is not node)

    def _bases(self, module: PytestModule, name: str) -> Iterator[tuple[PytestModule, ast.ClassDef]]:
        yield from ((module, each) for each in module.classes(name))
        first, *rest = name.split(".")
        for level, parts in module.imports.get(first, ()):
            for home, each in self._modules.at(module, (level, (*parts, *rest))):
                if isinstance(each, ast.ClassDef):
                    yield home, each

    def _is_around_each_test(self, module: PytestModule, function: Definition) -> bool:
        fixture = self._fixture(module, function)
        is_around = fixture.autouse and fixture.empties if fixture else function.name in _AROUND_EACH_TEST
        return is_around and self._modules.empties(module, function)


def _joined(parts: Iterable[_Loaded]) -> _Loaded:
    """Join what was loaded; a fixture hides those of the same name that came before it."""
    by_hook, fixtures = False, dict[str, _Fixture]()
    for each in parts:
        by_hook = by_hook or each.by_hook
        fixtures.update(each.fixtures)
    return _Loaded(by_hook, fixtures)


def _has_tests(node: ast.ClassDef) -> bool:
    return any(
        isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef) and each.name.startswith("test") for each in node.body
    )


def _fixture_name(module: PytestModule, function: Definition) -> str:
    decorator = fixture_decorator(module, function)
    return str((keywords(decorator) if decorator else {}).get("name", function.name))
