"""A report as one HTML file: it loads nothing, sends nothing, and shows what a repository says as text alone."""

from base64 import b64encode
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from importlib.resources import files
from importlib.util import find_spec
from os.path import abspath, basename
from typing import Any, NamedTuple

import flake8_client_pool
from flake8_client_pool.kinds import KINDS
from flake8_client_pool.output.history.tables import LARGEST_STEPS, step_table
from flake8_client_pool.output.history.words import at_this_pace, forecast_in_words, has_passed, middle, notes, paces_of
from flake8_client_pool.output.page.burndown import Drawing, domain, drawings, dues_drawn, paces_drawn, time_of
from flake8_client_pool.output.page.findings import choices, finding_rows
from flake8_client_pool.output.plain import plain
from flake8_client_pool.output.report.tables import FIGURES, NUMBERS, Table, figures, in_words, tables
from flake8_client_pool.output.summary import number
from flake8_client_pool.policy.errors import ClientPoolError
from flake8_client_pool.policy.selection import USER_KIND_CODE
from flake8_client_pool.report.figures import Part, PhaseRow, Report
from flake8_client_pool.report.forecast import Pace
from flake8_client_pool.report.history import History, Point
from flake8_client_pool.report.remaining import Remaining
from flake8_client_pool.scan.git_history import Checkout

_LIBRARIES = {"jinja2": "Jinja", "vl_convert": "vl-convert"}
_CODES_OF_CONSTRUCTIONS = frozenset((USER_KIND_CODE, *(kind.code for kind in KINDS)))
_CODES = frozenset(("directory", "file", "base class", "commit", "owner"))
_DAYS = frozenset(("day", "due", "at this pace"))
# How the tables of a report are headed: by the first of their headings.
_SECTIONS = {
    "client": ("clients", "Clients", ""),
    "directory": ("directories", "Directories", "directories"),
    "client, in classes": ("classes", "Classes", ""),
    "base class": ("bases", "Base classes", "base classes"),
    "owner": ("owners", "Owners", "owners"),
}


class _Card(NamedTuple):
    """A figure at the head of the page, or words in its place; a `share`, in per cent, is drawn as a bar."""

    name: str
    figure: str
    said: str
    share: float | None = None


class _Section(NamedTuple):
    """A table with its heading; `what` names its rows where they can be filtered."""

    id: str
    title: str
    what: str
    table: Table
    note: str = ""


@dataclass(frozen=True, slots=True)
class _Burndown:
    drawings: list[Drawing]
    kinds: list[dict[str, Any]]
    forecast: str
    alternative: str
    notes: list[str]
    table: Table
    paces: bool
    dues: bool


def to_html(report: Report, past: History | str, checkout: Checkout, remaining: Iterable[Remaining]) -> str:
    """Write the page; `past` says why there is no history, where there is none."""
    history, without = (None, past) if isinstance(past, str) else (past, "")
    remaining = tuple(remaining)
    parts = list(_parts(report, history))
    style, script = _asset("page.css"), _asset("page.js")
    kinds = history.kinds if history else tuple(report.code.kinds)
    return _filled(
        title=basename(abspath(report.path)),
        version=flake8_client_pool.__version__,
        lead=_lead(report, history, checkout),
        cards=list(_cards(report, history, remaining)),
        burndown=_burndown(history) if history else None,
        without=without,
        parts=parts,
        sections=_links(parts),
        findings=finding_rows(report, remaining, kinds),
        choices=choices(remaining, report.titles),
        data=_data(history) if history else {},
        style=style,
        script=script,
        style_hash=_hash(style),
        script_hash=_hash(script),
        numbers=_NUMBERS,
        codes=_CODES,
        days=_DAYS,
    )


_NUMBERS = NUMBERS | {"all", "most direct"}


def require_libraries() -> None:
    """Look whether what draws and fills the page is there.

    Raises:
        ClientPoolError: it is not.
    """
    missing = [title for module, title in _LIBRARIES.items() if find_spec(module) is None]
    if missing:
        raise ClientPoolError(
            f"--format html needs {' and '.join(missing)}; pip install '.[html]' in a clone of this project"
        )


def _filled(**values: object) -> str:
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup

    def shown(value: object) -> object:
        return plain(value) if type(value) is str else value

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, finalize=shown
    )
    # For what this project and Vega wrote; all else is escaped.
    environment.filters["trusted"] = Markup
    return environment.from_string(_asset("page.html")).render(**values)


def _asset(name: str) -> str:
    return (files("flake8_client_pool.output.page") / name).read_text("utf-8")


def _hash(content: str) -> str:
    """Name a style or script as a content security policy does."""
    return f"sha256-{b64encode(sha256(content.encode()).digest()).decode()}"


def _lead(report: Report, history: History | None, checkout: Checkout) -> str:
    at = f" {_as_of(history.points[-1], checkout)}" if history else ""
    files_of_code = f"{number(report.code.files, 'file')} of code; tests and pool modules are counted apart."
    return f"{in_words(report)} {files_of_code}{at}"


def _as_of(last: Point, checkout: Checkout) -> str:
    """Name what the figures are about, and what the history ends with where that is something else."""
    there = f"commit {last.name}, {last.day}"
    if last.commit == checkout.head and checkout.is_clean:
        return f"As of {there}."
    tree = "the work tree" if checkout.is_clean else "the work tree with uncommitted changes"
    return f"As of {tree}; the history goes to {there}."


def _cards(report: Report, history: History | None, remaining: tuple[Remaining, ...]) -> Iterator[_Card]:
    total = report.code.total
    adopted = "-" if total.adoption is None else f"{total.adoption:.1f} %"
    yield _Card("Adoption", adopted, "of the places that get a client ask the pool", total.adoption)
    yield _Card("Direct constructions", f"{total.direct:,}", _fixed(remaining))
    yield _Card("Pool calls", f"{total.pool_calls:,}", f"of {report.pool_module}")
    yield _done(total.direct, middle(paces_of(history)) if history else None)


def _done(left: int, pace: Pace | None) -> _Card:
    """Say when none is left."""
    if not left:
        return _Card("Done", "Done", "nothing is built directly any more")
    if pace is None or not pace.now:
        return _Card("Done", "-", "no history to take a pace from")
    if has_passed(pace):
        return _Card("Done", "-", f"no commit since {pace.until}, no forecast")
    said = f"{pace.per_week:+,.1f} a week, by the mean of the last {pace.weeks} weeks"
    return _Card("Done at this pace", str(pace.done) if pace.done else "No end in sight", said)


def _fixed(remaining: Iterable[Remaining]) -> str:
    """Say how many of the constructions in the code the fix takes on."""
    code = (each for each in remaining if each.part is Part.CODE)
    fixes = Counter(each.fix for each in code if _CODES_OF_CONSTRUCTIONS.intersection(each.codes))
    unsafe = f", {fixes['unsafe']:,} more unsafely" if fixes["unsafe"] else ""
    return f"client-pool fix rewrites {fixes['safe']:,} safely{unsafe}"


def _links(parts: Iterable[_Section]) -> list[tuple[str, str]]:
    return [("burndown", "Over time"), *((part.id, part.title) for part in parts), ("findings", "What is left")]


def _parts(report: Report, history: History | None) -> Iterator[_Section]:
    if report.phases:
        yield _Section("phases", "Phases", "", _phase_table(report, history))
    for table in tables(report):
        if table.headings[0] in _SECTIONS:
            anchor, title, what = _SECTIONS[table.headings[0]]
            yield _Section(anchor, title, what, _most_first(table) if what else table)
    if history and (steps := history.largest_steps(LARGEST_STEPS)):
        yield _Section("commits", "Commits that changed most", "", step_table(steps))


def _most_first(table: Table) -> Table:
    """Begin with the rows that have most left to do, where a table has such figures."""
    if "direct" not in table.headings:
        return table
    column = table.headings.index("direct")
    return Table(table.headings, tuple(sorted(table.rows, key=lambda row: -int(row[column].replace(",", "")))))


def _phase_table(report: Report, history: History | None) -> Table:
    headings = ("phase", "name", "state", *FIGURES, "owner", "due", "at this pace")
    return Table(headings, tuple(_phase(row, history) for row in report.phases))


def _phase(row: PhaseRow, history: History | None) -> tuple[str, ...]:
    pace = at_this_pace(history, row.number) if history and row.total.direct else ""
    due = f"{row.due}, late" if row.is_late else row.due
    name = row.name or "in no phase"
    return (str(row.number or ""), name, _state(row), *figures(row.total), row.owner, due, pace)


def _state(row: PhaseRow) -> str:
    if not row.total.direct:
        return "done" if row.is_reached else "clean"
    return "reached, not done" if row.is_reached else "pending"


def _burndown(history: History) -> _Burndown:
    now = history.points[-1]
    kinds = [{"title": history.titles[kind], "direct": now.count(kind=kind).direct} for kind in history.kinds]
    return _Burndown(
        drawings=drawings(history),
        kinds=kinds,
        forecast=forecast_in_words(history),
        alternative=_alternative(history, kinds),
        notes=[*_dues_left_out(history), *notes(history)],
        table=_day_table(history),
        paces=bool(paces_drawn(history)),
        dues=bool(dues_drawn(history)),
    )


def _dues_left_out(history: History) -> Iterator[str]:
    """Name the days by which phases are due that the chart does not reach."""
    drawn = dues_drawn(history)
    left_out = [
        f"phase {number} {phase.name} on {phase.due}"
        for number, phase in enumerate(history.phases, 1)
        if phase.due and (number, phase) not in drawn
    ]
    if left_out:
        yield f"Due outside the days of the chart: {', '.join(left_out)}."


def _alternative(history: History, kinds: Iterable[Mapping[str, Any]]) -> str:
    first, last = history.points[0], history.points[-1]
    most = max(history.points, key=lambda point: point.count().direct)
    of_kinds = ", ".join(f"{kind['title']} {kind['direct']:,}" for kind in kinds)
    return (
        f"Chart of the direct constructions by kind from {first.day} to {last.day}: {first.count().direct:,} at first, "
        f"{most.count().direct:,} at most on {most.day}, {last.count().direct:,} at the end ({of_kinds}). "
        "The table below has every day."
    )


def _day_table(history: History) -> Table:
    titles = tuple(history.titles[kind] for kind in history.kinds)
    rows = tuple(
        (point.day, *(f"{point.count(kind=kind).direct:,}" for kind in history.kinds), *figures(point.count()))
        for point in history.days
    )
    return Table(("day", *titles, *FIGURES), rows)


def _data(history: History) -> dict[str, Any]:
    """Give the script what it needs to tell the state on a day; times are in milliseconds since the epoch."""
    first, last = domain(history)
    return {
        "first": time_of(first),
        "last": time_of(last),
        "kinds": [history.titles[kind] for kind in history.kinds],
        "days": [
            {
                "day": point.day,
                "time": time_of(date.fromisoformat(point.day)),
                "direct": point.count().direct,
                "pooled": point.count().pool_calls,
                "kinds": [point.count(kind=kind).direct for kind in history.kinds],
                "commit": point.name,
                "subject": plain(point.subject),
            }
            for point in history.days
        ],
    }
