"""The formats that a check can be written in, by name; each is loaded when it is asked for."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flake8_client_pool.output.published import Report

Write = Callable[["Report"], str]


def _checkstyle(report: "Report") -> str:
    from flake8_client_pool.output.xml_reports import to_checkstyle

    return to_checkstyle(report)


def _github(report: "Report") -> str:
    from flake8_client_pool.output.github import to_github

    return to_github(report)


def _gitlab(report: "Report") -> str:
    from flake8_client_pool.output.gitlab import to_gitlab

    return to_gitlab(report)


def _json(report: "Report") -> str:
    from flake8_client_pool.output.json import to_json

    return to_json(report.run, report.shown)


def _junit(report: "Report") -> str:
    from flake8_client_pool.output.xml_reports import to_junit

    return to_junit(report)


def _rdjson(report: "Report") -> str:
    from flake8_client_pool.output.rdjson import to_rdjson

    return to_rdjson(report)


def _sarif(report: "Report") -> str:
    from flake8_client_pool.output.sarif import to_sarif

    return to_sarif(report)


MACHINE_FORMATS: Mapping[str, Write] = {
    "checkstyle": _checkstyle,
    "github": _github,
    "gitlab": _gitlab,
    "json": _json,
    "junit": _junit,
    "rdjson": _rdjson,
    "sarif": _sarif,
}
CHECK_FORMATS = ("text", *MACHINE_FORMATS)
# Those that can say what to write instead.
FORMATS_WITH_FIXES = frozenset({"json", "rdjson", "sarif"})
