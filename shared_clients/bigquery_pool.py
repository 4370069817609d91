"""The shared BigQuery clients."""

from typing import TYPE_CHECKING, Any

from shared_clients import _google, _http
from shared_clients._pool import Pool

if TYPE_CHECKING:
    from collections.abc import Mapping

    from google.api_core.client_info import ClientInfo
    from google.api_core.client_options import ClientOptions
    from google.auth.credentials import Credentials
    from google.cloud import bigquery

__all__ = ["get_bigquery_client"]

SERVICE = _google.Service(extra="bigquery", module="google.cloud.bigquery", class_name="Client")

POOL: "Pool[bigquery.Client]" = Pool("bigquery", _http.hooks(SERVICE))


@POOL.getter
def get_bigquery_client(
    project_id: str | None = None,
    *,
    location: str | None = None,
    credentials: "Credentials | None" = None,
    default_query_job_config: "bigquery.QueryJobConfig | None" = None,
    default_load_job_config: "bigquery.LoadJobConfig | None" = None,
    client_info: "ClientInfo | None" = None,
    client_options: "ClientOptions | Mapping[str, Any] | None" = None,
    default_job_creation_mode: str | None = None,
) -> "bigquery.Client":
    """Return the BigQuery client that this process shares for these arguments.

    Args:
        project_id: The project that queries are billed to; None for the environment's.
        location: Where jobs run and datasets are made unless a call says otherwise.
        credentials: Told apart by identity; None for the application-default credentials.
        default_query_job_config: Defaults of every query, compared by value.
        default_load_job_config: Defaults of every load job, compared by value.
        client_info: What the client says of itself to the service, compared by value.
        client_options: Endpoint, quota project, scopes and so on, compared by value.
        default_job_creation_mode: Whether short queries create a job.

    Returns:
        A client that is ready to use from any thread, and that only `close_all_clients` closes.

    Raises:
        MissingLibraryError: `google-cloud-bigquery` is not installed.
        UnpoolableArgumentError: An argument was given by which no client can be shared.

    """
    client: bigquery.Client = SERVICE.build(
        project=project_id,
        location=location,
        credentials=credentials,
        default_query_job_config=default_query_job_config,
        default_load_job_config=default_load_job_config,
        client_info=client_info,
        client_options=client_options,
        default_job_creation_mode=default_job_creation_mode,
    )
    return client
