"""The verbs of `requests`, sent through the shared session."""

import pytest

import shared_clients
from shared_clients import http_pool
from tests.shared_clients.servers.http_server import HttpServer

VERBS = ("delete", "get", "head", "options", "patch", "post", "put")


@pytest.mark.parametrize("verb", VERBS)
def test_each_sends_its_method_through_the_shared_session(verb: str, http_server: HttpServer) -> None:
    for _ in range(2):
        assert getattr(http_pool, verb)(http_server.url, headers={"X-Team": "blue"}).ok
    (first, second) = http_server.requests
    assert first.method == verb.upper()
    assert first.headers["x-team"] == "blue"
    assert first.connection == second.connection


def test_arguments_by_position_go_where_requests_puts_them(http_server: HttpServer) -> None:
    url = http_server.url
    assert http_pool.get(url, {"page": "2"}).json()["query"] == {"page": "2"}
    assert http_pool.post(url, "text").json()["body"] == "text"
    assert http_pool.post(url, None, {"n": 1}).json()["body"] == '{"n": 1}'
    assert http_pool.put(url, b"text").json()["body"] == "text"
    assert http_pool.patch(url, {"n": "1"}).json()["body"] == "n=1"
    assert http_pool.request("PUT", url, data="text").json()["method"] == "PUT"
    with pytest.raises(TypeError, match="takes 1 arguments by position"):
        http_pool.get(url, {}, {})  # type: ignore[call-arg]  # what a type checker would refuse


def test_head_does_not_follow_redirects(http_server: HttpServer) -> None:
    assert http_pool.head(f"{http_server.url}/redirect?to=/there").status_code == 302
    assert http_pool.get(f"{http_server.url}/redirect?to=/there").json()["path"] == "/there"


def test_files_can_be_sent(http_server: HttpServer) -> None:
    sent = http_pool.post(http_server.url, files={"report": ("report.txt", b"figures")}).json()
    assert "figures" in sent["body"]
    assert sent["headers"]["content-type"].startswith("multipart/form-data")


def test_the_package_exports_the_getter() -> None:
    assert shared_clients.get_http_session is http_pool.get_http_session
