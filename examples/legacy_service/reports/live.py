"""Figures that the shop's front page shows while the day runs."""

from firebase_admin import firestore, initialize_app
from google.cloud.firestore_v1.client import Client

initialize_app()


def counters(client_class: type[Client] = Client) -> dict[str, int]:
    client = client_class(database="counters")
    return {counter.id: counter.get("value") for counter in client.collection("counters").stream()}


def reset(names: list[str]) -> None:
    batch = (client := firestore.Client()).batch()
    for name in names:
        batch.set(client.collection("counters").document(name), {"value": 0})
    batch.commit()
