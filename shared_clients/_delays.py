"""Whether retries wait. Tests turn the waiting off; `shared_clients.testing` does it for them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass
class Delays:
    """`attempts` is None while retries wait, else how often an operation is tried, at once each time."""

    attempts: int | None = None

    @contextmanager
    def skipped(self, attempts: int) -> Iterator[None]:
        """Try again at once, and at most `attempts` times in all, in every thread.

        Without a bound, an operation that never succeeds would spin until its timeout, which is meant for
        retries that wait.
        """
        before, self.attempts = self.attempts, attempts
        try:
            yield
        finally:
            self.attempts = before


DELAYS = Delays()
