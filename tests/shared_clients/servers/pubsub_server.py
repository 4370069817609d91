"""A Pub/Sub in memory that speaks gRPC, for machines without Google's emulator.

Topics and subscriptions are created, read and deleted; a message goes to every subscription of its topic,
waits there until someone pulls it, and comes back when its deadline passes without an acknowledgement.
Ordering keys are kept on messages and the order is that of publishing; filters, dead letters and seek are
not known.
"""

import itertools
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import grpc
from google.protobuf.timestamp_pb2 import Timestamp
from google.pubsub_v1 import types

from tests.shared_clients.servers.grpc_service import Method, serve

DEADLINE_SECONDS = 10
PULL_SECONDS = 5
POLL_SECONDS = 0.1
BATCH = 1000


@dataclass
class Queue:
    """A subscription: what waits, and what was handed out until when."""

    subscription: types.Subscription
    waiting: dict[str, types.PubsubMessage] = field(default_factory=dict)
    leased: dict[str, tuple[float, types.PubsubMessage]] = field(default_factory=dict)

    def take(self, limit: int) -> list[types.ReceivedMessage]:
        self.expire()
        taken = [(key, self.waiting.pop(key)) for key in list(self.waiting)[:limit]]
        deadline = time.monotonic() + (self.subscription.ack_deadline_seconds or DEADLINE_SECONDS)
        self.leased |= {key: (deadline, message) for key, message in taken}
        return [types.ReceivedMessage(ack_id=key, message=message) for key, message in taken]

    def expire(self) -> None:
        for key, (deadline, message) in list(self.leased.items()):
            if deadline < time.monotonic():
                del self.leased[key]
                self.waiting[key] = message

    def acknowledge(self, ack_ids: Iterable[str]) -> None:
        for key in ack_ids:
            self.leased.pop(key, None)

    def extend(self, ack_ids: Iterable[str], seconds: int) -> None:
        for key in ack_ids:
            if key in self.leased:
                self.leased[key] = (time.monotonic() + seconds, self.leased[key][1])


topics: dict[str, types.Topic] = {}
queues: dict[str, Queue] = {}
changed = threading.Condition()
numbers = itertools.count(1)


def known(table: dict[str, Any], name: str, context: grpc.ServicerContext) -> Any:
    if name not in table:
        context.abort(grpc.StatusCode.NOT_FOUND, f"Resource not found (resource={name}).")
    return table[name]


def refuse_existing(table: dict[str, Any], name: str, context: grpc.ServicerContext) -> None:
    if name in table:
        context.abort(grpc.StatusCode.ALREADY_EXISTS, f"Resource already exists (resource={name}).")


def create_topic(request: types.Topic, context: grpc.ServicerContext) -> types.Topic:
    refuse_existing(topics, request.name, context)
    topics[request.name] = request
    return request


def get_topic(request: types.GetTopicRequest, context: grpc.ServicerContext) -> types.Topic:
    topic: types.Topic = known(topics, request.topic, context)
    return topic


def list_topics(request: types.ListTopicsRequest, _: grpc.ServicerContext) -> types.ListTopicsResponse:
    inside = [topic for name, topic in topics.items() if name.startswith(f"{request.project}/")]
    return types.ListTopicsResponse(topics=inside)


def delete_topic(request: types.DeleteTopicRequest, context: grpc.ServicerContext) -> None:
    known(topics, request.topic, context)
    del topics[request.topic]


def publish(request: types.PublishRequest, context: grpc.ServicerContext) -> types.PublishResponse:
    known(topics, request.topic, context)
    with changed:
        ids = [str(next(numbers)) for _ in request.messages]
        for number, message in zip(ids, request.messages, strict=True):
            message.message_id = number
            message.publish_time = Timestamp(seconds=int(datetime.now(tz=UTC).timestamp()))
        for queue in queues.values():
            if queue.subscription.topic == request.topic:
                queue.waiting |= dict(zip(ids, request.messages, strict=True))
        changed.notify_all()
    return types.PublishResponse(message_ids=ids)


def create_subscription(request: types.Subscription, context: grpc.ServicerContext) -> types.Subscription:
    refuse_existing(queues, request.name, context)
    known(topics, request.topic, context)
    request.ack_deadline_seconds = request.ack_deadline_seconds or DEADLINE_SECONDS
    queues[request.name] = Queue(request)
    return request


def get_subscription(
    request: types.GetSubscriptionRequest, context: grpc.ServicerContext
) -> types.Subscription:
    queue: Queue = known(queues, request.subscription, context)
    return queue.subscription


def delete_subscription(request: types.DeleteSubscriptionRequest, context: grpc.ServicerContext) -> None:
    known(queues, request.subscription, context)
    del queues[request.subscription]


def pull(request: types.PullRequest, context: grpc.ServicerContext) -> types.PullResponse:
    queue: Queue = known(queues, request.subscription, context)
    deadline = time.monotonic() + PULL_SECONDS
    with changed:
        while not (taken := queue.take(request.max_messages)) and time.monotonic() < deadline:
            changed.wait(POLL_SECONDS)
    return types.PullResponse(received_messages=taken)


def acknowledge(request: types.AcknowledgeRequest, context: grpc.ServicerContext) -> None:
    queue: Queue = known(queues, request.subscription, context)
    with changed:
        queue.acknowledge(request.ack_ids)


def modify_deadline(request: types.ModifyAckDeadlineRequest, context: grpc.ServicerContext) -> None:
    queue: Queue = known(queues, request.subscription, context)
    with changed:
        queue.extend(request.ack_ids, request.ack_deadline_seconds)


def streaming_pull(
    requests: Iterator[types.StreamingPullRequest], context: grpc.ServicerContext
) -> Iterator[types.StreamingPullResponse]:
    queue: Queue = known(queues, next(requests).subscription, context)
    threading.Thread(target=listen, args=(queue, requests), daemon=True).start()
    while context.is_active():
        with changed:
            if not (taken := queue.take(BATCH)):
                changed.wait(POLL_SECONDS)
        if taken:
            yield types.StreamingPullResponse(received_messages=taken)


def listen(queue: Queue, requests: Iterator[types.StreamingPullRequest]) -> None:
    try:
        for request in requests:
            with changed:
                queue.acknowledge(request.ack_ids)
                pairs = zip(request.modify_deadline_ack_ids, request.modify_deadline_seconds, strict=True)
                for key, seconds in pairs:
                    queue.extend([key], seconds)
    except grpc.RpcError:
        """The subscriber went away."""


SERVICES = {
    "google.pubsub.v1.Publisher": {
        "CreateTopic": Method("unary_unary", create_topic, types.Topic, types.Topic),
        "GetTopic": Method("unary_unary", get_topic, types.GetTopicRequest, types.Topic),
        "ListTopics": Method("unary_unary", list_topics, types.ListTopicsRequest, types.ListTopicsResponse),
        "DeleteTopic": Method("unary_unary", delete_topic, types.DeleteTopicRequest, None),
        "Publish": Method("unary_unary", publish, types.PublishRequest, types.PublishResponse),
    },
    "google.pubsub.v1.Subscriber": {
        "CreateSubscription": Method(
            "unary_unary", create_subscription, types.Subscription, types.Subscription
        ),
        "GetSubscription": Method(
            "unary_unary", get_subscription, types.GetSubscriptionRequest, types.Subscription
        ),
        "DeleteSubscription": Method(
            "unary_unary", delete_subscription, types.DeleteSubscriptionRequest, None
        ),
        "Pull": Method("unary_unary", pull, types.PullRequest, types.PullResponse),
        "Acknowledge": Method("unary_unary", acknowledge, types.AcknowledgeRequest, None),
        "ModifyAckDeadline": Method("unary_unary", modify_deadline, types.ModifyAckDeadlineRequest, None),
        "StreamingPull": Method(
            "stream_stream", streaming_pull, types.StreamingPullRequest, types.StreamingPullResponse
        ),
    },
}

if __name__ == "__main__":
    serve(SERVICES)
