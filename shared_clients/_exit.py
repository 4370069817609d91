"""What happens to the clients when the process exits."""

import atexit
import contextlib
import functools
import threading
from collections.abc import Iterator

from shared_clients import _imports, _registry

__all__ = ["install", "watch_main_thread"]


def _others() -> Iterator[threading.Thread]:
    mine = (threading.main_thread(), threading.current_thread())
    return (thread for thread in threading.enumerate() if thread not in mine and not thread.daemon)


def _close_when_alone() -> None:
    """Close when no thread is left that could still use a client."""
    while threads := list(_others()):
        for thread in threads:
            thread.join()
    _registry.close_all()


def _main_has_ended() -> None:
    for pool in _registry.pools():
        pool.main_ends()
    # Threads that the interpreter waits for may go on for hours, and use clients all the while, so that
    # closing waits for them, in a thread for which the interpreter waits too.
    if _registry.has_open_clients():
        with contextlib.suppress(RuntimeError):  # 3.12.0 and 3.12.1 start no thread here any more
            threading.Thread(target=_close_when_alone, name="shared-clients-exit").start()


@functools.cache
def install() -> None:
    """Have clients closed last of all: what else is registered, as a rule later, may still use them."""
    atexit.register(_registry.close_all)


@functools.cache
def watch_main_thread() -> None:
    """Have clients closed when the main thread and all that the interpreter waits for have ended.

    Publishers and streaming pulls need threads to finish their work. From Python 3.12 on none can start in
    atexit, so the work must be done before. There is no public way to be called then; this one, which
    concurrent.futures uses, is the same from 3.9 on. Where it is missing, atexit still sends all messages
    (see `_publishing`). The last to ask is called first.
    """
    _imports.load("concurrent.futures.thread")  # asks first, and hence is called after this
    with contextlib.suppress(AttributeError, RuntimeError):
        threading._register_atexit(_main_has_ended)  # type: ignore[attr-defined]  # noqa: SLF001
