"""Clients that are nobody's, and pools of them, for what pools do whatever they keep."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from shared_clients import _registry
from shared_clients._hooks import Hooks
from shared_clients._pool import Pool


class Thing:
    """A client that only counts how often it was told to finish its work, and closed."""

    drained = 0
    closed = 0


def drain(thing: Thing) -> tuple[()]:
    thing.drained += 1
    return ()


def close(thing: Thing) -> None:
    thing.closed += 1


@contextmanager
def pool_of(build: Callable[..., Thing], **options: Any) -> Iterator[Pool[Thing]]:
    """Have a pool of things, which `build` makes; the options are those of `Hooks`."""
    pool = Pool("things", Hooks[Thing](library="tests", drain=drain, close=close, **options))

    def get_thing(
        project_id: str | None = None, *, location: str | None = None, options: Any = None
    ) -> Thing:
        return build(project_id, location, options)

    pool.getter(get_thing)
    try:
        yield pool
    finally:
        _registry._pools.remove(pool)
