"""What is known in places that the gate has not reached: a multiset of findings, in a file that merges.

An entry says path, enclosing scope, code and call, and not the line: a line that moves changes nothing. The entries
are sorted, one a line, and each line ends with a comma, the last one too, since `null` ends the list: whoever removes
a line touches no other, and the lines of both sides of a merge can be kept as they are.
"""

import json
import os
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import pairwise
from typing import NamedTuple

from flake8_client_pool.model import Finding
from flake8_client_pool.policy.errors import ClientPoolError
from flake8_client_pool.policy.selection import UNREADABLE_CODE

NAME = ".client-pool-baseline.json"
VERSION = 1

_LONGEST_CALL = 200
_MARKERS = ("<<<<<<<", "|||||||", "=======", ">>>>>>>")
_TOKEN = re.compile(r"""[A-Za-z]{0,2}'(?:\\.|[^'\\])*'|[A-Za-z]{0,2}"(?:\\.|[^"\\])*"|\w+|\s+|.""", re.DOTALL)
_CLOSING = frozenset(")]}")


class BaselineError(ClientPoolError):
    """A baseline that cannot be used; the text says where it is damaged and how to mend it."""


class Entry(NamedTuple):
    """One known finding: `path` from the baseline's directory downward, `call` without regard to layout."""

    path: str
    scope: str
    code: str
    call: str


@dataclass(frozen=True, slots=True)
class Known:
    """What a baseline knows of one file: its entries, and the path that it has for the file if that is another."""

    entries: Counter[Entry] = field(default_factory=Counter)
    former: str = ""


@dataclass(frozen=True)
class Baseline:
    """A baseline as it lies in its file.

    Attributes:
        file: where it lies.
        entries: the entries, with the reason of each one that was let in later; "" for the others.
        gone: those of the entries' paths at which nothing lies any more.
        renames: the new path of each file that has one, by the path that the entries have.
    """

    file: str
    entries: Mapping[Entry, tuple[str, ...]]
    gone: frozenset[str] = frozenset()
    renames: Mapping[str, str] = field(default_factory=dict)

    @property
    def paths(self) -> set[str]:
        """The paths that the entries have in the file."""
        return {entry.path for entry in self.entries}

    @cached_property
    def by_path(self) -> Mapping[str, Known]:
        """What is known of each file, by the path that it has now."""
        found: dict[str, Known] = {}
        for entry, reasons in self.entries.items():
            path = self.renames.get(entry.path)
            known = found.get(path or entry.path)
            if known is None:
                known = found[path or entry.path] = Known(former=entry.path if path else "")
            known.entries[entry._replace(path=path) if path else entry] += len(reasons)
        return found

    @cached_property
    def current(self) -> Mapping[Entry, tuple[str, ...]]:
        """The entries under the paths that the files have now."""
        found: dict[Entry, tuple[str, ...]] = {}
        for entry, reasons in self.entries.items():
            moved = entry._replace(path=self.renames.get(entry.path, entry.path))
            found[moved] = (*found.get(moved, ()), *reasons)
        return found


def entry_of(finding: Finding, path: str) -> Entry:
    """Make the entry for a finding in the file `path`, as seen from the baseline's directory."""
    call = "" if finding.code == UNREADABLE_CODE else normalised(finding.call)
    return Entry(path, finding.scope, finding.code, call)


def relative_path(location: str, root: str) -> str:
    """Return an absolute path as seen from the directory `root`, with `/`."""
    inside = root.rstrip("/") + "/"
    return location.removeprefix(inside) if location.startswith(inside) else os.path.relpath(location, root)


@cache
def normalised(call: str) -> str:
    """Write a call so that its layout does not matter: white space, quotes, a comma before a closing bracket."""
    written = ""
    parts = [part for part in _TOKEN.findall(call) if not part.isspace()]
    for part, following in pairwise([*parts, ""]):
        if part == "," and following in _CLOSING:
            continue
        apart = _ends_a_word(written[-1:]) and _ends_a_word(part[0])
        written += (" " if apart else "") + _with_double_quotes(part)
    if len(written) <= _LONGEST_CALL:
        return written
    import hashlib

    return f"{written[:_LONGEST_CALL]}... {hashlib.sha256(written.encode(errors='replace')).hexdigest()[:12]}"


def _ends_a_word(character: str) -> bool:
    return character.isalnum() or character == "_"


def _with_double_quotes(part: str) -> str:
    if not part.endswith("'") or '"' in part or "\\" in part:
        return part
    return part.replace("'", '"')


def written(entries: Mapping[Entry, tuple[str, ...]]) -> str:
    """Write a baseline's file."""
    rows = sorted((*entry, *([reason] if reason else [])) for entry, reasons in entries.items() for reason in reasons)
    lines = [json.dumps(row, ensure_ascii=False) + "," for row in rows]
    return "\n".join([f'{{"version": {VERSION},', '"entries": [', *lines, "null", "]}", ""])


def read_baseline(file: str) -> Baseline | None:
    """Read a baseline; None when there is none.

    Raises:
        BaselineError: the file is not as this version writes it.
    """
    try:
        with open(file, encoding="utf-8") as stream:
            text = stream.read()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        reason = (error.strerror or "").lower() if isinstance(error, OSError) else "it is not in UTF-8"
        raise BaselineError(f"{file}: cannot be read: {reason}; restore the committed file") from error
    return Baseline(file, _entries(_rows(text, file), file))


def _rows(text: str, file: str) -> list[object]:
    _refuse_markers(text, file)
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        line = getattr(error, "lineno", 1)
        raise _damaged(file, f"line {line}: {getattr(error, 'msg', 'too deep')}") from error
    version = document.get("version") if isinstance(document, dict) else None
    if isinstance(version, int) and version > VERSION:
        raise BaselineError(
            f"{file}: written in format {version} by a newer flake8-client-pool, and this one reads format "
            f"{VERSION}; upgrade flake8-client-pool here"
        )
    if version != VERSION or not isinstance(document.get("entries"), list):
        raise _damaged(file, "no version or no entries")
    rows: list[object] = document["entries"]
    return rows[:-1] if rows and rows[-1] is None else rows


def _refuse_markers(text: str, file: str) -> None:
    for number, line in enumerate(text.split("\n"), 1):
        if line.startswith(_MARKERS):
            raise BaselineError(
                f"{file}: line {number}: a merge left its conflict here; keep the lines of both sides, remove the "
                "markers, then run `client-pool baseline --update`, which drops what is fixed"
            )


def _entries(rows: Iterable[object], file: str) -> dict[Entry, tuple[str, ...]]:
    entries: dict[Entry, tuple[str, ...]] = {}
    fields = len(Entry._fields)
    for row in rows:
        if not isinstance(row, list) or len(row) not in (fields, fields + 1):
            raise _damaged(file, f"not an entry: {row!r}")
        if not all(isinstance(value, str) for value in row):
            raise _damaged(file, f"not an entry: {row!r}")
        entry = Entry(*row[:fields])
        entries[entry] = (*entries.get(entry, ()), *(row[fields:] or [""]))
    return entries


def _damaged(file: str, where: str) -> BaselineError:
    return BaselineError(
        f"{file}: not as `client-pool baseline` writes it ({where}); restore the committed file, "
        f"for example with git checkout -- {os.path.basename(file)}"
    )
