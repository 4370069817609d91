"""Closing at the wish of a user: the clients of all pools, and what the process found to build them with."""

from shared_clients import _credentials, _registry

__all__ = ["close_all_clients"]


def close_all_clients(timeout: float | None = None) -> None:
    """Close the clients of all pools: send what publishers hold, end streaming pulls, then close connections.

    Who still holds a client holds a closed one. The pools stay usable: the next call of a getter builds anew,
    with the project and the application-default credentials that the environment then gives.

    Args:
        timeout: Seconds to wait for messages under way; None for the setting `close_timeout`.

    """
    _credentials.forget()  # first, so that nothing built after the closing can have the old ones
    _registry.close_all(timeout)
