"""One check from the paths to the results."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from operator import itemgetter

from flake8_client_pool.model import Finding
from flake8_client_pool.scan.cache import Cache, Entry
from flake8_client_pool.scan.discovery import Problem, SourceFile
from flake8_client_pool.scan.inspection import Excerpt, Inspection, Inspector, Plan
from flake8_client_pool.scan.records import from_record
from flake8_client_pool.scan.sight import NOTHING_SEEN, Seen
from flake8_client_pool.scan.states import States
from flake8_client_pool.scan.workers import inspected

_FILES_WORTH_A_CACHE = 16


@dataclass(frozen=True, slots=True)
class Result:
    """A finding that counts, the file's path as the user gave it, and the source line to show.

    `status` is "error": the finding fails the check.
    """

    path: str
    finding: Finding
    excerpt: Excerpt
    status: str = "error"


@dataclass(frozen=True, slots=True)
class Run:
    """What a whole check gave: results in the order of paths and places, and what stood in its way."""

    results: tuple[Result, ...]
    files: int
    suppressed: int = 0
    problems: tuple[Problem, ...] = ()


Watch = Callable[[Iterable[Inspection], int], Iterator[Inspection]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How to run: on how many processes, with suppression comments or without, with a cache or without."""

    jobs: int
    honour_noqa: bool = True
    use_cache: bool = True


def run(files: tuple[SourceFile, ...], options: Options, watch: Watch) -> Run:
    """Check `files`; `watch` gets the inspections as they come, and their number, and passes them on.

    Raises:
        ClientPoolError: a worker process ended before its time.
    """
    states = States(started := time.time_ns())
    use_cache = options.use_cache and len(files) >= _FILES_WORTH_A_CACHE
    caches = _loaded(files, states) if use_cache else {}
    plan = Plan(
        files=files,
        caches=caches,
        started=started,
        settled=_settled(files, caches, states) if caches else {},
        honour_noqa=options.honour_noqa,
    )
    inspections = sorted(watch(inspected(plan, options.jobs), len(files)), key=itemgetter(0))
    if caches:
        _store(plan, inspections, states)
    return _summed(files, inspections)


def run_on_content(file: SourceFile, data: bytes, *, honour_noqa: bool) -> Run:
    """Check `data` as if it were the content of `file`."""
    plan = Plan(files=(file,), caches={}, started=0, honour_noqa=honour_noqa)
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
    suppressed = 0
    for inspection in inspections:
        path = files[inspection.number].path
        if inspection.problem:
            problems.append(Problem(path, inspection.problem, fatal=not inspection.vanished))
        results += [Result(path, from_record(record), excerpt) for record, excerpt in inspection.records]
        suppressed += inspection.suppressed
    return Run(tuple(results), len(files) - len(problems), suppressed, tuple(problems))
