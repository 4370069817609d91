"""The HTTP connections of clients that a forked child inherits: each process talks over its own."""

import os
import threading
from typing import Any

import pytest
from google.auth.credentials import AnonymousCredentials

from shared_clients import get_bigquery_client
from tests.shared_clients.helpers import PATIENCE_SECONDS, at_once, in_child
from tests.shared_clients.servers.http_server import HttpServer

CREDENTIALS = AnonymousCredentials()


def client() -> Any:
    return get_bigquery_client("p", credentials=CREDENTIALS)


def ask(borrowed: Any, server: HttpServer, text: str) -> bool:
    return bool(borrowed._http.post(server.url, data=text).json()["body"] == text)


@pytest.mark.parametrize("again", [True, False], ids=["asks again", "uses what it inherited"])
def test_parent_and_child_never_exchange_responses(http_server: HttpServer, *, again: bool) -> None:
    """Both talk over connections that were open at the fork; a naive pool gets another's answer."""
    borrowed = client()
    outcomes = at_once(4, lambda number: ask(borrowed, http_server, f"before {number}"))
    assert outcomes == [True] * 4

    def child() -> str:
        own = client() if again else borrowed
        right = [ask(own, http_server, f"child {os.getpid()} {number}") for number in range(300)]
        return str(all(right))

    answers: list[str] = []
    children = [threading.Thread(target=lambda: answers.append(in_child(child))) for _ in range(2)]
    for thread in children:
        thread.start()
    while any(thread.is_alive() for thread in children):
        assert all(at_once(4, lambda number: ask(borrowed, http_server, f"parent {number}")))
    assert answers == ["True", "True"]


def test_every_fork_takes_what_was_inherited_off_its_parents_connections(http_server: HttpServer) -> None:
    borrowed = client()

    def grandchild() -> str:
        return str(ask(borrowed, http_server, "grandchild"))

    def child() -> str:
        return f"{ask(borrowed, http_server, 'child')} {in_child(grandchild)}"

    assert ask(borrowed, http_server, "parent")
    assert in_child(child) == "True True"
    assert ask(borrowed, http_server, "parent again")
    assert http_server.connections == 3


def lock_of_the_connections(borrowed: Any) -> Any:
    pools = borrowed._http.adapters["http://"].poolmanager.pools
    (host,) = pools.keys()
    return pools.get(host).pool.mutex


def test_a_child_that_lets_go_of_connections_waits_for_no_thread_of_its_parent(http_server: HttpServer) -> None:
    """To collect them would close them, and that takes the lock of the queue in which they wait."""
    borrowed = client()
    assert ask(borrowed, http_server, "before")
    mutex = lock_of_the_connections(borrowed)
    locked, release = threading.Event(), threading.Event()

    def hold() -> None:
        with mutex:
            locked.set()
            release.wait(PATIENCE_SECONDS)

    holder = threading.Thread(target=hold)
    holder.start()
    assert locked.wait(PATIENCE_SECONDS)
    answer = in_child(lambda: str(ask(borrowed, http_server, "child")), timeout=10)
    release.set()
    holder.join()
    assert answer == "True"


def test_the_session_that_fetches_tokens_is_the_childs_own_too() -> None:
    def connections(session: Any) -> int:
        return id(session.adapters["https://"].poolmanager)

    tokens = client()._http._auth_request.session
    inherited = connections(tokens)
    assert tokens.adapters["https://"]._pool_maxsize == 64
    assert tokens.adapters["https://"]._pool_block
    assert in_child(lambda: str(connections(tokens) == inherited)) == "False"
    assert connections(tokens) == inherited
