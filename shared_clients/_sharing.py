"""How a client that many hold behaves: nobody but the pool closes it, and it stays in its process."""

import functools
import inspect
import logging
import types
from collections.abc import Callable
from typing import Any, NoReturn, Self, TypeVar

from shared_clients.errors import PicklingError

__all__ = ["SharedClient", "Sharing", "derives_from", "is_of_library", "is_shared", "own_class"]

_LOGGER = logging.getLogger("shared_clients")
_C = TypeVar("_C")


class SharedClient:
    """What the class of a pooled client, itself derived from the library's, does in its own way."""

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        name = type(self).__name__
        raise PicklingError(
            f"a pooled {name} cannot be pickled: its connections belong to this process. "
            "Send the arguments instead, and call the getter in the worker",
        )

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: object) -> Self:
        return self

    def __repr__(self) -> str:
        kind = type(self)
        return (
            f"<{kind.__module__}.{kind.__qualname__} object at {id(self):#x}, shared through shared_clients>"
        )


class Sharing:
    """Makes freshly built clients of one pool shared ones, and hears of every attempt to close one.

    Args:
        pool: Name of the pool, for the log.
        mixin: What the class of its clients does beyond the library's.
        count: Called for each attempt.

    """

    CLOSING = ("close", "stop", "__exit__")

    def __init__(self, pool: str, mixin: type[SharedClient], count: Callable[[], None]) -> None:
        self._pool = pool
        self._mixin = mixin
        self._count = count
        self._seen: set[tuple[str, int]] = set()
        self._classes: dict[type, type] = {}

    def forget_call_sites(self) -> None:
        """Log each call site anew."""
        self._seen.clear()

    def share(self, client: object) -> None:
        """Make a client behave as a shared one; its state stays as it is."""
        kind = type(client)
        shared = self._classes.get(kind) or self._classes.setdefault(kind, self._shared_class(kind))
        client.__class__ = shared

    def _shared_class(self, kind: type) -> type:
        names = {"__module__": kind.__module__, "__qualname__": kind.__qualname__, "__doc__": kind.__doc__}
        closing = {name: self._harmless(kind, name) for name in self.CLOSING if hasattr(kind, name)}
        # The mixin's methods are copied: an object can only change to a class with the same first base.
        body = {**_methods(self._mixin, kind), **closing, **names, "__slots__": (), "own_class": kind}
        return types.new_class(kind.__name__, (kind,), exec_body=lambda namespace: namespace.update(body))

    def _harmless(self, kind: type, name: str) -> Callable[..., None]:
        @functools.wraps(getattr(kind, name))
        def keep_open(*_: object, **__: object) -> None:
            frame = inspect.currentframe()
            self._refuse(name, frame.f_back if frame else None)

        return keep_open

    def _refuse(self, method: str, frame: types.FrameType | None) -> None:
        self._count()
        site = (frame.f_code.co_filename, frame.f_lineno) if frame else ("?", 0)
        if site in self._seen:
            return
        self._seen.add(site)
        _LOGGER.warning(
            "%s:%d called %s() on a shared %s client; it stays open for the others who use it. "
            "Remove the call, or call shared_clients.close_all_clients() where the process ends",
            *site,
            method,
            self._pool,
        )


def _methods(mixin: type[SharedClient], kind: type) -> dict[str, Callable[..., object]]:
    defined = {name: value for base in reversed(mixin.__mro__) for name, value in vars(base).items()}
    methods = ((name, value) for name, value in defined.items() if isinstance(value, types.FunctionType))
    return {name: _documented(method, getattr(kind, name, method)) for name, method in methods}


def _documented(method: types.FunctionType, original: Callable[..., object]) -> Callable[..., object]:
    copied = types.FunctionType(method.__code__, method.__globals__, closure=method.__closure__)
    return functools.update_wrapper(copied, original)


def derives_from(client: object, library: str) -> bool:
    """Tell whether an object's true class, or a base of it, comes from a library, which no mock's does."""
    return _derives(type(client), library)


def _derives(kind: type, library: str) -> bool:
    return any(_top(base.__module__) == library for base in kind.__mro__)


def _top(module: str) -> str:
    return module.partition(".")[0]


def is_of_library(kind: type, library: str) -> bool:
    """Tell whether a class derives from one of a library, and is still constructed as the library does it.

    A test may have put a mock in the place of the constructor, or have derived a fake with one of its own; what
    these construct lacks what the library's methods need.
    """
    constructor: object = kind.__init__  # type: ignore[misc]  # looked up on the class itself, not on an object
    origin = str(getattr(constructor, "__module__", library))  # an autospec has None there
    return _derives(kind, library) and _top(origin) == library


def is_shared(client: object) -> bool:
    """Tell whether a pool made a client a shared one, and not somebody a stand-in for one."""
    return "own_class" in vars(type(client))


def own_class(client: _C) -> type[_C]:
    """Return the class that the library gave a client, with the methods that really close it."""
    kind: Any = type(client)
    found: type[_C] = vars(kind).get("own_class", kind)
    return found
