"""Put a fixed text in the place of a file: as a whole or not at all, and only if nobody else changed the file."""

import os
import secrets
import stat
import sys
import tempfile
from codecs import BOM_UTF8
from contextlib import suppress

from flake8_client_pool.syntax.decoding import decode, encoding_of
from flake8_client_pool.syntax.regular_files import content_of

_MAY_WRITE = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH


class NotWrittenError(Exception):
    """A file that is as it was; the text says why."""


def encoded(original: bytes, text: str) -> bytes:
    """Encode a text as the file it came from is encoded, byte order mark included.

    Raises:
        NotWrittenError: the text cannot be encoded so, or the file would not come back from it.
    """
    if decode(original) != original.removeprefix(BOM_UTF8).decode(encoding_of(original)):
        raise NotWrittenError("it has line ends that would not be kept: a carriage return alone")
    mark, encoding = (BOM_UTF8, "utf-8") if original.startswith(BOM_UTF8) else (b"", encoding_of(original))
    try:
        new = mark + text.encode(encoding)
    except UnicodeEncodeError as error:
        raise NotWrittenError(f"the fix cannot be written in {encoding}") from error
    if mark + decode(original).encode(encoding) != original or decode(new) != text:
        raise NotWrittenError(f"it would not be kept as it is: {encoding} can write the same text in several ways")
    return new


def replace_file(location: str, original: bytes, new: bytes) -> None:
    """Write `new` where `original` was read; links stay links; mode, owner and extended attributes are kept.

    Raises:
        NotWrittenError: the file cannot be written, or is no longer as it was read.
    """
    target = os.path.realpath(location)
    try:
        status = os.stat(target)
        if not status.st_mode & _MAY_WRITE or not os.access(target, os.W_OK):
            raise NotWrittenError("it may not be written")
        if status.st_nlink > 1:
            raise NotWrittenError("it has a second name, a hard link, that would keep the old text")
        handle, temporary = tempfile.mkstemp(dir=os.path.dirname(target), prefix=".client-pool-")
    except OSError as error:
        raise NotWrittenError(_explained(error)) from error
    try:
        with open(handle, "wb") as stream:
            stream.write(new)
            stream.flush()
            os.fsync(stream.fileno())
        _take_over(temporary, target, status)
        if content_of(target) != original:
            raise NotWrittenError("it was changed meanwhile; run again")
        os.replace(temporary, target)
    except OSError as error:
        raise NotWrittenError(_explained(error)) from error
    finally:
        with suppress(OSError):
            os.unlink(temporary)


def create_file(location: str, content: bytes) -> None:
    """Write a file that is not there yet, with the rights that new files get there.

    Raises:
        NotWrittenError: it cannot be written, or something lies there by now.
    """
    temporary = os.path.join(os.path.dirname(location), f".client-pool-{secrets.token_hex(8)}")
    try:
        with open(temporary, "xb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        # Unlike a rename, a link fails where something lies already.
        os.link(temporary, location)
    except FileExistsError as error:
        raise NotWrittenError("a file of its name was made meanwhile; run again") from error
    except OSError as error:
        raise NotWrittenError(_explained(error)) from error
    finally:
        with suppress(OSError):
            os.unlink(temporary)


def _take_over(temporary: str, target: str, status: os.stat_result) -> None:
    os.chmod(temporary, stat.S_IMODE(status.st_mode))
    if (status.st_uid, status.st_gid) != (os.geteuid(), os.getegid()):
        os.chown(temporary, status.st_uid, status.st_gid)
        os.chmod(temporary, stat.S_IMODE(status.st_mode))
    if sys.platform == "linux":
        _take_attributes_over(temporary, target)


def _take_attributes_over(temporary: str, target: str) -> None:
    """Keep the extended attributes, access control lists among them, as far as this process may set them."""
    with suppress(OSError):
        for name in os.listxattr(target):
            with suppress(OSError):
                os.setxattr(temporary, name, os.getxattr(target, name))


def _explained(error: OSError) -> str:
    return f"it cannot be written: {(error.strerror or str(error)).lower()}"
