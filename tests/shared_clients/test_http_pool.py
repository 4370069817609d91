"""Shared HTTP sessions against a real server: one for all threads, forks and all."""

import gc
import os
import threading
import time
from collections.abc import Callable
from threading import Barrier
from unittest import mock

import pytest
import requests

from shared_clients import close_all_clients, configure, get_http_session, pool_stats
from shared_clients.errors import PicklingError
from tests.shared_clients.helpers import at_once, in_child
from tests.shared_clients.servers.counting_http import Response
from tests.shared_clients.servers.http_server import HttpServer

THREADS = 20


def wait_until(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 10
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)
    return condition()


def test_all_threads_get_one_session() -> None:
    assert len(set(map(id, at_once(THREADS, lambda _: get_http_session())))) == 1


def test_it_is_a_session_of_requests() -> None:
    assert isinstance(get_http_session(), requests.Session)


def test_threads_get_the_answers_to_their_own_questions(http_server: HttpServer) -> None:
    def ask(number: int) -> list[str]:
        return [
            get_http_session()
            .get(http_server.url, params={"asked": f"{number}-{n}"})
            .json()["query"]["asked"]
            for n in range(10)
        ]

    assert at_once(THREADS, ask) == [[f"{number}-{n}" for n in range(10)] for number in range(THREADS)]


def test_threads_use_one_anothers_connections(http_server: HttpServer) -> None:
    at_once(THREADS, lambda _: get_http_session().get(http_server.url))
    opened = http_server.connections
    assert opened <= THREADS
    at_once(THREADS, lambda _: get_http_session().get(http_server.url))
    for _ in range(3):
        get_http_session().get(http_server.url)
    assert http_server.connections <= THREADS
    assert len(http_server.requests) == 2 * THREADS + 3


def test_one_thread_uses_one_connection(http_server: HttpServer) -> None:
    for _ in range(5):
        get_http_session().get(http_server.url)
    assert http_server.connections == 1


def test_more_threads_than_connections_do_not_block(
    http_server: HttpServer, caplog: pytest.LogCaptureFixture
) -> None:
    session = get_http_session(pool_maxsize=2)
    unread = [session.get(f"{http_server.url}/{n}", stream=True) for n in range(4)]
    assert [answer.json()["path"] for answer in unread] == ["/0", "/1", "/2", "/3"]
    assert "Connection pool is full" in caplog.text


def test_connections_of_all_threads_can_be_closed(http_server: HttpServer) -> None:
    barrier = Barrier(THREADS)

    def ask(_: int) -> None:
        with get_http_session().get(http_server.url, stream=True) as answer:
            barrier.wait()
            assert answer.json()

    at_once(THREADS, ask)
    assert http_server.connections == THREADS
    assert http_server.open_connections >= THREADS
    close_all_clients()
    assert wait_until(lambda: http_server.open_connections == 0)


def test_after_closing_the_getter_gives_a_new_session(http_server: HttpServer) -> None:
    before = get_http_session()
    close_all_clients()
    assert get_http_session() is not before
    assert get_http_session().get(http_server.url).ok


def test_a_borrower_does_not_close_it(http_server: HttpServer, caplog: pytest.LogCaptureFixture) -> None:
    refused = pool_stats()["http"].closes_refused
    with get_http_session() as session:
        session.get(http_server.url)
    session.close()
    session.get(http_server.url)
    assert http_server.connections == 1
    assert pool_stats()["http"].closes_refused == refused + 2
    assert "close() on a shared http client" in caplog.text


def test_it_cannot_be_pickled() -> None:
    import pickle

    with pytest.raises(PicklingError, match="call the getter in the worker"):
        pickle.dumps(get_http_session())


def test_stats_count_connections_in_use(http_server: HttpServer) -> None:
    with get_http_session().get(http_server.url, stream=True):
        assert pool_stats()["http"].http_connections_in_use == 1
    get_http_session().get(http_server.url)
    assert pool_stats()["http"].http_connections_in_use == 0


def test_a_patched_class_takes_effect() -> None:
    with mock.patch("requests.Session") as patched:
        assert get_http_session() is patched.return_value
    patched.assert_called_once_with()


def test_a_connection_that_the_server_closed_is_replaced(http_server: HttpServer) -> None:
    http_server.script(Response(headers={"Connection": "close"}))
    get_http_session().post(http_server.url)
    wait_until(lambda: http_server.open_connections == 0)
    assert get_http_session().post(http_server.url).ok
    assert http_server.connections == 2


def test_a_session_that_the_pool_dropped_and_nobody_holds_gives_back_its_connections(
    http_server: HttpServer,
) -> None:
    configure(max_clients=1)
    get_http_session(timeout=7).get(http_server.url)
    held = get_http_session(timeout=8)
    held.get(http_server.url)
    get_http_session(timeout=9).get(http_server.url)
    gc.collect()
    pool_stats()
    assert wait_until(lambda: http_server.open_connections == 2)
    assert held.get(http_server.url).json()["connection"] == http_server.requests[1].connection


@pytest.mark.parametrize("again", [True, False], ids=["asks again", "uses what it inherited"])
def test_parent_and_child_never_exchange_responses(http_server: HttpServer, *, again: bool) -> None:
    borrowed = get_http_session()

    def ask(session: requests.Session, text: str) -> bool:
        return bool(session.post(http_server.url, data=text).json()["body"] == text)

    def child() -> str:
        own = get_http_session() if again else borrowed
        return str(all(ask(own, f"child {os.getpid()} {number}") for number in range(300)))

    assert all(at_once(THREADS, lambda number: ask(borrowed, f"before {number}")))
    answers: list[str] = []
    children = [threading.Thread(target=lambda: answers.append(in_child(child))) for _ in range(2)]
    for thread in children:
        thread.start()
    while any(thread.is_alive() for thread in children):
        assert all(ask(borrowed, f"parent {number}") for number in range(100))
    assert answers == ["True", "True"]


def test_a_child_gets_a_session_of_its_own(http_server: HttpServer) -> None:
    inherited = get_http_session()
    inherited.get(http_server.url)
    assert in_child(lambda: f"{get_http_session() is inherited} {pool_stats()['http'].clients}") == "False 1"
    assert inherited.get(http_server.url).json()["connection"] == http_server.requests[0].connection
