"""Removes what nobody asked for in a year."""

from datetime import datetime

from google.cloud.firestore_v1.base_query import FieldFilter

from legacy_service.clients import *


def remove_stale(bigquery: Warehouse, last: datetime) -> int:
    bigquery.query_and_wait(f"CALL warehouse.delete_orders_before('{last}')")
    stale = firestore.Client().collection("orders").where(filter=FieldFilter("asked", "<", last))
    return sum(1 for order in stale.stream() if order.reference.delete())


def remove_exports() -> None:
    from google.cloud import storage

    get_client = getattr(storage, "Client")
    for blob in get_client().list_blobs("example-exports", prefix="tmp/"):
        blob.delete()
