"""Orders into the warehouse, a batch at a time."""

import google.cloud.bigquery as bq
import google.cloud.storage
from google.api_core.exceptions import GoogleAPICallError

from legacy_service import settings

TABLE = f"{settings.PROJECT}.warehouse.orders"


def load(uri: str) -> int:
    client = bq.Client(
        settings.PROJECT,
        location="EU",  # the data set lies there
    )
    job = client.load_table_from_uri(uri, TABLE)
    try:
        return job.result().output_rows
    except GoogleAPICallError:
        client.close()
        raise


def waiting_files() -> list[str]:
    bucket = google.cloud.storage.Client().bucket(settings.EXPORT_BUCKET)
    return [blob.name for blob in bucket.list_blobs(prefix="orders/")]
