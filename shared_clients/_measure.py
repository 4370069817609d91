"""What the pools save on this machine, with the services that the environment names."""

import dataclasses
import os
import statistics
import time
import timeit
from collections.abc import Callable
from pathlib import Path
from typing import Any

from shared_clients import _registry, pubsub_pool
from shared_clients._google import Service
from shared_clients._health import POOLS, problem

__all__ = ["measure"]

_BUILDS = 5
_LOOK_UPS = 100_000
_REQUESTS = 5
_PATIENCE = {"retry": None, "timeout": 5.0}
_DESCRIPTORS = Path("/proc/self/fd")

# A cheap question for each service; what it answers does not matter, only the connection that it takes.
_QUESTIONS: dict[str, Callable[[Any], object]] = {
    "bigquery": lambda client: list(client.list_datasets(max_results=1, **_PATIENCE)),
    "storage": lambda client: list(client.list_buckets(max_results=1, **_PATIENCE)),
    "firestore": lambda client: list(client.collections(**_PATIENCE)),
    "pubsub_publisher": lambda client: client.list_topics(project=_project(), **_PATIENCE),
    "pubsub_subscriber": lambda client: client.list_subscriptions(project=_project(), **_PATIENCE),
}


def _project() -> str:
    """Name the project to ask Pub/Sub in, whose clients have none: that of the other clients."""
    service = dataclasses.replace(pubsub_pool.PUBLISHER, has_project=True, emulator_project="shared-clients")
    return f"projects/{service.resolved_project({})}"


def measure() -> int:
    """Print what building costs against a look-up, and the connections of both.

    Returns the exit code: 0, or 1 if a pool could not be measured.
    """
    print(f"{'pool':18} {'build':>12} {'look-up':>12} {'ratio':>10}   {_REQUESTS} requests open")  # noqa: T201
    rows = [_row(name, service, get) for name, service, get in POOLS if name != "firestore_async"]
    return 0 if all(rows) else 1


def _row(name: str, service: Service | None, get: Callable[[], object]) -> bool:
    reason = problem(service, get)
    if reason is None:
        build, look_up = _build_seconds(name), _look_up_seconds(get)
        times = f"{build * 1e3:9.3f} ms {look_up * 1e6:9.3f} us {build / look_up:9.0f}x"
        print(f"{name:18} {times}   {_connections(name, get)}")  # noqa: T201
    else:
        print(f"{name:18} not measured: {reason}")  # noqa: T201
    return reason is None


def _builder(name: str) -> Callable[[], Any]:
    return next(pool.build for pool in _registry.pools() if pool.name == name)


def _build_seconds(name: str) -> float:
    build, seconds = _builder(name), []
    for _ in range(_BUILDS):
        started = time.perf_counter()
        build()
        seconds.append(time.perf_counter() - started)
    return statistics.median(seconds)


def _look_up_seconds(get: Callable[[], object]) -> float:
    return min(timeit.repeat(get, number=_LOOK_UPS, repeat=3)) / _LOOK_UPS


def _connections(name: str, get: Callable[[], object]) -> str:
    question = _QUESTIONS.get(name)
    if question is None:
        return "no service of its own to ask"
    if not _DESCRIPTORS.is_dir():
        return "not known on this system"
    without = _opened(question, _builder(name))
    return f"{without} connections without the pool, {_opened(question, get)} with it"


def _opened(question: Callable[[Any], object], get: Callable[[], object]) -> int:
    _registry.close_all()
    before = _sockets()
    clients = [get() for _ in range(_REQUESTS)]
    for client in clients:
        try:
            question(client)
        except Exception:  # noqa: BLE001, S112 - refused or not, the connection was opened
            continue
    return len(_sockets() - before)


def _sockets() -> set[str]:
    targets = (os.readlink(link) for link in _DESCRIPTORS.iterdir() if link.is_symlink())
    return {target for target in targets if target.startswith("socket:")}
