"""Read regular files alone: whoever opens a pipe waits for a writer that may never come."""

import errno
import os
import stat

_WITHOUT_WAITING: int = getattr(os, "O_NONBLOCK", 0)


def content_of(path: str) -> bytes:
    """Give the bytes of a regular file.

    Raises:
        OSError: it cannot be read, or is none.
    """
    with open(path, "rb", opener=regular) as stream:
        return stream.read()


def regular(path: str, flags: int) -> int:
    """Open a file as an opener of `open` does; a folder is left to `open`, which refuses it.

    Raises:
        OSError: it cannot be opened, or is a pipe, a socket or a device.
    """
    handle = os.open(path, flags | _WITHOUT_WAITING)
    mode = os.fstat(handle).st_mode
    if stat.S_ISREG(mode) or stat.S_ISDIR(mode):
        return handle
    os.close(handle)
    raise OSError(errno.EINVAL, "It is no regular file", path)
