"""Application-default credentials: found once, shared by all, and one token for all who start at once."""

import copy
import pickle
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import google.auth
import pytest
from google.auth.exceptions import DefaultCredentialsError
from google.cloud import bigquery
from google.oauth2 import service_account

from shared_clients import close_all_clients, get_bigquery_client, get_firestore_client, get_storage_client
from tests.shared_clients.helpers import at_once, in_child
from tests.shared_clients.servers.jobs_server import JobsServer
from tests.shared_clients.servers.token_server import TokenServer, write_service_account

THREADS = 50


@pytest.fixture
def looked_up(service_account_file: Path, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Each time that the application-default credentials, here a service account's, are looked up."""
    calls: list[object] = []
    find = google.auth.default

    def count(*arguments: Any, **options: Any) -> Any:
        calls.append(arguments)
        return find(*arguments, **options)

    monkeypatch.setattr(google.auth, "default", count)
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(service_account_file))
    return calls


def test_one_look_up_serves_all_pools_and_threads(looked_up: list[object]) -> None:
    at_once(8, lambda number: get_bigquery_client(f"p{number}"))
    credentials = get_bigquery_client("p1")._credentials
    assert get_storage_client("p")._credentials is credentials
    assert get_firestore_client("p")._credentials is credentials
    assert get_bigquery_client().project == credentials.project_id
    assert len(looked_up) == 1


def test_scopes_are_taken_from_the_options_without_another_look_up(looked_up: list[object]) -> None:
    scopes = ["https://www.googleapis.com/auth/drive"]
    client = get_bigquery_client("p", client_options={"scopes": scopes})
    assert list(client._credentials.scopes) == scopes
    other = get_bigquery_client("q", client_options={"scopes": scopes})
    assert other._credentials is client._credentials
    assert len(looked_up) == 1


@pytest.mark.usefixtures("looked_up")
def test_fifty_threads_that_start_at_once_fetch_one_token(
    token_server: TokenServer, jobs_server: JobsServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in jobs_server.environment.items():
        monkeypatch.setenv(name, value)
    token_server.delay_seconds = 0.2

    def ask(_: int) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in get_bigquery_client("p").query("SELECT 1").result()]

    answers = at_once(THREADS, ask)
    assert not [answer for answer in answers if isinstance(answer, BaseException)]
    assert len(token_server.requests) == 1


def test_credentials_that_a_caller_brings_fetch_one_token_too(
    service_account_file: Path,
    token_server: TokenServer,
    jobs_server: JobsServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in jobs_server.environment.items():
        monkeypatch.setenv(name, value)
    token_server.delay_seconds = 0.2
    credentials = service_account.Credentials.from_service_account_file(str(service_account_file))
    at_once(10, lambda _: get_bigquery_client("p", credentials=credentials).query("SELECT 1").result())
    assert len(token_server.requests) == 1
    assert isinstance(credentials, service_account.Credentials)


def test_credentials_still_travel_to_workers(service_account_file: Path) -> None:
    credentials = service_account.Credentials.from_service_account_file(str(service_account_file))
    plain = type(credentials)
    client = get_bigquery_client("p", credentials=credentials)
    arrived = pickle.loads(pickle.dumps(credentials))
    assert type(arrived) is plain
    assert arrived.service_account_email == credentials.service_account_email
    assert copy.deepcopy(credentials).project_id == credentials.project_id
    assert get_bigquery_client("p", credentials=credentials) is client


def test_missing_credentials_are_the_librarys_own_error_and_are_looked_for_again(
    monkeypatch: pytest.MonkeyPatch, service_account_file: Path, tmp_path: Path
) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "nowhere.json"))
    with pytest.raises(DefaultCredentialsError, match=r"nowhere\.json"):
        get_bigquery_client("p")
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(service_account_file))
    assert isinstance(get_bigquery_client("p"), bigquery.Client)


def test_closing_all_clients_forgets_the_credentials_of_the_old_environment(
    looked_up: list[object], token_server: TokenServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = get_bigquery_client("p")._credentials
    other = write_service_account(tmp_path / "other.json", f"{token_server.url}/other")
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(other))
    assert get_bigquery_client("q")._credentials is before
    close_all_clients()
    assert get_bigquery_client("p")._credentials._token_uri == f"{token_server.url}/other"
    assert len(looked_up) == 2


def failing_once(error: BaseException, looked_up: list[object]) -> Callable[..., Any]:
    find = google.auth.default

    def look_up(**options: Any) -> Any:
        looked_up.append(None)
        if len(looked_up) > 1:
            return find(**options)
        threading.Event().wait(0.5)
        raise error

    return look_up


def test_a_failing_look_up_fails_all_who_wait_for_it_and_the_next_call_tries_again(
    monkeypatch: pytest.MonkeyPatch, service_account_file: Path
) -> None:
    looked_up: list[object] = []
    missing = DefaultCredentialsError("no metadata server")
    monkeypatch.setattr(google.auth, "default", failing_once(missing, looked_up))
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(service_account_file))
    errors = at_once(16, lambda number: get_bigquery_client(f"p{number}"))
    assert {(type(error), str(error)) for error in errors} == {(DefaultCredentialsError, "no metadata server")}
    assert len(looked_up) == 1
    assert len({id(error) for error in errors}) == len(errors), "each has a traceback of its own"
    assert isinstance(get_bigquery_client("p"), bigquery.Client)


def test_an_interrupted_look_up_is_taken_up_by_one_who_waits(
    monkeypatch: pytest.MonkeyPatch, service_account_file: Path
) -> None:
    looked_up: list[object] = []
    monkeypatch.setattr(google.auth, "default", failing_once(KeyboardInterrupt(), looked_up))
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(service_account_file))
    outcomes = at_once(4, lambda number: get_bigquery_client(f"p{number}"))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Client"] * 3 + ["KeyboardInterrupt"]
    assert len(looked_up) == 2


def test_a_forked_child_finds_credentials_of_its_own(looked_up: list[object]) -> None:
    inherited = get_bigquery_client("p")._credentials

    def in_the_child() -> str:
        own = get_bigquery_client("p")._credentials
        return f"{own is inherited} {len(looked_up)}"

    assert in_child(in_the_child) == "False 2"
