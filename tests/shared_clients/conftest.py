"""Servers for the tests, each started once per session and only when a test asks for it."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.shared_clients.servers import emulators
from tests.shared_clients.servers.emulators import FIRESTORE, PUBSUB, Emulator
from tests.shared_clients.servers.http_server import HttpServer
from tests.shared_clients.servers.jobs_server import JobsServer
from tests.shared_clients.servers.token_server import TokenServer, write_service_account

USED = pytest.StashKey[dict[str, str]]()


def start(config: pytest.Config, name: str, server: AbstractContextManager[Emulator]) -> Iterator[Emulator]:
    with server as emulator:
        config.stash.setdefault(USED, {})[name] = emulator.software
        yield emulator


@pytest.fixture(scope="session")
def firestore_emulator(pytestconfig: pytest.Config) -> Iterator[Emulator]:
    yield from start(pytestconfig, FIRESTORE.name, emulators.emulator(FIRESTORE))


@pytest.fixture(scope="session")
def pubsub_emulator(pytestconfig: pytest.Config) -> Iterator[Emulator]:
    yield from start(pytestconfig, PUBSUB.name, emulators.emulator(PUBSUB))


@pytest.fixture(scope="session")
def storage_emulator(pytestconfig: pytest.Config) -> Iterator[Emulator]:
    yield from start(pytestconfig, "Storage", emulators.storage())


@pytest.fixture(scope="session")
def bigquery_emulator(pytestconfig: pytest.Config) -> Iterator[Emulator]:
    yield from start(pytestconfig, "BigQuery", emulators.bigquery())


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


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say what stood in for Google's services."""
    for name, software in sorted(config.stash.get(USED, {}).items()):
        terminalreporter.write_line(f"{name}: {software}")
