"""Where the code of one file gets its clients, whatever its findings count for."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from flake8_client_pool.model import ClassClient, ClientUse, Finding

if TYPE_CHECKING:
    from flake8_client_pool.engine import Engine


class Census(NamedTuple):
    """The places in a file that get a client, in the order of the text, and how its classes come by theirs."""

    uses: tuple[ClientUse, ...] = ()
    classes: tuple[ClassClient, ...] = ()


def census(engine: "Engine", location: str, text: str, findings: Iterable[Finding]) -> Census:
    """Take the census of the file at an absolute path, in which an engine found `findings`."""
    data = text.encode()
    built = [
        ClientUse(each.kind, pooled=False, span=each.span, scope=each.scope)
        for each in findings
        if each.code in engine.codes
    ]
    taken = engine.pool_calls(location, data, text)
    uses = tuple(sorted((*built, *taken), key=lambda use: use.span.start))
    return Census(uses, engine.class_clients(location, data, text, uses))
