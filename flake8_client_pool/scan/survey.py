"""How far each phase of a repository has come, whatever the gate makes of it today."""

import os
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from flake8_client_pool.policy.configuration import Adjust, Configurations
from flake8_client_pool.policy.errors import ClientPoolError
from flake8_client_pool.policy.phases import Phases, overdue, today
from flake8_client_pool.policy.settings import Settings
from flake8_client_pool.policy.verdict import Status
from flake8_client_pool.scan.baselines import Baselines
from flake8_client_pool.scan.bench import Terms
from flake8_client_pool.scan.discovery import SourceFile, discover
from flake8_client_pool.scan.owners import Owners
from flake8_client_pool.scan.run import Options, Result, Run, run


@dataclass(frozen=True, slots=True)
class Survey:
    """All files under one configuration, and what is found in them without any baseline."""

    settings: Settings
    files: tuple[SourceFile, ...]
    run: Run


@dataclass(frozen=True, slots=True)
class Stage:
    """One phase, or, with the number 0, all that is in none.

    Attributes:
        number: counted from 1.
        name: the phase's name.
        is_reached: whether the gate has reached it.
        files: how many files it has.
        kinds: how many findings each kind has, or each code where there is no kind.
        places: how many findings each file has that has any, the most first.
        suppressed: how many findings comments hide.
        owners: who owns it.
        due: the day by which it is to be reached, as YYYY-MM-DD; may be empty.
        is_late: whether that day has passed.
    """

    number: int
    name: str
    is_reached: bool
    files: int
    kinds: Mapping[str, int]
    places: Mapping[str, int]
    suppressed: int
    owners: tuple[str, ...]
    due: str
    is_late: bool

    @property
    def findings(self) -> int:
        """How many findings there are."""
        return sum(self.kinds.values())


def survey(directory: str, config: str, jobs: int, adjust: Adjust = lambda settings: settings) -> Survey:
    """Check all files under the configuration that holds in a directory, which is all below its own directory.

    Raises:
        ClientPoolError: there is no configuration, or the check could not be done completely.
    """
    location = os.path.abspath(directory).replace(os.sep, "/")
    settings = Configurations(config).at(location)
    if not settings.source:
        raise ClientPoolError(f"{directory}: no configuration holds here; add [tool.client-pool] to a pyproject.toml")
    discovery = discover([os.path.relpath(settings.root)], Configurations(config, adjust=adjust))
    files = tuple(file for file in discovery.files if file.settings.source == settings.source)
    terms = Terms(baselines=Baselines(ignored=True))
    done = run(files, Options(jobs=jobs, terms=terms), lambda items, _total: iter(items))
    if problem := next((each for each in (*discovery.problems, *done.problems) if each.fatal), None):
        raise ClientPoolError(f"{problem}; without it the figures would be wrong")
    return Survey(settings, files, done)


def strictly(settings: Settings) -> Settings:
    """Read settings as if the gate had reached all there is."""
    return replace(settings, phase=len(settings.phases), strict_unphased=True)


def stages(directory: str, config: str, jobs: int) -> tuple[Settings, tuple[Stage, ...]]:
    """Return the settings that hold in a directory, and how far each of their phases has come.

    Raises:
        ClientPoolError: there are no phases, or the check could not be done completely.
    """
    surveyed = survey(directory, config, jobs, strictly)
    settings = surveyed.settings
    if not settings.phases:
        raise ClientPoolError(f"{settings.source}: there are no phases; docs/phases.md shows how to write them")
    phases = Phases(settings, today())
    owners = Owners(settings.root)
    locations: dict[int, list[str]] = {}
    for file in surveyed.files:
        locations.setdefault(phases.standing_of(file.location).number, []).append(file.location)
    results: dict[str, list[Result]] = {}
    for result in surveyed.run.judged:
        results.setdefault(result.phase, []).append(result)
    numbers = (*range(1, len(settings.phases) + 1), 0)
    found = (_stage(number, settings, locations.get(number, []), results, owners) for number in numbers)
    return settings, tuple(stage for stage in found if stage.number or stage.files)


def _stage(
    number: int,
    settings: Settings,
    locations: list[str],
    results: Mapping[str, Iterable[Result]],
    owners: Owners,
) -> Stage:
    phase = settings.phases[number - 1] if number else None
    found = list(results.get(phase.name if phase else "", ()))
    errors = [result for result in found if result.status == Status.ERROR]
    return Stage(
        number=number,
        name=phase.name if phase else "",
        is_reached=number <= settings.phase if phase else settings.strict_unphased,
        files=len(locations),
        kinds=dict(Counter(result.finding.kind or result.finding.code for result in errors).most_common()),
        places=dict(Counter(result.path for result in errors).most_common()),
        suppressed=len(found) - len(errors),
        owners=(phase.owner,) if phase and phase.owner else owners.of(locations),
        due=phase.due if phase else "",
        is_late=phase in overdue(settings, today()),
    )
