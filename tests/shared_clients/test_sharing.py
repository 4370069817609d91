"""A borrowed client is everyone's: nobody but the pool closes it, and it does not leave its process."""

import copy
import logging
import pickle
from collections.abc import Callable
from typing import Any

import cloudpickle  # type: ignore[import-untyped]  # of distributed
import pytest
from google.auth.credentials import AnonymousCredentials
from google.cloud import bigquery, firestore, pubsub_v1, storage

from shared_clients import (
    close_all_clients,
    get_bigquery_client,
    get_firestore_client,
    get_pubsub_publisher,
    get_pubsub_subscriber,
    get_storage_client,
    pool_stats,
)
from shared_clients.errors import PicklingError
from tests.shared_clients.servers.emulators import Emulator
from tests.shared_clients.servers.jobs_server import JobsServer

CREDENTIALS = AnonymousCredentials()

# Per pool: its getter, the class that its clients must stay instances of, and the ways to close one.
KINDS: list[tuple[str, Callable[[], Any], type, tuple[str, ...]]] = [
    (
        "bigquery",
        lambda: get_bigquery_client("p", credentials=CREDENTIALS),
        bigquery.Client,
        ("close", "with"),
    ),
    ("storage", lambda: get_storage_client("p"), storage.Client, ("close", "with")),
    ("firestore", lambda: get_firestore_client("p"), firestore.Client, ("close",)),
    ("pubsub_publisher", get_pubsub_publisher, pubsub_v1.PublisherClient, ("stop", "with")),
    ("pubsub_subscriber", get_pubsub_subscriber, pubsub_v1.SubscriberClient, ("close", "with")),
]
NAMES = [kind[0] for kind in KINDS]
each_client = pytest.mark.parametrize("get", [kind[1] for kind in KINDS], ids=NAMES)


@pytest.fixture(autouse=True)
def _emulators(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", "http://127.0.0.1:1")
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", "127.0.0.1:1")
    monkeypatch.setenv("PUBSUB_EMULATOR_HOST", "127.0.0.1:1")


def end(client: Any, way: str) -> None:
    if way == "with":
        with client:
            pass
    else:
        getattr(client, way)()


@pytest.mark.parametrize(("pool", "get", "kind", "ways"), KINDS, ids=NAMES)
def test_a_borrower_who_closes_is_counted_and_logged_once_per_call_site(
    pool: str, get: Callable[[], Any], kind: type, ways: tuple[str, ...], caplog: pytest.LogCaptureFixture
) -> None:
    client = get()
    for way in ways:
        for _ in range(3):
            end(client, way)
    assert pool_stats()[pool].closes_refused == 3 * len(ways)
    warnings = [record for record in caplog.records if record.name == "shared_clients"]
    assert len(warnings) == len(ways)
    assert all(record.levelno == logging.WARNING for record in warnings)
    assert all(f"{__file__}:" in record.getMessage() for record in warnings)
    assert get() is client
    assert isinstance(client, kind)


@pytest.mark.parametrize(("get", "kind"), [kind[1:3] for kind in KINDS], ids=NAMES)
def test_a_shared_client_is_still_of_its_class(get: Callable[[], Any], kind: type) -> None:
    client = get()
    assert isinstance(client, kind)
    assert issubclass(type(client), kind)
    assert type(client).__name__ == kind.__name__
    assert "shared through shared_clients" in repr(client)
    assert hash(client) == hash(get())


@each_client
def test_pickling_says_to_call_the_getter_in_the_worker(get: Callable[[], Any]) -> None:
    for dump in (pickle.dumps, cloudpickle.dumps):
        with pytest.raises(TypeError, match="call the getter in the worker") as raised:
            dump({"client": get()})
        assert isinstance(raised.value, PicklingError)


@each_client
def test_a_copy_is_the_same_client(get: Callable[[], Any]) -> None:
    client = get()
    assert copy.copy(client) is client
    assert copy.deepcopy({"client": client})["client"] is client


def test_a_client_works_after_a_borrower_closed_it(
    jobs_server: JobsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in jobs_server.environment.items():
        monkeypatch.setenv(name, value)
    with get_bigquery_client("p", credentials=CREDENTIALS) as client:
        client.query("SELECT 1").result()
    client.close()
    opened = jobs_server.connections
    get_bigquery_client("p", credentials=CREDENTIALS).query("SELECT 1").result()
    assert jobs_server.connections == opened, "the connection was kept"


def test_a_publisher_publishes_after_a_borrower_stopped_it(
    pubsub_emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    pubsub_emulator.use(monkeypatch)
    publisher = get_pubsub_publisher()
    topic = publisher.create_topic(name="projects/p/topics/after-stop").name
    publisher.stop()
    with publisher:
        pass
    assert publisher.publish(topic, b"still here").result(timeout=10)


def test_only_the_pool_closes(pubsub_emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    pubsub_emulator.use(monkeypatch)
    publisher, subscriber = get_pubsub_publisher(), get_pubsub_subscriber()
    close_all_clients()
    assert subscriber.closed
    with pytest.raises(RuntimeError, match="stopped publisher"):
        publisher.publish("projects/p/topics/any", b"late")
    assert get_pubsub_publisher() is not publisher


def test_firestores_channel_is_closed_with_the_client(
    firestore_emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    firestore_emulator.use(monkeypatch)
    client = get_firestore_client("p")
    client.document("a/b").get()
    close_all_clients()
    with pytest.raises(ValueError, match=r"(?i)channel closed|closed channel"):
        client.document("a/b").get()


def test_a_replaced_method_documents_itself_as_the_librarys_does() -> None:
    publisher = get_pubsub_publisher()
    assert publisher.stop.__doc__ == pubsub_v1.PublisherClient.stop.__doc__
    assert publisher.publish.__doc__ == pubsub_v1.PublisherClient.publish.__doc__
