"""A report as Markdown: it depends on the tree alone, so that a document in the repository is stale only with it."""

import re
from collections.abc import Iterable, Iterator
from textwrap import indent

from flake8_client_pool.output.plain import plain
from flake8_client_pool.output.report.tables import NUMBERS, Table, in_words, tables
from flake8_client_pool.policy.errors import ClientPoolError
from flake8_client_pool.report.figures import Report

BEGIN = "<!-- client-pool report -->"
END = "<!-- end of client-pool report -->"
_FENCE = re.compile(r"\s*(`{3,}|~{3,})")
# What a renderer could take for more than a name: a table's cell, emphasis, HTML, a link, code.
_SPECIAL = re.compile(r"([\\|*_<>\[\]`~])")


def to_markdown(report: Report) -> str:
    """Write the sentence and all tables, without a heading above them."""
    return "\n\n".join([escaped(in_words(report)), *map(written, tables(report))]) + "\n"


def written(table: Table) -> str:
    """Write a table."""
    rule = ["---:" if heading in NUMBERS else "---" for heading in table.headings]
    rows = [map(escaped, row) for row in table.rows]
    return "\n".join(map(_row, [table.headings, rule, *rows]))


def _row(cells: Iterable[str]) -> str:
    return " ".join(["|", *(f"{cell} |" for cell in cells)]).replace("|  |", "| |")


def escaped(text: str) -> str:
    """Write a text on one line so that it is nothing but text."""
    return _SPECIAL.sub(r"\\\1", plain(" ".join(text.split())))


def with_part(document: str, part: str, name: str) -> str:
    """Put a part between the two markers of a document, whose line ends and indentation it takes.

    Markers inside of fenced code are shown there, and mark nothing.

    Args:
        document: the text of the document.
        part: what is to stand between the lines `BEGIN` and `END`.
        name: what an error calls the document.

    Raises:
        ClientPoolError: the document does not have each marker once, in this order.
    """
    lines = document.splitlines(keepends=True)
    marks = [(place, line.strip()) for place, line in _outside_of_code(lines) if line.strip() in (BEGIN, END)]
    if [mark for _, mark in marks] != [BEGIN, END]:
        raise ClientPoolError(
            f"{name}: has no place for the report, or several; write the line {BEGIN} once, and below it the line {END}"
        )
    (begin, _), (end, _) = marks
    line_end = "\r\n" if lines[begin].endswith("\r\n") else "\n"
    indentation = lines[end][: -len(lines[end].lstrip())]
    inside = indent(part, indentation).replace("\n", line_end)
    return "".join([*lines[: begin + 1], inside, *lines[end:]])


def _outside_of_code(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Give lines with their places, but for those between the fences of code, and without the mark of UTF-8."""
    fence = ""
    for place, line in enumerate(lines):
        found = _FENCE.match(line)
        if not fence:
            fence = found[1] if found else ""
            yield place, line.removeprefix("\ufeff")
        elif found and found[1].startswith(fence) and line.strip() == found[1]:
            fence = ""
