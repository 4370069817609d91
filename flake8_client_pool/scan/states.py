"""The states of files and folders, by content."""

import os
from contextlib import suppress
from functools import cache

from flake8_client_pool.syntax.pytest_configuration import PYTEST_FILES
from flake8_client_pool.syntax.regular_files import regular

_WITHOUT_MODULES = "__pycache__"
# Beside modules, what tells where a repository ends, and where its tests lie.
_LANDMARKS = PYTEST_FILES | {".git", ".hg", "setup.py"}


class States:
    """The states of files as this run sees them: the digest of the content, or that nothing is there."""

    def __init__(self, started: int) -> None:
        """Remember when the run started, in nanoseconds since the epoch."""
        self._started = started
        self._state = cache(_state)

    def of(self, path: str) -> str | None:
        """Return the digest of a file, "directory" for one, and None when nothing can be read there.

        For a path that ends in `/` it is the digest of what lies in the folder.
        """
        return self._state(path)[0]

    def is_changing(self, path: str) -> bool:
        """Tell whether a file was written after the start, so that it may differ from what was analysed."""
        return self._state(path)[1] >= self._started


def _state(path: str) -> tuple[str | None, int]:
    try:
        with open(path, "rb", opener=regular) as stream:
            return digest(stream.read()), os.fstat(stream.fileno()).st_mtime_ns
    except IsADirectoryError:
        return listing_of(path) if path.endswith("/") else "directory", os.stat(path).st_mtime_ns
    except OSError:
        return None, 0


def listing_of(folder: str) -> str | None:
    """Digest what lies in a folder that can have to do with modules: their files, and folders; None without one."""
    with suppress(OSError), os.scandir(folder) as entries:
        names = [f"{entry.name}/" if entry.is_dir() else entry.name for entry in entries if _may_matter(entry.name)]
        matters = [name for name in names if name.endswith((".py", "/")) or name in _LANDMARKS]
        return digest("\0".join(sorted(matters)).encode(errors="surrogateescape"))
    return None


def _may_matter(name: str) -> bool:
    return name in _LANDMARKS or not (name.startswith(".") or name == _WITHOUT_MODULES)


def digest(data: bytes) -> str:
    """Return the name of a content."""
    import hashlib

    return hashlib.sha256(data).hexdigest()
