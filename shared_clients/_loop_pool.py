"""A pool whose clients belong to the event loop in which they were built."""

import asyncio
import contextlib
import dataclasses
import weakref
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterable
from typing import Any, Generic, TypeVar

from shared_clients._generation import Generation, MissedError
from shared_clients._hooks import Arguments, Hooks
from shared_clients._pool import Pool
from shared_clients._registry import Pending
from shared_clients._sharing import is_shared
from shared_clients.errors import NoEventLoopError

__all__ = ["LoopPool"]

_C = TypeVar("_C")


class LoopPool(Pool[_C], Generic[_C]):
    """The shared clients of one kind, for each running event loop its own.

    Args:
        name: The kind, as it appears in statistics and log lines.
        hooks: What the service knows of its clients; `close` and `release` stay unused.
        closer: From a client to the coroutine function that closes its connections.

    """

    def __init__(
        self,
        name: str,
        hooks: Hooks[_C],
        closer: Callable[[_C], Callable[[], Coroutine[Any, Any, None]]],
    ) -> None:
        self._closer = closer
        super().__init__(name, hooks)

    def _reset(self) -> None:
        super()._reset()
        self.by_loop: dict[asyncio.AbstractEventLoop, Generation[_C]] = {}
        self._loops: weakref.WeakKeyDictionary[Any, asyncio.AbstractEventLoop] = weakref.WeakKeyDictionary()
        self._watchers: dict[asyncio.AbstractEventLoop, AsyncGenerator[None]] = {}
        self._closing: set[asyncio.Future[None]] = set()

    def _make_getter(self) -> tuple[Callable[..., _C], Callable[[Generation[_C]], None]]:
        find, running = self.find, asyncio.get_running_loop

        def get(project_id: str | None = None, **options: object) -> _C:
            try:
                generation = self.by_loop[running()]
                if options:
                    return next(generation.look_up(project_id, **options))
                return next(generation.by_project[project_id])
            except (KeyError, MissedError, RuntimeError, StopIteration, TypeError):
                pass
            return find(project_id, **options)

        return get, _nothing_to_show

    def _tables(self) -> Generation[_C]:
        loop = _loop_of_this_thread()
        return self.generation if loop is None else self.by_loop.get(loop, self.generation)

    def _generations(self) -> list[Generation[_C]]:
        with self._lock:
            self._forget_closed_loops()
            return list(self.by_loop.values())

    def _current_generation(self) -> Generation[_C]:
        loop = self._running_loop()
        with self._lock:
            self._forget_closed_loops()
            generation = self.by_loop.get(loop)
            if generation is None or generation.ended:
                generation = self.by_loop[loop] = self._new_generation()
                self._watch_loop(loop)
            return generation

    def _running_loop(self) -> asyncio.AbstractEventLoop:
        try:
            return asyncio.get_running_loop()
        except RuntimeError:
            raise NoEventLoopError(
                f"{self.build.__name__}() was called where no event loop runs; an asynchronous client "
                "belongs to one loop, so call it in a coroutine, and not while a module is imported",
            ) from None

    def _construct_unpooled(self, arguments: Arguments) -> _C:
        self._running_loop()
        return super()._construct_unpooled(arguments)

    def _construct_real(self, arguments: Arguments) -> _C:
        client = super()._construct_real(arguments)
        if is_shared(client):
            self._loops[client] = self._running_loop()
        return client

    def _forget_closed_loops(self) -> None:
        for loop, generation in list(self.by_loop.items()):
            if loop.is_closed():
                self._end_generation(generation)
                self.by_loop.pop(loop, None)
                self._watchers.pop(loop, None)

    def _watch_loop(self, loop: asyncio.AbstractEventLoop) -> None:
        """Have a loop's clients closed while it still can: `asyncio.run` ends asynchronous generators."""
        if loop not in self._watchers:
            self._watchers[loop] = watcher = self._until_loop_ends(loop)
            with contextlib.suppress(StopIteration):  # it has run up to its yield
                watcher.asend(None).send(None)

    async def _until_loop_ends(self, loop: asyncio.AbstractEventLoop) -> AsyncGenerator[None]:
        try:
            yield
        finally:
            generation = self.by_loop.pop(loop, None)
            self._watchers.pop(loop, None)
            for client in self._end_generation(generation) if generation else ():
                await self._closer(client)()

    def drain(self, client: _C) -> Iterable[Pending]:
        """Begin to close a client in its own loop, wherever that runs; that of a closed loop closes by itself.

        All loops close theirs at the same time, and one deadline holds for them and for the other pools.
        """
        loop = self._loops.get(client)
        if loop is None or loop.is_closed() or not is_shared(client):
            return ()
        if loop is _loop_of_this_thread():
            task = loop.create_task(self._closer(client)())
            self._closing.add(task)
            task.add_done_callback(self._closing.discard)
            return ()
        if loop.is_running():
            return [asyncio.run_coroutine_threadsafe(self._closer(client)(), loop)]
        return () if _loop_of_this_thread() else [_ClosingAtRest(loop, self._closer(client))]

    def close(self, client: _C) -> None:
        """Do nothing more: its loop closes a client, from `drain` on."""


@dataclasses.dataclass(frozen=True)
class _ClosingAtRest:
    """The closing of a client whose loop does not run: waiting for it is what runs the loop."""

    loop: asyncio.AbstractEventLoop
    close: Callable[[], Coroutine[Any, Any, None]]

    def result(self, timeout: float | None = None) -> None:
        """Run the loop until the client is closed, at most so many seconds."""
        self.loop.run_until_complete(asyncio.wait_for(self.close(), timeout))


def _nothing_to_show(_: object) -> None:
    """Do nothing: the getter itself looks for the generation of its loop."""


def _loop_of_this_thread() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
