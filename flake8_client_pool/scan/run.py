"""One check from the paths to the results."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from flake8_client_pool.model import Finding
from flake8_client_pool.policy.settings import Settings
from flake8_client_pool.scan.cache import Cache
from flake8_client_pool.scan.discovery import Problem, SourceFile
from flake8_client_pool.scan.inspection import Excerpt, Inspection, Inspector, Plan
from flake8_client_pool.scan.records import from_record
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
    started = time.time_ns()
    use_cache = options.use_cache and len(files) >= _FILES_WORTH_A_CACHE
    caches = _loaded({file.settings.root: file.settings for file in files}) if use_cache else {}
    plan = Plan(files=files, caches=caches, started=started, honour_noqa=options.honour_noqa)
    inspections = sorted(watch(inspected(plan, options.jobs), len(files)))
    _store(plan, inspections)
    return _summed(files, inspections)


def run_on_content(file: SourceFile, data: bytes, *, honour_noqa: bool) -> Run:
    """Check `data` as if it were the content of `file`."""
    plan = Plan(files=(file,), caches={}, started=0, honour_noqa=honour_noqa)
    return _summed((file,), [Inspector(plan).inspect(0, data)])


def _loaded(settings: Mapping[str, Settings]) -> dict[str, Cache]:
    caches = {root: Cache(each) for root, each in settings.items()}
    for cache in caches.values():
        cache.load()
    return caches


def _store(plan: Plan, inspections: Iterable[Inspection]) -> None:
    if not plan.caches:
        return
    changed: dict[str, Cache] = {}
    for inspection in inspections:
        if inspection.entry:
            file = plan.files[inspection.number]
            changed[file.settings.root] = cache = plan.caches[file.settings.root]
            cache.add(file.location, inspection.entry)
    for cache in changed.values():
        cache.save()


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
