"""Holds the first few until all of them have arrived, so that a test knows they were there together."""

import threading

PATIENCE_SECONDS = 30


class Gathering:
    """Makes the first `count` callers of `wait` wait for one another; later ones pass."""

    def __init__(self, count: int) -> None:
        self._missing = threading.Semaphore(count)
        self._barrier = threading.Barrier(max(count, 1))

    def wait(self) -> None:
        if self._missing.acquire(blocking=False):
            self._barrier.wait(PATIENCE_SECONDS)
