"""`max_clients`: the least recently used client goes, and only from the pool."""

import gc
import threading
import weakref
from collections.abc import Callable
from typing import Any

import google.cloud.bigquery  # noqa: F401 - an import within a getter keeps the frames of its callers alive
import pytest
from google.auth.credentials import AnonymousCredentials

from shared_clients import configure, get_bigquery_client, get_firestore_client, pool_stats
from tests.shared_clients.helpers import at_once
from tests.shared_clients.servers.emulators import Emulator
from tests.shared_clients.servers.jobs_server import JobsServer

CREDENTIALS = AnonymousCredentials()


def client(project: str, **options: Any) -> Any:
    return get_bigquery_client(project, credentials=CREDENTIALS, **options)


def test_the_least_recently_used_client_is_dropped() -> None:
    configure(max_clients=2)
    first, second = client("a"), client("b")
    assert client("a") is first
    client("c")
    assert client("a") is first
    assert client("b") is not second
    stats = pool_stats()["bigquery"]
    assert (stats.clients, stats.builds, stats.evictions) == (2, 4, 2)


def test_use_counts_in_whichever_form_the_client_is_asked_for() -> None:
    configure(max_clients=2)
    first = client("a", client_options={"api_endpoint": "https://example.com"})
    client("b")
    for _ in range(2):
        client("a", client_options={"api_endpoint": "https://example.com"})
    client("c")
    assert client("a", client_options={"api_endpoint": "https://example.com"}) is first


def test_many_names_of_one_client_take_one_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", "a")
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", "127.0.0.1:1")
    configure(max_clients=2)
    first, second = get_firestore_client("a"), get_firestore_client("b")
    for _ in range(3):
        assert get_firestore_client() is get_firestore_client(project_id="a") is first
        assert get_firestore_client("a", database="(default)") is first
        assert get_firestore_client("b") is second
    assert pool_stats()["firestore"].evictions == 0


def test_a_client_that_is_borrowed_works_on_and_is_closed_after_its_last_borrower(
    jobs_server: JobsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in jobs_server.environment.items():
        monkeypatch.setenv(name, value)
    configure(max_clients=1)
    borrowed = client("a")
    borrowed.query("SELECT 1").result()
    opened, before = jobs_server.connections, jobs_server.open_connections
    client("b")
    borrowed.query("SELECT 1").result()
    assert jobs_server.connections == opened, "it kept its connection"
    gone = weakref.ref(borrowed)
    del borrowed
    gc.collect()
    assert gone() is None
    client("c")  # building is when connections of the dropped are freed
    _until(lambda: jobs_server.open_connections < before)


def test_a_dropped_channel_is_closed_after_its_last_borrower(
    firestore_emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    firestore_emulator.use(monkeypatch)
    configure(max_clients=1)
    borrowed = get_firestore_client("a")
    get_firestore_client("b")
    borrowed.document("a/b").get()
    channel = borrowed._firestore_api.transport.grpc_channel
    del borrowed
    gc.collect()
    assert pool_stats()["firestore"].clients == 1  # asking for statistics frees them too
    with pytest.raises(ValueError, match=r"(?i)closed"):
        channel.unary_unary("/any/method")(b"")


def test_changed_settings_let_go_of_clients_without_closing_them(
    jobs_server: JobsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in jobs_server.environment.items():
        monkeypatch.setenv(name, value)
    before = client("a")
    configure(pool_maxsize=7)
    after = client("a")
    assert after is not before
    sizes = [each._http.adapters["https://"]._pool_maxsize for each in (before, after)]
    assert sizes == [64, 7]
    before.query("SELECT 1").result()


def test_without_a_bound_a_thousand_tenants_have_a_thousand_clients() -> None:
    tenants = [f"tenant-{number}" for number in range(1000)]
    clients = {tenant: client(tenant) for tenant in tenants}
    assert all(client(tenant) is clients[tenant] for tenant in tenants)
    stats = pool_stats()["bigquery"]
    assert (stats.clients, stats.builds, stats.evictions) == (1000, 1000, 0)


def test_threads_that_share_a_bounded_pool_get_what_they_asked_for() -> None:
    configure(max_clients=3)

    def ask(number: int) -> set[bool]:
        projects = [f"p{(number + turn) % 5}" for turn in range(60)]
        return {client(project).project == project for project in projects}

    assert at_once(8, ask) == [{True}] * 8
    stats = pool_stats()["bigquery"]
    assert stats.clients == 3
    assert stats.builds - stats.evictions == 3


def _until(condition: Callable[[], bool]) -> None:
    for _ in range(100):
        if condition():
            return
        threading.Event().wait(0.05)
    pytest.fail("it did not happen within 5 seconds")
