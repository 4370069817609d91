"""The formats of a report: adding one is one entry."""

from collections.abc import Callable, Mapping

from flake8_client_pool.report.figures import Report


def _table(report: Report, width: int | None) -> str:
    from flake8_client_pool.output.report_table import to_table

    return to_table(report, width)


def _json(report: Report, _width: int | None) -> str:
    from flake8_client_pool.output.report_json import to_json

    return to_json(report)


Format = Callable[[Report, int | None], str]
"""Turns a report into a text; where that is for a terminal, at most as many columns wide as the number says."""

FORMATS: Mapping[str, Format] = {"table": _table, "json": _json}
