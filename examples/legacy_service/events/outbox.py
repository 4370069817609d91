"""Events that leave the service, where Pub/Sub is installed at all."""

try:
    from google.cloud import pubsub
except ImportError:
    pubsub = None


class Outbox:
    publisher = pubsub.PublisherClient() if pubsub else None

    def send(self, topic: str, data: bytes) -> None:
        if self.publisher is not None:
            self.publisher.publish(topic, data).result()
