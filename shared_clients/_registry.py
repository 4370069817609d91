"""All pools of the process: what happens to them together, at a fork and when everything closes."""

import gc
import logging
import os
import time
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import Any, Protocol

from shared_clients import settings
from shared_clients._counters import PoolStats

__all__ = ["Pending", "PoolLike", "add", "close_all", "pools"]

_LOGGER = logging.getLogger("shared_clients")


class Pending(Protocol):
    """Work that a client has under way, such as the future of a published message."""

    def result(self, timeout: float | None = None) -> object:
        """Wait for it, at most so many seconds."""


class PoolLike(Protocol):
    """What every pool can do when all of them must; each knows the class of its own clients."""

    name: str
    build: Callable[..., Any]
    get: Callable[..., Any]

    def is_real(self) -> bool:
        """Tell whether building a client now would build one of a library's."""

    def substituted(self, fake: object) -> AbstractContextManager[None]:
        """Have the getter return `fake`."""

    def end(self) -> None:
        """Keep no client any more."""

    def open_clients(self) -> list[Any]:
        """Return the clients not closed yet, also those that the pool let go of and somebody still holds."""

    def take_all_to_close(self) -> list[Any]:
        """Keep no client any more; return all that are open, each to one caller, who must close it."""

    def start_over(self) -> None:
        """Keep no client any more and count from zero."""

    def main_ends(self) -> None:
        """Tell the clients that the main thread has ended."""

    def drain(self, client: Any) -> Iterable[Pending]:  # noqa: ANN401 - a client of the same pool
        """Have a client finish what it was given; return what is under way."""

    def close(self, client: Any) -> None:  # noqa: ANN401 - a client of the same pool
        """Really close a client."""

    def stats(self) -> PoolStats:
        """Return what the pool has counted."""

    def abandon(self) -> None:
        """Start afresh in a forked child, and never touch what was inherited."""


_pools: list[PoolLike] = []
build_listeners: list[Callable[[PoolLike], None]] = []


def pools() -> tuple[PoolLike, ...]:
    """Return the pools that this process has loaded."""
    return tuple(_pools)


def add(pool: PoolLike) -> None:
    """Make a pool one of those that are closed and forked with the others."""
    _pools.append(pool)


def has_open_clients() -> bool:
    """Tell whether any client that a pool built is not closed yet."""
    return any(pool.open_clients() for pool in _pools)


def note_build(pool: PoolLike) -> None:
    """Tell who listens that a client is about to be built; a listener may raise to prevent it."""
    for listener in build_listeners:
        listener(pool)


def forget_all_clients() -> None:
    """Keep no client any more, and close none: who holds one keeps a working client."""
    for pool in _pools:
        pool.end()


def close_all(timeout: float | None = None) -> None:
    """Close the clients of all pools: send what publishers hold, end streaming pulls, then close connections.

    Who still holds a client holds a closed one, also if a pool had let go of it before. The pools stay usable:
    the next call of a getter builds anew.

    Args:
        timeout: Seconds to wait for messages under way; None for the setting `close_timeout`.

    """
    ended = [(pool, client) for pool in _pools for client in pool.take_all_to_close()]
    if not ended:  # nor are the settings read then, which a process may never have needed
        return
    deadline = time.monotonic() + (settings.current().close_timeout if timeout is None else timeout)
    pending = [(pool.name, work) for pool, client in ended for work in _drain(pool, client)]
    _await(pending, deadline)
    for pool, client in ended:
        _close(pool, client)


def _drain(pool: PoolLike, client: object) -> Iterable[Pending]:
    try:
        return pool.drain(client)
    except Exception:
        _LOGGER.exception("a shared %s client could not finish its work before closing", pool.name)
        return ()


def _await(pending: Iterable[tuple[str, Pending]], deadline: float) -> None:
    for name, work in pending:
        try:
            work.result(timeout=max(0.0, deadline - time.monotonic()))
        except TimeoutError:
            _LOGGER.error("a shared %s client had not finished its work when it had to close", name)  # noqa: TRY400
        except Exception as error:  # noqa: BLE001 - whatever one client failed with, the others matter
            _LOGGER.error("a shared %s client failed to finish its work: %s", name, error)  # noqa: TRY400


def _close(pool: PoolLike, client: object) -> None:
    try:
        pool.close(client)
    except Exception:
        _LOGGER.exception("a shared %s client could not be closed", pool.name)


def _abandon_all() -> None:
    # Collecting an inherited gRPC client in here can deadlock, so nothing may be collected in here.
    collecting = gc.isenabled()
    gc.disable()
    try:
        for pool in _pools:
            pool.abandon()
    finally:
        if collecting:
            gc.enable()


settings.on_change(forget_all_clients)
os.register_at_fork(after_in_child=_abandon_all)
