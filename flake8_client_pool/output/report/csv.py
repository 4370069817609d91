"""A report as one flat table for a spreadsheet."""

import csv
import io
from collections.abc import Iterator

from flake8_client_pool.report.figures import Count, Report, Row

_HEADINGS = ("section", "name", "client", "pool_calls", "direct", "adoption", "coverage", "base")
_ALL = "all"


def to_csv(report: Report) -> str:
    """Write a line for each kind in each row of each section, and one for all kinds, with line feeds (RFC 4180 else).

    `section` is `code`, `tests`, `pool`, `phase`, `directory` or `owner`; `adoption` is in per cent, and empty where
    there is nothing to adopt. Behind them stands a line for each client of each `class`, with its `coverage` and the
    `base` that has one for it.
    """
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(_HEADINGS)
    for section, row in _sections(report):
        for kind, count in (*row.kinds.items(), (_ALL, row.total)):
            writer.writerow((section, row.name, kind, count.pool_calls, count.direct, _adoption(count), "", ""))
    for each in report.classes:
        client = each.client
        base = f"{each.base_path}: {client.base}.{client.attribute}" if client.base else ""
        writer.writerow(("class", f"{each.path}: {client.name}", client.kind, "", "", "", client.coverage, base))
    return target.getvalue()


def _sections(report: Report) -> Iterator[tuple[str, Row]]:
    yield from (("code", report.code), ("tests", report.tests), ("pool", report.pool))
    yield from (("phase", row) for row in report.phases)
    yield from (("directory", row) for row in report.directories)
    yield from (("owner", row) for row in report.owners)


def _adoption(count: Count) -> str:
    return "" if count.adoption is None else f"{count.adoption:.1f}"
