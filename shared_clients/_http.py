"""HTTP clients of the Google libraries: their sessions, made before anyone sees them and wide enough."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, cast

from shared_clients import _google, settings
from shared_clients._hooks import Hooks
from shared_clients._sharing import own_class

if TYPE_CHECKING:
    import requests
    from requests.adapters import HTTPAdapter

__all__ = ["close", "hooks", "renew_session", "session_connections_in_use", "widen"]

# Connections inherited through a fork: neither closed, which would end the parent's conversation, nor
# collected, which would close them.
_inherited: list[object] = []


def hooks(service: _google.Service) -> Hooks[Any]:
    """Return what a pool of HTTP clients of a Google service must know."""
    return Hooks(
        library=_google.LIBRARY,
        refused=_google.REFUSED,
        prepare=service.prepare,
        is_real=service.is_real,
        warm=warm,
        close=close,
        release=release,
        renew=renew,
        connections=connections_in_use,
    )


def warm(client: Any) -> None:  # noqa: ANN401 - a BigQuery or Storage client; its session is private
    """Make the sessions that the library makes lazily and without a lock, and widen their pools."""
    for session in _sessions(client):
        widen(session)


def _sessions(client: Any) -> "Iterator[requests.Session]":  # noqa: ANN401
    session = client._http  # noqa: SLF001 - the library has no public name for it
    yield session
    authentication = getattr(getattr(session, "_auth_request", None), "session", None)
    if authentication is not None:
        yield authentication


def _adapters(session: "requests.Session") -> "Iterator[HTTPAdapter]":
    return (
        cast("HTTPAdapter", adapter)
        for adapter in session.adapters.values()
        if hasattr(adapter, "poolmanager")
    )


def widen(session: "requests.Session") -> None:
    """Size the connection pools of a session that has sent nothing yet.

    The adapters stay the same objects, so that one made for mutual TLS keeps its certificate.
    """
    now = settings.current()
    for adapter in _adapters(session):
        adapter.init_poolmanager(now.pool_connections, now.pool_maxsize, block=True)


def renew(client: Any) -> None:  # noqa: ANN401
    """Take a client that was inherited through a fork off the sockets that its parent reads from."""
    for session in _sessions(client):
        renew_session(session)


def renew_session(session: "requests.Session") -> None:
    """Give a session connections of its own, and leave those it has as they are."""
    for adapter in _adapters(session):
        _inherited.append((adapter.poolmanager, adapter.proxy_manager))
        adapter.proxy_manager = {}
        made_with = vars(adapter)
        hosts, size = made_with["_pool_connections"], made_with["_pool_maxsize"]
        adapter.init_poolmanager(hosts, size, block=made_with["_pool_block"])


def close(client: Any) -> None:  # noqa: ANN401
    """Close a client as its library does."""
    own_class(client).close(client)


def release(client: Any) -> Callable[[], None]:  # noqa: ANN401
    """Return what closes the client's connections without holding the client."""
    close_session: Callable[[], None] = client._http.close  # noqa: SLF001
    return close_session


def connections_in_use(client: Any) -> int:  # noqa: ANN401
    """Count the connections that requests of a client hold now, to all hosts."""
    return sum(session_connections_in_use(session) for session in _sessions(client))


def session_connections_in_use(session: "requests.Session") -> int:
    """Count the connections that requests of a session hold now, to all hosts."""
    managers = [manager for adapter in _adapters(session) for manager in _managers(adapter)]
    pools = [manager.pools.get(key) for manager in managers for key in manager.pools.keys()]  # noqa: SIM118
    # A blocking pool's queue is full of connections, or of places for them, but for those in use.
    return sum(pool.pool.maxsize - pool.pool.qsize() for pool in pools if pool is not None and pool.pool)


def _managers(adapter: "HTTPAdapter") -> list[Any]:
    return [adapter.poolmanager, *adapter.proxy_manager.values()]
