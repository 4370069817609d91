"""From a directory to the figures of its adoption."""

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from flake8_client_pool.kinds import KINDS
from flake8_client_pool.model import ClientUse
from flake8_client_pool.policy.configuration import Configurations
from flake8_client_pool.policy.errors import ClientPoolError
from flake8_client_pool.policy.phases import Phases, overdue, today
from flake8_client_pool.policy.settings import Phase, Settings
from flake8_client_pool.report.figures import Count, Part, PhaseRow, Place, Report, Row
from flake8_client_pool.report.inheritance import base_rows, class_rows
from flake8_client_pool.report.parts import Parts
from flake8_client_pool.scan.baselines import Baselines
from flake8_client_pool.scan.bench import Terms
from flake8_client_pool.scan.census import Census
from flake8_client_pool.scan.discovery import Discovery, SourceFile, discover
from flake8_client_pool.scan.owners import Owners
from flake8_client_pool.scan.run import Means, Options, Run, run


@dataclass(frozen=True, slots=True)
class _Counted:
    """A file, its path from the directory of the report, its part and where its clients come from."""

    file: SourceFile
    below: str
    part: Part
    census: Census


def report(directory: str, config: str, depth: int, means: Means) -> Report:
    """Count where the code of a directory gets its clients.

    Args:
        directory: the directory.
        config: a configuration for every file; empty for those that hold there.
        depth: how many folders deep directories are told apart.
        means: what to work with.

    Raises:
        ClientPoolError: it is no directory, or not all of its files could be read.
    """
    if not os.path.isdir(directory):
        raise ClientPoolError(f"{directory}: is no directory; name one to report about")
    location = os.path.abspath(directory).replace(os.sep, "/")
    settings = Configurations(config).at(location)
    discovery = discover([directory], Configurations(config))
    done = checked(discovery, means)
    return report_of(discovery.files, done, settings, Scope(directory, location, depth))


@dataclass(frozen=True, slots=True)
class Scope:
    """What a report is about: a directory as it was given, where it lies, and how deep its folders are told apart."""

    directory: str
    location: str
    depth: int


def report_of(files: Iterable[SourceFile], done: Run, settings: Settings, scope: Scope) -> Report:
    """Make a report of a run with a census over the files of a directory that is under `settings`."""
    location, depth = scope.location, scope.depth
    counted = _counted(files, done, location)
    code = [each for each in counted if each.part is Part.CODE]
    classes = class_rows(((each.file.path, client) for each in code for client in each.census.classes), location)
    return Report(
        path=os.path.normpath(scope.directory).replace(os.sep, "/"),
        pool_module=settings.pool_module,
        titles={kind.name: kind.title for kind in (*KINDS, *settings.kinds)},
        code=_row(Part.CODE, code),
        tests=_row(Part.TESTS, [each for each in counted if each.part is Part.TESTS]),
        pool=_row(Part.POOL, [each for each in counted if each.part is Part.POOL]),
        phases=_phase_rows(settings, code),
        depth=depth,
        directories=_rows(code, lambda each: (_directory(each.below, depth),)),
        owners=_owner_rows(Owners(location), code),
        bases=base_rows(classes),
        classes=classes,
        places=tuple(Place(each.file.path, each.part, use) for each in counted for use in each.census.uses),
        findings=done.judged,
    )


def checked(discovery: Discovery, means: Means, *, use_cache: bool = True) -> Run:
    """Check files as if there were no baseline, and count where their clients come from.

    Raises:
        ClientPoolError: not all of them could be read.
    """
    terms = Terms(baselines=Baselines(ignored=True))
    options = Options(jobs=means.jobs, terms=terms, use_cache=use_cache, census=True, executor=means.executor)
    done = run(discovery.files, options, means.watch)
    if problem := next((each for each in (*discovery.problems, *done.problems) if each.fatal), None):
        raise ClientPoolError(f"{problem}; without it the figures would be wrong")
    return done


def _counted(files: Iterable[SourceFile], done: Run, location: str) -> list[_Counted]:
    parts: dict[int, Parts] = {}
    found = []
    for file in files:
        part = parts.setdefault(id(file.settings), Parts(file.settings)).of(file.location)
        below = file.location.removeprefix(location.rstrip("/") + "/")
        found.append(_Counted(file, below, part, done.census.get(file.path, Census())))
    return found


def _row(name: str, counted: Iterable[_Counted]) -> Row:
    counted = list(counted)
    return Row(name=name, files=len(counted), kinds=counts(use for each in counted for use in each.census.uses))


def counts(uses: Iterable[ClientUse]) -> Mapping[str, Count]:
    """Count places by kind, in the order of the table of kinds, the configuration's own at the end."""
    found: dict[str, Count] = {kind.name: Count() for kind in KINDS}
    for use in uses:
        found[use.kind] = found.get(use.kind, Count()) + (Count(pool_calls=1) if use.pooled else Count(direct=1))
    return {kind: count for kind, count in found.items() if count != Count()}


def _rows(counted: Iterable[_Counted], names: Callable[[_Counted], Iterable[str]]) -> tuple[Row, ...]:
    by_name: dict[str, list[_Counted]] = {}
    for each in counted:
        for name in names(each):
            by_name.setdefault(name, []).append(each)
    rows = (_row(name, by_name[name]) for name in sorted(by_name))
    return tuple(row for row in rows if row.kinds)


def _directory(path: str, depth: int) -> str:
    return "/".join(path.split("/")[:-1][:depth]) or os.curdir


def _owner_rows(owners: Owners, code: Iterable[_Counted]) -> tuple[Row, ...]:
    if not owners.are_known:
        return ()
    return _rows(code, lambda each: owners.of([each.file.location]) or ("",))


def _phase_rows(settings: Settings, code: Iterable[_Counted]) -> tuple[PhaseRow, ...]:
    if not settings.phases:
        return ()
    phases = Phases(settings, today())
    by_number: dict[int, list[_Counted]] = {}
    for each in code:
        by_number.setdefault(phases.standing_of(each.file.location).number, []).append(each)
    numbered = [*enumerate(settings.phases, 1), (0, Phase("", ()))]
    rows = (_phase_row(number, phase, settings, by_number.get(number, [])) for number, phase in numbered)
    return tuple(row for row in rows if row.number or row.files)


def _phase_row(number: int, phase: Phase, settings: Settings, counted: Iterable[_Counted]) -> PhaseRow:
    row = _row(phase.name, counted)
    return PhaseRow(
        name=row.name,
        files=row.files,
        kinds=row.kinds,
        number=number,
        is_reached=number <= settings.phase if number else settings.strict_unphased,
        owner=phase.owner,
        due=phase.due,
        is_late=phase in overdue(settings, today()),
    )
