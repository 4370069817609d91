"""The test trees that run pooled code, and whether anything empties the pool for them."""

from collections.abc import Iterable
from os.path import dirname, relpath

from flake8_client_pool.constructors import Constructors, PoolGetters
from flake8_client_pool.kinds import ClientKind
from flake8_client_pool.rules.emptying import Emptying
from flake8_client_pool.rules.getters import Getters
from flake8_client_pool.rules.held_clients import HeldClients
from flake8_client_pool.rules.pooled_code import PooledCode
from flake8_client_pool.rules.pytest_modules import PytestModules
from flake8_client_pool.rules.test_trees import CONFTEST, PytestTree, PytestTrees, may_be_of_tests
from flake8_client_pool.syntax.decoding import encode
from flake8_client_pool.syntax.modules import Modules
from flake8_client_pool.syntax.repository import Repository

EMPTYING_FUNCTION = "close_all_clients"


class PooledTests:
    """Knows the test trees of a repository that has a pool of its own."""

    def __init__(self, kinds: Iterable[ClientKind], getters: Getters, repository: Repository) -> None:
        """Look in `repository` for tests of code that takes clients of `kinds`; `getters` reads the pool module."""
        pool_getters = PoolGetters(Constructors(kinds), getters.module)
        modules = self._pytest_modules = PytestModules(repository, getters.module, pool_getters.roots)
        self._repository = repository
        self._getters = getters
        self._trees = PytestTrees(repository)
        self._emptying = Emptying(repository, self._trees, modules)
        self._code = PooledCode(Modules(pool_getters, repository), pool_getters, modules.is_pool)
        self._held = HeldClients(repository, modules, self._code, pool_getters)

    @property
    def pool_module(self) -> str:
        """The pool module."""
        return self._getters.module

    def begin_at(self, path: str) -> bool:
        """Tell whether the file at an absolute path stands for a test tree beside which lies the pool."""
        return bool(may_be_of_tests(path) and self._trees.beginning_at(path)) and bool(self.emptying_module(path))

    def sharing(self, path: str, text: str) -> PytestTree | None:
        """Give the test tree that a file stands for, if its tests may get clients that others have left in the pool.

        `text` is the content of the file, which need not be what lies on the disk.
        """
        tree = self._trees.beginning_at(path)
        if not tree or not self.emptying_module(path):
            return None
        self._pytest_modules.forget(path)
        self._code.forget(path)
        with self._repository.holding(path, encode(text)):
            return None if self._is_emptied(tree) else tree

    def emptying_module(self, path: str) -> str:
        """Name the module from which a file can import the function that empties the pool; empty without one."""
        return self._getters.module_with(EMPTYING_FUNCTION, dirname(path))

    def conftest_for(self, path: str) -> str:
        """Name the `conftest.py`, which may not be there yet, of the tree that a file stands for."""
        tree = self._trees.beginning_at(path)
        return tree.conftest if tree else path

    def doubt_about_emptying(self, path: str) -> str:
        """Say why tests could fail once the pool is emptied after each of them; empty where nothing speaks for it."""
        tree = self._trees.beginning_at(path)
        if tree is None:
            return ""
        return self._doubt_about_holding(tree) or self._doubt_about_new_file(tree)

    def _doubt_about_holding(self, tree: PytestTree) -> str:
        paths = dict.fromkeys(self._trees.modules(tree))
        paths |= dict.fromkeys(each for path in [*paths] for each in self._trees.conftests(dirname(path)))
        held = self._held.first(paths)
        if held is None:
            return ""
        place, function = held
        return (
            f"{self.named(place)}:{function.lineno} {function.name}() is for several tests, "
            "and its client would be closed after the first"
        )

    def _doubt_about_new_file(self, tree: PytestTree) -> str:
        """Without a package around it, what is imported as `conftest` is the file that pytest has loaded last."""
        folder = self._repository.entries(tree.folder)
        if CONFTEST in folder or "__init__.py" in folder:
            return ""
        importer = self._trees.naming_conftest(tree)
        return f"{self.named(importer)} imports conftest, and may get {self.named(tree.conftest)}" if importer else ""

    def named(self, path: str) -> str:
        """Name a file as seen from the root of the repository."""
        return relpath(path, self._repository.root(dirname(path)))

    def _is_emptied(self, tree: PytestTree) -> bool:
        """Tell whether the pool is emptied for all tests of a tree that run pooled code."""
        if self._emptying.is_done_below(tree.folder):
            return True
        barren: set[str] = set()
        return not any(
            self._code.is_reached_from(module, barren) and not self._emptying.is_done_for(module)
            for module in self._trees.modules(tree)
        )
