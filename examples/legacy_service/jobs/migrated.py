"""A job that already takes its clients from the pool."""

from google.cloud import bigquery

from shared_clients import get_bigquery_client, get_storage_client


def snapshot(project: str) -> None:
    client = get_bigquery_client(project)
    client.query_and_wait("CALL warehouse.snapshot()")
    get_storage_client(project).bucket("example-exports").blob("snapshot.done").upload_from_string("")


def check_quota() -> None:
    # The quota belongs to another project, whose key this process alone may hold.
    bigquery.Client(project="example-quota").query_and_wait("SELECT 1")  # noqa: CPL101
