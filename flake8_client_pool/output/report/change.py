"""What a branch makes of a repository, as Markdown for a comment on its pull request."""

from collections import Counter
from collections.abc import Iterator, Sequence
from textwrap import shorten

from flake8_client_pool.output.phases import standing
from flake8_client_pool.output.report.markdown import written
from flake8_client_pool.output.report.tables import Table, per_cent
from flake8_client_pool.report.change import Change, counting
from flake8_client_pool.report.figures import Count, Report
from flake8_client_pool.scan.run import Result

# A comment on GitHub holds 65,536 characters.
_ROWS = 50
_LONGEST_CALL = 200


def change_to_markdown(change: Change) -> str:
    """Write the figures, what is new, what is fixed, and how the phases stand."""
    return "\n\n".join(_parts(change)) + "\n"


def _parts(change: Change) -> Iterator[str]:
    new, fixed, left = change.new, change.fixed, counting(change.after)
    yield f"### Clients: {len(new):,} new, {len(fixed):,} fixed, {len(left):,} remain"
    yield written(_figures(change))
    yield from _listed("New", new)
    yield from _listed("Fixed", fixed)
    if change.after.phases:
        yield written(_phases(change))


def _figures(change: Change) -> Table:
    before, after = change.before.code.total, change.after.code.total
    findings = len(counting(change.before)), len(counting(change.after))
    hidden = len(change.before.findings) - findings[0], len(change.after.findings) - findings[1]
    return Table(
        ("", "before", "after", "change"),
        (
            _row("findings", *findings),
            _row("suppressed by comments", *hidden),
            _row("pool calls", before.pool_calls, after.pool_calls),
            _row("built directly", before.direct, after.direct),
            ("adoption", per_cent(before), per_cent(after), _points(before, after)),
        ),
    )


def _row(name: str, before: int, after: int) -> tuple[str, ...]:
    return name, f"{before:,}", f"{after:,}", f"{after - before:+,}" if after != before else ""


def _points(before: Count, after: Count) -> str:
    if before.adoption is None or after.adoption is None or before.adoption == after.adoption:
        return ""
    return f"{after.adoption - before.adoption:+.1f}"


def _listed(heading: str, results: Sequence[Result]) -> Iterator[str]:
    if results:
        yield f"**{heading}**"
        yield written(Table(("place", "code", "call", "phase"), tuple(map(_place, results[:_ROWS]))))
    if len(results) > _ROWS:
        yield f"and {len(results) - _ROWS:,} more."


def _place(result: Result) -> tuple[str, ...]:
    finding = result.finding
    call = shorten(finding.call or finding.message, _LONGEST_CALL, placeholder=" …")
    return f"{result.path}:{finding.span.line}", finding.code, call, result.phase


def _phases(change: Change) -> Table:
    before, after = _by_phase(change.before), _by_phase(change.after)
    following = next((row.number for row in change.after.phases if row.number and not row.is_reached), 0)
    rows = tuple(
        (
            str(row.number or ""),
            row.name or "in no phase",
            standing(after[row.name], is_reached=row.is_reached, is_next=bool(row.number) and row.number == following),
            f"{before[row.name]:,}",
            f"{after[row.name]:,}",
        )
        for row in change.after.phases
    )
    return Table(("phase", "name", "state", "before", "after"), rows)


def _by_phase(report: Report) -> Counter[str]:
    return Counter(result.phase for result in counting(report))
