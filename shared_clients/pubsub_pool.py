"""The shared Pub/Sub publishers and subscribers; neither belongs to a project."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from shared_clients import _google
from shared_clients._hooks import Arguments, Hooks
from shared_clients._pool import Pool
from shared_clients._publishing import SharedPublisher, prepare_to_send, send_all
from shared_clients._pulling import (
    SharedSubscriber,
    cancel_pulls,
    cancel_pulls_when_main_ends,
    prepare_to_pull,
)
from shared_clients._sharing import own_class
from shared_clients.errors import UnpoolableArgumentError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from google.api_core.client_options import ClientOptions
    from google.api_core.gapic_v1.client_info import ClientInfo
    from google.auth.credentials import Credentials
    from google.cloud import pubsub_v1
    from google.cloud.pubsub_v1.types import BatchSettings, PublisherOptions, SubscriberOptions

__all__ = ["get_pubsub_publisher", "get_pubsub_subscriber"]

_MODULE = "google.cloud.pubsub_v1"
_EMULATOR = "PUBSUB_EMULATOR_HOST"
_NO_PROJECT = "these clients have no project; the path of each topic and subscription names its own"
_REFUSED = {"project_id": _NO_PROJECT, "project": _NO_PROJECT}
_TRANSPORT = (
    "only its name ('grpc' or 'rest') can be shared; an object that is a transport belongs to one client"
)
# Per argument that the library unpacks like a tuple, so that of a dictionary it would take the keys: its class.
_TUPLES = {
    "batch_settings": "BatchSettings",
    "publisher_options": "PublisherOptions",
    "subscriber_options": "SubscriberOptions",
}

PUBLISHER = _google.Service("pubsub", _MODULE, "PublisherClient", _EMULATOR, has_project=False)
SUBSCRIBER = _google.Service("pubsub", _MODULE, "SubscriberClient", _EMULATOR, has_project=False)


def _prepare(service: _google.Service) -> Callable[[Arguments], Arguments]:
    def prepare(given: Arguments) -> Arguments:
        if not isinstance(given.get("transport", ""), str):
            raise UnpoolableArgumentError(
                f"the argument 'transport' cannot key a shared client: {_TRANSPORT}"
            )
        if service.is_real():
            _refuse_what_is_no_tuple(given)
        return service.prepare(given)

    return prepare


def _refuse_what_is_no_tuple(given: Arguments) -> None:
    for name in _TUPLES.keys() & given.keys():
        value = given[name]
        if not isinstance(value, Sequence) or isinstance(value, str | bytes):
            raise UnpoolableArgumentError(
                f"the argument {name!r} is of type {type(value).__name__}; "
                f"give google.cloud.pubsub_v1.types.{_TUPLES[name]}(...)"
            )


def _release(client: Any) -> Callable[[], None]:  # noqa: ANN401 - both kinds of client
    close: Callable[[], None] = client.transport.close
    return close


def _close_publisher(client: "pubsub_v1.PublisherClient") -> None:
    client.transport.close()


def _close_subscriber(client: "pubsub_v1.SubscriberClient") -> None:
    own_class(client).close(client)


PUBLISHERS: "Pool[pubsub_v1.PublisherClient]" = Pool(
    "pubsub_publisher",
    Hooks(
        library=_google.LIBRARY,
        refused=_REFUSED,
        prepare=_prepare(PUBLISHER),
        is_real=PUBLISHER.is_real,
        warm=prepare_to_send,
        drain=send_all,
        close=_close_publisher,
        release=_release,
        mixin=SharedPublisher,
    ),
)

SUBSCRIBERS: "Pool[pubsub_v1.SubscriberClient]" = Pool(
    "pubsub_subscriber",
    Hooks(
        library=_google.LIBRARY,
        refused=_REFUSED,
        prepare=_prepare(SUBSCRIBER),
        is_real=SUBSCRIBER.is_real,
        warm=prepare_to_pull,
        main_ends=cancel_pulls_when_main_ends,
        drain=cancel_pulls,
        close=_close_subscriber,
        release=_release,
        mixin=SharedSubscriber,
    ),
)


@PUBLISHERS.getter
def get_pubsub_publisher(
    *,
    batch_settings: "BatchSettings | Sequence[Any] | None" = None,
    publisher_options: "PublisherOptions | Sequence[Any] | None" = None,
    credentials: "Credentials | None" = None,
    transport: str | None = None,
    client_options: "ClientOptions | Mapping[str, Any] | None" = None,
    client_info: "ClientInfo | None" = None,
) -> "pubsub_v1.PublisherClient":
    """Return the publisher that this process shares for these arguments.

    Args:
        batch_settings: When a batch of messages is sent, compared by value.
        publisher_options: Ordering, flow control, retry and timeout, compared by value.
        credentials: Told apart by identity; None for the application-default credentials.
        transport: Name of the transport, `"grpc"` or `"rest"`.
        client_options: Endpoint, quota project, scopes and so on, compared by value.
        client_info: What the client says of itself to the service, compared by value.

    Returns:
        A publisher that is ready to use from any thread. Its `stop()` does nothing; what it holds is sent
        when the process exits or `close_all_clients` is called.

    Raises:
        MissingLibraryError: `google-cloud-pubsub` is not installed.
        UnpoolableArgumentError: An argument was given by which no client can be shared.

    """
    client: pubsub_v1.PublisherClient = PUBLISHER.build(
        batch_settings=batch_settings,
        publisher_options=publisher_options,
        credentials=credentials,
        transport=transport,
        client_options=client_options,
        client_info=client_info,
    )
    return client


@SUBSCRIBERS.getter
def get_pubsub_subscriber(
    *,
    subscriber_options: "SubscriberOptions | Sequence[Any] | None" = None,
    credentials: "Credentials | None" = None,
    transport: str | None = None,
    client_options: "ClientOptions | Mapping[str, Any] | None" = None,
    client_info: "ClientInfo | None" = None,
) -> "pubsub_v1.SubscriberClient":
    """Return the subscriber that this process shares for these arguments.

    Args:
        subscriber_options: Tracing, compared by value.
        credentials: Told apart by identity; None for the application-default credentials.
        transport: Name of the transport, `"grpc"` or `"rest"`.
        client_options: Endpoint, quota project, scopes and so on, compared by value.
        client_info: What the client says of itself to the service, compared by value.

    Returns:
        A subscriber that is ready to use from any thread. Streaming pulls that it began are cancelled when
        the process exits or `close_all_clients` is called.

    Raises:
        MissingLibraryError: `google-cloud-pubsub` is not installed.
        UnpoolableArgumentError: An argument was given by which no client can be shared.

    """
    client: pubsub_v1.SubscriberClient = SUBSCRIBER.build(
        subscriber_options=subscriber_options,
        credentials=credentials,
        transport=transport,
        client_options=client_options,
        client_info=client_info,
    )
    return client
