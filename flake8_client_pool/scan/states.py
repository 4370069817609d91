"""The states of files, by content."""

import os
from functools import cache


class States:
    """The states of files as this run sees them: the digest of the content, or that nothing is there."""

    def __init__(self, started: int) -> None:
        """Remember when the run started, in nanoseconds since the epoch."""
        self._started = started
        self._state = cache(_state)

    def of(self, path: str) -> str | None:
        """Return the digest of a file, "directory" for one, and None when nothing can be read there."""
        return self._state(path)[0]

    def is_changing(self, path: str) -> bool:
        """Tell whether a file was written after the start, so that it may differ from what was analysed."""
        return self._state(path)[1] >= self._started


def _state(path: str) -> tuple[str | None, int]:
    try:
        with open(path, "rb") as stream:
            return digest(stream.read()), os.fstat(stream.fileno()).st_mtime_ns
    except IsADirectoryError:
        return "directory", os.stat(path).st_mtime_ns
    except OSError:
        return None, 0


def digest(data: bytes) -> str:
    """Return the name of a content."""
    import hashlib

    return hashlib.sha256(data).hexdigest()
