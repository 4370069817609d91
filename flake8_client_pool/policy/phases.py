"""How far the gate reaches: where a file stands, and which phases are late."""

import time
from dataclasses import dataclass

from flake8_client_pool.policy.patterns import ANYWHERE, PathPatterns
from flake8_client_pool.policy.settings import Phase, Settings


@dataclass(frozen=True, slots=True)
class Standing:
    """What the gate makes of a file.

    Attributes:
        number: its phase, counted from 1; 0 when it is in none.
        name: the phase's name; empty when it is in none.
        strict: whether findings in it are errors.
    """

    number: int
    name: str
    strict: bool


class Phases:
    """Answers where files stand under one configuration; the first phase whose paths fit a file has it."""

    def __init__(self, settings: Settings, today: str) -> None:
        """Prepare for `settings` on the day `today`, as YYYY-MM-DD."""
        late = overdue(settings, today) if settings.strict_overdue else ()
        self._phases = [
            (
                PathPatterns(map(_anchored, phase.paths), settings.root),
                Standing(number, phase.name, number <= settings.phase or phase in late),
            )
            for number, phase in enumerate(settings.phases, 1)
        ]
        self._outside = Standing(0, "", settings.strict_unphased)

    def standing_of(self, location: str) -> Standing:
        """Tell where the file at an absolute path stands."""
        fitting = (standing for patterns, standing in self._phases if patterns.fit(location))
        return next(fitting, self._outside)


def overdue(settings: Settings, today: str) -> tuple[Phase, ...]:
    """List the phases whose day has passed without the gate having reached them."""
    return tuple(phase for phase in settings.phases[settings.phase :] if phase.due and phase.due < today)


def today() -> str:
    """Return the day in universal time, so that a gate turns at the same moment everywhere."""
    return time.strftime("%Y-%m-%d", time.gmtime())


def _anchored(pattern: str) -> str:
    """Let a pattern without a slash fit from the root downward, and not a name at any depth."""
    return pattern if pattern.startswith(ANYWHERE) else f"/{pattern.removeprefix('./')}"
