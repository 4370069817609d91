"""The clients of a pool that are alive, whether the pool still keeps them or let go of them."""

import contextlib
import threading
import weakref
from collections import deque
from collections.abc import Callable, Iterable
from typing import Any, Generic, TypeVar

__all__ = ["Living"]

_C = TypeVar("_C")


class Living(Generic[_C]):
    """Remembers clients without holding them, and frees the connections of those that nobody holds."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._alive: weakref.WeakSet[Any] = weakref.WeakSet()
        self._open: weakref.WeakSet[Any] = weakref.WeakSet()
        self._lapsed: deque[Callable[[], None]] = deque()

    def add(self, client: _C, release: Callable[[], None] | None) -> None:
        """Remember an open client; `release`, which must not hold it, frees its connections."""
        with self._lock:
            self._alive.add(client)
            self._open.add(client)
        if release is not None:
            # Not freed on the spot: the garbage collector may run in a thread that freeing would wait for.
            weakref.finalize(client, self._lapsed.append, release).atexit = False

    def inherit(self, clients: Iterable[_C]) -> None:
        """Remember clients that a forked child has of its parent: not its to close, but to renew at each fork."""
        self._alive.update(clients)

    def inherited(self) -> list[_C]:
        """Return all clients, closed ones too, without a lock: after a fork another thread may hold it."""
        return list(self._alive)

    def open_clients(self) -> list[_C]:
        """Return the clients that nobody has begun to close."""
        with self._lock:
            return list(self._open)

    def take(self, client: _C) -> bool:
        """Tell whether the caller is the one who must close a client; true once."""
        with self._lock:
            is_mine = client in self._open
            self._open.discard(client)
            return is_mine

    def take_all(self) -> list[_C]:
        """Return the open clients, which the caller must close."""
        with self._lock:
            taken = self.open_clients()
            self._open.clear()
            return taken

    def sweep(self) -> None:
        """Free the connections of clients that the pool dropped and that nobody holds any more."""
        while self._lapsed:
            # Another thread was faster, or a client that nobody holds any more fails to close.
            with contextlib.suppress(Exception):
                self._lapsed.popleft()()
