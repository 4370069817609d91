"""A client's class is handed on, to be called where no one looks for it."""

from collections.abc import Iterator
from os.path import abspath, dirname

from flake8_client_pool.model import Finding
from flake8_client_pool.rules.getter_call import NotPooledError, getter_for
from flake8_client_pool.rules.getters import Getters
from flake8_client_pool.rules.places import finding_at
from flake8_client_pool.rules.rule import Example, Rule
from flake8_client_pool.rules.uses import Use, Uses

RULE = Rule(
    code="CPL110",
    name="client-class-handed-on",
    summary="a client's class is handed on to be called later",
    explanation=(
        "Nothing is built at this place, but whoever receives the class builds a client with it, out of the pool's\n"
        "sight. Hand the getter on instead: it is called in the same way."
    ),
    examples=(
        Example(
            source=(
                "from dataclasses import dataclass, field\n\nfrom google.cloud import bigquery\n\n\n@dataclass\n"
                "class Job:\n    client: bigquery.Client = field(default_factory=bigquery.Client)\n"
            ),
            findings=((8, 53, "CPL110"),),
            fixed=(
                "from dataclasses import dataclass, field\n\nfrom google.cloud import bigquery\n"
                "from shared_clients import get_bigquery_client\n\n\n@dataclass\n"
                "class Job:\n    client: bigquery.Client = field(default_factory=get_bigquery_client)\n"
            ),
        ),
        Example(
            source=(
                "from functools import partial\n\nfrom google.cloud import storage\n\n"
                "make = partial(storage.Client, project='demo')\n"
            ),
            findings=((5, 16, "CPL110"),),
            fixed=(
                "from functools import partial\n\nfrom shared_clients import get_storage_client\n\n"
                "make = partial(get_storage_client, project_id='demo')\n"
            ),
        ),
        Example(source="from google.cloud import storage\n\nClient = storage.Client\n"),
        Example(source="from google.cloud import storage\n\n\nours = isinstance(client, storage.Client)\n"),
    ),
)


def check(uses: Uses, getters: Getters) -> Iterator[Finding]:
    """Report every place that hands a client's class on to be called later."""
    folder = dirname(abspath(uses.names.source.path))
    for use in uses.handed_on:
        kind = use.construction.kind
        yield finding_at(
            uses.source,
            use.node,
            code=RULE.code,
            message=f"{' '.join(use.node.text().split())} is handed on to build a {kind.title} later; "
            f"hand on {kind.getter} from {getters.module}{_hindrance(use, getters, folder)}",
            construction=use.construction,
        )


def _hindrance(use: Use, getters: Getters, folder: str) -> str:
    try:
        getter_for(use, getters, folder)
    except NotPooledError as reason:
        return f" (by hand: {reason})"
    return ""
