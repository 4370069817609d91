"""One check from the paths to the results."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from flake8_client_pool.model import Finding
from flake8_client_pool.policy.baseline import Entry
from flake8_client_pool.policy.settings import Settings
from flake8_client_pool.policy.verdict import Status
from flake8_client_pool.scan.bench import Terms
from flake8_client_pool.scan.cache import Cache
from flake8_client_pool.scan.discovery import Problem, SourceFile
from flake8_client_pool.scan.inspection import Excerpt, Inspection, Inspector, Plan
from flake8_client_pool.scan.records import from_record
from flake8_client_pool.scan.workers import inspected

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
    fixed: tuple[Entry, ...]
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
        earlier: how many errors are left out since they were there before.
    """

    results: tuple[Result, ...]
    files: int
    problems: tuple[Problem, ...] = ()
    others: tuple[Result, ...] = ()
    outdated: tuple[Outdated, ...] = ()
    warnings: tuple[str, ...] = ()
    earlier: int = 0

    @property
    def judged(self) -> tuple[Result, ...]:
        """All findings, in the order of paths and places."""
        return tuple(sorted((*self.results, *self.others), key=_place))

    def count(self, status: Status) -> int:
        """Count the findings that are no errors and have a status."""
        return sum(result.status == status for result in self.others)


def _place(result: Result) -> tuple[str, int, int]:
    return result.path, result.finding.span.line, result.finding.span.column


Watch = Callable[[Iterable[Inspection], int], Iterator[Inspection]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How to run: on how many processes, on which terms, with a cache or without.

    With `follow` the results name the other files that had a part in them.
    """

    jobs: int
    terms: Terms = field(default_factory=Terms)
    use_cache: bool = True
    follow: bool = False


def run(files: tuple[SourceFile, ...], options: Options, watch: Watch) -> Run:
    """Check `files`; `watch` gets the inspections as they come, and their number, and passes them on.

    Raises:
        ClientPoolError: a worker process ended before its time.
    """
    started = time.time_ns()
    use_cache = options.use_cache and len(files) >= _FILES_WORTH_A_CACHE
    caches = _loaded({file.settings.root: file.settings for file in files}) if use_cache else {}
    plan = Plan(files=files, caches=caches, started=started, terms=options.terms, follow=options.follow)
    inspections = sorted(watch(inspected(plan, options.jobs), len(files)))
    _store(plan, inspections)
    return _summed(files, inspections)


def run_on_content(file: SourceFile, data: bytes, terms: Terms) -> Run:
    """Check `data` as if it were the content of `file`."""
    plan = Plan(files=(file,), caches={}, started=0, terms=terms)
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
    outdated: list[Outdated] = []
    for inspection in inspections:
        path = files[inspection.number].path
        if inspection.problem:
            problems.append(Problem(path, inspection.problem, fatal=not inspection.vanished))
        followed = frozenset(inspection.followed)
        results += [
            Result(path, from_record(record), excerpt, *weight, followed)
            for record, excerpt, weight in inspection.records
        ]
        if inspection.fixed or inspection.former:
            outdated.append(Outdated(path, inspection.fixed, inspection.former))
    return Run(
        tuple(result for result in results if result.status == Status.ERROR),
        len(files) - len(problems),
        tuple(problems),
        tuple(result for result in results if result.status != Status.ERROR),
        tuple(outdated),
    )
