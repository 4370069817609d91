"""Names that the rest of the service imports instead of Google's own."""

from google.cloud import bigquery, firestore, storage

__all__ = ["AuditedClient", "Warehouse", "firestore", "open_bucket"]

Warehouse = bigquery.Client


class AuditedClient(bigquery.Client):
    """Labels every job with the service's name."""

    def query(self, query: str, **options: object) -> bigquery.QueryJob:
        config = bigquery.QueryJobConfig(labels={"service": "orders"})
        return super().query(query, job_config=config, **options)


def open_bucket(name: str) -> storage.Bucket:
    return storage.Client().bucket(name)
