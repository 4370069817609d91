"""The HTTP entry point, as Cloud Functions calls it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from google.cloud import bigquery, pubsub_v1

from legacy_service import settings
from legacy_service.orders.repository import OrderRepository

if TYPE_CHECKING:
    import flask

publisher = pubsub_v1.PublisherClient()
topic = pubsub_v1.PublisherClient.topic_path(settings.PROJECT, settings.TOPIC)


def receive_order(request: flask.Request) -> tuple[str, int]:
    order = request.get_json()
    OrderRepository().save(order)
    publisher.publish(topic, json.dumps(order).encode())
    return "accepted", 202


def order_count(_request: flask.Request) -> tuple[str, int]:
    client = bigquery.Client(project=settings.PROJECT)
    rows = client.query_and_wait("SELECT COUNT(*) AS orders FROM warehouse.orders")
    return str(next(iter(rows)).orders), 200
