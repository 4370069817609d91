"""Which tests pytest runs together, and the file that stands for all of them."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from os.path import basename, dirname, isdir, islink, join, realpath, relpath

from flake8_client_pool.syntax.pytest_configuration import PytestConfiguration, configuration_in
from flake8_client_pool.syntax.repository import Repository

CONFTEST = "conftest.py"
_NAMES_OF_TREES = frozenset(("test", "tests"))
# pytest's own `norecursedirs`, without those that begin with a dot.
_NOT_SEARCHED = frozenset(("_darcs", "build", "CVS", "dist", "node_modules", "venv", "__pycache__"))
_NAMES_CONFTEST = re.compile(rb"^[ \t]*(?:from[ \t]+conftest[ \t]+import|import[ \t]+conftest)\b", re.MULTILINE)
_ENVIRONMENT = "pyvenv.cfg"
_HOLDS_TESTS = re.compile(rb"^[ \t]*(?:async[ \t]+)?def[ \t]+test|^[ \t]*class[ \t]+Test", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class PytestTree:
    """Tests that pytest runs together.

    Attributes:
        folder: the folder that holds all of them.
        place: the file that stands for all: the uppermost `conftest.py`, or the first test module where there is none.
    """

    folder: str
    place: str

    @property
    def conftest(self) -> str:
        """Where the `conftest.py` of the tree lies, or would lie."""
        return join(self.folder, CONFTEST)


class PytestTrees:
    """Finds the test trees of a repository.

    A tree begins at a folder of `testpaths`; where there are none, at the uppermost folder called `tests`, or with a
    test module in it, below the configuration of pytest. A `conftest.py` above that folder makes it a part of a
    larger tree, and one outside of all `testpaths` a tree of its own.
    """

    def __init__(self, repository: Repository) -> None:
        """Look for tests in `repository`."""
        self._repository = repository
        self._trees: dict[str, PytestTree | None] = {}
        self._configurations: dict[str, PytestConfiguration | None] = {}

    def beginning_at(self, path: str) -> PytestTree | None:
        """Give the tree that the file at an absolute path stands for; None where it stands for none."""
        if not may_be_of_tests(path):
            return None
        folder = dirname(path)
        if folder not in self._trees:
            self._trees[folder] = self._tree(folder)
        tree = self._trees[folder]
        return tree if tree and tree.place == path else None

    def modules(self, tree: PytestTree) -> Iterator[str]:
        """Give the modules of a tree that hold tests, in the order of their paths, folder by folder."""
        self._repository.followed.update(join(each, "") for each in self.folders_above(tree.folder))
        for folder in self._searched(tree):
            for path in self._named_as_tests(folder):
                if _HOLDS_TESTS.search(self._repository.read(path)):
                    yield path

    def naming_conftest(self, tree: PytestTree) -> str:
        """Give a module that imports a `conftest` by that name, anywhere below pytest's rootdir; empty for none."""
        configuration = self.configuration(tree.folder)
        top = configuration.folder if configuration else self._repository.root(tree.folder)
        return next((path for path in self._sources(top) if _NAMES_CONFTEST.search(self._repository.read(path))), "")

    def _sources(self, folder: str) -> Iterator[str]:
        entries = self._repository.listing(folder)
        yield from (join(folder, name) for name in sorted(entries) if name.endswith(".py"))
        for name in sorted(entries - _NOT_SEARCHED) if _ENVIRONMENT not in entries else ():
            if _is_searched(join(folder, name)):
                yield from self._sources(join(folder, name))

    def conftests(self, folder: str) -> list[str]:
        """Give each `conftest.py` that counts for the tests in a folder, the uppermost first."""
        found = []
        for above in self.folders_above(folder):
            path = join(above, CONFTEST)
            self._repository.followed.add(path)
            if CONFTEST in self._repository.entries(above):
                found.append(path)
        return found[::-1]

    def configuration(self, folder: str) -> PytestConfiguration | None:
        """Give the configuration of pytest for the tests in a folder, the nearest upward."""
        if folder not in self._configurations:
            found = configuration_in(self._repository, folder)
            above = None if folder == self._repository.root(folder) else dirname(folder)
            self._configurations[folder] = self.configuration(above) if found is None and above else found
        known = self._configurations[folder]
        self._repository.followed.update((known.path,) if known else ())
        return known

    def folders_above(self, folder: str) -> Iterator[str]:
        """Give a folder and those above it, up to the root of the repository."""
        return _up_to(folder, self._repository.root(folder))

    def _tree(self, folder: str) -> PytestTree | None:
        configuration = self.configuration(folder)
        top = configuration.folder if configuration else self._repository.root(folder)
        above = list(_up_to(folder, top))
        if configuration and any(_is_left_out(each, configuration) for each in above[:-1]):
            return None
        begins = self._beginning(above, configuration)
        outer = [each for each in above if CONFTEST in self._repository.entries(each)]
        if outer and (not begins or _is_inside(begins, outer[-1])):
            return PytestTree(outer[-1], join(outer[-1], CONFTEST))
        first = next(self._named_as_tests(begins), None) if begins else None
        return PytestTree(begins, first) if first else None

    def _beginning(self, above: list[str], configuration: PytestConfiguration | None) -> str:
        """Find the uppermost of some folders, the lowest first, at which a tree begins; empty where none does."""
        if configuration and configuration.testpaths:
            named = [each for each in above if _is_named(each, configuration)]
            return named[-1] if named else ""
        named = [each for each in above[:-1] if basename(each) in _NAMES_OF_TREES]
        holding = [each for each in above if self._holds_test_module(each)]
        return min([above[0], *named, *holding], key=len)

    def _holds_test_module(self, folder: str) -> bool:
        configuration = self.configuration(folder)
        return any(_is_test_module(name, configuration) for name in self._repository.entries(folder))

    def _searched(self, tree: PytestTree) -> Iterable[str]:
        """Give the folders in which pytest looks for the tests of a tree."""
        configuration = self.configuration(tree.folder)
        if not configuration or not configuration.testpaths:
            return [tree.folder]
        inside = [each for each in self._named_folders(configuration) if _is_inside(each, tree.folder)]
        return inside or [tree.folder]

    def _named_folders(self, configuration: PytestConfiguration) -> Iterator[str]:
        for pattern in configuration.testpaths:
            folders = [configuration.folder]
            for part in pattern.strip("/").split("/"):
                folders = [each for folder in folders for each in self._matching(folder, part)]
            yield from folders

    def _matching(self, folder: str, pattern: str) -> Iterator[str]:
        if pattern == ".":
            yield folder
            return
        names = sorted(self._repository.listing(folder))
        yield from (join(folder, name) for name in names if fnmatch(name, pattern) and isdir(join(folder, name)))

    def _named_as_tests(self, folder: str) -> Iterator[str]:
        """Give the files below a folder that are named as test modules, but for those of a project inside it."""
        entries = self._repository.listing(folder)
        if _ENVIRONMENT in entries:
            return
        configuration = self.configuration(folder)
        yield from (join(folder, name) for name in sorted(entries) if _is_test_module(name, configuration))
        for name in sorted(entries - _NOT_SEARCHED):
            below = join(folder, name)
            if configuration and _is_left_out(below, configuration):
                continue
            if _is_searched(below) and self.configuration(below) is configuration:
                yield from self._named_as_tests(below)


def _is_searched(folder: str) -> bool:
    """Tell whether something is a folder with modules; a link to what lies above would lead in circles."""
    # A folder with a dot in its name is no package, and asking the disk about every sample file takes long.
    if "." in basename(folder) or not isdir(folder):
        return False
    return not (islink(folder) and _is_inside(folder, realpath(folder)))


def may_be_of_tests(path: str) -> bool:
    """Tell by its name whether a file could be a test module or a `conftest.py`."""
    return "test" in basename(path)


def _is_test_module(name: str, configuration: PytestConfiguration | None) -> bool:
    if not name.endswith(".py") or name == CONFTEST or "test" not in name:
        return False
    patterns = (configuration or PytestConfiguration("")).python_files
    return any(fnmatch(name, pattern) for pattern in patterns)


def _up_to(folder: str, top: str) -> Iterator[str]:
    yield folder
    while folder not in (top, dirname(folder)):
        folder = dirname(folder)
        yield folder


def _is_inside(path: str, folder: str) -> bool:
    return f"{path}/".startswith(f"{folder.rstrip('/')}/")


def _is_left_out(folder: str, configuration: PytestConfiguration) -> bool:
    """Tell whether pytest is told not to look in a folder: by its name, or by its path where the pattern has one."""
    return any(
        fnmatch(folder, f"*/{pattern.strip('/')}") if "/" in pattern else fnmatch(basename(folder), pattern)
        for pattern in configuration.norecursedirs
    )


def _is_named(folder: str, configuration: PytestConfiguration) -> bool:
    path = relpath(folder, configuration.folder)
    return any(fnmatch(path, pattern.rstrip("/")) for pattern in configuration.testpaths)
