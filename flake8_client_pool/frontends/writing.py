"""Where a frontend's output goes."""

import os
import sys
from contextlib import suppress

from flake8_client_pool.policy.errors import ClientPoolError


def write_out(text: str) -> None:
    """Write to standard output what its encoding can show; the rest as backslash sequences."""
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))
    sys.stdout.flush()


def write_bytes(data: bytes) -> None:
    """Write to standard output as it is."""
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def write_error(text: str) -> None:
    """Write to standard error, which is left to people where standard output is for a program."""
    sys.stderr.write(text.encode("utf-8", "backslashreplace").decode())


def write_problem(text: str) -> None:
    """Write one line to standard error, in the name of the tool."""
    print(f"client-pool: {' '.join(text.split())}", file=sys.stderr)


def write_file(path: str, text: str, advice: str = "name another file with --output-file") -> None:
    """Replace a file by `text` in UTF-8, as a whole or not at all; its mode stays, and so does a link to it.

    A pipe or a device is written to as it is.

    Raises:
        ClientPoolError: the file cannot be written; what was there is untouched.
    """
    target = os.path.realpath(path)
    if os.path.isdir(target):
        raise ClientPoolError(f"{path}: cannot be written: it is a directory; {advice}")
    try:
        if os.path.exists(target) and not os.path.isfile(target):
            _write(target, text)
        else:
            _replace(target, text)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise ClientPoolError(f"{path}: cannot be written: {reason}; {advice}") from error


def _replace(target: str, text: str) -> None:
    temporary = f"{target}.{os.getpid()}.new"
    try:
        _write(temporary, text)
        if os.path.exists(target):
            os.chmod(temporary, os.stat(target).st_mode)
        os.replace(temporary, target)
    except OSError:
        with suppress(OSError):
            os.unlink(temporary)
        raise


def _write(path: str, text: str) -> None:
    with open(path, "w", encoding="utf-8", errors="backslashreplace", newline="") as stream:
        stream.write(text)
