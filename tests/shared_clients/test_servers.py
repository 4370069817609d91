"""The servers of the tests do what the clients expect of Google's, whichever of them runs."""

import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from google.api_core.exceptions import AlreadyExists, BadRequest, NotFound
from google.auth.credentials import AnonymousCredentials
from google.cloud import bigquery, firestore, pubsub_v1, storage

from tests.shared_clients.servers.counting_http import Response
from tests.shared_clients.servers.counting_proxy import counting_proxy
from tests.shared_clients.servers.emulators import (
    FIRESTORE,
    PUBSUB,
    Emulator,
    implementations,
)
from tests.shared_clients.servers.http_server import HttpServer
from tests.shared_clients.servers.jobs_server import SERIALIZATION, JobsServer
from tests.shared_clients.servers.process import ROOT, accepts_connections
from tests.shared_clients.servers.report import note
from tests.shared_clients.servers.token_server import TokenServer

PROJECT = "test-project"


@pytest.fixture(scope="module", params=implementations(FIRESTORE))
def each_firestore(request: pytest.FixtureRequest) -> Iterator[Emulator]:
    with FIRESTORE.run(request.param) as server:
        yield note(request.config, "Firestore", server)


@pytest.fixture(scope="module", params=implementations(PUBSUB))
def each_pubsub(request: pytest.FixtureRequest) -> Iterator[Emulator]:
    with PUBSUB.run(request.param) as server:
        yield note(request.config, "Pub/Sub", server)


@pytest.fixture
def database(each_firestore: Emulator, monkeypatch: pytest.MonkeyPatch) -> Iterator[firestore.Client]:
    each_firestore.use(monkeypatch)
    client = firestore.Client(project=PROJECT)
    yield client
    client._firestore_api.transport.close()


def test_firestore_keeps_documents(database: firestore.Client) -> None:
    document = database.collection("players").document(uuid.uuid4().hex)
    assert not document.get().exists
    document.set({"name": "Ada", "points": 3})
    document.set({"team": "blue"}, merge=True)
    document.update({"points": 4, "seen": firestore.SERVER_TIMESTAMP})
    found = document.get().to_dict()
    assert found is not None
    assert found.pop("seen").year >= 2026
    assert found == {"name": "Ada", "points": 4, "team": "blue"}
    with pytest.raises(AlreadyExists):
        document.create({})
    document.delete()
    assert not document.get().exists
    with pytest.raises(NotFound):
        document.update({"points": 5})


def test_firestore_answers_queries(database: firestore.Client) -> None:
    collection = database.collection(uuid.uuid4().hex)
    for points in (5, 1, 3):
        collection.document().set({"points": points})
    some = collection.where(filter=firestore.FieldFilter("points", ">", 1)).order_by("points").limit(5)
    assert [one.to_dict() for one in some.stream()] == [{"points": 3}, {"points": 5}]
    assert len(list(collection.stream())) == 3


def test_firestore_commits_transactions(database: firestore.Client) -> None:
    document = database.collection("counters").document(uuid.uuid4().hex)
    document.set({"count": 1})

    @firestore.transactional
    def add(transaction: firestore.Transaction) -> None:
        count = document.get(transaction=transaction).get("count")
        transaction.update(document, {"count": count + 1})

    add(database.transaction())
    assert document.get().get("count") == 2


def test_pubsub_delivers_what_was_published(each_pubsub: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    each_pubsub.use(monkeypatch)
    publisher, subscriber = pubsub_v1.PublisherClient(), pubsub_v1.SubscriberClient()
    topic = publisher.topic_path(PROJECT, f"topic-{uuid.uuid4().hex}")
    subscription = subscriber.subscription_path(PROJECT, f"subscription-{uuid.uuid4().hex}")
    with pytest.raises(NotFound):
        publisher.get_topic(topic=topic)
    publisher.create_topic(name=topic)
    subscriber.create_subscription(name=subscription, topic=topic)
    ids = {publisher.publish(topic, str(n).encode()).result(timeout=10) for n in range(3)}
    received = subscriber.pull(subscription=subscription, max_messages=10).received_messages
    assert {one.message.message_id for one in received} == ids
    subscriber.acknowledge(subscription=subscription, ack_ids=[one.ack_id for one in received])

    streamed: list[bytes] = []

    def keep(message: pubsub_v1.subscriber.message.Message) -> None:
        streamed.append(message.data)
        message.ack()

    pulling = subscriber.subscribe(subscription, keep)
    publisher.publish(topic, b"last").result(timeout=10)
    deadline = time.monotonic() + 10
    while not streamed and time.monotonic() < deadline:
        time.sleep(0.05)
    pulling.cancel()
    pulling.result(timeout=10)
    publisher.stop()
    publisher.transport.close()
    subscriber.close()
    assert streamed == [b"last"]


def test_storage_keeps_objects(storage_emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    storage_emulator.use(monkeypatch)
    client = storage.Client(project=PROJECT, credentials=AnonymousCredentials())
    bucket = client.create_bucket(f"bucket-{uuid.uuid4().hex}")
    bucket.blob("one").upload_from_string("first")
    assert bucket.blob("one").download_as_bytes() == b"first"
    client.close()


def test_bigquery_answers_queries(bigquery_emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    bigquery_emulator.use(monkeypatch)
    client = bigquery.Client(project=PROJECT, credentials=AnonymousCredentials())
    assert [row.n for row in client.query("SELECT 1 + 1 AS n").result()] == [2]
    client.close()


@pytest.fixture
def jobs_client(jobs_server: JobsServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[bigquery.Client]:
    monkeypatch.setenv("BIGQUERY_EMULATOR_HOST", jobs_server.url)
    client = bigquery.Client(project=PROJECT, credentials=AnonymousCredentials())
    yield client
    client.close()


def test_jobs_server_answers_with_the_statement(
    jobs_server: JobsServer, jobs_client: bigquery.Client
) -> None:
    assert [row.query for row in jobs_client.query("SELECT 1").result()] == ["SELECT 1"]
    assert [row.query for row in jobs_client.query_and_wait("SELECT 2")] == ["SELECT 2"]
    assert jobs_client.query("DELETE FROM t WHERE TRUE").result().num_dml_affected_rows == 1
    assert len(jobs_server.jobs) == 3
    assert jobs_server.connections == 1


def test_jobs_server_fails_as_told(jobs_server: JobsServer, jobs_client: bigquery.Client) -> None:
    jobs_server.fail_jobs(SERIALIZATION, SERIALIZATION)
    with pytest.raises(BadRequest, match="Could not serialize"):
        jobs_client.query("UPDATE t SET n = 1 WHERE TRUE").result()
    with pytest.raises(BadRequest, match="Could not serialize"):
        jobs_client.query_and_wait("UPDATE t SET n = 1 WHERE TRUE")
    assert len(jobs_server.jobs) == 2


def test_http_server_counts_connections(http_server: HttpServer) -> None:
    def visit(_: int) -> None:
        with requests.Session() as session:
            for _ in range(3):
                session.get(http_server.url, timeout=10)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(visit, range(8)))
    assert http_server.connections == 8
    assert len(http_server.requests) == 24
    assert len({request.connection for request in http_server.requests}) == 8


def test_http_server_follows_its_script(http_server: HttpServer) -> None:
    http_server.script(Response(503, headers={"Retry-After": "1"}), Response(drop=True))
    assert requests.get(http_server.url, timeout=10).headers["Retry-After"] == "1"
    with pytest.raises(requests.ConnectionError):
        requests.get(http_server.url, timeout=10)
    assert requests.get(http_server.url, timeout=10).json()["method"] == "GET"


def test_token_server_gives_another_token_each_time(token_server: TokenServer) -> None:
    tokens = [requests.post(token_server.url, timeout=10).json()["access_token"] for _ in range(2)]
    assert tokens == ["token-1", "token-2"]


def test_proxy_counts_connections(http_server: HttpServer) -> None:
    with counting_proxy(http_server.address) as proxy, requests.Session() as session:
        assert session.get(f"{proxy.url}/a", timeout=10).json()["path"] == "/a"
        assert session.get(f"{proxy.url}/b", timeout=10).json()["path"] == "/b"
        assert proxy.connections == 1
        assert proxy.open_connections == 1


HOLD = """
import signal
import time
from tests.shared_clients.servers.emulators import PUBSUB
# A shell that runs the tests in the background has its children ignore this signal.
signal.signal(signal.SIGINT, signal.default_int_handler)
with PUBSUB.run() as emulator:
    print(emulator.address.partition(":")[2], flush=True)
    time.sleep(600)
"""


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_server_ends_with_the_run_that_started_it(end: signal.Signals) -> None:
    run = subprocess.Popen([sys.executable, "-c", HOLD], cwd=ROOT, stdout=subprocess.PIPE)
    assert run.stdout
    port = int(run.stdout.readline())
    assert accepts_connections(port)
    run.send_signal(end)
    run.communicate(timeout=30)
    deadline = time.monotonic() + 30
    while accepts_connections(port) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not accepts_connections(port)
