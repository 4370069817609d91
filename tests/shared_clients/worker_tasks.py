"""What the worker processes of the tests run; they import it by name."""

import os

from google.auth.credentials import AnonymousCredentials

from shared_clients import get_bigquery_client, get_storage_client, pool_stats

CREDENTIALS = AnonymousCredentials()


def list_buckets(_: object = None) -> tuple[int, list[str]]:
    """Return the process and the buckets that its own client sees."""
    return os.getpid(), sorted(bucket.name for bucket in get_storage_client("p").list_buckets())


def builds(_: object = None) -> tuple[int, int]:
    """Return the process and how many BigQuery clients it has built after two calls."""
    get_bigquery_client("p", credentials=CREDENTIALS)
    get_bigquery_client("p", credentials=CREDENTIALS)
    return os.getpid(), pool_stats()["bigquery"].builds
