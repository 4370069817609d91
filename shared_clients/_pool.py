"""One client a key, built once; knows threads and forks, and no service."""

import contextlib
import functools
import itertools
import logging
import threading
import time
from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import Generic, ParamSpec, TypeVar, cast

from shared_clients import _exit, _registry, settings, stats
from shared_clients._counters import Counters, PoolStats
from shared_clients._generation import Generation, MissedError
from shared_clients._getter import make_getter
from shared_clients._hooks import Arguments, Hooks
from shared_clients._key import Key, content_of, is_settled
from shared_clients._living import Living
from shared_clients._parameters import Call, Parameters
from shared_clients._registry import Pending
from shared_clients._sharing import Sharing, is_of_library, is_shared
from shared_clients._slot import Nothing, Slot, SupersededError

__all__ = ["Pool"]

_C = TypeVar("_C")
_P = ParamSpec("_P")
_LOGGER = logging.getLogger("shared_clients")


class Pool(Generic[_C]):
    """The shared clients of one kind. `getter` turns a function that builds one into one that shares it.

    Args:
        name: The kind, as it appears in statistics and log lines.
        hooks: What the service knows of its clients.

    """

    def __init__(self, name: str, hooks: Hooks[_C]) -> None:
        self.name = name
        self.hooks = hooks
        self._sharing = Sharing(name, hooks.mixin, lambda: self.counters.add("closes_refused"))
        self.substitute: Callable[[], object] | None = None
        self.build: Callable[..., _C]
        self.get, self._show_getter = self._make_getter()
        self._parameters: Parameters
        self._abandoned: list[object] = []
        self.counters = Counters()
        self._reset()
        _registry.add(self)
        _exit.install()

    def _reset(self) -> None:
        self.generation = self._ended_generation()
        self._lock = threading.RLock()
        self._living: Living[_C] = Living()
        self._calls = itertools.count().__next__

    def _ended_generation(self) -> Generation[_C]:
        generation = Generation(self._settled_key, self._show_getter)
        generation.end()
        return generation

    def _show(self, generation: Generation[_C]) -> None:
        # Not one from before a fork, nor one in whose end a signal handler began the next.
        if generation is self.generation:
            self._show_getter(generation)

    def getter(self, build: Callable[_P, _C]) -> Callable[_P, _C]:
        """Make a getter of a function that builds a client from a getter's arguments.

        Args:
            build: Takes `project_id` first, if it takes it, and everything else by keyword. Arguments that
                are None or equal to their default reach it only when the caller, or `prepare`, gave others.

        Returns:
            A function of the same signature that returns a shared client.

        """
        self._parameters = Parameters(build, self.hooks.refused)
        self.build = build
        self.get = functools.wraps(build)(self.get)
        return cast("Callable[_P, _C]", self.get)

    def _make_getter(self) -> tuple[Callable[..., _C], Callable[[Generation[_C]], None]]:
        return make_getter(self.find)

    @contextlib.contextmanager
    def substituted(self, fake: object) -> Iterator[None]:
        """Have the getter return `fake`; for tests. The clients kept before are let go."""
        before, self.substitute = self.substitute, lambda: fake
        self.end()
        try:
            yield
        finally:
            self.substitute = before

    def find(self, project_id: str | None = None, **options: object) -> _C:
        """Return the client of these arguments, building it if need be: the slow path of the getter."""
        call = Call(project_id, options)
        content = content_of(call.arguments)
        for client in self._tables().by_content.get(content, ()):
            return client
        return self._find_or_build(call, content)

    def _find_or_build(self, call: Call, content: Hashable) -> _C:
        given = self._parameters.given(call)
        is_pooled = self._is_pooled()
        while (substitute := self.substitute) is None:
            if not is_pooled:
                return self._construct_unpooled(given)
            generation = self._current_generation()
            try:
                slot, client = self._obtain(generation, given)
            except SupersededError as superseded:
                self._discard(generation, cast("_C | Nothing", superseded.client))
            else:
                generation.table(call, content, slot)
                return client
        return cast("_C", substitute())

    def _tables(self) -> Generation[_C]:
        return self.generation

    def _is_pooled(self) -> bool:
        # Spread evenly, and without a random number: of ten calls at 30 percent the 4th, 7th and 10th.
        percentage, call = settings.current().pooling, self._calls()
        return (call + 1) * percentage // settings.ALL_CALLS > call * percentage // settings.ALL_CALLS

    def _current_generation(self) -> Generation[_C]:
        with self._lock:
            if self.generation.ended:
                self.generation = self._new_generation()
                self._show(self.generation)
            return self.generation

    def _new_generation(self) -> Generation[_C]:
        now = settings.current()
        is_tabled = now.pooling == settings.ALL_CALLS
        return Generation(self._settled_key, self._show, now.max_clients, tabled=is_tabled)

    def _generations(self) -> list[Generation[_C]]:
        return [self.generation]

    def _settled_key(self, call: Call) -> Key:
        if not is_settled(call.arguments):
            raise MissedError
        return Key.of(self.name, self.hooks.prepare(self._parameters.given(call)))

    def _obtain(self, generation: Generation[_C], given: Arguments) -> tuple[Slot[_C], _C]:
        # Only now, because settings that change, or a substitute that comes, once the generation is taken end
        # it: what is prepared and built from the old ones is then seen by nobody.
        if self.substitute is not None:
            raise SupersededError
        prepared = self.hooks.prepare(given)
        slot, is_mine = generation.claim(Key.of(self.name, prepared))
        if is_mine:
            return slot, generation.fill(slot, functools.partial(self._construct, prepared))
        if slot.client is Nothing.YET:
            self.counters.add("waits")
            return slot, slot.wait()
        return slot, next(slot.take)

    def _discard(self, generation: Generation[_C], client: _C | Nothing) -> None:
        if client is Nothing.YET:
            return
        if generation.is_inherited:
            self._abandoned.append(client)
        elif self._living.take(client):
            self.drain(client)
            self.close(client)

    def _construct(self, arguments: Arguments) -> _C:
        self._living.sweep()
        started = time.perf_counter()
        with self._failures_counted():
            client = self._construct_real(arguments)
        self.counters.add_build(time.perf_counter() - started)
        _LOGGER.debug("built a shared %s client", self.name)
        return client

    @contextlib.contextmanager
    def _failures_counted(self) -> Iterator[None]:
        stats.export_metrics()
        try:
            yield
        except BaseException:
            self.counters.add("failures")
            raise

    def _construct_real(self, arguments: Arguments) -> _C:
        _registry.note_build(self)
        client = self.build(**arguments)
        if is_of_library(type(client), self.hooks.library):
            try:
                self.hooks.warm(client)
            except BaseException:
                self.hooks.close(client)
                raise
            self._sharing.share(client)
            _exit.watch_main_thread()
            self._living.add(client, self.hooks.release(client))
        return client

    def _construct_unpooled(self, arguments: Arguments) -> _C:
        _registry.note_build(self)
        with self._failures_counted():
            client = self.build(**arguments)
        self.counters.add("unpooled")
        return client

    def is_real(self) -> bool:
        """Tell whether building a client now would build one of the library's."""
        return self.hooks.is_real()

    def end(self) -> None:
        """Keep no client any more. The next call of the getter builds anew."""
        with self._lock:
            for generation in self._generations():
                self._end_generation(generation)
        self._living.sweep()

    def open_clients(self) -> list[_C]:
        """Return the clients not closed yet, also those that the pool let go of and somebody still holds."""
        return self._living.open_clients()

    def take_all_to_close(self) -> list[_C]:
        """Keep no client any more; return all that are open, each to one caller, who must close it."""
        with self._lock:  # no client of the next generation is among them: that starts under this lock
            kept = [self._end_generation(generation) for generation in self._generations()]
            taken = self._living.take_all()
        del kept  # until here only this may have held some of them
        self._living.sweep()
        return taken

    def _end_generation(self, generation: Generation[_C]) -> list[_C]:
        if generation.ended:
            return []
        clients = generation.end()
        self.counters.add("hits", generation.hits())
        self.counters.add("evictions", generation.evicted)
        return clients

    def main_ends(self) -> None:
        """Tell the clients that the main thread has ended."""
        for client in self.open_clients():
            self.hooks.main_ends(client)

    def start_over(self) -> None:
        """Keep no client any more and count from zero; for tests."""
        self.end()
        self.counters = Counters()
        self._sharing.forget_call_sites()

    def drain(self, client: _C) -> Iterable[Pending]:
        """Have a client finish what it was given; return what is under way."""
        return self.hooks.drain(client) if is_shared(client) else ()

    def close(self, client: _C) -> None:
        """Really close a client."""
        if is_shared(client):
            self.hooks.close(client)

    def abandon(self) -> None:
        """Start afresh in a forked child: new locks, no clients, and what was inherited is never touched."""
        inherited = self._living.inherited()
        self._abandoned += [*inherited, vars(self).copy()]
        self.counters = Counters(self.counters.fork_resets + 1)
        self._reset()
        self._living.inherit(inherited)
        for client in inherited:
            self._renew(client)

    def _renew(self, client: _C) -> None:
        try:
            self.hooks.renew(client)
        except Exception:
            message = "a %s client inherited through a fork still uses its parent's connections"
            _LOGGER.exception(message, self.name)

    def stats(self) -> PoolStats:
        """Return what the pool has counted."""
        self._living.sweep()
        generations = [generation for generation in self._generations() if not generation.ended]
        return self.counters.stats(
            clients=len(self._clients()),
            http_connections_in_use=self._connections(),
            hits=sum(generation.hits() for generation in generations),
            evictions=sum(generation.evicted for generation in generations),
        )

    def _clients(self) -> list[_C]:
        return [client for generation in self._generations() for client in generation.clients()]

    def _connections(self) -> int | None:
        counts = [self.hooks.connections(client) for client in filter(is_shared, self._clients())]
        known = [count for count in counts if count is not None]
        return sum(known) if known or not counts else None
