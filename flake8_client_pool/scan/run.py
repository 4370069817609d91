"""One check from the paths to the results."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from operator import itemgetter
from typing import TYPE_CHECKING

from flake8_client_pool.model import Finding
from flake8_client_pool.policy.baseline import Entry as BaselineEntry
from flake8_client_pool.policy.verdict import Status
from flake8_client_pool.scan.bench import Terms
from flake8_client_pool.scan.cache import Cache, Entry
from flake8_client_pool.scan.census import Census
from flake8_client_pool.scan.discovery import Problem, SourceFile
from flake8_client_pool.scan.inspection import Excerpt, Inspection, Inspector, Plan
from flake8_client_pool.scan.records import from_record
from flake8_client_pool.scan.sight import NOTHING_SEEN, Seen
from flake8_client_pool.scan.states import States
from flake8_client_pool.scan.workers import inspected

if TYPE_CHECKING:
    from concurrent.futures import Executor

EARLIER = "earlier"

_FILES_WORTH_A_CACHE = 16


@dataclass(frozen=True, slots=True)
class Result:
    """A finding, the file's path as the user gave it, the source line to show, and what is made of it.

    `status` is that of policy/verdict.py: only an "error" fails the check. `phase` is the name of the phase that
    the file is in, and `reason` what the comment says that suppresses the finding; both may be empty. `followed` names
    the absolute paths of other files that had a part in it, where the options asked for them.
    """

    path: str
    finding: Finding
    excerpt: Excerpt
    status: str = Status.ERROR
    phase: str = ""
    reason: str = ""
    followed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Outdated:
    """What a baseline still has of one file: entries that are gone, and a path that the file no longer has.

    `baseline_file` is where it lies, given only where the file itself is gone.
    """

    path: str
    fixed: tuple[BaselineEntry, ...]
    former: str = ""
    baseline_file: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """What a whole check gave.

    Attributes:
        results: the errors, in the order of paths and places.
        files: how many files were checked.
        problems: what stood in the way.
        others: the findings that are no errors, in the same order.
        outdated: what the baselines still have although it is gone.
        warnings: what whoever runs the check should know, and no finding says.
        earlier: the errors that are left out since they were there before, with the status `EARLIER`.
        census: where clients come from, by the paths of the files that have any, where the options asked for it.
    """

    results: tuple[Result, ...]
    files: int
    problems: tuple[Problem, ...] = ()
    others: tuple[Result, ...] = ()
    outdated: tuple[Outdated, ...] = ()
    warnings: tuple[str, ...] = ()
    earlier: tuple[Result, ...] = ()
    census: Mapping[str, Census] = field(default_factory=dict)

    @property
    def judged(self) -> tuple[Result, ...]:
        """All findings but the earlier ones, in the order of paths and places."""
        return tuple(sorted((*self.results, *self.others), key=_place))

    @property
    def found(self) -> tuple[Result, ...]:
        """All findings, in the same order."""
        return tuple(sorted((*self.judged, *self.earlier), key=_place))

    def count(self, status: Status) -> int:
        """Count the findings that are no errors and have a status."""
        return sum(result.status == status for result in self.others)


def _place(result: Result) -> tuple[str, int, int]:
    return result.path, result.finding.span.line, result.finding.span.column


Watch = Callable[[Iterable[Inspection], int], Iterator[Inspection]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How to run: on how many processes, on which terms, with a cache or without.

    With `follow` the results name the other files that had a part in them; with `census` the run says where clients
    come from, pool or not, whatever the findings count for. An `executor` gets the work in the place of processes, and
    needs no cache.
    """

    jobs: int
    terms: Terms = field(default_factory=Terms)
    use_cache: bool = True
    follow: bool = False
    census: bool = False
    executor: "Executor | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """What a scan has to work with.

    Attributes:
        jobs: how many processes may work.
        watch: gets what comes of each file, and the number of files, and passes it on.
        executor: gets the work in the place of processes, where there is one.
    """

    jobs: int
    watch: Watch
    executor: "Executor | None" = None


def run(files: tuple[SourceFile, ...], options: Options, watch: Watch) -> Run:
    """Check `files`; `watch` gets the inspections as they come, and their number, and passes them on.

    Raises:
        ClientPoolError: a worker process ended before its time.
    """
    states = States(started := time.time_ns())
    use_cache = options.use_cache and len(files) >= _FILES_WORTH_A_CACHE and options.executor is None
    caches = _loaded(files, states) if use_cache else {}
    plan = Plan(
        files=files,
        caches=caches,
        started=started,
        settled=_settled(files, caches, states) if caches else {},
        terms=options.terms,
        follow=options.follow,
        census=options.census,
    )
    inspections = sorted(watch(inspected(plan, options.jobs, options.executor), len(files)), key=itemgetter(0))
    if caches:
        _store(plan, inspections, states)
    return _summed(files, inspections)


def run_on_content(file: SourceFile, data: bytes, terms: Terms) -> Run:
    """Check `data` as if it were the content of `file`."""
    plan = Plan(files=(file,), caches={}, started=0, terms=terms)
    return _summed((file,), [Inspector(plan).inspect(0, data)])


def _loaded(files: tuple[SourceFile, ...], states: States) -> dict[str, Cache]:
    caches: dict[str, Cache] = {}
    for root, below in _by_root(files).items():
        caches[root] = Cache(below[0].settings)
        caches[root].load(len(below), states)
    return caches


def _by_root(files: Iterable[SourceFile]) -> dict[str, list[SourceFile]]:
    by_root: dict[str, list[SourceFile]] = {}
    for file in files:
        by_root.setdefault(file.settings.root, []).append(file)
    return by_root


def _settled(files: tuple[SourceFile, ...], caches: Mapping[str, Cache], states: States) -> dict[int, Entry]:
    entries = (caches[file.settings.root].settled(file.location, states) for file in files)
    return {number: entry for number, entry in enumerate(entries) if entry}


def _store(plan: Plan, inspections: Iterable[Inspection], states: States) -> None:
    new = [each for each in inspections if each.number not in plan.settled and not each.problem]
    seen = [each.seen for each in inspections if each.seen]
    entries = {plan.files[each.number].location: each.entry for each in new if each.entry}
    for root, files in _by_root(plan.files[each.number] for each in new).items():
        locations = [file.location for file in files]
        own = {location: entries[location] for location in locations if location in entries}
        plan.caches[root].add(own, locations, _united(each[root] for each in seen if root in each), states)
        plan.caches[root].save()


def _united(parts: Iterable[Seen]) -> Seen:
    folders, files = zip(NOTHING_SEEN, *parts, strict=True)
    return frozenset().union(*folders), frozenset().union(*files)


def _summed(files: tuple[SourceFile, ...], inspections: Iterable[Inspection]) -> Run:
    results: list[Result] = []
    problems: list[Problem] = []
    outdated: list[Outdated] = []
    census: dict[str, Census] = {}
    for inspection in inspections:
        path = files[inspection.number].path
        if inspection.problem:
            problems.append(Problem(path, inspection.problem, fatal=not inspection.vanished))
        followed = frozenset(inspection.followed)
        results += [
            Result(path, from_record(record), excerpt, *weight, followed)
            for record, excerpt, weight in inspection.records
        ]
        if any(inspection.census):
            census[path] = inspection.census
        if inspection.fixed or inspection.former:
            outdated.append(Outdated(path, inspection.fixed, inspection.former))
    return Run(
        tuple(result for result in results if result.status == Status.ERROR),
        len(files) - len(problems),
        tuple(problems),
        tuple(result for result in results if result.status != Status.ERROR),
        tuple(outdated),
        census=census,
    )
