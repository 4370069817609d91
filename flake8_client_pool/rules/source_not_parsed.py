"""A part of the file is no Python, so that clients in it may have been missed."""

from collections.abc import Iterator

from flake8_client_pool.model import Finding
from flake8_client_pool.rules.places import finding_at
from flake8_client_pool.rules.rule import Example, Rule
from flake8_client_pool.syntax.source import Source

RULE = Rule(
    code="CPL900",
    name="source-not-parsed",
    summary="the file does not parse completely",
    explanation=(
        "What can be read of the file is checked all the same, but a client in the part that cannot be read may be\n"
        "missed. The place is the first that is no Python 3. Files in which no client can be built, because no word\n"
        "of one occurs in them, are not parsed and so not reported; of such functions in a large file, only the\n"
        "brackets are counted."
    ),
    examples=(
        Example(
            source="from google.cloud import storage\n\nclient = storage.Client()\n\n\ndef broken(:\n    pass\n",
            findings=((3, 10, "CPL103"), (6, 12, "CPL900")),
        ),
    ),
)


def check(source: Source) -> Iterator[Finding]:
    """Report the first place at which a file does not parse."""
    if source.unreadable:
        yield finding_at(
            source,
            source.unreadable,
            code=RULE.code,
            message="the file does not parse from here on; clients may have been missed, mend the syntax first",
        )
