"""What a finding counts for."""

from dataclasses import dataclass
from enum import StrEnum

from flake8_client_pool.model import Finding
from flake8_client_pool.policy.baseline import Entry


class Status(StrEnum):
    """What is made of a finding; only errors fail a check."""

    ERROR = "error"
    PENDING = "pending"
    BASELINED = "baselined"
    SUPPRESSED = "suppressed"


@dataclass(frozen=True, slots=True)
class Judged:
    """A finding and what is made of it.

    Attributes:
        finding: what was found; the message of an error in a pending place says why it is one.
        status: what it counts for.
        phase: the name of the phase that its file is in; empty when it is in none.
        reason: what the comment that suppresses it says; empty for all others, and where it says nothing.
    """

    finding: Finding
    status: Status = Status.ERROR
    phase: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """All findings of a file, in the order of their places.

    Attributes:
        judged: the findings.
        fixed: the entries of the baseline that the file no longer gives a finding for.
        former: the path under which the baseline has the file, if that is not its own.
    """

    judged: tuple[Judged, ...] = ()
    fixed: tuple[Entry, ...] = ()
    former: str = ""

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The findings that are errors."""
        return tuple(each.finding for each in self.judged if each.status is Status.ERROR)
