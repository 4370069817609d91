"""Subscribers whose streaming pulls end before their connections do."""

from collections.abc import Iterable
from typing import Any

from shared_clients._registry import Pending
from shared_clients._sharing import SharedClient, own_class

__all__ = ["SharedSubscriber", "cancel_pulls", "prepare_to_pull"]

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


def cancel_pulls(client: object) -> Iterable[Pending]:
    """Cancel what a subscriber still pulls; the pulls returned end once their threads have."""
    pulls = list(vars(client)[_PULLS])
    for pull in pulls:
        pull.cancel()
    return pulls
