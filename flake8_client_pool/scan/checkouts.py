"""A list of checkouts in a file."""

import os
from collections.abc import Iterable
from itertools import permutations

from flake8_client_pool.policy.errors import ClientPoolError


def checkouts_in(file: str) -> tuple[str, ...]:
    """Read the directories that a file lists, one a line, relative to its own; `#` begins a line that is none.

    Raises:
        ClientPoolError: the file cannot be read, lists nothing, or a directory inside of another, whose files would
            count twice.
    """
    try:
        with open(file, encoding="utf-8-sig") as stream:
            lines = [line.strip() for line in stream]
    except (OSError, UnicodeDecodeError) as error:
        reason = (error.strerror or str(error)).lower() if isinstance(error, OSError) else "it is not UTF-8"
        raise ClientPoolError(f"{file}: cannot be read: {reason}; name a file that lists checkouts") from error
    named = [line for line in lines if line and not line.startswith("#")]
    if not named:
        raise ClientPoolError(f"{file}: lists no checkouts; write one directory a line")
    found: dict[str, str] = {}
    for path in named:
        directory = os.path.normpath(os.path.join(os.path.dirname(file), path))
        found.setdefault(os.path.realpath(directory), directory)
    _refuse_nested(file, found)
    return tuple(found.values())


def _refuse_nested(file: str, locations: Iterable[str]) -> None:
    for outer, inner in permutations(locations, 2):
        if inner.startswith(os.path.join(outer, "")):
            raise ClientPoolError(f"{file}: {inner} lies in {outer}, so its files would count twice; leave one out")
