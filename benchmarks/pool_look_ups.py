"""What a call of a getter costs while its client is there already, beside an `lru_cache` in the same run."""

import asyncio
import os
import timeit
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from google.auth.credentials import AnonymousCredentials
from google.cloud import bigquery

from shared_clients import (
    get_async_firestore_client,
    get_bigquery_client,
    get_firestore_client,
    get_http_session,
    get_storage_client,
)

LOOK_UPS = 1_000
ROUNDS = 500


@dataclass(frozen=True)
class Row:
    """A figure of the pools beside that of a peer, in `unit`, and the ratio of the larger to the smaller."""

    what: str
    pool: float
    peer: float
    unit: str
    peer_name: str
    ratio: float

    def __str__(self) -> str:
        figures = f"{self.pool:12.4g} {self.peer:12.4g} {self.unit:11} {self.ratio:9.4g}"
        return f"{self.what:46} {figures}  {self.peer_name}"


@lru_cache
def peer(project_id: str | None = None, **options: object) -> object:
    """Return what an `lru_cache` of a getter's signature keeps."""
    return (project_id, options)


@lru_cache
def peer_in_loop(loop: object, project_id: str | None = None, **options: object) -> object:
    """Return what an `lru_cache` keeps for each loop, which is the least that is right for such a client."""
    return (loop, project_id, options)


# What the statements that are timed may name.
NAMES = {
    "bigquery": get_bigquery_client,
    "firestore": get_firestore_client,
    "firestore_async": get_async_firestore_client,
    "storage": get_storage_client,
    "http": get_http_session,
    "cached": peer,
    "cached_in_loop": peer_in_loop,
    "running": asyncio.get_running_loop,
    "credentials": AnonymousCredentials(),
    "options": {"api_endpoint": "https://bigquery.example"},
    "config": bigquery.QueryJobConfig(use_query_cache=False),
}

# Each form of a call, and that of its peer.
FORMS = (
    ("bigquery()", "cached()"),
    ("bigquery('p')", "cached('p')"),
    ("bigquery(project_id='p')", "cached(project_id='p')"),
    ("bigquery('p', location='EU')", "cached('p', location='EU')"),
    ("firestore('p', database='d')", "cached('p', database='d')"),
    ("bigquery('p', credentials=credentials)", "cached('p', credentials=credentials)"),
    ("storage('p', use_auth_w_custom_endpoint=False)", "cached('p', use_auth_w_custom_endpoint=False)"),
    ("http()", "cached()"),
    ("http(timeout=5)", "cached(timeout=5)"),
    ("http(timeout=(1, 5.5), verify=False)", "cached(timeout=(1, 5.5), verify=False)"),
)
# No lru_cache takes a dictionary, and one takes a configuration by identity, which is wrong once it changes.
CHANGEABLE = (
    ("bigquery('p', client_options=options)", "cached('p', client_options='the same as text')"),
    ("bigquery('p', default_query_job_config=config)", "cached('p', default_query_job_config=config)"),
)
IN_A_LOOP = (
    ("firestore_async()", "cached_in_loop(running())"),
    ("firestore_async('p')", "cached_in_loop(running(), 'p')"),
    ("firestore_async('p', database='d')", "cached_in_loop(running(), 'p', database='d')"),
)


def look_ups() -> Iterator[Row]:
    """Compare cached look-ups with those of an `lru_cache`d function in the same run."""
    os.environ["FIRESTORE_EMULATOR_HOST"] = "127.0.0.1:1"  # nothing is asked of it
    yield from compared((*FORMS, *CHANGEABLE), "lru_cache")
    yield from asyncio.run(in_a_loop())


async def in_a_loop() -> list[Row]:
    return list(compared(IN_A_LOOP, "lru_cache by loop"))


def compared(forms: Iterable[tuple[str, str]], name: str) -> Iterator[Row]:
    for form, peers_form in forms:
        pool, cached = fastest(form, peers_form)
        yield Row(form, pool, cached, "ns", name, pool / cached)


def fastest(*statements: str) -> list[float]:
    """Time statements by turns, so that a busy moment of the machine meets them all; nanoseconds each."""
    timers = [timeit.Timer(statement, globals=NAMES) for statement in statements]
    rounds = [[timer.timeit(LOOK_UPS) for timer in timers] for _ in range(ROUNDS)]
    return [min(times) / LOOK_UPS * 1e9 for times in zip(*rounds, strict=True)]
