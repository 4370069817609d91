import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flake8_client_pool.model import Finding, Span
from flake8_client_pool.output.text import TextOptions, printable, to_text
from flake8_client_pool.scan.inspection import Excerpt
from flake8_client_pool.scan.run import Result, Run


def shown(source: str, start: int, end: int | None) -> tuple[str, str]:
    """Return the source line and the line below it, for a place between two columns."""
    span = Span(0, 0, 7, start, 7 if end else 8, end or 2)
    finding = Finding("CPL101", "bigquery", "message", span, "", (7, 7))
    text = to_text(Run((Result("job.py", finding, Excerpt(source, start)),), 1), TextOptions())
    _, line, mark, _ = text.splitlines()
    return line.removeprefix("    "), mark.removeprefix("    ")


@pytest.mark.parametrize(
    ("source", "start", "end", "line", "mark"),
    [
        ("x = f()", 5, 8, "x = f()", "    ^^^"),
        ("        x = f()", 13, 16, "x = f()", "    ^^^"),
        ("\tx =\tf()", 6, 9, "x =    f()", "       ^^^"),
        ("漢 = f()", 5, 8, "漢 = f()", "     ^^^"),
        ("e\u0301 = f()", 6, 9, "e\u0301 = f()", "    ^^^"),
        ("x = f(", 5, None, "x = f(", "    ^^"),
        ("", 1, 2, "", "^"),
        ("    # noqa", 1, 1, "    # noqa", "^"),
    ],
)
def test_the_mark_stands_under_the_place(source: str, start: int, end: int | None, line: str, mark: str) -> None:
    assert shown(source, start, end) == (line, mark)


def other(*statuses: str) -> tuple[Result, ...]:
    finding = Finding("CPL101", "bigquery", "message", Span(0, 0, 1, 1, 1, 2), "", (1, 1))
    return tuple(Result("job.py", finding, Excerpt("", 1), status) for status in statuses)


@given(text=st.text())
def test_nothing_reaches_the_terminal_that_it_would_act_upon(text: str) -> None:
    assert not [char for char in printable(text) if unicodedata.category(char) in {"Cc", "Cf", "Zl", "Zp"}]


@pytest.mark.parametrize(
    ("run", "line"),
    [
        (Run((), 0), "Nothing found in 0 files.\n"),
        (Run((), 1), "Nothing found in 1 file.\n"),
        (
            Run((), 2221, others=other("suppressed", "suppressed", "suppressed")),
            "Nothing found in 2,221 files; 3 findings suppressed by comments.\n",
        ),
        (
            Run(
                (),
                9,
                others=other("suppressed", "pending", "baselined", "pending"),
                earlier=other(*["earlier"] * 1234),
            ),
            (
                "Nothing found in 9 files; 2 findings pending; 1 finding known to the baseline; "
                "1 finding suppressed by comments; 1,234 findings there before.\n"
            ),
        ),
    ],
)
def test_the_sum_of_a_run_without_findings(run: Run, line: str) -> None:
    assert to_text(run, TextOptions()) == line
