"""The tables of a report as text, for whatever draws tables."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flake8_client_pool.output.summary import number
from flake8_client_pool.report.figures import Count, PhaseRow, Report, Row

FIGURES = ("pool calls", "direct", "adoption")


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its headings, and its rows, each with one text for each heading."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def in_words(report: Report) -> str:
    """Sum a report up in one sentence, which says nothing that a file without any client would change."""
    total = report.code.total
    adopted = f" ({per_cent(total)} adopted)" if total.adoption is not None else ""
    calls, built = number(total.pool_calls, "call"), number(total.direct, "direct construction")
    return f"{calls} of {report.pool_module}, {built}{adopted}."


def tables(report: Report) -> Iterator[Table]:
    """Give every table that has any rows."""
    kinds = [(report.titles[kind], *_figures(count)) for kind, count in report.code.kinds.items()]
    pool = (f"{report.pool.total.pool_calls:,}", f"{report.pool.total.direct:,}", "")
    apart = [("tests, apart", *_figures(report.tests.total)), ("pool modules, apart", *pool)]
    yield Table(("client", *FIGURES), (*kinds, ("all", *_figures(report.code.total)), *apart))
    if report.phases:
        yield Table(("phase", "name", *FIGURES, "owner", "due"), tuple(map(_phase, report.phases)))
    yield from _named("directory", report.directories)
    yield from _named("owner", report.owners)


def _named(heading: str, rows: Sequence[Row]) -> Iterator[Table]:
    if rows:
        yield Table((heading, *FIGURES), tuple((row.name or "nobody", *_figures(row.total)) for row in rows))


def _phase(row: PhaseRow) -> tuple[str, ...]:
    return (str(row.number or ""), row.name or "in no phase", *_figures(row.total), row.owner, row.due)


def _figures(count: Count) -> tuple[str, str, str]:
    return f"{count.pool_calls:,}", f"{count.direct:,}", per_cent(count)


def per_cent(count: Count) -> str:
    """Write the adoption; a dash where there is nothing to adopt."""
    return "-" if count.adoption is None else f"{count.adoption:.1f} %"
