"""What the pools have counted, for a person, and for OpenTelemetry where its API is installed."""

import functools
import logging
from typing import TYPE_CHECKING

from shared_clients import _imports, _registry
from shared_clients._counters import PoolStats

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from opentelemetry.metrics import CallbackOptions, Observation

__all__ = ["PoolStats", "export_metrics", "pool_stats"]

_LOGGER = logging.getLogger("shared_clients")
_POOL_MODULES = ("bigquery_pool", "firestore_pool", "storage_pool", "pubsub_pool", "http_pool")

# Per metric: the field of PoolStats, the unit, and what it says.
_COUNTERS = (
    ("hits", "{call}", "Calls that got a client that was there already"),
    ("builds", "{client}", "Clients built for the pool"),
    ("unpooled", "{client}", "Clients built past the pool"),
    ("build_seconds", "s", "Time spent on building clients"),
    ("waits", "{call}", "Calls that waited for another thread's build"),
    ("failures", "{client}", "Builds that raised"),
    ("closes_refused", "{call}", "Calls that would have closed a shared client"),
    ("fork_resets", "{fork}", "Forks that emptied the pool"),
    ("evictions", "{client}", "Clients dropped for max_clients"),
)
_GAUGES = (
    ("clients", "{client}", "Clients that the pool keeps"),
    ("http_connections_in_use", "{connection}", "HTTP connections lent to a request"),
)


def pool_stats() -> dict[str, PoolStats]:
    """Return what each pool has counted in this process, by the pool's name; unused pools stand at zero."""
    for module in _POOL_MODULES:
        _imports.load(f"shared_clients.{module}")
    return _pool_stats()


def _pool_stats() -> dict[str, PoolStats]:
    return {pool.name: pool.stats() for pool in _registry.pools()}


@functools.cache
def export_metrics() -> bool:
    """Offer the counters to whichever meter provider the process has or will set; returns whether it could.

    The numbers are read when a reader collects them, so that counting costs nothing more.
    """
    try:
        _imports.load("opentelemetry.metrics")
    except ImportError:
        return False
    try:
        _make_instruments()
    except Exception:
        _LOGGER.exception("the pools' counters are not offered as metrics; the clients work without")
        return False
    return True


def _make_instruments() -> None:
    from opentelemetry import metrics

    meter = metrics.get_meter("shared_clients")
    for name, unit, description in _COUNTERS:
        meter.create_observable_counter(f"shared_clients.{name}", [_reader(name)], unit, description)
    for name, unit, description in _GAUGES:
        meter.create_observable_gauge(f"shared_clients.{name}", [_reader(name)], unit, description)


def _reader(field: str) -> "Callable[[CallbackOptions], Iterable[Observation]]":
    from opentelemetry.metrics import Observation

    def read(_: "CallbackOptions") -> "Iterable[Observation]":
        values = ((pool, getattr(numbers, field)) for pool, numbers in _pool_stats().items())
        return [Observation(value, {"pool": pool}) for pool, value in values if value is not None]

    return read
