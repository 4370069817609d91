"""The tables of a report as text, for whatever draws tables."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flake8_client_pool.model import Coverage
from flake8_client_pool.output.summary import number
from flake8_client_pool.report.figures import BaseRow, Count, PhaseRow, Report, Row

FIGURES = ("pool calls", "direct", "adoption")
_COVERAGE = {
    Coverage.DIRECT: "ask the pool",
    Coverage.INHERITED: "covered by a base",
    Coverage.OVERRIDDEN: "build over a base's",
    Coverage.NONE: "not covered",
}
_BASE_FIGURES = ("covers", "ask all the same", "build over it", "wait for it")
NUMBERS = frozenset(("files", *FIGURES, "before", "after", "change", *_COVERAGE.values(), *_BASE_FIGURES))


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
    kinds = [(report.titles[kind], *figures(count)) for kind, count in report.code.kinds.items()]
    pool = (f"{report.pool.total.pool_calls:,}", f"{report.pool.total.direct:,}", "")
    apart = [("tests, apart", *figures(report.tests.total)), ("pool modules, apart", *pool)]
    yield Table(("client", *FIGURES), (*kinds, ("all", *figures(report.code.total)), *apart))
    if report.phases:
        yield Table(("phase", "name", *FIGURES, "owner", "due"), tuple(map(_phase, report.phases)))
    yield from _named("directory", report.directories)
    yield from _inheritance(report)
    yield from _named("owner", report.owners)


def _inheritance(report: Report) -> Iterator[Table]:
    kinds = dict.fromkeys(row.client.kind for row in report.classes)
    if kinds:
        rows = [
            (report.titles[kind], *(f"{report.classes_by(kind, coverage):,}" for coverage in Coverage))
            for kind in report.titles
            if kind in kinds
        ]
        yield Table(("client, in classes", *(_COVERAGE[coverage] for coverage in Coverage)), tuple(rows))
    if report.bases:
        rows = [
            (f"{row.name}.{row.attribute}", report.titles[row.kind], *map(str, _counts(row)), row.path)
            for row in report.bases
        ]
        yield Table(("base class", "client", *_BASE_FIGURES, "file"), tuple(rows))


def _counts(row: BaseRow) -> tuple[int, ...]:
    return row.covered, row.asking, row.overridden, row.uncovered


def _named(heading: str, rows: Sequence[Row]) -> Iterator[Table]:
    if rows:
        yield Table((heading, *FIGURES), tuple((row.name or "nobody", *figures(row.total)) for row in rows))


def _phase(row: PhaseRow) -> tuple[str, ...]:
    return (str(row.number or ""), row.name or "in no phase", *figures(row.total), row.owner, row.due)


def figures(count: Count) -> tuple[str, str, str]:
    """Write the cells under FIGURES."""
    return f"{count.pool_calls:,}", f"{count.direct:,}", per_cent(count)


def per_cent(count: Count) -> str:
    """Write the adoption; a dash where there is nothing to adopt."""
    return "-" if count.adoption is None else f"{count.adoption:.1f} %"
