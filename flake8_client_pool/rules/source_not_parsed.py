"""A part of the file is no Python, so that clients in it may have been missed."""

from collections.abc import Iterator

from flake8_client_pool.model import Finding
from flake8_client_pool.rules.places import finding_at
from flake8_client_pool.syntax.source import Source


def check(source: Source) -> Iterator[Finding]:
    """Report the first place at which a file does not parse."""
    if source.unreadable:
        yield finding_at(
            source.unreadable,
            code="CPL900",
            kind="",
            message="the file does not parse from here on; clients may have been missed, mend the syntax first",
        )
