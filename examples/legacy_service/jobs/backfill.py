"""Loads a range of past days again; imports what it needs when it runs."""

import importlib
from datetime import date, timedelta
from types import ModuleType


def warehouse_library() -> ModuleType:
    from google.cloud import bigquery

    return bigquery


def backfill(first: date, days: int) -> None:
    bigquery = warehouse_library()
    client = bigquery.Client()
    for day in (first + timedelta(days=number) for number in range(days)):
        client.query_and_wait(f"CALL warehouse.load_day('{day}')")


def announce(message: bytes) -> None:
    publisher = importlib.import_module("google.cloud.pubsub_v1").PublisherClient()
    publisher.publish(publisher.topic_path("example-project", "backfills"), message).result()
