"""A client's class is handed on, to be called where no one looks for it."""

from collections.abc import Iterator

from flake8_client_pool.model import Finding
from flake8_client_pool.rules.places import finding_at
from flake8_client_pool.rules.uses import Uses


def check(uses: Uses, pool_module: str) -> Iterator[Finding]:
    """Report every place that hands a client's class on to be called later."""
    for use in uses.handed_on:
        kind = use.construction.kind
        yield finding_at(
            use.node,
            code="CPL110",
            kind=kind.name,
            message=f"{' '.join(use.node.text().split())} is handed on to build a {kind.title} later; "
            f"hand {kind.getter} from {pool_module} on",
            symbol=use.construction.constructor,
        )
