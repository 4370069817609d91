"""How long HTTP requests wait: for an answer, and before they are tried again."""

import random
import time
from types import SimpleNamespace

import pytest
import requests

from shared_clients import configure, get_http_session, http_pool
from tests.shared_clients.servers.http_server import HttpServer, unavailable

VERBS = ("delete", "get", "head", "options", "patch", "post", "put")


def test_the_default_applies_to_every_verb(http_server: HttpServer) -> None:
    configure(http_timeout=0.1)
    for verb in VERBS:
        with pytest.raises(requests.ReadTimeout):
            getattr(http_pool, verb)(f"{http_server.url}?seconds=1")
    assert len(http_server.requests) == len(VERBS)


def test_the_default_applies_to_prepared_requests(http_server: HttpServer) -> None:
    session = get_http_session(timeout=0.1)
    prepared = session.prepare_request(requests.Request("GET", f"{http_server.url}?seconds=1"))
    with pytest.raises(requests.ReadTimeout):
        session.send(prepared)


def test_a_request_may_wait_longer(http_server: HttpServer) -> None:
    session = get_http_session(timeout=0.1)
    for timeout in (5, (1, 5), (None, None)):
        assert session.get(f"{http_server.url}?seconds=0.2", timeout=timeout).ok


def test_a_read_timeout_is_not_tried_again(http_server: HttpServer) -> None:
    with pytest.raises(requests.ReadTimeout):
        get_http_session(timeout=(5, 0.1)).get(f"{http_server.url}?seconds=1")
    assert len(http_server.requests) == 1


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    slept: list[float] = []
    monkeypatch.setattr("shared_clients._http_session.time", SimpleNamespace(sleep=slept.append))
    return slept


def test_they_have_full_jitter(
    slept: list[float], http_server: HttpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits: list[tuple[float, float]] = []

    def record(low: float, high: float) -> float:
        limits.append((low, high))
        return high / 2

    monkeypatch.setattr(random, "uniform", record)
    http_server.script(*unavailable(4))
    assert get_http_session(max_retries=4, backoff_factor=0.5).get(http_server.url).ok
    assert limits == [(0, 0.5), (0, 1.0), (0, 2.0), (0, 4.0)]
    assert slept == [0.25, 0.5, 1.0, 2.0]


def test_they_are_never_shorter_than_the_server_asks(slept: list[float], http_server: HttpServer) -> None:
    http_server.script(*unavailable(1, Retry_After="7"))
    assert get_http_session(backoff_factor=1).get(http_server.url).ok
    assert len(slept) == 1
    assert 7 <= slept[0] <= 8


def test_a_date_is_understood(slept: list[float], http_server: HttpServer) -> None:
    date = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() + 30))
    http_server.script(*unavailable(1, Retry_After=date))
    assert get_http_session(backoff_factor=0).get(http_server.url).ok
    assert len(slept) == 1
    assert 25 < slept[0] <= 30
