"""Results for people: each with its source line and the place marked."""

import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from flake8_client_pool.output.summary import ERRORS, codes, in_words, shown
from flake8_client_pool.policy.verdict import Status
from flake8_client_pool.scan.run import Result, Run

_MARGIN = "    "
_TAB = "    "
_DOUBLE_WIDTH = frozenset({"W", "F"})
_STYLES: Mapping[str, str] = {"path": "\x1b[1m", "code": "\x1b[1;31m", "mark": "\x1b[1;34m"}
_RESET = "\x1b[0m"

Paint = Callable[[str, str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class TextOptions:
    """Whether to show colours, how many findings each code has, and nothing but the findings' own lines.

    `shown` holds the statuses of the findings to show.
    """

    colour: bool = False
    statistics: bool = False
    quiet: bool = False
    shown: frozenset[str] = ERRORS


def to_text(run: Run, options: TextOptions) -> str:
    """Write a run as lines, with a line break at the end of each."""
    paint: Paint = _coloured if options.colour else _plain
    return "".join(f"{line}\n" for line in _lines(run, options, paint))


def _lines(run: Run, options: TextOptions, paint: Paint) -> Iterator[str]:
    results = shown(run, options.shown)
    for result in results:
        yield _place(result, paint)
        if not options.quiet:
            yield from _marked_source(result, paint)
    if options.statistics:
        yield from (f"{count:>6}  {code}" for code, count in codes(results).items())
    if not options.quiet:
        yield in_words(run)


def _place(result: Result, paint: Paint) -> str:
    finding = result.finding
    position = f":{finding.span.line}:{finding.span.column}: "
    return (
        paint("path", printable(result.path))
        + position
        + paint("code", finding.code)
        + f" {finding.message}{_standing(result)}"
    )


def _standing(result: Result) -> str:
    """Say what a finding that is no error counts for, and why."""
    if result.status in ERRORS:
        return ""
    why = result.reason or ("no reason given" if result.status == Status.SUPPRESSED else result.phase)
    return printable(f" [{result.status}: {why}]" if why else f" [{result.status}]")


def _marked_source(result: Result, paint: Paint) -> Iterator[str]:
    span, (source, column) = result.finding.span, result.excerpt
    end = column + span.end_column - span.column if span.end_line == span.line else len(source) + 1
    before, marked = printable(source[: column - 1]), printable(source[column - 1 : end - 1])
    indent = len(before) - len(before.lstrip())
    yield f"{_MARGIN}{printable(source)[indent:]}"
    yield f"{_MARGIN}{' ' * _width(before[indent:])}{paint('mark', '^' * max(_width(marked), 1))}"


def printable(text: str) -> str:
    """Replace what a terminal would act upon; tabs become spaces."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text.replace("\t", _TAB))


def _width(text: str) -> int:
    """Count the columns that a text takes on a terminal."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(char) else 1 + (unicodedata.east_asian_width(char) in _DOUBLE_WIDTH) for char in text
    )


def _plain(_style: str, text: str) -> str:
    return text


def _coloured(style: str, text: str) -> str:
    return f"{_STYLES[style]}{text}{_RESET}"
