"""What holds for any file: no exception, places inside the text, and an excerpt that finds what the whole does."""

import ast
import sys
import sysconfig
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from textwrap import indent
from unittest import mock

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from flake8_client_pool.engine import Engine
from flake8_client_pool.kinds import KINDS
from flake8_client_pool.model import Finding
from flake8_client_pool.rules import RULES
from flake8_client_pool.syntax import excerpt
from flake8_client_pool.syntax.decoding import UndecodableSourceError, decode

EXAMPLES = [example.source for rule in RULES for example in rule.examples]
PIECES = [
    "bigquery", "storage", "Client", ".", "(", ")", "[", "]", "{", "}", ":", "=", ",", "\n", "\n    ", "\t", " ", "\r",
    "\f", "\\", "'", '"', '"""', "#", "def ", "class ", "lambda ", "import ", "from ", " as ", "google.cloud", "*",
    "if ", "else:", "try:", "except ", "for ", " in ", "return ", "global ", "del ", "match ", "case ", "f'{", "type[",
    "async ", "await ", ":=", "->", "😀", "é", "self", "@", "from_service_account_json", "None", "print ", "0",
]  # fmt: skip


def findings(text: str) -> tuple[Finding, ...]:
    engine = Engine(KINDS, "shared_clients")
    words = engine.words("example.py", text.encode("utf-8", "surrogatepass"))
    return engine.analyze("example.py", text, words).findings if words else ()


def check_places(text: str, found: tuple[Finding, ...]) -> None:
    lines = text.split("\n")
    for finding in found:
        span = finding.span
        assert 0 <= span.start <= span.end <= len(text)
        assert 1 <= span.line <= span.end_line <= len(lines)
        assert 1 <= span.column <= len(lines[span.line - 1]) + 1
        assert sum(len(line) + 1 for line in lines[: span.line - 1]) + span.column - 1 == span.start
        assert finding.logical_line[0] <= span.line <= max(finding.logical_line[1], span.line)


text_of_pieces = st.lists(st.sampled_from(PIECES), max_size=60).map("".join)
prefix = st.sampled_from(
    ["", "from google.cloud import bigquery, storage\n", "from google.cloud.storage import Client\n"]
)


@given(prefix, text_of_pieces | st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
@settings(deadline=None)
@example("from google.cloud import storage\n", "storage.Client(")
def test_any_text(head: str, tail: str) -> None:
    text = decode((head + tail).replace("\0", "").encode())
    check_places(text, findings(text))


@given(st.binary(max_size=300) | st.sampled_from([b"# coding: latin-1\n", b"\xef\xbb\xbf", b"# coding: x\n"]), prefix)
@settings(deadline=None)
def test_any_bytes(data: bytes, head: str) -> None:
    data += head.encode() + b"Client()\n"
    try:
        text = decode(data)
    except UndecodableSourceError as error:
        fault = error
    else:
        check_places(text, findings(text))
        return
    assert 1 <= fault.line <= data.count(b"\n") + 1
    assert fault.column >= 1
    assert fault.reason


@given(st.sampled_from(EXAMPLES), st.integers(0), st.integers(0, 12), st.sampled_from(PIECES))
@settings(deadline=None)
def test_any_mutation_of_an_example(source: str, place: int, length: int, piece: str) -> None:
    place %= len(source) + 1
    text = decode((source[:place] + piece + source[place + length :]).encode())
    check_places(text, findings(text))


def parses(text: str) -> bool:
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True


def standard_library() -> Iterator[str]:
    for path in sorted(Path(sysconfig.get_path("stdlib")).glob("*.py")):
        try:
            yield decode(path.read_bytes())
        except UndecodableSourceError:
            continue


SOURCES = list(islice((text for text in standard_library() if 9_000 < len(text) < 60_000), 60))


@given(
    st.integers(0, len(SOURCES) - 1),
    st.integers(0),
    st.sampled_from(EXAMPLES),
    st.sampled_from(["", "    ", "        "]),
)
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
def test_an_excerpt_finds_what_the_whole_does(number: int, place: int, client: str, depth: str) -> None:
    lines = SOURCES[number].split("\n")
    place %= len(lines)
    text = "\n".join([*lines[:place], indent(client, depth), *lines[place:]])
    found = findings(text)
    check_places(text, found)
    with mock.patch.object(excerpt, "_SMALLEST", sys.maxsize):
        whole = findings(text)
    if parses(text):
        assert found == whole


def test_large_sources_are_excerpted_at_all() -> None:
    text = max(SOURCES, key=len)
    piece = excerpt.excerpt(text, {"Client"}, {"storage"})
    assert len(piece.text.split()) < len(text.split()) / 2
    assert len(piece.text) == len(text)
    assert piece.text.count("\n") == text.count("\n")


@pytest.mark.parametrize("source", EXAMPLES)
def test_an_example_is_found_alike_behind_much_other_code(source: str) -> None:
    filler = "".join(f"def f{number}():\n    '''Do nothing.'''\n    return {number}\n\n\n" for number in range(300))
    shift = filler.count("\n")
    moved = [(each.span.line - shift, each.span.column, each.code) for each in findings(filler + source)]
    assert moved == [(each.span.line, each.span.column, each.code) for each in findings(source)]
