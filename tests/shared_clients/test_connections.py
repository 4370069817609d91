"""Connections that fifty threads open, counted by a server or by a proxy in front of it."""

import datetime as dt
import functools
import logging
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from google.auth.credentials import AnonymousCredentials
from google.auth.transport.requests import _MutualTlsAdapter

from shared_clients import (
    close_all_clients,
    configure,
    get_bigquery_client,
    get_firestore_client,
    get_storage_client,
    pool_stats,
)
from shared_clients._http import widen
from tests.shared_clients.helpers import at_once, eager_switching
from tests.shared_clients.servers.counting_proxy import counting_proxy
from tests.shared_clients.servers.emulators import Emulator
from tests.shared_clients.servers.jobs_server import JobsServer

THREADS = 50


@pytest.fixture(autouse=True)
def full_pools(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Fail a test in which a connection was thrown away because the pool had no place for it."""
    caplog.set_level(logging.DEBUG, "urllib3")
    yield
    assert "Connection pool is full" not in caplog.text


def rows(client: Any) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in client.query("SELECT 1").result()]


def assert_all(outcomes: list[Any], expected: object) -> None:
    assert outcomes == [expected] * len(outcomes)


def test_fifty_threads_open_fifty_bigquery_connections_and_then_none(
    jobs_server: JobsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in jobs_server.environment.items():
        monkeypatch.setenv(name, value)
    credentials = AnonymousCredentials()

    def ask(_: int) -> list[tuple[Any, ...]]:
        return rows(get_bigquery_client("p", credentials=credentials))

    for _ in range(2):
        jobs_server.gather(THREADS)
        assert_all(at_once(THREADS, ask), [("SELECT 1",)])
        assert jobs_server.connections == THREADS


def test_fifty_threads_wait_for_eight_bigquery_connections(
    jobs_server: JobsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in jobs_server.environment.items():
        monkeypatch.setenv(name, value)
    configure(pool_maxsize=8)
    credentials = AnonymousCredentials()
    jobs_server.gather(8)
    for _ in range(2):
        outcomes = at_once(THREADS, lambda _: rows(get_bigquery_client("p", credentials=credentials)))
        assert_all(outcomes, [("SELECT 1",)])
        assert jobs_server.connections == 8


def test_fifty_threads_open_fifty_storage_connections_and_then_none(
    storage_emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    storage_emulator.use(monkeypatch)
    bucket = f"bucket-{uuid.uuid4().hex}"
    get_storage_client("p").create_bucket(bucket)
    close_all_clients()
    with counting_proxy(storage_emulator.address) as proxy:
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", proxy.url)

        def ask(number: int) -> bool:
            blob = get_storage_client("p").bucket(bucket).blob(f"{number}")
            blob.upload_from_string(f"written by {number}")
            return bool(blob.download_as_bytes() == f"written by {number}".encode())

        # Without this a fast thread could be done before a slow one begins, and leave it its connection.
        proxy.gather(THREADS)
        for _ in range(2):
            assert_all(at_once(THREADS, ask), expected=True)
            assert proxy.connections == THREADS
        assert pool_stats()["storage"].http_connections_in_use == 0


def test_a_client_per_thread_opens_as_many_connections_as_threads(
    jobs_server: JobsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the pool saves; it also shows that the counting counts."""
    for name, value in jobs_server.environment.items():
        monkeypatch.setenv(name, value)
    configure(pooling="off")
    credentials = AnonymousCredentials()
    at_once(THREADS, lambda _: rows(get_bigquery_client("p", credentials=credentials)))
    assert jobs_server.connections >= THREADS


def test_connections_in_use_are_known(jobs_server: JobsServer, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in jobs_server.environment.items():
        monkeypatch.setenv(name, value)
    client = get_bigquery_client("p", credentials=AnonymousCredentials())
    response = client._http.get(jobs_server.url, stream=True)
    assert pool_stats()["bigquery"].http_connections_in_use == 1
    response.close()
    assert pool_stats()["bigquery"].http_connections_in_use == 0


@pytest.mark.parametrize("getter", [get_bigquery_client, get_storage_client])
def test_the_lazy_session_exists_before_anyone_sees_the_client(getter: Callable[..., Any]) -> None:
    with eager_switching():
        for turn in range(20):
            get = functools.partial(getter, f"p{turn}", credentials=AnonymousCredentials())
            sessions = at_once(16, lambda _, get=get: get()._http_internal)  # type: ignore[misc]  # a default
            assert len({id(session) for session in sessions}) == 1
            assert sessions[0] is not None


def test_the_lazy_channel_exists_before_anyone_sees_the_client(
    firestore_emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    firestore_emulator.use(monkeypatch)
    services = at_once(16, lambda _: get_firestore_client("p")._firestore_api_internal)
    assert len({id(service) for service in services}) == 1
    assert services[0] is not None
    headers = [name for name, _ in get_firestore_client("p")._rpc_metadata]
    assert len(headers) == len(set(headers))


def test_sizing_keeps_an_adapter_for_mutual_tls(tmp_path: Path) -> None:
    certificate, key = _self_signed(tmp_path)
    client = get_bigquery_client("p", credentials=AnonymousCredentials())
    adapter = _MutualTlsAdapter(certificate, key)
    client._http.mount("https://", adapter)
    widen(client._http)
    assert client._http.adapters["https://"] is adapter
    assert adapter.poolmanager.connection_pool_kw["ssl_context"] is adapter._ctx_poolmanager
    assert adapter.poolmanager.connection_pool_kw["maxsize"] == 64
    assert adapter.poolmanager.connection_pool_kw["block"]


def _self_signed(folder: Path) -> tuple[bytes, bytes]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "client")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + dt.timedelta(days=1))
        .sign(key, hashes.SHA256())
        .public_bytes(serialization.Encoding.PEM)
    )
    folder.joinpath("client.pem").write_bytes(certificate)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return certificate, private
