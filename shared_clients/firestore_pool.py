"""The shared Firestore clients: one pool for threads, and one for each event loop."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from shared_clients import _google
from shared_clients._hooks import Arguments, Hooks
from shared_clients._loop_pool import LoopPool
from shared_clients._pool import Pool
from shared_clients._sharing import own_class

if TYPE_CHECKING:
    from collections.abc import Mapping

    from google.api_core.client_options import ClientOptions
    from google.api_core.gapic_v1.client_info import ClientInfo
    from google.auth.credentials import Credentials
    from google.cloud import firestore

__all__ = ["get_async_firestore_client", "get_firestore_client"]

_MODULE = "google.cloud.firestore"
_EMULATOR = "FIRESTORE_EMULATOR_HOST"
_EMULATOR_PROJECT = "google-cloud-firestore-emulator"
_DEFAULT_DATABASES = ("", "(default)")

SERVICE = _google.Service("firestore", _MODULE, "Client", _EMULATOR, _EMULATOR_PROJECT)
ASYNC_SERVICE = _google.Service("firestore", _MODULE, "AsyncClient", _EMULATOR, _EMULATOR_PROJECT)


def _prepare(service: _google.Service) -> Callable[[Arguments], Arguments]:
    def prepare(given: Arguments) -> Arguments:
        arguments = service.prepare(given)
        if service.is_real() and arguments.get("database") in _DEFAULT_DATABASES:
            return {name: value for name, value in arguments.items() if name != "database"}
        return arguments

    return prepare


def _warm(client: Any) -> None:  # noqa: ANN401 - what has to be made early is private
    # All three are made at first use without a lock; racing threads each opened a channel, or sent the
    # emulator's header twice.
    _ = client._firestore_api, client._database_string, client._rpc_metadata  # noqa: SLF001


def _release(client: Any) -> Callable[[], Any]:  # noqa: ANN401
    close: Callable[[], Any] = client._firestore_api.transport.close  # noqa: SLF001
    return close


def _close(client: "firestore.Client") -> None:
    own_class(client).close(client)
    _release(client)()  # the library's close() leaves the channel open


POOL: "Pool[firestore.Client]" = Pool(
    "firestore",
    Hooks(
        library=_google.LIBRARY,
        refused=_google.REFUSED,
        prepare=_prepare(SERVICE),
        is_real=SERVICE.is_real,
        warm=_warm,
        close=_close,
        release=_release,
    ),
)

ASYNC_POOL: "LoopPool[firestore.AsyncClient]" = LoopPool(
    "firestore_async",
    Hooks(
        library=_google.LIBRARY,
        refused=_google.REFUSED,
        prepare=_prepare(ASYNC_SERVICE),
        is_real=ASYNC_SERVICE.is_real,
        warm=_warm,
    ),
    _release,
)


@POOL.getter
def get_firestore_client(
    project_id: str | None = None,
    *,
    database: str | None = None,
    credentials: "Credentials | None" = None,
    client_info: "ClientInfo | None" = None,
    client_options: "ClientOptions | Mapping[str, Any] | None" = None,
) -> "firestore.Client":
    """Return the Firestore client that this process shares for these arguments.

    Args:
        project_id: The project of the database; None for the environment's.
        database: Name of the database; None for `(default)`.
        credentials: Told apart by identity; None for the application-default credentials.
        client_info: What the client says of itself to the service, compared by value.
        client_options: Endpoint, quota project, scopes and so on, compared by value.

    Returns:
        A client that is ready to use from any thread, and that only `close_all_clients` closes.

    Raises:
        MissingLibraryError: `google-cloud-firestore` is not installed.
        UnpoolableArgumentError: An argument was given by which no client can be shared.

    """
    client: firestore.Client = SERVICE.build(
        project=project_id,
        database=database,
        credentials=credentials,
        client_info=client_info,
        client_options=client_options,
    )
    return client


@ASYNC_POOL.getter
def get_async_firestore_client(
    project_id: str | None = None,
    *,
    database: str | None = None,
    credentials: "Credentials | None" = None,
    client_info: "ClientInfo | None" = None,
    client_options: "ClientOptions | Mapping[str, Any] | None" = None,
) -> "firestore.AsyncClient":
    """Return the asynchronous Firestore client that the running event loop shares for these arguments.

    A client belongs to the loop in which it was built, so that each loop gets its own; they go with the loop.

    Args:
        project_id: The project of the database; None for the environment's.
        database: Name of the database; None for `(default)`.
        credentials: Told apart by identity; None for the application-default credentials.
        client_info: What the client says of itself to the service, compared by value.
        client_options: Endpoint, quota project, scopes and so on, compared by value.

    Returns:
        A client for the tasks of this loop.

    Raises:
        NoEventLoopError: No event loop runs in this thread.
        MissingLibraryError: `google-cloud-firestore` is not installed.
        UnpoolableArgumentError: An argument was given by which no client can be shared.

    """
    client: firestore.AsyncClient = ASYNC_SERVICE.build(
        project=project_id,
        database=database,
        credentials=credentials,
        client_info=client_info,
        client_options=client_options,
    )
    return client
