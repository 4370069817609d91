"""A report as tables for a terminal."""

import io

from flake8_client_pool.output.plain import plain
from flake8_client_pool.output.report.tables import NUMBERS, Table, in_words, tables
from flake8_client_pool.output.summary import number
from flake8_client_pool.report.figures import Report

WIDTH_WITHOUT_A_TERMINAL = 160


def to_table(report: Report, width: int | None) -> str:
    """Draw all tables, at most `width` columns wide where that is given."""
    parts = [drawn(table, width or WIDTH_WITHOUT_A_TERMINAL) for table in tables(report)]
    heading = f"{plain(report.path)}, {number(report.code.files, 'file')} of code: {in_words(report)}"
    return "\n\n".join([heading, *parts]) + "\n"


def drawn(table: Table, width: int) -> str:
    """Draw a table at most `width` columns wide."""
    from rich import box
    from rich.console import Console
    from rich.table import Table as Drawing
    from rich.text import Text

    drawing = Drawing(box=box.SIMPLE_HEAD)
    for heading in table.headings:
        drawing.add_column(heading, justify="right" if heading in NUMBERS else "left", overflow="fold")
    for row in table.rows:
        drawing.add_row(*(Text(plain(text)) for text in row))
    target = io.StringIO()
    Console(file=target, width=width, color_system=None).print(drawing)
    return "\n".join(line.rstrip() for line in target.getvalue().strip("\n").split("\n"))
