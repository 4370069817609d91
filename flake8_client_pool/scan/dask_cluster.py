"""Hand work to a Dask cluster that somebody else runs."""

import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from flake8_client_pool.policy.errors import ClientPoolError
from flake8_client_pool.scan.cache import tool

if TYPE_CHECKING:
    from concurrent.futures import Executor

_SECONDS_TO_ANSWER = 10
_ADDRESS = re.compile(r"(\w+://)?(\[[^\]]+\]|[^\s:/\[\]]+):\d+/?")
NEEDED = (
    "every node needs the same Python, this version of flake8-client-pool with all that it needs (the extra [dask]), "
    "and the same files under the same paths"
)


@contextmanager
def dask_executor(address: str, directories: tuple[str, ...]) -> Iterator["Executor"]:
    """Have the cluster of the scheduler at `address` to hand work to, about the files in absolute `directories`.

    The loss of a worker costs no more than the time to do its work again on another. What a node must have is in
    `NEEDED`; each worker that is there is asked whether it does.

    Raises:
        ClientPoolError: there is no scheduler, or a worker lacks something.
    """
    client = _client(address)
    try:
        _check(client, address, directories)
        yield client.get_executor()
    finally:
        client.close()


def _client(address: str) -> Any:  # noqa: ANN401 - distributed says little about its types
    try:
        import distributed
    except ImportError as error:
        raise ClientPoolError("--dask needs Dask: pip install '.[dask]' in a clone of this project") from error
    # Of what is no address, distributed writes tracebacks of its own to standard error.
    if not _ADDRESS.fullmatch(address):
        raise ClientPoolError(f"--dask {address}: is no address; write it as tcp://scheduler:8786")
    make: Callable[..., Any] = distributed.Client
    try:
        return make(address, timeout=_SECONDS_TO_ANSWER, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ClientPoolError(
            f"--dask {address}: no scheduler answers there: {error or type(error).__name__}"
        ) from error


def _check(client: Any, address: str, directories: tuple[str, ...]) -> None:  # noqa: ANN401 - as above
    ours = equipment(directories)
    try:
        theirs: Mapping[str, dict[str, str]] = client.run(equipment, directories)
    except Exception as error:  # a node without this package fails while it unpacks the question, in its own way
        raise ClientPoolError(f"--dask {address}: a worker cannot answer: {error}; {NEEDED}") from error
    if not theirs:
        raise ClientPoolError(f"--dask {address}: the scheduler has no workers; start some, and know that {NEEDED}")
    for worker, has in theirs.items():
        if lacking := [what for what, state in ours.items() if has.get(what) != state]:
            raise ClientPoolError(f"--dask {address}: {worker} has another {lacking[0]} than is here; {NEEDED}")


def equipment(directories: tuple[str, ...]) -> dict[str, str]:
    """Say what a node has: its Python, this package's sources, and what lies in plain sight in each directory."""
    return {
        "Python": ".".join(map(str, sys.version_info[:2])),
        "flake8-client-pool": tool(),
        **{directory: _listing(directory) for directory in directories},
    }


def _listing(directory: str) -> str:
    try:
        return "\n".join(sorted(name for name in os.listdir(directory) if not name.startswith(".")))
    except OSError as error:
        return error.strerror or str(error)
