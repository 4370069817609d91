"""Imports that no fork of another thread interrupts.

The locks of modules are the interpreter's, and a child inherits them as they are: one held by a thread that the
child has not hangs its first import of that module, or of any that needs it, for ever.
"""

import importlib
import logging
import os
import sys
import threading
from types import ModuleType

__all__ = ["load"]

_LONGEST_WAIT_SECONDS = 30.0


class _Gate:
    """Open while nothing is imported; a fork waits for it."""

    def __init__(self) -> None:
        self.renew()

    def renew(self) -> None:
        # An import may itself import through here, or fork.
        self.lock = threading.RLock()
        self.held = threading.local()

    def close(self) -> None:
        # Not for ever: the import may wait for a module that the forking thread is importing.
        self.held.by_fork = self.lock.acquire(timeout=_LONGEST_WAIT_SECONDS)

    def open(self) -> None:
        if self.held.by_fork:
            self.lock.release()


_gate = _Gate()
# A fork takes the locks of those who registered late first; an import that makes a logger wants that of logging.
logging.getLogger("shared_clients")
os.register_at_fork(before=_gate.close, after_in_parent=_gate.open, after_in_child=_gate.renew)


def load(module: str) -> ModuleType:
    """Import a module, and hold up the forks of other threads until that is done."""
    loaded = sys.modules.get(module)
    if loaded is not None and not getattr(getattr(loaded, "__spec__", None), "_initializing", False):
        return loaded  # without waiting for the import of another
    with _gate.lock:
        return importlib.import_module(module)
