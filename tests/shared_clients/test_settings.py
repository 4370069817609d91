"""Settings: where they come from, what is refused, and the way back."""

import dataclasses
import logging
from typing import Any

import pytest
from google.auth.credentials import AnonymousCredentials
from google.cloud import bigquery
from hypothesis import given
from hypothesis import strategies as st

from shared_clients import (
    Settings,
    configure,
    get_bigquery_client,
    get_http_session,
    get_storage_client,
    pool_stats,
)
from shared_clients._hooks import Arguments
from shared_clients.errors import ConfigurationError
from shared_clients.http_pool import POOL as HTTP_POOL
from shared_clients.settings import current, from_environment, restore
from tests.shared_clients.helpers import output_of

CREDENTIALS = AnonymousCredentials()


def client(**options: Any) -> bigquery.Client:
    return get_bigquery_client("p", credentials=CREDENTIALS, **options)


def test_settings_are_one_frozen_object() -> None:
    settings = configure(max_clients=3)
    assert current() is settings
    with pytest.raises(dataclasses.FrozenInstanceError):
        settings.max_clients = 4  # type: ignore[misc]


def test_every_setting_can_come_from_the_environment() -> None:
    environment = {
        "SHARED_CLIENTS_POOLING": "25%",
        "SHARED_CLIENTS_MAX_CLIENTS": "9",
        "SHARED_CLIENTS_POOL_MAXSIZE": "10",
        "SHARED_CLIENTS_POOL_CONNECTIONS": "11",
        "SHARED_CLIENTS_HTTP_TIMEOUT": "1.5",
        "SHARED_CLIENTS_HTTP_RETRIES": "0",
        "SHARED_CLIENTS_HTTP_BACKOFF": "0.25",
        "SHARED_CLIENTS_CLOSE_TIMEOUT": "2",
        "SHARED_CLIENTS_LOG_LEVEL": "debug",
    }
    expected = Settings(25, 9, 10, 11, 1.5, 0, 0.25, 2.0, "DEBUG")
    assert from_environment(environment) == expected
    assert len(environment) == len(dataclasses.fields(Settings))
    assert from_environment(dict.fromkeys(environment, " ")) == Settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("pooling", "sometimes"),
        ("pooling", 101),
        ("pooling", -1),
        ("max_clients", 0),
        ("max_clients", True),
        ("pool_maxsize", 1.5),
        ("pool_connections", None),
        ("http_timeout", 0),
        ("http_timeout", float("inf")),
        ("http_timeout", "soon"),
        ("http_retries", -1),
        ("http_backoff", float("nan")),
        ("close_timeout", -0.5),
        ("log_level", "LOUD"),
    ],
)
def test_a_value_that_makes_no_sense_is_refused_and_changes_nothing(name: str, value: object) -> None:
    before = current()
    with pytest.raises(ConfigurationError, match=rf"configure\({name}=\.\.\.\) is .*; give "):
        configure(**{name: value})  # type: ignore[arg-type]  # on purpose
    assert current() is before


def test_a_wrong_variable_is_named_with_what_it_should_be() -> None:
    with pytest.raises(ConfigurationError, match="SHARED_CLIENTS_POOLING is 'perhaps'; give 'on', 'off' or"):
        from_environment({"SHARED_CLIENTS_POOLING": "perhaps"})


def test_an_unknown_setting_is_refused_with_those_there_are() -> None:
    with pytest.raises(ConfigurationError, match="no setting colour; there are pooling, max_clients"):
        configure(colour="red")  # type: ignore[call-arg]


def test_a_misspelt_variable_is_named_once_with_those_there_are(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("SHARED_CLIENTS_POOLNG", "off")
    client()
    client(location="EU")
    (record,) = caplog.records
    assert "no setting SHARED_CLIENTS_POOLNG; there are SHARED_CLIENTS_POOLING, " in record.getMessage()


@given(st.text())
def test_any_text_in_the_environment_is_a_setting_or_an_error(text: str) -> None:
    for field in dataclasses.fields(Settings):
        try:
            settings = from_environment({f"SHARED_CLIENTS_{field.name.upper()}": text})
        except ConfigurationError:
            continue
        assert 0 <= settings.pooling <= 100


def test_a_bound_can_be_taken_back() -> None:
    configure(max_clients=1)
    assert configure(max_clients=None).max_clients is None


def test_pooling_off_builds_as_if_there_were_no_pool() -> None:
    configure(pooling="off")
    first, second = client(), client()
    assert first is not second
    assert type(first) is type(second) is bigquery.Client
    first.close()
    assert first._http.adapters["https://"]._pool_maxsize == 10, "sized as the library does"
    stats = pool_stats()["bigquery"]
    assert (stats.clients, stats.builds, stats.hits, stats.unpooled) == (0, 0, 0, 2)
    assert stats.closes_refused == 0


def test_the_environment_switches_pooling_off_without_a_change_of_code() -> None:
    program = """
    from google.auth.credentials import AnonymousCredentials
    from shared_clients import get_bigquery_client
    options = {"credentials": AnonymousCredentials()}
    print(get_bigquery_client("p", **options) is get_bigquery_client("p", **options))
    """
    assert output_of(program) == "True\n"
    assert output_of(program, {"SHARED_CLIENTS_POOLING": "off"}) == "False\n"


@pytest.mark.parametrize("percentage", [1, 10, 25, 50, 99])
def test_a_canary_takes_exactly_its_share_of_the_calls(percentage: int) -> None:
    configure(pooling=percentage)
    clients = [client() for _ in range(200)]
    shared = [each for each in clients if type(each) is not bigquery.Client]
    assert len(shared) == 2 * percentage
    assert len(set(shared)) == 1
    stats = pool_stats()["bigquery"]
    assert (stats.builds, stats.hits, stats.unpooled) == (1, len(shared) - 1, 200 - len(shared))


def test_the_canary_applies_to_calls_with_options_too() -> None:
    configure(pooling=50)
    clients = [client(location="EU") for _ in range(10)]
    assert sum(type(each) is bigquery.Client for each in clients) == 5


def test_a_change_between_the_steps_of_a_call_leaves_nothing_stale(monkeypatch: pytest.MonkeyPatch) -> None:
    prepare = HTTP_POOL.hooks.prepare
    changes = iter([7.0])

    def prepare_while_settings_change(given: Arguments) -> Arguments:
        prepared = prepare(given)
        for seconds in changes:
            configure(http_timeout=seconds)
        return prepared

    hooks = dataclasses.replace(HTTP_POOL.hooks, prepare=prepare_while_settings_change)
    monkeypatch.setattr(HTTP_POOL, "hooks", hooks)
    sessions = [get_http_session() for _ in range(3)]
    adapters: list[Any] = [session.adapters["https://"] for session in sessions]
    assert [adapter.timeout for adapter in adapters] == [7.0] * 3


def test_switching_back_on_pools_again() -> None:
    configure(pooling=0)
    client()
    configure(pooling="on")
    assert client() is client()


def test_the_log_level_applies(caplog: pytest.LogCaptureFixture) -> None:
    logger = logging.getLogger("shared_clients")
    before, changed = logger.level, configure(log_level="info")
    configure(log_level="error")
    assert logger.level == logging.ERROR
    get_storage_client("p", credentials=CREDENTIALS).close()
    assert not caplog.records
    configure(log_level=None)
    assert logger.level == before
    restore(changed)
    assert logger.level == logging.INFO
    restore(None)
    assert logger.level == before
