"""Several checkouts side by side, in each format."""

import csv
import io
import json
from collections.abc import Callable, Mapping

from flake8_client_pool.output.report.json import VERSION, row_document
from flake8_client_pool.output.report.markdown import written
from flake8_client_pool.output.report.table import WIDTH_WITHOUT_A_TERMINAL, drawn
from flake8_client_pool.output.report.tables import FIGURES, Table, figures
from flake8_client_pool.report.repositories import Repositories

_TOTAL = "all"
_NO_FIGURES = ("-",) * (1 + len(FIGURES))


def _compared(found: Repositories) -> Table:
    rows = [(row.name or _TOTAL, f"{row.files:,}", *figures(row.total)) for row in (*found.rows, found.total)]
    broken = [(f"{name} (not counted)", *_NO_FIGURES) for name in found.problems]
    return Table(("repository", "files", *FIGURES), (*rows[:-1], *broken, rows[-1]))


def _by_kind(found: Repositories) -> Table:
    rows = [(found.titles[kind], *figures(count)) for kind, count in found.total.kinds.items()]
    return Table(("client", *FIGURES), tuple(rows))


def _table(found: Repositories, width: int | None) -> str:
    return (
        "\n\n".join(drawn(table, width or WIDTH_WITHOUT_A_TERMINAL) for table in (_compared(found), _by_kind(found)))
        + "\n"
    )


def _markdown(found: Repositories, _width: int | None) -> str:
    return "\n\n".join(written(table) for table in (_compared(found), _by_kind(found))) + "\n"


def _json(found: Repositories, _width: int | None) -> str:
    document = {
        "version": VERSION,
        "kinds": {kind: found.titles[kind] for kind in found.total.kinds},
        "repositories": [row_document(row) for row in found.rows],
        "total": row_document(found.total),
        "problems": [{"name": name, "message": message} for name, message in found.problems.items()],
    }
    return json.dumps(document, indent=1) + "\n"


def _csv(found: Repositories, _width: int | None) -> str:
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(("repository", "client", "pool_calls", "direct"))
    for row in (*found.rows, found.total):
        for kind, count in (*row.kinds.items(), (_TOTAL, row.total)):
            writer.writerow((row.name or _TOTAL, kind, count.pool_calls, count.direct))
    return target.getvalue()


FORMATS: Mapping[str, Callable[[Repositories, int | None], str]] = {
    "table": _table,
    "markdown": _markdown,
    "json": _json,
    "csv": _csv,
}
