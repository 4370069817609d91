"""Path patterns, as `exclude` and `pool-paths` hold them."""

import fnmatch
import os
import re
from collections.abc import Callable, Iterable
from functools import cache

ANYWHERE = "**/"


class PathPatterns:
    """Shell patterns that choose files, and directories with all that is in them.

    A pattern without a slash (`build`, `*_pb2.py`) fits the name of a file or directory at any depth. One
    with a slash (`src/vendor`, `./setup.py`) fits a path from `root` downward; a leading `**/` frees it from
    there (`**/shared/clients`). A star also crosses slashes.
    """

    def __init__(self, patterns: Iterable[str], root: str) -> None:
        """Compile `patterns`; `root` is the absolute directory that they are relative to."""
        clean = [os.path.normpath(pattern).replace(os.sep, "/") for pattern in patterns]
        self._root = root.rstrip("/") + "/"
        self._names = _matcher(pattern for pattern in clean if "/" not in pattern)
        self._paths = _matcher(_anchored(pattern) for pattern in clean if "/" in pattern)
        self._parent_fits = cache(self._fits)
        self.fit: Callable[[str], bool] = self._fits if clean else _never

    def _fits(self, location: str) -> bool:
        parent, _, name = location.rpartition("/")
        if not name or location + "/" == self._root:
            return False
        inside = "/" + location.removeprefix(self._root)
        return self._names(name) or self._paths(inside) or self._parent_fits(parent)


def _anchored(pattern: str) -> str:
    return f"*/{pattern.removeprefix(ANYWHERE)}" if pattern.startswith(ANYWHERE) else f"/{pattern.lstrip('/')}"


def _matcher(patterns: Iterable[str]) -> Callable[[str], bool]:
    match = re.compile("|".join(map(fnmatch.translate, patterns)) or r"(?!)").match
    return lambda path: match(path) is not None


def _never(_location: str) -> bool:
    return False
