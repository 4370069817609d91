"""The other files of a repository: where a module lies, and what it says."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from os.path import abspath, dirname, isdir, join

from flake8_client_pool.syntax.regular_files import content_of

_VERSION_CONTROL = frozenset((".git", ".hg"))
_PROJECT_FILES = frozenset(("pyproject.toml", "setup.cfg", "setup.py", "tox.ini"))
# Folders of a project that stand on the import path without being packages.
_SOURCE_FOLDERS = ("", "src", "lib", "python")


class Repository:
    """Finds and reads modules on demand, and notes every path that was asked for.

    Attributes:
        followed: the paths that had a part in an answer since `begin`, whether something lies there or not; one that
            ends in `/` stands for what lies in a folder.
        opened: the files that were read, or looked for in vain, ever.
    """

    def __init__(self, texts: Mapping[str, bytes] | None = None) -> None:
        """Know nothing yet but `texts`: what stands for the content of the files at some absolute paths.

        They are looked at when they are asked for, and so may change as those of open files in an editor do.
        """
        self._texts = {} if texts is None else texts
        self.followed: set[str] = set()
        self.opened: set[str] = set()
        self._held = ("", b"")
        self._entries: dict[str, frozenset[str]] = {}
        self._roots: dict[str, str] = {}
        self._tops: dict[str, frozenset[str]] = {}
        self._bases: dict[tuple[str, str], str | None] = {}

    def begin(self) -> None:
        """Forget which paths were asked for."""
        self.followed = set()

    def find(self, module: str, directory: str) -> str | None:
        """Find the file, or the folder, of an absolute module as seen from a file in `directory`.

        The nearest folder upward that holds the module's first part wins, as it does for a script that mends
        its own import path; the search ends at the root of the repository.
        """
        first, _, rest = module.partition(".")
        base = self._base(first, directory)
        return self.inside(join(base, first), rest) if base is not None else None

    def folders_above(self, directory: str) -> Iterator[str]:
        """Give every folder on the import path of a file in `directory`, the nearest first."""
        while True:
            yield from _import_path(directory)
            if directory == self.root(directory):
                return
            directory = dirname(directory)

    def sees(self, module: str, directory: str) -> bool:
        """Tell whether the first part of a module is found from a file in `directory`; it may lack the others."""
        return module.partition(".")[0] in self._visible(directory)

    def note(self, module: str, directory: str) -> None:
        """Add to `followed` every path on which an answer of `find` hangs."""
        first = module.partition(".")[0]
        self.followed.update(self._candidates(first, directory, self._base(first, directory)))

    def relative(self, folder: str, module: str) -> str | None:
        """Find a module that is named relative to a file in `folder`: `.clients`, `..`."""
        rest = module.lstrip(".")
        for _ in range(len(module) - len(rest) - 1):
            folder = dirname(folder)
        return self.inside(folder, rest)

    def inside(self, package: str, module: str) -> str | None:
        """Find a module below a package's folder; `module` may be empty for the package itself."""
        path = join(package, *module.split(".")) if module else package
        for candidate in (join(path, "__init__.py"), f"{path}.py", path):
            self.followed.add(candidate)
            folder, name = os.path.split(candidate)
            if name in self.entries(folder) and (candidate != path or isdir(path)):
                return candidate
        return None

    def read(self, path: str) -> bytes:
        """Give the bytes of a module's file; empty where there is none."""
        self.followed.add(path)
        self.opened.add(path)
        if path == self._held[0]:
            return self._held[1]
        if path in self._texts:
            return self._texts[path]
        try:
            return content_of(path)
        except (OSError, ValueError):
            return b""

    @contextmanager
    def holding(self, path: str, data: bytes) -> Iterator[None]:
        """Have `data` count as the content of one file for a while."""
        before, self._held = self._held, (path, data)
        try:
            yield
        finally:
            self._held = before

    def entries(self, folder: str) -> frozenset[str]:
        """Name what lies in a folder; empty where there is none."""
        if folder not in self._entries:
            try:
                names = os.listdir(folder or ".")
            except (OSError, ValueError):
                names = []
            inside = join(folder, "")
            below = (path.removeprefix(inside) for path in self._texts if path.startswith(inside))
            self._entries[folder] = frozenset([*names, *(name for name in below if "/" not in name)])
        return self._entries[folder]

    def listing(self, folder: str) -> frozenset[str]:
        """Name what lies in a folder; that nothing comes to lie there beside it counts as followed."""
        self.followed.add(join(folder, ""))
        return self.entries(folder)

    @property
    def listed(self) -> frozenset[str]:
        """The folders that were listed, or looked for in vain, ever."""
        return frozenset(self._entries)

    def _base(self, first: str, directory: str) -> str | None:
        """Find the folder on the import path that holds a top-level module."""
        if first not in self._visible(directory):
            return None
        key = (first, directory)
        if key not in self._bases:
            here = next((base for base in _import_path(directory) if self._holds(base, first)), None)
            above = None if here is not None or directory == self.root(directory) else dirname(directory)
            self._bases[key] = self._base(first, above) if above is not None else here
        return self._bases[key]

    def _visible(self, directory: str) -> frozenset[str]:
        """Name every top-level module that a file in `directory` could import from the repository."""
        if directory not in self._tops:
            entries = frozenset[str]().union(*map(self.entries, _import_path(directory)))
            above = frozenset[str]() if directory == self.root(directory) else self._visible(dirname(directory))
            self._tops[directory] = above.union(entry.removesuffix(".py") for entry in entries)
        return self._tops[directory]

    def _holds(self, base: str, first: str) -> bool:
        entries = self.entries(base)
        return f"{first}.py" in entries or (first in entries and isdir(join(base, first)))

    def _candidates(self, first: str, directory: str, base: str | None) -> Iterator[str]:
        """Name the paths that would win over `base` if something came to lie there."""
        while True:
            for each in _import_path(directory):
                yield from (join(each, first), join(each, f"{first}.py"))
                if each == base:
                    return
            if directory == self.root(directory):
                return
            directory = dirname(directory)

    def root(self, directory: str) -> str:
        """Give the root of the repository that a directory lies in."""
        if directory not in self._roots:
            self._roots[directory] = self._root_above(directory)
        return self._roots[directory]

    def package(self, directory: str) -> str:
        """Name the outermost package that a directory lies in; empty where it lies in none."""
        name = ""
        while "__init__.py" in self.entries(directory) and dirname(directory) != directory:
            directory, name = os.path.split(directory)
        return name

    def _root_above(self, directory: str) -> str:
        above = [directory]
        while dirname(above[-1]) != above[-1]:
            above.append(dirname(above[-1]))
        for folder in above:
            if _VERSION_CONTROL & self.entries(folder):
                return folder
        here = abspath(".")
        if here in above:
            return here
        return next((folder for folder in reversed(above) if _PROJECT_FILES & self.entries(folder)), directory)


class NoRepository(Repository):
    """Stands for the other files where there are none, as around a single blob of git's: it touches no disk."""

    def read(self, path: str) -> bytes:
        """Give nothing, whatever the path."""
        self.followed.add(path)
        return b""

    def entries(self, _folder: str) -> frozenset[str]:
        """Name nothing, whatever the folder."""
        return frozenset()


def _import_path(directory: str) -> Iterator[str]:
    yield from (join(directory, folder) if folder else directory for folder in _SOURCE_FOLDERS)
