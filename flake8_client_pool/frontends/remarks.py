"""What a check, and a fix, says about phases and baselines beside its findings."""

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from flake8_client_pool.policy.baseline import Baseline, entry_of, relative_path
from flake8_client_pool.policy.configuration import Configurations
from flake8_client_pool.policy.phases import Phases, overdue, today
from flake8_client_pool.policy.ratchet import IF_MOVED, UPDATE, counted
from flake8_client_pool.policy.settings import Settings
from flake8_client_pool.scan.baselines import Baselines
from flake8_client_pool.scan.bench import Terms
from flake8_client_pool.scan.discovery import Discovery, SourceFile
from flake8_client_pool.scan.gone import as_result, gone
from flake8_client_pool.scan.run import Run

if TYPE_CHECKING:
    from flake8_client_pool.scan.fixing import FixedFile


def in_play(discovery: Discovery, configurations: Configurations, paths: Iterable[str]) -> tuple[Settings, ...]:
    """List the settings of all files, and of the directories among the given paths, each once."""
    directories = [os.path.abspath(path).replace(os.sep, "/") for path in paths if os.path.isdir(path)]
    settings = [*(file.settings for file in discovery.files), *map(configurations.at, directories)]
    return tuple({id(each): each for each in settings}.values())


def with_gone(
    done: Run, settings: Iterable[Settings], terms: Terms, paths: Iterable[str], files: Iterable[SourceFile]
) -> Run:
    """Add what the baselines have of files that are gone; an error in CI."""
    locations = [os.path.abspath(path).replace(os.sep, "/") for path in paths]
    found = tuple(gone(settings, terms.baselines, locations, files))
    errors = tuple(map(as_result, found)) if terms.in_ci else ()
    return replace(done, results=(*done.results, *errors), outdated=(*done.outdated, *found))


def with_remarks(done: Run, settings: Iterable[Settings], files: Iterable[SourceFile]) -> Run:
    """Add what is late, which gains the baselines do not hold yet, and what may only have moved between `files`."""
    return replace(done, warnings=(*done.warnings, *_late(settings), *_gains(done), *_moves(done, files)))


def _late(settings: Iterable[Settings]) -> Iterator[str]:
    for each in settings:
        for phase in overdue(each, today()):
            number = each.phases.index(phase) + 1
            consequence = "its findings are errors now" if each.strict_overdue else "the gate has not reached it"
            yield f"{each.source}: phase {number}, {phase.name}, was due on {phase.due}, and {consequence}"


def _gains(done: Run) -> Iterator[str]:
    fixed = sum(len(each.fixed) for each in done.outdated)
    if fixed:
        yield _gained(fixed)
    elif done.outdated:
        yield f"the baseline has files under paths that they no longer have; {UPDATE}"


def _gained(count: int) -> str:
    return f"{counted(count)} of the baseline {'is' if count == 1 else 'are'} gone; {UPDATE}"


def gains_of(done: Iterable["FixedFile"]) -> str:
    """Say how many findings the baselines still have that a fix has removed; empty where there are none."""
    baselines = Baselines()
    count = sum(_removed(each, baselines.under(each.file.settings)) for each in done)
    return _gained(count) if count else ""


def _removed(fixed: "FixedFile", baseline: Baseline | None) -> int:
    path = relative_path(fixed.file.location, fixed.file.settings.root)
    known = baseline.by_path.get(path) if baseline else None
    if known is None:
        return 0
    entries = [(entry_of(finding, path), outcome.status == "fixed") for finding, outcome in fixed.outcomes]
    done = Counter(entry for entry, is_fixed in entries if is_fixed)
    left = Counter(entry for entry, is_fixed in entries if not is_fixed)
    return ((known.entries - left) & done).total()


def _moves(done: Run, files: Iterable[SourceFile]) -> Iterator[str]:
    """Compare what is new with what is gone elsewhere, unless the message tells of it already."""
    gone = [(each.path, entry) for each in done.outdated for entry in each.fixed]
    if not gone:
        return
    settings = {file.path: (file.location, file.settings) for file in files}
    moved: list[str] = []
    for result in done.results:
        finding = result.finding
        call = entry_of(finding, "")[2:]
        source = next((each for each in gone if each[1][2:] == call), None)
        if source and IF_MOVED not in finding.message and not _is_strict(*settings[result.path]):
            gone.remove(source)
            moved.append(f"{result.path}:{finding.span.line} from {source[1].scope or 'the module'} of {source[0]}")
    if moved:
        more = f", and {len(moved) - 1:,} more" if len(moved) > 1 else ""
        yield f"what is new may be what is gone elsewhere: {moved[0]}{more}; {IF_MOVED}"


def _is_strict(location: str, settings: Settings) -> bool:
    return Phases(settings, today()).standing_of(location).strict
