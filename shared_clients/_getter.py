"""The getter that users call, of which every nanosecond counts while its client is there already."""

import builtins
import types
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

from shared_clients._generation import Generation, MissedError, missed, nothing

__all__ = ["make_getter"]

_C = TypeVar("_C")

# What `_get` takes from its generation; each getter has values of its own.
plain: Iterator[Any] = nothing()
by_project: Mapping[str | None, Iterator[Any]] = {}
look_up: Callable[..., Iterator[Any]] = missed
find: Callable[..., Any] = missed


def _get(project_id: str | None = None, **options: object) -> Any:  # noqa: ANN401 - the client of any pool
    try:
        if options:
            return next(look_up(**options) if project_id is None else look_up(project_id, **options))
        if project_id is None:
            return next(plain)
        return next(by_project[project_id])
    except (KeyError, MissedError, StopIteration, TypeError):  # not there, or an argument without a hash
        pass
    return find(project_id, **options)


def make_getter(slow_path: Callable[..., _C]) -> tuple[Callable[..., _C], Callable[[Generation[_C]], None]]:
    """Make a getter, and what tells it in which generation's tables to look.

    Measured (benchmarks/pools.py): global variables are read faster than those of an enclosing function, which
    each call copies, and than attributes; so every getter has globals of its own.

    Args:
        slow_path: What finds or builds a client that is not in the tables; takes what the getter takes.

    """
    names = {"__builtins__": builtins, "MissedError": MissedError, "find": slow_path, "next": next}

    def show(generation: Generation[_C]) -> None:
        names.update(plain=generation.plain, by_project=generation.by_project, look_up=generation.look_up)

    return types.FunctionType(_get.__code__, names, argdefs=_get.__defaults__), show
