"""Servers for the tests, each started once per session and only when a test asks for it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.shared_clients.servers.emulators import FIRESTORE, PUBSUB, Emulator, bigquery, storage
from tests.shared_clients.servers.http_server import HttpServer
from tests.shared_clients.servers.jobs_server import JobsServer
from tests.shared_clients.servers.report import note
from tests.shared_clients.servers.token_server import TokenServer, write_service_account


@pytest.fixture(scope="session")
def firestore_emulator(pytestconfig: pytest.Config) -> Iterator[Emulator]:
    with FIRESTORE.run() as server:
        yield note(pytestconfig, "Firestore", server)


@pytest.fixture(scope="session")
def pubsub_emulator(pytestconfig: pytest.Config) -> Iterator[Emulator]:
    with PUBSUB.run() as server:
        yield note(pytestconfig, "Pub/Sub", server)


@pytest.fixture(scope="session")
def storage_emulator(pytestconfig: pytest.Config) -> Iterator[Emulator]:
    with storage() as server:
        yield note(pytestconfig, "Storage", server)


@pytest.fixture(scope="session")
def bigquery_emulator(pytestconfig: pytest.Config) -> Iterator[Emulator]:
    with bigquery() as server:
        yield note(pytestconfig, "BigQuery", server)


@pytest.fixture(scope="session")
def running_jobs_server() -> Iterator[JobsServer]:
    with JobsServer().running() as server:
        yield server


@pytest.fixture
def jobs_server(running_jobs_server: JobsServer) -> JobsServer:
    """The session's server, with nothing counted or scripted yet."""
    running_jobs_server.reset()
    return running_jobs_server


@pytest.fixture(scope="session")
def running_http_server() -> Iterator[HttpServer]:
    with HttpServer().running() as server:
        yield server


@pytest.fixture
def http_server(running_http_server: HttpServer) -> HttpServer:
    """The session's server, with nothing counted or scripted yet."""
    running_http_server.reset()
    return running_http_server


@pytest.fixture(scope="session")
def running_token_server() -> Iterator[TokenServer]:
    with TokenServer().running() as server:
        yield server


@pytest.fixture
def token_server(running_token_server: TokenServer) -> TokenServer:
    running_token_server.reset()
    return running_token_server


@pytest.fixture(scope="session")
def service_account_file(running_token_server: TokenServer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A service account's key file whose tokens come from `token_server`."""
    path = tmp_path_factory.mktemp("credentials") / "service-account.json"
    return write_service_account(path, f"{running_token_server.url}/token")
