"""A report as tables for people."""

import io
from collections.abc import Iterable, Iterator, Sequence

from flake8_client_pool.output.summary import number
from flake8_client_pool.report.figures import Count, PhaseRow, Report, Row

_WIDTH_WITHOUT_A_TERMINAL = 160
_FIGURES = ("pool calls", "direct", "adoption")


def to_table(report: Report, width: int | None) -> str:
    """Draw all tables, at most `width` columns wide where that is given."""
    heading = (
        f"{report.path}: {number(report.code.total.pool_calls, 'pool call')} of {report.pool_module}, "
        f"{number(report.code.total.direct, 'direct construction')}, {per_cent(report.code.total)} adopted; "
        f"{number(report.code.files, 'file')} of code"
    )
    drawn = [_drawn(headings, rows, width) for headings, rows in tables(report)]
    return "\n\n".join([heading, *drawn]) + "\n"


Table = tuple[tuple[str, ...], list[tuple[str, ...]]]


def tables(report: Report) -> Iterator[Table]:
    """Give the headings and the rows of every table that has any, as text."""
    kinds = [(report.titles[kind], *_figures(count)) for kind, count in report.code.kinds.items()]
    apart = [(name, *_figures(row.total)) for name, row in (("tests", report.tests), ("pool modules", report.pool))]
    yield ("client", *_FIGURES), [*kinds, ("all", *_figures(report.code.total)), *apart]
    if report.phases:
        headings = ("", "phase", *_FIGURES, "owner", "due")
        yield headings, [_phase(row) for row in report.phases]
    yield from _named("directory", report.directories)
    yield from _named("owner", report.owners)


def _named(heading: str, rows: Sequence[Row]) -> Iterator[Table]:
    if rows:
        yield (heading, *_FIGURES), [(row.name or "nobody", *_figures(row.total)) for row in rows]


def _phase(row: PhaseRow) -> tuple[str, ...]:
    due = row.due + (" (late)" if row.is_late else "")
    return (str(row.number or ""), row.name or "in no phase", *_figures(row.total), row.owner, due)


def _figures(count: Count) -> tuple[str, str, str]:
    return f"{count.pool_calls:,}", f"{count.direct:,}", per_cent(count)


def per_cent(count: Count) -> str:
    """Write the adoption; a dash where there is nothing to adopt."""
    return "-" if count.adoption is None else f"{count.adoption:.1f} %"


def _drawn(headings: Iterable[str], rows: Iterable[Sequence[str]], width: int | None) -> str:
    from rich import box
    from rich.console import Console
    from rich.table import Table as Drawing
    from rich.text import Text

    drawing = Drawing(box=box.SIMPLE_HEAD)
    for heading in headings:
        drawing.add_column(heading, justify="right" if heading in _FIGURES else "left")
    for row in rows:
        drawing.add_row(*map(Text, row))
    target = io.StringIO()
    Console(file=target, width=width or _WIDTH_WITHOUT_A_TERMINAL, color_system=None).print(drawing)
    return "\n".join(line.rstrip() for line in target.getvalue().strip("\n").split("\n"))
