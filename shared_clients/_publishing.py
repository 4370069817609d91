"""Publishers that lose no message at exit."""

import contextlib
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

    def _ensure_commit_timer_runs_no_lock(self) -> None:
        client: Any = self
        with contextlib.suppress(RuntimeError):  # where no thread may start, closing sends the message
            own_class(client)._ensure_commit_timer_runs_no_lock(client)  # noqa: SLF001


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


def send_all(client: object) -> Iterable[Pending]:
    """Have a publisher send what it holds; returns what to wait for until all is delivered."""
    delivery = _OrderedDelivery(client) if _is_ordered(client) else _Delivery(client)
    delivery.start()
    return [delivery]


def _is_ordered(client: Any) -> bool:  # noqa: ANN401
    return bool(client._enable_message_ordering)  # noqa: SLF001 - there is no public name for it


class _Delivery:
    """All messages of a publisher that the service has not confirmed: `stop()` sends them at once."""

    def __init__(self, client: Any) -> None:  # noqa: ANN401
        self.client = client
        self.futures: list[Future[str]] = list(vars(client)[_SENT])

    def start(self) -> None:
        self.stop()

    def stop(self) -> None:
        own_class(self.client).stop(self.client)

    def go_on(self, seconds: float) -> None:
        """Do what no thread does any more, trying for so many seconds at the most."""
        late: deque[Any] = vars(self.client)[_LATE]
        if late and seconds > 0:
            _send(late.popleft(), seconds)

    def result(self, timeout: float | None = None) -> None:
        """Wait until the service has confirmed every message.

        Raises:
            TimeoutError: It has not within so many seconds.
            Exception: What the first message failed with that it did not take.

        """
        deadline = time.monotonic() + (timeout or 0.0)
        self.go_on(timeout or 0.0)
        while wait(self.futures, timeout=_POLL_SECONDS).not_done and time.monotonic() < deadline:
            self.go_on(deadline - time.monotonic())
        for future in self.futures:
            future.result(timeout=0)


def _send(batch: Any, seconds: float) -> None:  # noqa: ANN401
    from google.api_core.retry import Retry

    # A thread of the library's would try for a minute, and nobody would wait for it.
    batch._commit_retry = Retry(timeout=seconds)  # noqa: SLF001
    batch._commit_timeout = seconds  # noqa: SLF001
    batch._commit()  # noqa: SLF001 - commit() would start a thread


class _OrderedDelivery(_Delivery):
    """With ordering, `stop()` sends one batch of each ordering key and cancels the rest, so it comes last."""

    def start(self) -> None:
        """Send the first batch of each ordering key."""
        with self.client._batch_lock:  # noqa: SLF001 - as the library's own timer does
            self.client._commit_sequencers()  # noqa: SLF001

    def go_on(self, seconds: float) -> None:
        super().go_on(seconds)
        self.start()

    def result(self, timeout: float | None = None) -> None:
        try:
            super().result(timeout)
        finally:
            self.stop()
