"""The clients that a pool keeps between two upheavals, and the tables in which a hit finds them."""

import functools
import itertools
import operator
import os
import threading
from collections.abc import Callable, Hashable, Iterator
from typing import Generic, NoReturn, TypeVar

from shared_clients._key import Key
from shared_clients._parameters import Call
from shared_clients._slot import Nothing, Slot, SupersededError

__all__ = ["Generation", "MissedError", "missed", "nothing"]

_C = TypeVar("_C")
_PROJECTS = (str, type(None))  # an object with an equality of its own could stand for another project


class MissedError(Exception):
    """The look-up tables do not have it; the slow path decides."""


def missed(*_: object, **__: object) -> NoReturn:
    """Find nothing: a table of calls without an entry."""
    raise MissedError


def nothing() -> Iterator[_C]:
    """Return the entry of a call that has none."""
    return iter(())


class Generation(Generic[_C]):
    """All that a fork, a close, a reset or a change of settings replaces at a stroke.

    A thread that still works on an ended generation can publish nothing: `ended` is read under the lock
    wherever a client would become visible, and so is whether its slot still counts wherever a hit would find it.

    Args:
        key_of: From a call to its key; raises `MissedError` for what must not be tabled.
        show: Called, under the lock, when `plain`, `by_project` or `look_up` are others.
        bound: Most clients to keep.
        tabled: Whether hits may bypass the slow path.

    Attributes:
        plain: Gives the client of a call without arguments, each time that it is advanced.
        by_project: What gives the client of a call with a project alone.
        look_up: From the arguments of a call to what gives its client, if these can never change.
        by_content: What gives the client of a call, by what its changeable arguments held.

    """

    def __init__(
        self,
        key_of: Callable[[Call], Key],
        show: "Callable[[Generation[_C]], None]",
        bound: int | None = None,
        *,
        tabled: bool = True,
    ) -> None:
        self.ended = False
        self.evicted = 0
        self._slots: dict[Key, Slot[_C]] = {}
        self._hits_of_dropped = 0
        # A signal handler or a finalizer may ask for a client while its own thread is in here.
        self._lock = threading.RLock()
        self._process = os.getpid()
        self._bound = bound
        self._tabled = tabled
        self._key_of = key_of
        self._show = show
        self._tick = None if bound is None else itertools.count(1).__next__
        self.plain: Iterator[_C] = nothing()
        self.by_project: dict[str | None, Iterator[_C]] = {}
        self.look_up: Callable[..., Iterator[_C]] = self._new_table()
        self.by_content: dict[Hashable, Iterator[_C]] = {}

    def _new_table(self) -> Callable[..., Iterator[_C]]:
        # Typed: 1, 1.0 and True are three arguments.
        return functools.lru_cache(maxsize=None, typed=True)(self._look_up) if self._tabled else missed

    def _look_up(self, project_id: str | None = None, **options: object) -> Iterator[_C]:
        key = self._key_of(Call(project_id, options))
        with self._lock:
            slot = self._slots.get(key)
            if slot is None or slot.client is Nothing.YET:
                raise MissedError
            return slot.take

    @property
    def is_inherited(self) -> bool:
        """Whether a fork lies between the generation's start and now."""
        return self._process != os.getpid()

    def table(self, call: Call, content: Hashable, slot: Slot[_C]) -> None:
        """Let the next call like it find what a call got, if the slot still counts."""
        with self._lock:
            if not self._tabled or self._slots.get(slot.key) is not slot:
                return
            if not call.options and type(call.project_id) in _PROJECTS:
                self.by_project[call.project_id] = slot.take
                self.plain = self.by_project.get(None, self.plain)
                self._show(self)
            elif content is not None:
                self.by_content[content] = slot.take

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
        return slot.client is not Nothing.YET

    def _make_room(self, newcomer: Slot[_C]) -> None:
        built = [slot for slot in self._slots.values() if slot.client is not Nothing.YET and slot is not newcomer]
        surplus = 0 if self._bound is None else len(built) + 1 - self._bound
        if surplus > 0:
            for slot in sorted(built, key=operator.attrgetter("used"))[:surplus]:
                self._drop(slot)
            self.evicted += surplus
            self._show_tables(self._new_table())

    def _drop(self, slot: Slot[_C]) -> None:
        del self._slots[slot.key]
        self._hits_of_dropped += slot.hits

    def _show_tables(self, look_up: Callable[..., Iterator[_C]]) -> None:
        self.plain, self.by_project, self.look_up, self.by_content = nothing(), {}, look_up, {}
        self._show(self)

    def clients(self) -> list[_C]:
        """Return the clients that are ready."""
        with self._lock:
            return [slot.client for slot in self._slots.values() if slot.client is not Nothing.YET]

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
            self._show_tables(missed)
        return clients
