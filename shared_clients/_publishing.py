"""Publishers that lose no message at exit."""

import time
from collections import deque
from collections.abc import Iterable
from concurrent.futures import Future, wait
from typing import Any

from shared_clients._registry import Pending
from shared_clients._sharing import SharedClient, own_class

__all__ = ["SharedPublisher", "prepare_to_send", "send_all"]

_SENT = "_shared_clients_sent"
_LATE = "_shared_clients_late"
_POLL_SECONDS = 0.01


class SharedPublisher(SharedClient):
    """A publisher that remembers the messages whose delivery is not yet known."""

    def publish(self, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - the library's signature holds
        """Publish a message, as the library does."""
        client: Any = self
        future = own_class(client).publish(client, *arguments, **options)
        outstanding = vars(self)[_SENT]
        outstanding.add(future)
        future.add_done_callback(outstanding.discard)
        return future


def prepare_to_send(client: Any) -> None:  # noqa: ANN401 - the class of its batches is private
    """Make a new publisher remember its messages, and send also where no thread may start.

    A batch is sent in a thread of its own. From Python 3.12 on none starts once the interpreter shuts down
    (3.12.0 and 3.12.1 forbid it even earlier), and a batch whose thread did not start is lost.
    """
    vars(client)[_SENT] = set()
    late: deque[Any] = deque()
    vars(client)[_LATE] = late
    kind = client._batch_class  # noqa: SLF001

    class Batch(kind):  # type: ignore[misc, valid-type]  # whichever class the client uses
        def _start_commit_thread(self) -> None:
            try:
                super()._start_commit_thread()
            except RuntimeError:
                late.append(self)

    client._batch_class = Batch  # noqa: SLF001


def send_all(client: Any) -> Iterable[Pending]:  # noqa: ANN401
    """Stop a publisher, which sends what it holds; returns what to wait for until all is delivered.

    With ordering, `stop()` sends one batch of each ordering key and cancels the rest, so that it must come
    after the messages, not before.
    """
    delivery = _Delivery(client)
    if not client._enable_message_ordering:  # noqa: SLF001
        delivery.stop()
    return [delivery]


class _Delivery:
    """All outstanding messages of a publisher."""

    def __init__(self, client: Any) -> None:  # noqa: ANN401
        self._client = client
        self._futures: list[Future[str]] = list(vars(client)[_SENT])
        self._stopped = False

    def stop(self) -> None:
        if not self._stopped:
            self._stopped = True
            own_class(self._client).stop(self._client)

    def result(self, timeout: float | None = None) -> None:
        """Wait until the service has taken every message.

        Raises:
            TimeoutError: It has not within so many seconds.
            Exception: What the first message failed with that it did not take.

        """
        deadline = time.monotonic() + (timeout or 0.0)
        late: deque[Any] = vars(self._client)[_LATE]
        while True:
            while late:
                late.popleft()._commit()  # noqa: SLF001 - commit() would start a thread
            _, waiting = wait(self._futures, timeout=_POLL_SECONDS)
            if not waiting or time.monotonic() >= deadline:
                break
        self.stop()
        for future in self._futures:
            future.result(timeout=0)
