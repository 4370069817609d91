"""From bytes to text as Python reads a source: byte order mark, encoding cookie (PEP 263), line ends."""

import re
from codecs import BOM_UTF8, lookup

_COOKIE = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_BLANK = re.compile(rb"^[ \t\f]*(?:#[^\r\n]*)?$")
_LONE_CARRIAGE_RETURN = re.compile(r"\r(?!\n)")


class UndecodableSourceError(ValueError):
    """A file that is no text in the encoding it declares.

    Attributes:
        line: the line of the fault, from 1.
        column: the column of the fault, from 1.
        reason: what is wrong, for a message.
    """

    def __init__(self, line: int, column: int, reason: str) -> None:
        """Remember the place and the reason."""
        super().__init__(f"line {line}, column {column}: {reason}")
        self.line = line
        self.column = column
        self.reason = reason


def decode(data: bytes) -> str:
    """Decode a source file; a byte order mark is left out, a lone carriage return ends a line as Python has it.

    Raises:
        UndecodableSourceError: the bytes are no text in the declared encoding, or hold a null byte.
    """
    if (null := data.find(b"\0")) >= 0:
        raise _at(data, null, "the file holds a null byte")
    encoding = encoding_of(data)
    data = data.removeprefix(BOM_UTF8)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise _at(data, error.start, f"the bytes are not {encoding}") from error
    except UnicodeError as error:
        raise UndecodableSourceError(1, 1, f"the bytes are not {encoding}") from error
    return _LONE_CARRIAGE_RETURN.sub("\n", text) if "\r" in text else text


def encode(text: str) -> bytes:
    """Encode a text as its file would be."""
    data = text.encode(errors="replace")
    try:
        return text.encode(encoding_of(data), "replace")
    except UndecodableSourceError:
        return data


def encoding_of(data: bytes) -> str:
    """Find the encoding that a source file declares, UTF-8 where it declares none (PEP 263).

    Raises:
        UndecodableSourceError: there is no such encoding, or a byte order mark contradicts it.
    """
    for number, line in enumerate(data.removeprefix(BOM_UTF8).splitlines()[:2] if b"coding" in data[:400] else (), 1):
        if match := _COOKIE.match(line):
            return _checked(match[1].decode("ascii", "replace"), number, has_mark=data.startswith(BOM_UTF8))
        if not _BLANK.match(line):
            break
    return "utf-8"


def _checked(name: str, line: int, *, has_mark: bool) -> str:
    try:
        codec = lookup(name)
        b"#".decode(name)
    except (LookupError, UnicodeError, ValueError) as error:
        raise UndecodableSourceError(line, 1, f"there is no text encoding {name!r}") from error
    if has_mark and codec.name not in ("utf-8", "utf-8-sig"):
        raise UndecodableSourceError(line, 1, f"the byte order mark says utf-8, the cookie {name!r}")
    return codec.name


def _at(data: bytes, offset: int, reason: str) -> UndecodableSourceError:
    before = data[:offset]
    line = before[before.rfind(b"\n") + 1 :].decode("utf-8", "replace")
    return UndecodableSourceError(before.count(b"\n") + 1, len(line) + 1, reason)
