"""A client is built where one should be taken from the pool."""

from collections.abc import Iterator

from flake8_client_pool.model import Finding
from flake8_client_pool.rules.getter_call import NotPooledError, applied, getter_edits
from flake8_client_pool.rules.places import finding_at
from flake8_client_pool.rules.uses import Use, Uses

_LONGEST_CALL = 160


def check(uses: Uses, pool_module: str) -> Iterator[Finding]:
    """Report every call that builds a client."""
    for use in uses.built:
        kind = use.construction.kind
        yield finding_at(
            use.node,
            code=kind.code,
            kind=kind.name,
            message=f"{_callee(use)}() builds a {kind.title} here; {_advice(use, pool_module)}",
            symbol=use.construction.constructor,
        )


def _callee(use: Use) -> str:
    function = use.node.field("function")
    return " ".join(function.text().split()) if function else ""


def _advice(use: Use, pool_module: str) -> str:
    getter = use.construction.kind.getter
    try:
        call = " ".join(applied(getter_edits(use), use.node).split())
    except NotPooledError as reason:
        return f"take one from {pool_module}.{getter} (not by itself: {reason})"
    return f"use {call if len(call) <= _LONGEST_CALL else getter + '(...)'} from {pool_module}"
