"""The clients that a pool keeps between two upheavals, and the flight of those being built."""

import functools
import itertools
import operator
import os
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Generic, NoReturn, TypeVar

from shared_clients._key import Key
from shared_clients.errors import ClientConstructionError

__all__ = ["Generation", "MissedError", "Slot", "SupersededError"]

_C = TypeVar("_C")


class MissedError(Exception):
    """The look-up tables do not have it; the slow path decides."""


class SupersededError(Exception):
    """The generation ended while a client was built for it; `client` is the one that nobody may see."""

    def __init__(self, client: object = None) -> None:
        super().__init__()
        self.client = client


class Slot(Generic[_C]):
    """The place of one client: first its construction, which others may wait for, then the client."""

    def __init__(self, key: Key) -> None:
        self.key = key
        self.builder = threading.get_ident()
        self.done = threading.Event()
        self.error: BaseException | None = None
        self.client: _C | None = None
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
        return 0 if self.client is None else sys.maxsize - operator.length_hint(self._lent)


class Generation(Generic[_C]):
    """All that a fork, a close, a reset or a change of settings replaces at a stroke.

    A thread that still works on an ended generation can publish nothing: `ended` is read under the lock
    wherever a client would become visible, and the tables that the hit path reads belong to the generation.

    Args:
        key_of: From a call's arguments to their key; raises `MissedError` for what must not be tabled.
        bound: Most clients to keep.
        tabled: Whether hits may bypass the slow path.

    """

    def __init__(self, key_of: Callable[..., Key], bound: int | None = None, *, tabled: bool = True) -> None:
        self.ended = False
        self.evicted = 0
        self.by_project: dict[str | None, Iterator[_C]] = {}
        self._slots: dict[Key, Slot[_C]] = {}
        self._hits_of_dropped = 0
        # A signal handler or a finalizer may ask for a client while its own thread is in here.
        self._lock = threading.RLock()
        self._process = os.getpid()
        self._bound = bound
        self._tabled = tabled
        self._key_of = key_of
        self._tick = None if bound is None else itertools.count(1).__next__
        self.by_options = self._table()

    def _table(self) -> Callable[..., Iterator[_C]]:
        return functools.cache(self._look_up) if self._tabled else _missed

    def _look_up(self, project_id: str | None = None, **options: object) -> Iterator[_C]:
        key = self._key_of(project_id, **options)
        with self._lock:
            slot = self._slots.get(key)
            if slot is None or slot.client is None:
                raise MissedError
            return slot.take

    @property
    def is_inherited(self) -> bool:
        """Whether a fork lies between the generation's start and now."""
        return self._process != os.getpid()

    def table_project(self, project_id: str | None, slot: Slot[_C]) -> None:
        """Let the hit path find a client that was asked for with a project alone."""
        with self._lock:
            if self._tabled and self._slots.get(slot.key) is slot:
                self.by_project[project_id] = slot.take

    def claim(self, key: Key) -> tuple[Slot[_C], bool]:
        """Return the slot of a key, and whether the caller is the one who must fill it.

        Raises:
            SupersededError: The generation has ended.

        """
        with self._lock:
            if self.ended:
                raise SupersededError
            slot = self._slots.get(key)
            if slot is not None:
                return slot, False
            slot = self._slots[key] = Slot(key)
            return slot, True

    def fill(self, slot: Slot[_C], construct: Callable[[], _C]) -> _C:
        """Build the client of a claimed slot and show it to those who wait and to those who come.

        Raises:
            SupersededError: The generation ended meanwhile; the error carries the client.
            Exception: What the construction raised; the waiters get it too, and the slot is free again.

        """
        try:
            client = construct()
            is_published = self._publish(slot, client)
        except BaseException as error:
            self._give_up(slot, error)
            raise
        if not is_published:
            raise SupersededError(client)
        return client

    def _give_up(self, slot: Slot[_C], error: BaseException) -> None:
        slot.error = error
        if self.is_inherited:  # its locks may never come free, and who waited is in the other process
            return
        with self._lock:
            if self._slots.get(slot.key) is slot:
                del self._slots[slot.key]
        slot.done.set()

    def _publish(self, slot: Slot[_C], client: _C) -> bool:
        if self.is_inherited:
            return False
        with self._lock:
            if not self.ended:
                slot.fill(client, self._tick)
                self._make_room(slot)
                slot.used = self._tick() if self._tick else 0
        slot.done.set()
        return slot.client is not None

    def _make_room(self, newcomer: Slot[_C]) -> None:
        built = [slot for slot in self._slots.values() if slot.client is not None and slot is not newcomer]
        surplus = 0 if self._bound is None else len(built) + 1 - self._bound
        if surplus > 0:
            for slot in sorted(built, key=operator.attrgetter("used"))[:surplus]:
                self._drop(slot)
            self.evicted += surplus
            self.by_options = self._table()
            kept = {id(slot.take) for slot in self._slots.values()}
            self.by_project = {name: take for name, take in self.by_project.items() if id(take) in kept}

    def _drop(self, slot: Slot[_C]) -> None:
        del self._slots[slot.key]
        self._hits_of_dropped += slot.hits

    @staticmethod
    def wait(slot: Slot[_C]) -> _C:
        """Return the client that another thread builds.

        Raises:
            SupersededError: It will not come, and asking again is right.
            Exception: What the construction raised.

        """
        if slot.builder == threading.get_ident() and not slot.done.is_set():
            raise ClientConstructionError(
                f"building the client of {slot.key} asked the pool for that same client; "
                "a client's constructor must not call the getter that builds it",
            )
        slot.done.wait()
        if isinstance(slot.error, Exception):
            raise slot.error
        if slot.client is None:
            raise SupersededError
        return slot.client

    def clients(self) -> list[_C]:
        """Return the clients that are ready."""
        with self._lock:
            return [slot.client for slot in self._slots.values() if slot.client is not None]

    def hits(self) -> int:
        """Return how often clients were taken, those of dropped slots included."""
        with self._lock:
            return self._hits_of_dropped + sum(slot.hits for slot in self._slots.values())

    def end(self) -> list[_C]:
        """Show nothing any more, and return the clients that were shown."""
        with self._lock:
            self.ended = True
            clients = self.clients()
            for slot in list(self._slots.values()):
                self._drop(slot)
            self.by_project = {}
            self.by_options = _missed
        return clients


def _missed(*_: object, **__: object) -> NoReturn:
    raise MissedError
