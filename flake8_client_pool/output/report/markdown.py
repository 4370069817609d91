"""A report as Markdown: it depends on the tree alone, so that a document in the repository is stale only with it."""

import re
from collections.abc import Iterable

from flake8_client_pool.output.plain import plain
from flake8_client_pool.output.report.tables import NUMBERS, Table, in_words, tables
from flake8_client_pool.policy.errors import ClientPoolError
from flake8_client_pool.report.figures import Report

BEGIN = "<!-- client-pool report -->"
END = "<!-- end of client-pool report -->"
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
    """Put a part between the two markers of a document, whose line ends it takes.

    Args:
        document: the text of the document.
        part: what is to stand between the lines `BEGIN` and `END`.
        name: what an error calls the document.

    Raises:
        ClientPoolError: the document does not have each marker once, in this order.
    """
    lines = document.splitlines(keepends=True)
    begins = [place for place, line in enumerate(lines) if line.strip() == BEGIN]
    ends = [place for place, line in enumerate(lines) if line.strip() == END]
    if len(begins) != 1 or len(ends) != 1 or begins > ends:
        raise ClientPoolError(
            f"{name}: has no place for the report, or several; write the line {BEGIN} once, and below it the line {END}"
        )
    line_end = "\r\n" if lines[begins[0]].endswith("\r\n") else "\n"
    inside = part.replace("\n", line_end)
    return "".join([*lines[: begins[0] + 1], inside, *lines[ends[0] :]])
