"""The formats of a report: adding one is one entry."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flake8_client_pool.report.figures import Report


def _table(report: "Report", width: int | None) -> str:
    from flake8_client_pool.output.report.table import to_table

    return to_table(report, width)


def _markdown(report: "Report", _width: int | None) -> str:
    from flake8_client_pool.output.report.markdown import to_markdown

    return to_markdown(report)


def _json(report: "Report", _width: int | None) -> str:
    from flake8_client_pool.output.report.json import to_json

    return to_json(report)


def _csv(report: "Report", _width: int | None) -> str:
    from flake8_client_pool.output.report.csv import to_csv

    return to_csv(report)


Format = Callable[["Report", int | None], str]
"""Turns a report into a text; where that is for a terminal, at most as many columns wide as the number says."""

FORMATS: Mapping[str, Format] = {"table": _table, "markdown": _markdown, "json": _json, "csv": _csv}
PAGE = "html"
"""The format that needs more than a report."""
