"""The shared Cloud Storage clients."""

from typing import TYPE_CHECKING, Any

from shared_clients import _google, _http
from shared_clients._pool import Pool

if TYPE_CHECKING:
    from collections.abc import Mapping

    from google.api_core.client_info import ClientInfo
    from google.api_core.client_options import ClientOptions
    from google.auth.credentials import Credentials
    from google.cloud import storage

__all__ = ["get_storage_client"]

SERVICE = _google.Service(
    extra="storage",
    module="google.cloud.storage",
    class_name="Client",
    emulator="STORAGE_EMULATOR_HOST",
)

POOL: "Pool[storage.Client]" = Pool("storage", _http.hooks(SERVICE))


@POOL.getter
def get_storage_client(
    project_id: str | None = None,
    *,
    credentials: "Credentials | None" = None,
    client_info: "ClientInfo | None" = None,
    client_options: "ClientOptions | Mapping[str, Any] | None" = None,
    use_auth_w_custom_endpoint: bool = True,
    extra_headers: "Mapping[str, str] | None" = None,
    api_key: str | None = None,
) -> "storage.Client":
    """Return the Cloud Storage client that this process shares for these arguments.

    Args:
        project_id: The project that buckets are made and listed in; None for the environment's.
        credentials: Told apart by identity; None for the application-default credentials.
        client_info: What the client says of itself to the service, compared by value.
        client_options: Endpoint, quota project, scopes and so on, compared by value.
        use_auth_w_custom_endpoint: False for an endpoint of your own that wants no credentials.
        extra_headers: Sent with every request, compared by value.
        api_key: In place of credentials.

    Returns:
        A client that is ready to use from any thread, and that only `close_all_clients` closes.

    Raises:
        MissingLibraryError: `google-cloud-storage` is not installed.
        UnpoolableArgumentError: An argument was given by which no client can be shared.

    """
    client: storage.Client = SERVICE.build(
        project=project_id,
        credentials=credentials,
        client_info=client_info,
        client_options=client_options,
        use_auth_w_custom_endpoint=None if use_auth_w_custom_endpoint else False,
        extra_headers=extra_headers,
        api_key=api_key,
    )
    return client
