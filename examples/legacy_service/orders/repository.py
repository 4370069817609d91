"""Orders in Firestore."""

from google.cloud import firestore

from legacy_service import settings


class OrderRepository:
    def __init__(self, client: firestore.Client | None = None) -> None:
        self.client = client or firestore.Client(project=settings.PROJECT, database="orders")

    def save(self, order: dict[str, object]) -> None:
        self.client.collection("orders").document(str(order["id"])).set(order)

    async def watch(self) -> int:
        client = firestore.AsyncClient(project=settings.PROJECT)
        return len([order async for order in client.collection("orders").stream()])
