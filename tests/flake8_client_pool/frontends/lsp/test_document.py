"""Places in an open document are those that the client means, in every encoding."""

import re

from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types

from flake8_client_pool.frontends.lsp.document import Document
from flake8_client_pool.model import Edit

CODECS = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}
LINE_END = re.compile(r"\r\n|\r|\n")
texts = st.text(st.sampled_from("ab \t\x0c\x0b\x1c\x85\u2028ä漢😀\n\r\0")) | st.lists(
    st.sampled_from(["\r\n", "\n", "x = '😀'", "é", "\r"])
).map("".join)


def opened(text: str, encoding: str) -> Document:
    item = types.TextDocumentItem("file:///repo/job.py", "python", 1, text)
    return Document(item, "/repo/job.py", encoding, is_file=True)


def position(text: str, offset: int, encoding: str) -> types.Position:
    """Say a place by Python's own codecs."""
    ends = [match.end() for match in LINE_END.finditer(text) if match.end() <= offset]
    codec, width = CODECS[encoding]
    start = ends[-1] if ends else 0
    return types.Position(len(ends), len(text[start:offset].encode(codec)) // width)


@given(texts, st.data(), st.sampled_from(sorted(CODECS)))
def test_a_place_is_the_same_on_both_sides(text: str, data: st.DataObject, encoding: str) -> None:
    offset = data.draw(st.integers(0, len(text)))
    document = opened(text, encoding)
    if text[offset - 1 : offset + 1] == "\r\n":
        return
    assert document.position(offset) == position(text, offset, encoding)
    assert document.offset(position(text, offset, encoding)) == offset


@given(texts, texts, st.data(), st.sampled_from(sorted(CODECS)))
def test_changes_give_the_clients_text(text: str, new: str, data: st.DataObject, encoding: str) -> None:
    places = [place for place in range(len(text) + 1) if text[place - 1 : place + 1] != "\r\n"]
    start, end = sorted(data.draw(st.tuples(st.sampled_from(places), st.sampled_from(places))))
    document = opened(text, encoding)
    document.text  # noqa: B018 - what is remembered of the text must not outlive it
    place = types.Range(position(text, start, encoding), position(text, end, encoding))
    document.change([types.TextDocumentContentChangePartial(place, new)], 2)
    expected = text[:start] + new + text[end:]
    assert document.text == re.sub(r"\r(?!\n)", "\n", expected).replace("\0", "\N{REPLACEMENT CHARACTER}")
    assert document.position(len(expected)) == position(expected, len(expected), encoding)
    document.change([types.TextDocumentContentChangeWholeDocument(text)], 3)
    assert len(document.text) == len(text)


def test_positions_behind_the_end() -> None:
    document = opened("ab\r\ncd", "utf-16")
    assert document.offset(types.Position(0, 99)) == 2
    assert document.offset(types.Position(1, 99)) == 6
    assert document.offset(types.Position(99, 0)) == 6
    backwards = types.Range(types.Position(1, 1), types.Position(0, 1))
    document.change([types.TextDocumentContentChangePartial(backwards, "-")], 2)
    assert document.text == "a-d"


def test_a_byte_order_mark_keeps_its_place() -> None:
    document = opened("\ufefffrom x import y\n", "utf-8")
    assert document.text == "\x0cfrom x import y\n"
    assert document.text_edit(Edit(1, 5, "z")).range.start == types.Position(0, 3)


def test_halves_of_characters_are_replaced_and_keep_their_width() -> None:
    document = opened("x = '\ud83d' + y", "utf-16")
    assert document.text == "x = '\N{REPLACEMENT CHARACTER}' + y"
    assert document.text_edit(Edit(10, 11, "z")).range.start == types.Position(0, 10)
