"""List the files of a directory that no git work tree describes."""

import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flake8_client_pool.syntax.regular_files import regular

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

_NEVER_ENTERED = frozenset({".git", ".hg", ".svn", ".tox", ".nox", ".eggs", "__pycache__", "node_modules"})
_MARK_OF_A_VIRTUAL_ENVIRONMENT = "pyvenv.cfg"


@dataclass(frozen=True, slots=True)
class _Ignore:
    """A `.gitignore` file: the directory it stands in, its patterns, and one pattern that fits where any of them may.

    The last pattern that fits decides, so each must be tried; but most files fit none, which one search tells.
    """

    below: str
    spec: "GitIgnoreSpec"
    possible: "re.Pattern[str]"

    def verdict(self, path: str) -> bool | None:
        inside = path.removeprefix(self.below)
        return self.spec.check_file(inside).include if self.possible.search(inside) else None


_Ignores = tuple[_Ignore, ...]


class Walk:
    """One way through a directory.

    `.gitignore` files in it count as they do for git; the folders of version control, of test runners and of
    virtual environments are not entered, nor are links to directories followed.
    """

    def __init__(self, directory: str, suffix: str, on_error: Callable[[OSError], None]) -> None:
        """Prepare to list the files in `directory` whose names end in `suffix`.

        `on_error` gets the error for each directory that cannot be listed, and each `.gitignore` that cannot be read.
        """
        self._directory = directory
        self._suffix = suffix
        self._on_error = on_error

    def files(self, below: str = "", ignores: _Ignores = ()) -> Iterator[str]:
        """List the files as paths relative to the directory."""
        entries = self._entries(below)
        names = {entry.name for entry in entries}
        if below and _MARK_OF_A_VIRTUAL_ENVIRONMENT in names:
            return
        if ".gitignore" in names:
            ignores = (*ignores, *self._ignore(below))
        for entry in entries:
            path = f"{below}{entry.name}"
            if not entry.is_dir(follow_symlinks=False):
                if entry.name.endswith(self._suffix) and not _ignored(path, ignores):
                    yield path
            elif entry.name not in _NEVER_ENTERED and not _ignored(f"{path}/", ignores):
                yield from self.files(f"{path}/", ignores)

    def _ignore(self, below: str) -> _Ignores:
        try:
            return (_read(below, os.path.join(self._directory, below, ".gitignore")),)
        except OSError as error:
            self._on_error(error)
            return ()

    def _entries(self, below: str) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(os.path.join(self._directory, below)) as entries:
                return list(entries)
        except OSError as error:
            self._on_error(error)
            return []


def _read(below: str, file: str) -> _Ignore:
    from pathspec import GitIgnoreSpec

    with open(file, encoding="utf-8", errors="surrogateescape", opener=regular) as stream:
        spec = GitIgnoreSpec.from_lines(stream)
    expressions = [pattern.regex.pattern for pattern in spec.patterns if pattern.regex]
    # A named group may stand in an expression once; nothing here asks for it.
    unnamed = [re.sub(r"\(\?P<\w+>", "(?:", str(expression)) for expression in expressions]
    return _Ignore(below, spec, re.compile("|".join(unnamed) or "(?!)"))


def _ignored(path: str, ignores: _Ignores) -> bool:
    verdicts = (ignore.verdict(path) for ignore in reversed(ignores))
    return next((verdict for verdict in verdicts if verdict is not None), False)
