"""Results as annotations of a pull request, and as the summary of a job, for GitHub Actions.

The commands are those of https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands. GitHub
shows ten errors, ten warnings and ten notices of a step, and fifty annotations of a job, and drops the rest without a
word: https://github.com/orgs/community/discussions/26680.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from itertools import accumulate
from operator import itemgetter

from flake8_client_pool.output.published import Report
from flake8_client_pool.output.report.markdown import escaped
from flake8_client_pool.output.summary import in_words
from flake8_client_pool.output.text import printable
from flake8_client_pool.policy.verdict import Status
from flake8_client_pool.rules.pages import rule_page
from flake8_client_pool.scan.run import Result

_SHOWN_OF_EACH = 10
_LONGEST_SUMMARY_BYTES = 1024 * 1024
_ROOM_FOR_THE_REST = 4096
_HEADINGS = "| place | code | what is wrong |\n| --- | --- | --- |\n"

Shown = tuple[Result, str]


def to_github(report: Report) -> str:
    """Write commands for what GitHub can show, the most important first, and plain lines for the rest."""
    results = list(_by_importance(report))
    room = Counter({"error": _SHOWN_OF_EACH, "warning": _SHOWN_OF_EACH, "notice": _SHOWN_OF_EACH})
    lines = []
    for level, command, plain in _about_run(report):
        lines.append(command if room[level] > 0 else plain)
        room[level] -= 1
    for result, path in results:
        level = "error" if result.status == Status.ERROR else "notice"
        lines.append(_annotation(level, result, path) if room[level] > 0 else _plain(result, path))
        room[level] -= 1
    return "".join(f"{line}\n" for line in [*lines, in_words(report.run)])


def to_job_summary(report: Report, present_bytes: int = 0) -> str:
    """Write all findings to show as Markdown, as many as GitHub takes beside the `present_bytes` of the step so far.

    Empty where there is no room.
    """
    room = _LONGEST_SUMMARY_BYTES - _ROOM_FOR_THE_REST - present_bytes
    if room < 0:
        return ""
    rows = [_row(result, path) for result, path in _by_importance(report)]
    lengths = accumulate(len(row.encode("utf-8", "replace")) for row in rows)
    fitting = bisect_right(list(lengths), room)
    table = f"\n{_HEADINGS}{''.join(rows[:fitting])}" if rows else ""
    rest = f"\n{len(rows) - fitting:,} more are in the log of the step.\n" if fitting < len(rows) else ""
    return f"### client-pool\n\n{in_words(report.run)}\n{table}{rest}"


def _by_importance(report: Report) -> list[Shown]:
    """Put what fails the check first, clients before remarks, and of each file one before any has a second."""
    seen = Counter[tuple[str, str]]()
    ranked: list[tuple[tuple[bool, bool, int], Shown]] = []
    for result, path, _ in report.published():
        seen[path, result.status] += 1
        rank = (result.status != Status.ERROR, not result.finding.kind, seen[path, result.status])
        ranked.append((rank, (result, path)))
    return [shown for _, shown in sorted(ranked, key=itemgetter(0))]


def _about_run(report: Report) -> Iterator[tuple[str, str, str]]:
    """Tell what stood in the way and what whoever runs the check should know: a level, a command and a plain line."""
    for each in report.run.problems:
        if each.fatal:
            path = report.path(each.path)
            yield "error", _about_file("error", path, each.reason), _harmless(f"{path}: {each.reason}")
    for text in report.run.warnings:
        yield "warning", f"::warning title=client-pool::{_data(text)}", _harmless(text)


def _annotation(level: str, result: Result, path: str) -> str:
    span = result.finding.span
    columns = f",col={span.column},endColumn={span.end_column}" if span.line == span.end_line else ""
    place = f"file={_property(path)},line={span.line},endLine={span.end_line}{columns}"
    return f"::{level} {place},title={_property(result.finding.code)}::{_data(_message(result))}"


def _about_file(level: str, path: str, reason: str) -> str:
    return f"::{level} file={_property(path)},title=client-pool::{_data(reason)}"


def _plain(result: Result, path: str) -> str:
    span = result.finding.span
    return _harmless(f"{path}:{span.line}:{span.column}: {result.finding.code} {_message(result)}")


def _harmless(line: str) -> str:
    # A line of the log that began with two colons would be a command.
    return printable(line.lstrip(":"))


def _message(result: Result) -> str:
    return result.finding.message + (f" [{result.status}]" if result.status != Status.ERROR else "")


def _row(result: Result, path: str) -> str:
    code, place = result.finding.code, f"{path}:{result.finding.span.line}"
    message = escaped(printable(_message(result)))
    return f"| {escaped(printable(place))} | [{code}]({rule_page(code)}) | {message} |\n"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
