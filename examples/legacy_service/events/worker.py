"""Pulls orders and hands them to the warehouse."""

from concurrent.futures import TimeoutError as Timeout

from google.cloud.pubsub_v1 import SubscriberClient, types
from google.cloud.pubsub_v1.subscriber.message import Message

from legacy_service import settings
from legacy_service.clients import AuditedClient


def run(seconds: float) -> None:
    warehouse = AuditedClient()

    def load(message: Message) -> None:
        warehouse.insert_rows_json("warehouse.orders", [{"payload": message.data.decode()}])
        message.ack()

    with SubscriberClient() as subscriber:
        path = subscriber.subscription_path(settings.PROJECT, settings.SUBSCRIPTION)
        pull = subscriber.subscribe(path, load, flow_control=types.FlowControl(max_messages=100))
        try:
            pull.result(timeout=seconds)
        except Timeout:
            pull.cancel()
