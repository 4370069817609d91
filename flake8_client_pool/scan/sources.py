"""The texts behind a run's results, read once more for what results do not carry."""

import os
from bisect import bisect_right
from collections.abc import Mapping
from itertools import accumulate

from flake8_client_pool.syntax.decoding import UndecodableSourceError, decode
from flake8_client_pool.syntax.regular_files import content_of


class Sources:
    """Answers where offsets lie in files, and what their lines say; each file is read at most once.

    A file that can no longer be read has no lines: then a place is given as it was found.
    """

    def __init__(self, given: Mapping[str, bytes] | None = None) -> None:
        """Prepare; `given` holds the contents of files that are not to be read, by their paths."""
        self._lines = {path: _lines(data) for path, data in (given or {}).items()}
        self._starts: dict[str, list[int]] = {}

    def place(self, path: str, offset: int) -> tuple[int, int]:
        """Return the line and the column of the code point at an `offset`, both from 1."""
        if path not in self._starts:
            self._starts[path] = [0, *accumulate(map(len, self._of(path)))]
        number = max(1, bisect_right(self._starts[path], offset))
        return number, offset - self._starts[path][number - 1] + 1

    def between(self, path: str, start: int, end: int) -> str:
        """Return the text from the offset `start` up to `end`."""
        return "".join(self._of(path))[start:end]

    def byte_column(self, path: str, line: int, column: int) -> int:
        """Return the column from 1 that a column of code points has when bytes of UTF-8 are counted."""
        lines = self._of(path)
        before = lines[line - 1][: column - 1] if line <= len(lines) else ""
        return column + len(before.encode("utf-8", "surrogatepass")) - len(before)

    def _of(self, path: str) -> list[str]:
        if path not in self._lines:
            self._lines[path] = _lines(_read(path))
        return self._lines[path]


def _read(path: str) -> bytes:
    try:
        return content_of(os.path.abspath(path))
    except OSError:
        return b""


def _lines(data: bytes) -> list[str]:
    try:
        text = decode(data)
    except UndecodableSourceError:
        text = ""
    return [f"{line}\n" for line in text.split("\n")]
