import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from flake8_client_pool.policy.baseline import NAME, BaselineError, Entry, normalised, read_baseline, written

WORDS = st.text(alphabet="ab/ é\"'\\,\u2028\ud800", max_size=6)
ENTRIES = st.dictionaries(
    st.builds(Entry, WORDS, WORDS, WORDS, WORDS), st.lists(WORDS, min_size=1, max_size=3).map(tuple), max_size=6
)
A = Entry("a.py", "load", "CPL101", "bigquery.Client()")
B = Entry("b.py", "", "CPL103", "storage.Client()")


def lines_of(text: str) -> list[str]:
    return text.split("\n")


@given(entries=ENTRIES)
def test_what_is_written_is_read_again(
    tmp_path_factory: pytest.TempPathFactory, entries: dict[Entry, tuple[str, ...]]
) -> None:
    file = tmp_path_factory.getbasetemp() / NAME
    text = written(entries)
    file.write_text(text, encoding="utf-8", errors="backslashreplace", newline="")
    read = read_baseline(str(file))
    assert read
    assert {entry: Counter(reasons) for entry, reasons in read.entries.items()} == {
        entry: Counter(reasons) for entry, reasons in entries.items()
    }
    assert written(read.entries) == text


@given(entries=ENTRIES)
def test_an_entry_is_a_line_that_goes_without_another(entries: dict[Entry, tuple[str, ...]]) -> None:
    lines = lines_of(written(entries))
    rows = lines[2:-3]
    assert len(rows) == sum(map(len, entries.values()))
    assert rows == sorted(rows, key=lambda row: json.loads(row.removesuffix(",")))
    for number in range(len(rows)):
        left = lines[: number + 2] + lines[number + 3 :]
        assert len(json.loads("\n".join(left))["entries"]) == len(rows)


def test_the_file_as_people_see_it() -> None:
    assert written({B: ("the emulator",), A: ("", "")}) == (
        '{"version": 1,\n'
        '"entries": [\n'
        '["a.py", "load", "CPL101", "bigquery.Client()"],\n'
        '["a.py", "load", "CPL101", "bigquery.Client()"],\n'
        '["b.py", "", "CPL103", "storage.Client()", "the emulator"],\n'
        "null\n"
        "]}\n"
    )


@pytest.mark.parametrize(
    ("call", "same"),
    [
        ("Client(project='x')", 'Client( project = "x", )'),
        ("Client(a, [b])", "Client(a,[b,],)"),
        ("Client(\n    a\n)", "Client(a)"),
        ("Client(lambda x: not x)", "Client(lambda  x:not  x)"),
        ("Client(r'x', f'y')", 'Client(r"x", f"y")'),
    ],
)
def test_layout_does_not_matter(call: str, same: str) -> None:
    assert normalised(call) == normalised(same)


@pytest.mark.parametrize(
    ("call", "other"),
    [
        ("Client(a)", "Client(b)"),
        ("Client('a b')", "Client('a  b')"),
        ("Client('a')", "Client(a)"),
        ("Client(notx)", "Client(not x)"),
        ("""Client('"')""", """Client("'")"""),
        (f"Client({'a, ' * 100}b)", f"Client({'a, ' * 100}c)"),
    ],
)
def test_what_a_call_says_does_matter(call: str, other: str) -> None:
    assert normalised(call) != normalised(other)


@given(call=st.text(max_size=600))
@example("'" * 3 + "x")
def test_any_text_is_normalised_to_one_short_line_that_stays(call: str) -> None:
    once = normalised(call)
    assert len(once) <= 220
    if len(once) <= 200:
        assert normalised(once) == once


def refused(tmp_path: Path, content: str | bytes) -> str:
    file = tmp_path / NAME
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(BaselineError) as caught:
        read_baseline(str(file))
    return str(caught.value).removeprefix(f"{file}: ")


DAMAGED = (
    "not as `client-pool baseline` writes it ({}); restore the committed file, "
    "for example with git checkout -- {}"
)


@pytest.mark.parametrize(
    ("content", "where"),
    [
        ("", "line 1: Expecting value"),
        ('{"version": 1,\n"entries": [\n["a"\n', "line 4: Expecting ',' delimiter"),
        ("[]", "no version or no entries"),
        ('{"version": 1}', "no version or no entries"),
        ('{"version": "1", "entries": []}', "no version or no entries"),
        ('{"version": 1, "entries": [["a", "b", "c"], null]}', "not an entry: ['a', 'b', 'c']"),
        ('{"version": 1, "entries": [["a", "b", "c", 4]]}', "not an entry: ['a', 'b', 'c', 4]"),
        ('{"version": 1, "entries": [null, null]}', "not an entry: None"),
        ('{"version": 1, "entries": ' + "[" * 100_000, "line 1: too deep"),
    ],
)
def test_a_damaged_file_is_refused_with_the_place(tmp_path: Path, content: str, where: str) -> None:
    assert refused(tmp_path, content) == DAMAGED.format(where, NAME)


def test_a_file_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path, '{"version": 2, "entries": {}}') == (
        "written in format 2 by a newer flake8-client-pool, and this one reads format 1; "
        "upgrade flake8-client-pool here"
    )


def test_a_conflict_is_named_with_its_line(tmp_path: Path) -> None:
    rows = lines_of(written({A: ("",), B: ("",)}))
    conflict = [*rows[:2], "<<<<<<< HEAD", rows[2], "=======", rows[3], ">>>>>>> theirs", *rows[4:]]
    assert refused(tmp_path, "\n".join(conflict)) == (
        "line 3: a merge left its conflict here; keep the lines of both sides, remove the markers, then run "
        "`client-pool baseline --update`, which drops what is fixed"
    )
    (tmp_path / NAME).write_text("\n".join(line for line in conflict if not line.startswith(("<", "=", ">"))))
    read = read_baseline(str(tmp_path / NAME))
    assert read
    assert set(read.entries) == {A, B}


def test_what_is_no_text_or_no_file_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path, b"\xff") == "cannot be read: it is not in UTF-8; restore the committed file"
    (tmp_path / NAME).unlink()
    assert read_baseline(str(tmp_path / NAME)) is None
    (tmp_path / NAME).mkdir()
    with pytest.raises(BaselineError, match="cannot be read: is a directory; restore the committed file"):
        read_baseline(str(tmp_path / NAME))
