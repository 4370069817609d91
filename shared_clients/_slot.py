"""The place of one client in a pool, from the moment somebody begins to build it."""

import copy
import enum
import functools
import itertools
import operator
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Generic, NoReturn, TypeVar

from shared_clients._key import Key
from shared_clients.errors import ClientConstructionError

__all__ = ["Nothing", "Slot", "SupersededError", "raise_for_one"]

_C = TypeVar("_C")


class Nothing(enum.Enum):
    """What stands for a client that is not there; None may be one, where a mock returns it."""

    YET = enum.auto()


class SupersededError(Exception):
    """The generation ended while a client was built for it; `client` is the one that nobody may see."""

    def __init__(self, client: object = Nothing.YET) -> None:
        super().__init__()
        self.client = client


class Slot(Generic[_C]):
    """First a construction, for which others may wait, then the client."""

    def __init__(self, key: Key) -> None:
        self.key = key
        self.builder = threading.get_ident()
        self.done = threading.Event()
        self.error: BaseException | None = None
        self.client: _C | Nothing = Nothing.YET
        self.used = 0
        self._lent: Iterator[_C] = iter(())
        self.take: Iterator[_C] = self._lent

    def fill(self, client: _C, tick: Callable[[], int] | None) -> None:
        """Put the client in. `next(slot.take)` then returns it, for ever, and counts without a lock.

        `repeat` counts down in C what it has given out, which costs a hit 5 ns; a counter of ours would
        cost more than the hit itself. With `tick` each taking also notes when it happened.
        """
        self.client = client
        self._lent = itertools.repeat(client, sys.maxsize)
        self.take = self._lent if tick is None else map(functools.partial(self._touch, tick), self._lent)

    def _touch(self, tick: Callable[[], int], client: _C) -> _C:
        self.used = tick()
        return client

    @property
    def hits(self) -> int:
        """Times that the client was taken."""
        return 0 if self.client is Nothing.YET else sys.maxsize - operator.length_hint(self._lent)

    def wait(self) -> _C:
        """Return the client that another thread builds.

        Raises:
            SupersededError: It will not come, and asking again is right.
            Exception: What the construction raised.

        """
        if self.builder == threading.get_ident() and not self.done.is_set():
            raise ClientConstructionError(
                f"building the client of {self.key} asked the pool for that same client; "
                "a client's constructor must not call the getter that builds it",
            )
        self.done.wait()
        if isinstance(self.error, Exception):
            raise_for_one(self.error)
        if self.client is Nothing.YET:
            raise SupersededError
        return self.client


def raise_for_one(error: Exception) -> NoReturn:
    """Raise a copy, caused by the error itself: each thread that raises an object lengthens its traceback."""
    first = error.__traceback__
    try:
        twin = copy.copy(error)
        if (type(twin), str(twin)) != (type(error), str(error)):
            twin = error
    except Exception:  # noqa: BLE001 - a class whose objects cannot be made from their arguments
        twin = error
    if twin is error:
        raise error.with_traceback(first)
    raise twin from error
