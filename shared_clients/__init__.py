"""Shared clients for Google Cloud and HTTP, safe under threads, forks, tests and exits.

No library of Google's is imported before a getter is called, and then only that getter's.
"""

TYPE_CHECKING = False  # importing it from typing would take longer than all else here
if TYPE_CHECKING:
    from shared_clients._closing import close_all_clients as close_all_clients
    from shared_clients.bigquery_pool import get_bigquery_client as get_bigquery_client
    from shared_clients.firestore_pool import get_async_firestore_client as get_async_firestore_client
    from shared_clients.firestore_pool import get_firestore_client as get_firestore_client
    from shared_clients.http_pool import get_http_session as get_http_session
    from shared_clients.pubsub_pool import get_pubsub_publisher as get_pubsub_publisher
    from shared_clients.pubsub_pool import get_pubsub_subscriber as get_pubsub_subscriber
    from shared_clients.settings import Settings as Settings
    from shared_clients.settings import configure as configure
    from shared_clients.stats import PoolStats as PoolStats
    from shared_clients.stats import pool_stats as pool_stats
    from shared_clients.storage_pool import get_storage_client as get_storage_client

_MODULES = {
    "PoolStats": "stats",
    "Settings": "settings",
    "close_all_clients": "_closing",
    "configure": "settings",
    "get_async_firestore_client": "firestore_pool",
    "get_bigquery_client": "bigquery_pool",
    "get_firestore_client": "firestore_pool",
    "get_http_session": "http_pool",
    "get_pubsub_publisher": "pubsub_pool",
    "get_pubsub_subscriber": "pubsub_pool",
    "get_storage_client": "storage_pool",
    "pool_stats": "stats",
}

__all__ = list(_MODULES)


def __getattr__(name: str) -> object:
    module = _MODULES.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from shared_clients._imports import load

    return getattr(load(f"{__name__}.{module}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_MODULES})
