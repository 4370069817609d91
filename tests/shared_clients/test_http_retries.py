"""Which HTTP requests are tried again, against a server that fails as it is told."""

import pytest
import requests
from urllib3.connection import HTTPConnection

from shared_clients import get_http_session
from tests.shared_clients.servers.counting_http import Response
from tests.shared_clients.servers.http_server import HttpServer, unavailable
from tests.shared_clients.servers.process import HOST, free_port

IDEMPOTENT = ("delete", "get", "head", "options", "put")
NOT_IDEMPOTENT = ("patch", "post")
pytestmark = pytest.mark.usefixtures("instant_retries")


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("headers", [{}, {"Retry-After": "1"}, {"Retry-After": "soon"}])
@pytest.mark.parametrize("verb", IDEMPOTENT)
def test_idempotent_requests_are_tried_again(
    verb: str, headers: dict[str, str], status: int, http_server: HttpServer
) -> None:
    http_server.script(*[Response(status, headers=headers)] * 3)
    assert getattr(get_http_session(), verb)(http_server.url).status_code == 200
    assert len(http_server.requests) == 4


@pytest.mark.parametrize("verb", NOT_IDEMPOTENT)
@pytest.mark.parametrize("answer", [*unavailable(1), *unavailable(1, Retry_After="1"), Response(429)])
def test_other_requests_are_not(answer: Response, verb: str, http_server: HttpServer) -> None:
    http_server.script(answer)
    assert getattr(get_http_session(), verb)(http_server.url).status_code == answer.status
    assert len(http_server.requests) == 1


def test_other_requests_are_when_asked(http_server: HttpServer) -> None:
    http_server.script(*unavailable(2), Response(drop=True))
    session = get_http_session(allowed_methods=["post"])
    assert session.post(http_server.url, json={"n": 1}).json()["body"] == '{"n": 1}'
    assert len(http_server.requests) == 4


@pytest.mark.parametrize("status", [200, 400, 404, 413, 500, 502, 504])
def test_other_answers_are_returned(status: int, http_server: HttpServer) -> None:
    http_server.script(Response(status, headers={"Retry-After": "1"}))
    assert get_http_session().get(http_server.url).status_code == status
    assert len(http_server.requests) == 1


def test_the_last_answer_is_returned(http_server: HttpServer) -> None:
    http_server.script(*unavailable(9, X_Last="no"))
    answer = get_http_session(max_retries=2).get(http_server.url)
    assert (answer.status_code, answer.headers["X-Last"]) == (503, "no")
    assert len(http_server.requests) == 3


def test_a_lost_connection_is_tried_again(http_server: HttpServer) -> None:
    http_server.script(Response(drop=True), Response(drop=True))
    assert get_http_session().get(http_server.url).ok
    assert len(http_server.requests) == 3


def test_a_lost_connection_of_a_post_is_not(http_server: HttpServer) -> None:
    http_server.script(Response(drop=True))
    with pytest.raises(requests.ConnectionError):
        get_http_session().post(http_server.url)
    assert len(http_server.requests) == 1


@pytest.mark.parametrize(("verb", "attempts"), [("get", 4), ("post", 1)])
def test_a_refused_connection(verb: str, attempts: int, monkeypatch: pytest.MonkeyPatch) -> None:
    connect = HTTPConnection.connect
    hosts: list[str] = []

    def count(connection: HTTPConnection) -> None:
        hosts.append(connection.host)
        connect(connection)

    monkeypatch.setattr(HTTPConnection, "connect", count)
    with pytest.raises(requests.ConnectionError, match="refused"):
        getattr(get_http_session(), verb)(f"http://{HOST}:{free_port()}")
    assert hosts == [HOST] * attempts


def test_a_failed_certificate_is_not_tried_again(http_server: HttpServer) -> None:
    with pytest.raises(requests.exceptions.SSLError):
        get_http_session().get(f"https://{http_server.address}")
    assert http_server.connections == 1


def test_without_retries_there_is_one_attempt(http_server: HttpServer) -> None:
    http_server.script(*unavailable(2))
    assert get_http_session(max_retries=0).get(http_server.url).status_code == 503
    assert len(http_server.requests) == 1


def test_a_server_that_asks_for_an_hour_gets_no_second_request(http_server: HttpServer) -> None:
    http_server.script(*unavailable(1, Retry_After="3600"))
    assert get_http_session().get(http_server.url).status_code == 503
    assert len(http_server.requests) == 1


def test_instant_retries_are_bounded(http_server: HttpServer) -> None:
    http_server.script(*unavailable(50))
    assert get_http_session(max_retries=40).get(http_server.url).status_code == 503
    assert len(http_server.requests) == 5
