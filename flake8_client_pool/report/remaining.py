"""What is left to do: every finding of a report with what the fix would write in its place."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from flake8_client_pool.model import Finding, Span
from flake8_client_pool.policy.configuration import Configurations
from flake8_client_pool.report.figures import Part, Report
from flake8_client_pool.report.parts import Parts
from flake8_client_pool.scan.discovery import SourceFile, discover
from flake8_client_pool.scan.fixing import FixedFile, all_fixed, by_file, may_have_fix, workbench_for
from flake8_client_pool.scan.run import Result
from flake8_client_pool.syntax.decoding import decode

if TYPE_CHECKING:
    from flake8_client_pool.fixes.outcomes import Outcome


class Hunk(NamedTuple):
    """Neighbouring lines that a fix replaces, from the line `first` on, and those that it writes instead."""

    first: int
    removed: tuple[str, ...]
    added: tuple[str, ...]

    def touches(self, lines: tuple[int, int]) -> bool:
        """Tell whether it changes one of the lines from the first to the last."""
        return self.first <= lines[1] and self.first + max(len(self.removed), 1) > lines[0]

    def names(self, word: str) -> bool:
        """Tell whether a word is in what it writes."""
        return any(word in line for line in self.added)


@dataclass(frozen=True, slots=True)
class Remaining:
    """One place with findings.

    Attributes:
        result: the finding there that the fix does most about, and what is made of it.
        part: the part of the repository that it is in.
        fix: "safe", "unsafe", or empty where there is no fix.
        reason: why there is none, or why it is not safe.
        hunks: what the fix of the whole file changes at the place.
        imports: what it changes to have the getter there.
        codes: the codes of all findings there.
    """

    result: Result
    part: Part
    fix: str = ""
    reason: str = ""
    hunks: tuple[Hunk, ...] = ()
    imports: tuple[Hunk, ...] = ()
    codes: tuple[str, ...] = ()


_FIXES = ("safe", "unsafe", "")
Watch = Callable[[Iterable[FixedFile], int], Iterator[FixedFile]]


def remaining(report: Report, config: str, jobs: int, watch: Watch) -> tuple[Remaining, ...]:
    """Work out what the fix would write for every place with findings in a report; nothing is written.

    Args:
        report: the report.
        config: the configuration that it was made with; empty for those that hold in its directory.
        jobs: how many processes may work.
        watch: gets the fixed files as they come, and their number, and passes them on.

    Raises:
        ClientPoolError: a configuration cannot be followed.
    """
    files = {file.path: file for file in discover([report.path], Configurations(config)).files}
    fixable = [(each.path, each.finding) for each in report.findings if may_have_fix(each.finding)]
    tasks = by_file(fixable, files)
    made = all_fixed(workbench_for(tasks), tasks, unsafe=True, jobs=jobs)
    fixed = {each.file.path: _Fixed(each) for each in watch(made, len(tasks))}
    found: dict[tuple[str, Span], list[Remaining]] = {}
    for result in report.findings:
        place = result.path, result.finding.span
        found.setdefault(place, []).append(_remaining(result, files[result.path], fixed))
    return tuple(map(_as_one, found.values()))


def _as_one(there: list[Remaining]) -> Remaining:
    """Take findings at one place for one: a client built over that of a base is built directly, too."""
    foremost = min(there, key=lambda each: _FIXES.index(each.fix))
    return replace(foremost, codes=tuple(dict.fromkeys(each.result.finding.code for each in there)))


def _remaining(result: Result, file: SourceFile, fixed: Mapping[str, "_Fixed"]) -> Remaining:
    part = Parts(file.settings).of(file.location)
    outcome = fixed[result.path].outcomes.get(result.finding) if result.path in fixed else None
    if outcome is None or outcome.status != "fixed" or outcome.applicability is None:
        return Remaining(result, part, reason=outcome.reason if outcome else "")
    there, imports = fixed[result.path].around(result.finding, outcome.getter.rpartition(".")[2])
    return Remaining(result, part, outcome.applicability.value, outcome.reason, there, imports)


class _Fixed:
    def __init__(self, fixed: FixedFile) -> None:
        self.outcomes: dict[Finding, Outcome] = dict(fixed.outcomes)
        self._hunks = tuple(_hunks(fixed))

    def around(self, finding: Finding, getter: str) -> tuple[tuple[Hunk, ...], tuple[Hunk, ...]]:
        there = tuple(hunk for hunk in self._hunks if hunk.touches(_lines(finding)))
        above = [hunk for hunk in self._imports if hunk.names(getter) and hunk.first <= finding.span.line]
        return there, tuple(above[-1:])

    @cached_property
    def _imports(self) -> list[Hunk]:
        places = [_lines(finding) for finding in self.outcomes]
        return [hunk for hunk in self._hunks if not any(map(hunk.touches, places))]


def _lines(finding: Finding) -> tuple[int, int]:
    return finding.span.line, finding.span.end_line


def _hunks(fixed: FixedFile) -> Iterator[Hunk]:
    if fixed.before == fixed.after:
        return
    old, new = decode(fixed.before).split("\n"), decode(fixed.after).split("\n")
    yield from _differences(old, new)


def _differences(old: list[str], new: list[str]) -> Iterator[Hunk]:
    for tag, first, last, other_first, other_last in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            yield Hunk(first + 1, tuple(old[first:last]), tuple(new[other_first:other_last]))
