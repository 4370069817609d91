"""From bytes to text: what Python refuses is refused, with the place and a reason."""

import pytest

from flake8_client_pool.syntax.decoding import UndecodableSourceError, decode


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"x = 1\n", "x = 1\n"),
        (b"\xef\xbb\xbfx = 1\n", "x = 1\n"),
        (b"# coding: latin-1\nx = '\xe9'\n", "# coding: latin-1\nx = '\xe9'\n"),
        (
            b"#!/bin/python\n# -*- coding: cp1252 -*-\nx = '\x80'\n",
            "#!/bin/python\n# -*- coding: cp1252 -*-\nx = '\u20ac'\n",
        ),
        (b"x = 1\n# coding: latin-1\n", "x = 1\n# coding: latin-1\n"),
        (b"a\rb\r\nc", "a\nb\r\nc"),
    ],
)
def test_a_source_is_read_as_python_reads_it(data: bytes, text: str) -> None:
    assert decode(data) == text


@pytest.mark.parametrize(
    ("data", "line", "column", "reason"),
    [
        (b"x\0", 1, 2, "null byte"),
        (b"x = 1\n'\xc3\xa4\xff'\n", 2, 3, "not utf-8"),
        (b"# coding: nonsense\n", 1, 1, "nonsense"),
        (b"# coding: rot13\n", 1, 1, "rot13"),
        (b"# coding: hex\n", 1, 1, "hex"),
        (b"# coding: undefined\n", 1, 1, "undefined"),
        (b"\n# coding: zlib\n", 2, 1, "zlib"),
        (b"\xef\xbb\xbf# coding: latin-1\n", 1, 1, "byte order mark"),
    ],
)
def test_what_is_no_text_is_refused_with_the_place(data: bytes, line: int, column: int, reason: str) -> None:
    with pytest.raises(UndecodableSourceError, match=reason) as raised:
        decode(data)
    assert (raised.value.line, raised.value.column) == (line, column)
