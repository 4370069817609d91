"""What the pools count."""

import dataclasses
import threading

__all__ = ["Counters", "PoolStats"]


@dataclasses.dataclass(frozen=True)
class PoolStats:
    """What one pool has counted in this process since it started, or since the fork that made it.

    Attributes:
        clients: Clients that the pool keeps now.
        hits: Calls that got a client that was there already.
        builds: Clients built for the pool.
        unpooled: Clients built past the pool because `pooling` is not 100.
        build_seconds: Seconds spent on building, over all builds.
        waits: Calls that waited for another thread's build.
        failures: Builds that raised.
        closes_refused: Calls of `close()`, `stop()` and the end of a `with` block that left the client open.
        fork_resets: Forks between the process that first used the pool and this one.
        evictions: Clients dropped for `max_clients`.
        http_connections_in_use: HTTP connections now lent to a request; None where none can be counted.

    """

    clients: int
    hits: int
    builds: int
    unpooled: int
    build_seconds: float
    waits: int
    failures: int
    closes_refused: int
    fork_resets: int
    evictions: int
    http_connections_in_use: int | None


class Counters:
    """The numbers of a pool that no client holds; `add` is the one place that changes them."""

    NAMES = ("hits", "builds", "unpooled", "waits", "failures", "closes_refused", "evictions")

    def __init__(self, fork_resets: int = 0) -> None:
        self._lock = threading.RLock()  # a signal handler may ask for a client while its thread counts
        self.numbers = dict.fromkeys(self.NAMES, 0)
        self.build_seconds = 0.0
        self.fork_resets = fork_resets

    def add(self, name: str, count: int = 1) -> None:
        """Count up one of `NAMES`."""
        with self._lock:
            self.numbers[name] += count

    def add_build(self, seconds: float) -> None:
        """Count a finished build and the seconds that it took."""
        with self._lock:
            self.numbers["builds"] += 1
            self.build_seconds += seconds

    def stats(self, clients: int, http_connections_in_use: int | None, **held: int) -> PoolStats:
        """Return all numbers, those that clients still hold added."""
        with self._lock:
            return PoolStats(
                clients=clients,
                build_seconds=self.build_seconds,
                fork_resets=self.fork_resets,
                http_connections_in_use=http_connections_in_use,
                **{name: count + held.get(name, 0) for name, count in self.numbers.items()},
            )
