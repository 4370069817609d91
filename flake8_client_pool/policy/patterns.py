"""Path patterns, as `exclude` and `pool-paths` hold them."""

import fnmatch
import glob
import os
import re
from collections.abc import Callable, Iterable
from functools import cache

from flake8_client_pool.policy.errors import ConfigurationError

ANYWHERE = "**/"


def checked_patterns(patterns: Iterable[str], where: str) -> tuple[str, ...]:
    """Return `patterns`, which stand at `where`.

    Raises:
        ConfigurationError: one of them goes upward. Behind a star nobody knows where that leads, and above the
            directory that patterns are relative to they would choose nothing.
    """
    checked = tuple(patterns)
    for pattern in checked:
        if os.pardir in re.split(r"[/\\]", pattern):
            raise ConfigurationError(
                f"{where}: the pattern {pattern!r} goes upward with '..'; write the path without it"
            )
    return checked


def pattern_of(path: str) -> str:
    """Write the pattern that fits a path and no other, whatever characters it has."""
    return glob.escape(path)


class PathPatterns:
    """Shell patterns that choose files, and directories with all that is in them.

    A pattern without a slash (`build`, `*_pb2.py`) fits the name of a file or directory at any depth. One
    with a slash (`src/vendor`, `./setup.py`) fits a path from `root` downward; a leading `**/` frees it from
    there (`**/shared/clients`). One with a leading slash fits from `root` downward too; if it begins with `root`, it
    is the path itself, and outside of `root` it fits absolute paths. A star also crosses slashes.
    """

    def __init__(self, patterns: Iterable[str], root: str) -> None:
        """Compile `patterns`; `root` is the absolute directory that they are relative to."""
        self._root = root.rstrip("/") + "/"
        clean = [_below(self._root, os.path.normpath(pattern).replace(os.sep, "/")) for pattern in patterns]
        self._names = _matcher(pattern for pattern in clean if "/" not in pattern)
        self._paths = _matcher(anchored for pattern in clean if "/" in pattern for anchored in _anchored(pattern))
        self._parent_fits = cache(self._fits)
        self.fit: Callable[[str], bool] = self._fits if clean else _never

    def _fits(self, location: str) -> bool:
        parent, _, name = location.rpartition("/")
        if not name or location + "/" == self._root:
            return False
        # What is not below the root keeps its own slash, and so begins with two.
        inside = "/" + location.removeprefix(self._root)
        return self._names(name) or self._paths(inside) or self._parent_fits(parent)


def _below(root: str, pattern: str) -> str:
    return f"/{pattern.removeprefix(root)}" if pattern.startswith(root) else pattern


def _anchored(pattern: str) -> tuple[str, ...]:
    if pattern.startswith(ANYWHERE):
        return (f"*/{pattern.removeprefix(ANYWHERE)}",)
    path = pattern.lstrip("/")
    return (f"/{path}", f"//{path}") if pattern.startswith("/") else (f"/{path}",)


def _matcher(patterns: Iterable[str]) -> Callable[[str], bool]:
    expressions = [fnmatch.translate(pattern) for pattern in patterns]
    if not expressions:
        return _never
    match = re.compile("|".join(expressions)).match
    return lambda path: match(path) is not None


def _never(_location: str) -> bool:
    return False
