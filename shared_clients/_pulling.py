"""Subscribers whose streaming pulls end before their connections do."""

from concurrent.futures import Future, wait
from typing import Any

from shared_clients import settings
from shared_clients._sharing import SharedClient, own_class

__all__ = ["SharedSubscriber", "cancel_pulls", "cancel_pulls_when_main_ends", "prepare_to_pull"]

_PULLS = "_shared_clients_pulls"


class SharedSubscriber(SharedClient):
    """A subscriber that remembers the pulls it began."""

    def subscribe(self, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - the library's signature holds
        """Begin to pull, as the library does."""
        client: Any = self
        pull = own_class(client).subscribe(client, *arguments, **options)
        pulls = vars(self)[_PULLS]
        pulls.add(pull)
        pull.add_done_callback(pulls.discard)
        return pull


def prepare_to_pull(client: object) -> None:
    """Give a new subscriber the memory of its pulls."""
    vars(client)[_PULLS] = set()


def cancel_pulls(client: object) -> list[Future[object]]:
    """Cancel what a subscriber still pulls; the pulls returned end once their threads have."""
    return [pull for pull in list(vars(client)[_PULLS]) if _cancel(pull)]


def _cancel(pull: Future[object]) -> bool:
    try:
        return pull.cancel()
    except RuntimeError:  # 3.12.0 and 3.12.1 start no thread for it at exit
        return False


def cancel_pulls_when_main_ends(client: object) -> None:
    """End the pulls before Python shuts the executors down that call the subscribers' callbacks.

    A message that came after that would end its stream with a traceback.
    """
    wait(cancel_pulls(client), timeout=settings.current().close_timeout)
