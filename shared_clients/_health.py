"""Whether each pool can be used here."""

import asyncio
import os
from collections.abc import Callable, Iterator
from typing import Any

from shared_clients import settings
from shared_clients._google import Service
from shared_clients.bigquery_pool import SERVICE as BIGQUERY
from shared_clients.bigquery_pool import get_bigquery_client
from shared_clients.errors import ConfigurationError
from shared_clients.firestore_pool import ASYNC_SERVICE as ASYNC_FIRESTORE
from shared_clients.firestore_pool import SERVICE as FIRESTORE
from shared_clients.firestore_pool import get_async_firestore_client, get_firestore_client
from shared_clients.http_pool import get_http_session
from shared_clients.pubsub_pool import PUBLISHER, SUBSCRIBER, get_pubsub_publisher, get_pubsub_subscriber
from shared_clients.storage_pool import SERVICE as STORAGE
from shared_clients.storage_pool import get_storage_client

__all__ = ["POOLS", "check", "problem"]


async def _in_a_loop() -> object:
    return get_async_firestore_client()


# Per pool: its Google service, if it has one, and what takes a client from it.
POOLS: tuple[tuple[str, Service | None, Callable[[], object]], ...] = (
    ("bigquery", BIGQUERY, get_bigquery_client),
    ("storage", STORAGE, get_storage_client),
    ("firestore", FIRESTORE, get_firestore_client),
    ("firestore_async", ASYNC_FIRESTORE, lambda: asyncio.run(_in_a_loop())),
    ("pubsub_publisher", PUBLISHER, get_pubsub_publisher),
    ("pubsub_subscriber", SUBSCRIBER, get_pubsub_subscriber),
    ("http", None, get_http_session),
)


def check() -> int:
    """Print a line for each pool, then `All pools OK` or what is missing; returns the exit code, 0 or 1."""
    try:
        now = settings.current()
    except ConfigurationError as error:
        return _report([f"settings: {error}"])
    if now.pooling != settings.ALL_CALLS:
        print(f"pooling is at {now.pooling} percent: the other calls build clients of their own")  # noqa: T201
    misspelt = settings.unknown_variables(os.environ)
    missing = [f"settings: {misspelt}"] if misspelt else []
    for name, service, get in POOLS:
        reason = problem(service, get)
        print(f"{name:18} {reason or _facts(service)}")  # noqa: T201
        missing += [f"{name}: {reason}"] if reason else []
    return _report(missing)


def _report(missing: list[str]) -> int:
    print("\n".join(["Missing:", *missing]) if missing else "All pools OK")  # noqa: T201
    return 1 if missing else 0


def problem(service: Service | None, get: Callable[[], object]) -> str | None:
    """Build a client, without a request to its service, and say why if it cannot be built."""
    try:
        get()
        if service is not None and _lacks_project(service):
            return "no project; set GOOGLE_CLOUD_PROJECT or give project_id"
    except Exception as error:  # noqa: BLE001 - whatever a library raises is what the person must read
        return " ".join(str(error).split()) or type(error).__name__
    return None


def _lacks_project(service: Service) -> bool:
    needed = service.has_project and not service.is_anonymous({})
    return needed and not service.prepare({}).get("project_id")


def _facts(service: Service | None) -> str:
    return ", ".join(["ok", *_details(service)]) if service else "ok"


def _details(service: Service) -> Iterator[str]:
    arguments: dict[str, Any] = dict(service.prepare({}))
    if project := arguments.get("project_id"):
        yield f"project {project}"
    if credentials := arguments.get("credentials"):
        kind = type(credentials)
        yield f"credentials {kind.__module__}.{kind.__name__}"
    if service.emulator and (host := os.environ.get(service.emulator)):
        yield f"emulator {host}"
