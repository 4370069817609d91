"""What an analysis says: plain text and numbers, so that results cross processes and caches unchanged."""

from dataclasses import dataclass
from enum import Enum, StrEnum


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open piece of a source text.

    `start` and `end` are offsets into the text; lines and columns count from 1. All of them count code points.
    """

    start: int
    end: int
    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Edit:
    """Put `text` in the place of the code points from `start` up to, not including, `end`."""

    start: int
    end: int
    text: str


class Applicability(Enum):
    """How far a fix may be trusted; the values are those that ruff uses.

    What is for display alone is advice, and has no edits.
    """

    SAFE = "safe"
    UNSAFE = "unsafe"
    DISPLAY = "display"


@dataclass(frozen=True, slots=True)
class Fix:
    """What to write instead, or why that is not known: all edits are applied, or none."""

    message: str
    applicability: Applicability
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault at one place.

    `kind` is the name of the client kind, empty where a rule has none. `scope` is the dotted name of the
    enclosing function or class, empty at module level. `logical_line` holds the first and the last line of the
    logical line around the place: a suppression comment on any of them counts, as it does for flake8. `symbol`
    is the qualified name that was resolved, `google.cloud.storage.Client`, and `call` the source of the
    expression with its white space folded; both are empty where a rule has none.
    """

    code: str
    kind: str
    message: str
    span: Span
    scope: str
    logical_line: tuple[int, int]
    symbol: str = ""
    call: str = ""
    fix: Fix | None = None


@dataclass(frozen=True, slots=True)
class ClientUse:
    """One place where code gets a client.

    `kind` is the name of the client kind, `pooled` whether a getter of the pool module is called rather than the
    client built directly; `scope` is that of a finding.
    """

    kind: str
    pooled: bool
    span: Span
    scope: str


class Coverage(StrEnum):
    """How far a class comes by the clients of one kind from the pool.

    `DIRECT`: it asks the pool itself. `INHERITED`: it builds none and asks for none, a base gives it one from the pool.
    `OVERRIDDEN`: a base gives it one from the pool, and it builds its own all the same. `NONE`: it builds its own, or
    the nearest base that gives it one does.
    """

    DIRECT = "direct"
    INHERITED = "inherited"
    OVERRIDDEN = "overridden"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassClient:
    """How one class comes by the clients of one kind.

    `name` is its dotted name in its module, `line` the one on which it begins; `kind` is the name of the client
    kind. `base` is the dotted name of the nearest base that gives one, `base_path` the absolute path of that base's
    file and `attribute` the attribute, property or method; all three are empty where no base does, and where the class
    has no use for what a base builds.
    """

    name: str
    line: int
    kind: str
    coverage: Coverage
    base: str = ""
    base_path: str = ""
    attribute: str = ""
