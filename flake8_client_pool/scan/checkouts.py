"""A list of checkouts in a file."""

import os

from flake8_client_pool.policy.errors import ClientPoolError


def checkouts_in(file: str) -> tuple[str, ...]:
    """Read the directories that a file lists, one a line, relative to its own; `#` begins a line that is none.

    Raises:
        ClientPoolError: the file cannot be read, lists nothing, or names what is no directory.
    """
    try:
        with open(file, encoding="utf-8") as stream:
            lines = [line.strip() for line in stream]
    except (OSError, UnicodeDecodeError) as error:
        reason = (error.strerror or str(error)).lower() if isinstance(error, OSError) else "it is not UTF-8"
        raise ClientPoolError(f"{file}: cannot be read: {reason}; name a file that lists checkouts") from error
    named = [line for line in lines if line and not line.startswith("#")]
    if not named:
        raise ClientPoolError(f"{file}: lists no checkouts; write one directory a line")
    found = dict.fromkeys(os.path.normpath(os.path.join(os.path.dirname(file), path)) for path in named)
    if missing := [path for path in found if not os.path.isdir(path)]:
        raise ClientPoolError(f"{file}: {missing[0]} is no directory; a line names one, relative to the file's own")
    return tuple(found)
