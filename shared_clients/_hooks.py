"""What a pool must be told about the service whose clients it keeps."""

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from typing import Generic, TypeVar

from shared_clients._registry import Pending
from shared_clients._sharing import SharedClient

__all__ = ["Arguments", "Hooks"]

_C = TypeVar("_C")
Arguments = Mapping[str, object]


def _nothing(_: object) -> None:
    pass


def _no_work(_: object) -> Iterable[Pending]:
    return ()


@dataclasses.dataclass(frozen=True)
class Hooks(Generic[_C]):
    """What a service knows of its clients that the pool does not.

    All but `prepare` and `is_real` are called only with clients whose class derives from the library, never
    with a mock.

    Attributes:
        library: Top package of the library that real clients come from, such as `"google"`.
        refused: Per argument that no client can be keyed by, what to do instead (the end of a sentence).
        prepare: From the arguments given to those that key and build a client: defaults found, forms unified.
        is_real: Whether building now would build a client of the library, not of a mock put in its place.
        warm: Make what the library makes lazily and without a lock; called before anyone sees the client.
        main_ends: Called when the main thread has ended, while other threads may go on.
        drain: Have a client finish what it was given; returns what must be waited for before closing.
        close: Really close a client.
        release: Return what frees a client's connections and holds no reference to the client.
        renew: In a forked child: take an inherited client off the sockets of the parent, closing nothing.
        connections: Number of HTTP connections that are lent to requests now; None where it is not known.
        mixin: What the class of a pooled client does beyond the library's.

    """

    library: str
    refused: Mapping[str, str] = dataclasses.field(default_factory=dict)
    prepare: Callable[[Arguments], Arguments] = dict
    is_real: Callable[[], bool] = lambda: True
    warm: Callable[[_C], None] = _nothing
    main_ends: Callable[[_C], None] = _nothing
    drain: Callable[[_C], Iterable[Pending]] = _no_work
    close: Callable[[_C], None] = _nothing
    release: Callable[[_C], Callable[[], None] | None] = _nothing
    renew: Callable[[_C], None] = _nothing
    connections: Callable[[_C], int | None] = _nothing
    mixin: type[SharedClient] = SharedClient
