"""The table of known clients: adding a kind is one entry."""

from collections.abc import Mapping
from dataclasses import dataclass, field

SERVICE_ACCOUNT_FACTORIES = (
    "from_service_account_info",
    "from_service_account_json",
    "from_service_account_file",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientKind:
    """A client that is to come from a pool.

    Attributes:
        code: the code of its findings.
        name: its name in JSON and in the configuration.
        title: what a message calls it, "BigQuery client".
        constructors: every qualified name that builds one when it is called.
        factories: names of class methods that build one.
        getter: the function of the pool module that hands one out.
        arguments: from a constructor's parameter to the getter's, in the constructor's order.
        positional: how many of those parameters the constructor takes by position.
        methods: from a qualified function that builds a client for one call to the client's own method of the
            same signature, `requests.get` to `get`.
        default: whether it is looked for when nothing is selected.
    """

    code: str
    name: str
    title: str
    constructors: tuple[str, ...]
    getter: str
    arguments: Mapping[str, str] = field(default_factory=dict)
    positional: int = 0
    factories: tuple[str, ...] = ()
    methods: Mapping[str, str] = field(default_factory=dict)
    default: bool = True


def same(*names: str) -> dict[str, str]:
    """Map parameters that are called alike on both sides."""
    return dict(zip(names, names, strict=True))


_FIRESTORE_PARAMETERS = {
    "project": "project_id",
    **same("credentials", "database", "client_info", "client_options"),
}
_PUBSUB_OPTIONS = same("credentials", "transport", "client_options", "client_info")
_HTTP_VERBS = ("get", "post", "put", "patch", "delete", "head", "options", "request")

KINDS: tuple[ClientKind, ...] = (
    ClientKind(
        code="CPL101",
        name="bigquery",
        title="BigQuery client",
        constructors=("google.cloud.bigquery.Client", "google.cloud.bigquery.client.Client"),
        getter="get_bigquery_client",
        arguments={
            "project": "project_id",
            "credentials": "credentials",
            "_http": "",
            **same(
                "location",
                "default_query_job_config",
                "default_load_job_config",
                "client_info",
                "client_options",
                "default_job_creation_mode",
            ),
        },
        positional=9,
        factories=SERVICE_ACCOUNT_FACTORIES,
    ),
    ClientKind(
        code="CPL102",
        name="firestore",
        title="Firestore client",
        constructors=(
            "google.cloud.firestore.Client",
            "google.cloud.firestore_v1.Client",
            "google.cloud.firestore_v1.client.Client",
            "firebase_admin.firestore.Client",
            "firebase_admin.firestore.firestore.Client",
            "firebase_admin.firestore_async.Client",
            "firebase_admin.firestore_async.firestore.Client",
        ),
        getter="get_firestore_client",
        arguments=_FIRESTORE_PARAMETERS,
        positional=5,
        factories=SERVICE_ACCOUNT_FACTORIES,
    ),
    ClientKind(
        code="CPL102",
        name="firestore_async",
        title="asynchronous Firestore client",
        constructors=(
            "google.cloud.firestore.AsyncClient",
            "google.cloud.firestore_v1.AsyncClient",
            "google.cloud.firestore_v1.async_client.AsyncClient",
            "firebase_admin.firestore.AsyncClient",
            "firebase_admin.firestore.firestore.AsyncClient",
            "firebase_admin.firestore_async.AsyncClient",
            "firebase_admin.firestore_async.firestore.AsyncClient",
        ),
        getter="get_async_firestore_client",
        arguments=_FIRESTORE_PARAMETERS,
        positional=5,
        factories=SERVICE_ACCOUNT_FACTORIES,
    ),
    ClientKind(
        code="CPL103",
        name="storage",
        title="Storage client",
        constructors=(
            "google.cloud.storage.Client",
            "google.cloud.storage.client.Client",
            "google.cloud.storage.transfer_manager.Client",
            "firebase_admin.storage.storage.Client",
        ),
        getter="get_storage_client",
        arguments={
            "project": "project_id",
            "credentials": "credentials",
            "_http": "",
            **same("client_info", "client_options", "use_auth_w_custom_endpoint", "extra_headers", "api_key"),
        },
        positional=7,
        factories=(*SERVICE_ACCOUNT_FACTORIES, "create_anonymous_client"),
    ),
    ClientKind(
        code="CPL104",
        name="publisher",
        title="Pub/Sub publisher",
        constructors=(
            "google.cloud.pubsub.PublisherClient",
            "google.cloud.pubsub_v1.PublisherClient",
            "google.cloud.pubsub_v1.publisher.Client",
            "google.cloud.pubsub_v1.publisher.client.Client",
            "google.pubsub.PublisherClient",
            "google.pubsub_v1.PublisherClient",
            "google.pubsub_v1.services.publisher.PublisherClient",
            "google.pubsub_v1.services.publisher.client.PublisherClient",
            "google.pubsub_v1.services.publisher.async_client.PublisherClient",
        ),
        getter="get_pubsub_publisher",
        arguments={**same("batch_settings", "publisher_options"), **_PUBSUB_OPTIONS},
        positional=2,
        factories=SERVICE_ACCOUNT_FACTORIES,
    ),
    ClientKind(
        code="CPL105",
        name="subscriber",
        title="Pub/Sub subscriber",
        constructors=(
            "google.cloud.pubsub.SubscriberClient",
            "google.cloud.pubsub_v1.SubscriberClient",
            "google.cloud.pubsub_v1.subscriber.Client",
            "google.cloud.pubsub_v1.subscriber.client.Client",
            "google.pubsub.SubscriberClient",
            "google.pubsub_v1.SubscriberClient",
            "google.pubsub_v1.services.subscriber.SubscriberClient",
            "google.pubsub_v1.services.subscriber.client.SubscriberClient",
            "google.pubsub_v1.services.subscriber.async_client.SubscriberClient",
        ),
        getter="get_pubsub_subscriber",
        arguments={**same("subscriber_options"), **_PUBSUB_OPTIONS},
        positional=1,
        factories=SERVICE_ACCOUNT_FACTORIES,
    ),
    ClientKind(
        code="CPL106",
        name="http",
        title="HTTP session",
        constructors=(
            "requests.Session",
            "requests.session",
            "requests.sessions.Session",
            "requests.sessions.session",
        ),
        getter="get_http_session",
        methods={f"{module}.{verb}": verb for module in ("requests", "requests.api") for verb in _HTTP_VERBS},
        default=False,
    ),
)
