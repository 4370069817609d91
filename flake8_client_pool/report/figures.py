"""What a report says: counts of the places that get a client, from the pool or directly, row by row."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from flake8_client_pool.model import ClassClient, ClientUse, Coverage
from flake8_client_pool.scan.run import Result


class Part(StrEnum):
    """The parts of a repository that are counted apart: adoption is a matter of the code alone."""

    CODE = "code"
    TESTS = "tests"
    POOL = "pool"


@dataclass(frozen=True, slots=True)
class Count:
    """How many places call a getter of the pool module, and how many build a client directly."""

    pool_calls: int = 0
    direct: int = 0

    @property
    def adoption(self) -> float | None:
        """The share of the pool calls among all places, in per cent from 0 to 100; None where there is no place."""
        places = self.pool_calls + self.direct
        return 100 * self.pool_calls / places if places else None

    def __add__(self, other: "Count") -> "Count":
        return Count(self.pool_calls + other.pool_calls, self.direct + other.direct)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """The figures of one part, directory or owner.

    Attributes:
        name: what it is the row of; a directory relative to that of the report, with `/`.
        files: how many Python files it has, those without any client included.
        kinds: the counts by the names of client kinds, in the order of the table of kinds, none of them empty.
    """

    name: str
    files: int
    kinds: Mapping[str, Count] = field(default_factory=dict)

    @property
    def total(self) -> Count:
        """The counts of all kinds together."""
        return sum(self.kinds.values(), Count())


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseRow(Row):
    """The figures of one phase, or, with the number 0, of all that is in none.

    `number`, `is_reached`, `due` and `is_late` are those of a stage in scan/survey.py; `owner` is the one that
    the configuration names, and may be empty.
    """

    number: int
    is_reached: bool
    owner: str
    due: str
    is_late: bool


@dataclass(frozen=True, slots=True)
class Place:
    """One place that gets a client: in which file, the path as it was given, and in which part of the repository."""

    path: str
    part: Part
    use: ClientUse


@dataclass(frozen=True, slots=True)
class ClassRow:
    """How one class of the code comes by the clients of one kind.

    Attributes:
        path: its file, the path as it was given.
        base_path: the file of the base that is named, relative to the directory of the report; empty where none is.
        client: the class.
    """

    path: str
    base_path: str
    client: ClassClient


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseRow:
    """What one base class that has a client of one kind does for others.

    Attributes:
        name: its dotted name in its module.
        path: its file, relative to the directory of the report.
        kind: the name of the client kind.
        attribute: the attribute, property or method that gives the client.
        covered: how many classes come by theirs through it alone.
        asking: how many ask the pool themselves all the same.
        overridden: how many build one of their own over it, or beside it.
        uncovered: how many come by theirs through it alone while it builds it directly: they wait for the base.
    """

    name: str
    path: str
    kind: str
    attribute: str
    covered: int
    asking: int
    overridden: int
    uncovered: int

    @property
    def classes(self) -> int:
        """How many classes derive from it that have to do with such clients."""
        return self.covered + self.asking + self.overridden + self.uncovered


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """How far a directory has come.

    Attributes:
        path: the directory as it was given.
        pool_module: the dotted module that clients are to come from.
        titles: what each kind is called, "BigQuery client", by its name.
        code: the figures of all code but tests and pool modules.
        tests: those of the tests.
        pool: those of the pool modules and of whatever else may build clients.
        phases: those of the code in each phase, in the order of the phases; empty where none are configured.
        depth: how many folders deep the directories are told apart.
        directories: those of the code in each directory that gets any client, by name.
        owners: those of the code of each owner in CODEOWNERS that gets any, by name; code that several own is in
            the row of each, code that nobody owns in a row without a name.
        bases: the base classes that give clients to others, those that do so for most classes first.
        classes: how every class of the code that has to do with clients comes by them, in the order of paths and of
            the text.
        places: every place that gets a client, in the order of paths and of the text.
        findings: every finding in the code and the tests, suppressed ones too, in the same order.
    """

    path: str
    pool_module: str
    titles: Mapping[str, str]
    code: Row
    tests: Row
    pool: Row
    phases: tuple[PhaseRow, ...]
    depth: int
    directories: tuple[Row, ...]
    owners: tuple[Row, ...]
    bases: tuple[BaseRow, ...]
    classes: tuple[ClassRow, ...]
    places: tuple[Place, ...]
    findings: tuple[Result, ...]

    def classes_by(self, kind: str, coverage: Coverage) -> int:
        """Count the classes that come by clients of a kind in one way."""
        return sum(row.client.kind == kind and row.client.coverage is coverage for row in self.classes)
