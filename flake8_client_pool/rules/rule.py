"""What a rule is: a fault with a code, the reason why it matters, and examples that are tests and documentation."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from flake8_client_pool.kinds import ClientKind


@dataclass(frozen=True, slots=True)
class Example:
    """A source and what is found in it.

    Attributes:
        source: the file that is checked.
        findings: line, column and code of each finding, in order; empty for code that is right.
        fixed: the text after the fix; None where no fix is possible.
        created: the files that the fix makes, by their paths relative to the checked one.
        files: other files of the repository, by their paths relative to the checked one.
        kinds: client kinds of the configuration, beside the known ones.
        name: the name of the checked file, where the rule asks for one.
    """

    source: str
    findings: tuple[tuple[int, int, str], ...] = ()
    fixed: str | None = None
    created: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    kinds: tuple[ClientKind, ...] = ()
    name: str = "example.py"


@dataclass(frozen=True, slots=True)
class Rule:
    """One fault.

    Attributes:
        code: the code of its findings.
        name: its name in words, for headings and links: `bigquery-client-built-directly`.
        summary: one line that says what is wrong.
        explanation: why it matters and what to do, in paragraphs.
        examples: what is found, and what is not.
        default: whether it is looked for when nothing is selected.
    """

    code: str
    name: str
    summary: str
    explanation: str
    examples: tuple[Example, ...]
    default: bool = True
