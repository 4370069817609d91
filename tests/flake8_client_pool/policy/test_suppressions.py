"""The comments decide as the installed flake8 decides about the same text."""

import argparse

import pytest
from flake8 import defaults
from flake8.processor import FileProcessor
from flake8.violation import Violation
from hypothesis import example, given
from hypothesis import strategies as st

from flake8_client_pool.model import Finding, Span
from flake8_client_pool.policy import suppressions
from flake8_client_pool.policy.suppressions import Suppressions

CODES = ("CPL101", "CPL103", "E501")
COMMENTS = st.sampled_from(
    [
        "# noqa",
        "#noqa",
        "# NoQA",
        "# noqa: CPL101",
        "# noqa:CPL101,E501",
        "# noqa: E501 CPL1 why",
        "# noqa: cpl101",
        "# noqa : CPL101",
        "# noqa: CPL",
        "# noqa:  CPL101",
        "# see # noqa: CPL103",
        "# flake8: noqa",
        "  # flake8: noqa: E501",
        "# FLAKE8= noqa",
        "x = 1  # flake8: noqa",
        "# nothing",
    ]
)
STATEMENTS = st.sampled_from(
    [
        "x = f(",
        "    a,",
        ")",
        "y = 1",
        "z = '''",
        "text",
        "'''",
        "w = 1 + \\",
        "    2",
        "if x:",
        "    pass",
        "",
        "\tpass",
    ]
)
LINES = st.lists(st.one_of(STATEMENTS, st.builds("{}  {}".format, STATEMENTS, COMMENTS), COMMENTS), max_size=9)


def finding_on(line: int, lines: int, code: str) -> Finding:
    return Finding(code, "", "", Span(0, 0, line, 1, line, 2), "", (1, max(lines, 1)))


def flake8_processor(text: str) -> FileProcessor:
    options = argparse.Namespace(
        hang_closing=False,
        indent_size=4,
        max_line_length=79,
        max_doc_length=None,
        verbose=0,
        disable_noqa=False,
    )
    return FileProcessor("t.py", options, [f"{line}\n" for line in text.split("\n")[:-1]])


def flake8_suppresses(text: str, line: int, code: str) -> bool:
    processor = flake8_processor(text)
    if processor.should_ignore_file():
        return True
    physical = processor.noqa_line_for(line) or text.split("\n")[line - 1]
    return Violation(code, "t.py", line, 1, "", physical).is_inline_ignored(disable_noqa=False)


def suppresses(text: str, line: int, code: str) -> bool:
    comments = Suppressions(text)
    comment = comments.deciding_for(finding_on(line, text.count("\n"), code))
    return comments.whole_file or (comment is not None and comment.covering(code) is not None)


@given(lines=LINES.filter(bool), number=st.integers(0, 8), code=st.sampled_from(CODES))
@example(["x = f(", "    a,  # noqa: CPL101", ")"], 0, "CPL101")
@example(["x = f(", ")  # noqa: CPL101"], 0, "CPL101")
@example(["z = '''", "'''  # noqa: CPL101"], 0, "CPL101")
@example(["w = 1 + \\", "    2  # noqa: CPL101"], 0, "CPL101")
def test_a_finding_is_suppressed_where_flake8_would_suppress_it(lines: list[str], number: int, code: str) -> None:
    text = "".join(f"{line}\n" for line in lines)
    line = 1 + number % len(lines)
    assert suppresses(text, line, code) == flake8_suppresses(text, line, code)


@given(text=st.text(alphabet="#  noqaNOQA:,CPLE10\t\r\x0b\x0cflake8=", max_size=60))
def test_any_comment_is_read_as_flake8_reads_it(text: str) -> None:
    ours = suppressions.INLINE.search(text)
    theirs = defaults.NOQA_INLINE_REGEXP.search(text)
    assert (ours and (ours.span(), ours["codes"])) == (theirs and (theirs.span(), theirs["codes"]))
    assert bool(suppressions.WHOLE_FILE.match(text)) == bool(defaults.NOQA_FILE.match(text))


@pytest.mark.parametrize(
    ("source", "places"),
    [
        ("x = 1  # noqa: CPL101, E501\n", [("CPL101", 1, 16), ("E501", 1, 24)]),
        ("é = 1  # noqa: CPL101\n", [("CPL101", 1, 16)]),
        ("'''\n# noqa: CPL101\n'''\n", []),
        ("x = (\n  1,  # noqa:CPL101\n)\n", [("CPL101", 2, 14)]),
        ("x = (  # noqa: CPL101\n", []),
        ("x = 1  # noqa\n", []),
        ("x = 1  # noqa: CPL101", [("CPL101", 1, 16)]),
    ],
)
def test_named_codes_are_those_of_comments(source: str, places: list[tuple[str, int, int]]) -> None:
    assert [(named.code, named.line, named.column) for named in Suppressions(source).named()] == places
