"""Shared HTTP sessions against a real server: one for all threads, and nothing leaks between callers."""

import gc
import os
import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from types import SimpleNamespace
from unittest import mock

import pytest
import requests
from requests.auth import HTTPBasicAuth
from urllib3.connection import HTTPConnection

import shared_clients
from shared_clients import close_all_clients, configure, get_http_session, http_pool, pool_stats
from shared_clients._delays import DELAYS
from shared_clients.errors import ConfigurationError, PicklingError, SharedStateError
from tests.shared_clients.helpers import in_child
from tests.shared_clients.servers.counting_http import Response
from tests.shared_clients.servers.http_server import HttpServer
from tests.shared_clients.servers.process import HOST, free_port

THREADS = 20
IDEMPOTENT = ("delete", "get", "head", "options", "put")
NOT_IDEMPOTENT = ("patch", "post")


@pytest.fixture(autouse=True)
def closed_afterwards() -> Iterator[None]:
    yield
    close_all_clients()


@pytest.fixture
def no_delays() -> Iterator[None]:
    with DELAYS.skipped(attempts=10):
        yield


def unavailable(count: int, **headers: str) -> list[Response]:
    return [Response(503, headers={name.replace("_", "-"): value for name, value in headers.items()})] * count


def in_threads(work: Callable[[int], object]) -> list[object]:
    """Call `work` in as many threads as there are, all at once."""
    start = Barrier(THREADS)

    def together(number: int) -> object:
        start.wait()
        return work(number)

    with ThreadPoolExecutor(THREADS) as threads:
        return list(threads.map(together, range(THREADS)))


def wait_until(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 10
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)
    return condition()


class TestSharing:
    def test_all_threads_get_one_session(self) -> None:
        assert len(set(map(id, in_threads(lambda _: get_http_session())))) == 1

    def test_it_is_a_session_of_requests(self) -> None:
        assert isinstance(get_http_session(), requests.Session)

    def test_threads_get_the_answers_to_their_own_questions(self, http_server: HttpServer) -> None:
        def ask(number: int) -> list[str]:
            return [
                get_http_session()
                .get(http_server.url, params={"asked": f"{number}-{n}"})
                .json()["query"]["asked"]
                for n in range(10)
            ]

        assert in_threads(ask) == [[f"{number}-{n}" for n in range(10)] for number in range(THREADS)]

    def test_threads_use_one_anothers_connections(self, http_server: HttpServer) -> None:
        in_threads(lambda _: get_http_session().get(http_server.url))
        opened = http_server.connections
        assert opened <= THREADS
        in_threads(lambda _: get_http_session().get(http_server.url))
        for _ in range(3):
            get_http_session().get(http_server.url)
        assert http_server.connections <= THREADS
        assert len(http_server.requests) == 2 * THREADS + 3

    def test_one_thread_uses_one_connection(self, http_server: HttpServer) -> None:
        for _ in range(5):
            get_http_session().get(http_server.url)
        assert http_server.connections == 1

    def test_more_threads_than_connections_do_not_block(
        self, http_server: HttpServer, caplog: pytest.LogCaptureFixture
    ) -> None:
        session = get_http_session(pool_maxsize=2)
        unread = [session.get(f"{http_server.url}/{n}", stream=True) for n in range(4)]
        assert [answer.json()["path"] for answer in unread] == ["/0", "/1", "/2", "/3"]
        assert "Connection pool is full" in caplog.text

    def test_connections_of_all_threads_can_be_closed(self, http_server: HttpServer) -> None:
        barrier = Barrier(THREADS)

        def ask(_: int) -> None:
            with get_http_session().get(http_server.url, stream=True) as answer:
                barrier.wait()
                assert answer.json()

        in_threads(ask)
        assert http_server.connections == THREADS
        assert http_server.open_connections >= THREADS
        close_all_clients()
        assert wait_until(lambda: http_server.open_connections == 0)

    def test_after_closing_the_getter_gives_a_new_session(self, http_server: HttpServer) -> None:
        before = get_http_session()
        close_all_clients()
        assert get_http_session() is not before
        assert get_http_session().get(http_server.url).ok

    def test_a_borrower_does_not_close_it(
        self, http_server: HttpServer, caplog: pytest.LogCaptureFixture
    ) -> None:
        refused = pool_stats()["http"].closes_refused
        with get_http_session() as session:
            session.get(http_server.url)
        session.close()
        session.get(http_server.url)
        assert http_server.connections == 1
        assert pool_stats()["http"].closes_refused == refused + 2
        assert "close() on a shared http client" in caplog.text

    def test_it_cannot_be_pickled(self) -> None:
        import pickle  # noqa: PLC0415

        with pytest.raises(PicklingError, match="call the getter in the worker"):
            pickle.dumps(get_http_session())

    def test_stats_count_connections_in_use(self, http_server: HttpServer) -> None:
        with get_http_session().get(http_server.url, stream=True):
            assert pool_stats()["http"].http_connections_in_use == 1
        get_http_session().get(http_server.url)
        assert pool_stats()["http"].http_connections_in_use == 0

    def test_a_patched_class_takes_effect(self) -> None:
        with mock.patch("requests.Session") as patched:
            assert get_http_session() is patched.return_value
        patched.assert_called_once_with()

    def test_a_connection_that_the_server_closed_is_replaced(self, http_server: HttpServer) -> None:
        http_server.script(Response(headers={"Connection": "close"}))
        get_http_session().post(http_server.url)
        wait_until(lambda: http_server.open_connections == 0)
        assert get_http_session().post(http_server.url).ok
        assert http_server.connections == 2

    def test_a_session_that_the_pool_dropped_and_nobody_holds_gives_back_its_connections(
        self, http_server: HttpServer
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


class TestForks:
    @pytest.mark.parametrize("again", [True, False], ids=["asks again", "uses what it inherited"])
    def test_parent_and_child_never_exchange_responses(self, http_server: HttpServer, *, again: bool) -> None:
        borrowed = get_http_session()

        def ask(session: requests.Session, text: str) -> bool:
            return bool(session.post(http_server.url, data=text).json()["body"] == text)

        def child() -> str:
            own = get_http_session() if again else borrowed
            return str(all(ask(own, f"child {os.getpid()} {number}") for number in range(300)))

        assert all(in_threads(lambda number: ask(borrowed, f"before {number}")))
        answers: list[str] = []
        children = [threading.Thread(target=lambda: answers.append(in_child(child))) for _ in range(2)]
        for thread in children:
            thread.start()
        while any(thread.is_alive() for thread in children):
            assert all(ask(borrowed, f"parent {number}") for number in range(100))
        assert answers == ["True", "True"]

    def test_a_child_gets_a_session_of_its_own(self, http_server: HttpServer) -> None:
        inherited = get_http_session()
        inherited.get(http_server.url)
        assert (
            in_child(lambda: f"{get_http_session() is inherited} {pool_stats()['http'].clients}") == "False 1"
        )
        assert inherited.get(http_server.url).json()["connection"] == http_server.requests[0].connection


class TestSettings:
    @pytest.mark.parametrize(
        "setting",
        [
            {"timeout": 7},
            {"timeout": (1, 7)},
            {"max_retries": 0},
            {"backoff_factor": 2.0},
            {"allowed_methods": ["GET"]},
            {"pool_connections": 3},
            {"pool_maxsize": 3},
            {"headers": {"X-Team": "blue"}},
            {"auth": ("user", "secret")},
            {"auth": HTTPBasicAuth("user", "secret")},
            {"proxies": {"https": "http://127.0.0.1:3128"}},
            {"verify": False},
            {"cert": "/certificates/client.pem"},
        ],
    )
    def test_other_settings_give_another_session(self, setting: dict[str, object]) -> None:
        get: Callable[..., requests.Session] = get_http_session
        assert get(**setting) is not get()
        assert get(**setting) is get(**setting)

    def test_equal_settings_give_the_same_session(self) -> None:
        assert get_http_session(headers={"X-Team": "blue"}) is get_http_session(headers={"X-Team": "blue"})
        assert get_http_session(timeout=30.0, allowed_methods=["get"]) is get_http_session(
            allowed_methods={"GET"}
        )

    def test_what_equals_the_default_is_the_default(self) -> None:
        assert get_http_session(timeout=30.0, max_retries=3) is get_http_session()

    def test_settings_reach_the_requests(self, http_server: HttpServer) -> None:
        session = get_http_session(headers={"X-Team": "blue"}, auth=("user", "secret"))
        sent = session.get(http_server.url).json()["headers"]
        assert sent["x-team"] == "blue"
        assert sent["authorization"].startswith("Basic ")
        assert sent["user-agent"].startswith("python-requests/")
        assert "authorization" not in get_http_session().get(http_server.url).json()["headers"]

    def test_proxies_reach_the_requests(self, http_server: HttpServer) -> None:
        session = get_http_session(proxies={"http": http_server.url})
        assert session.get("http://example.invalid/there").json()["headers"]["host"] == "example.invalid"

    def test_configured_defaults_apply(self, http_server: HttpServer) -> None:
        before = get_http_session()
        configure(http_retries=1, http_backoff=0.0)
        http_server.script(*unavailable(5))
        assert get_http_session() is not before
        assert get_http_session().get(http_server.url).status_code == 503
        assert len(http_server.requests) == 2

    @pytest.mark.parametrize(
        "setting",
        [
            {"timeout": 0},
            {"timeout": -1},
            {"timeout": "soon"},
            {"timeout": (None, None)},
            {"max_retries": -1},
            {"max_retries": 1.5},
            {"backoff_factor": -0.1},
            {"pool_connections": 0},
            {"pool_maxsize": True},
        ],
    )
    def test_a_value_that_makes_no_sense_is_refused(self, setting: dict[str, object]) -> None:
        get: Callable[..., requests.Session] = get_http_session
        (name,) = setting
        with pytest.raises(ConfigurationError, match=rf"get_http_session\({name}=\.\.\.\) is "):
            get(**setting)

    def test_secrets_do_not_show(self) -> None:
        session = get_http_session(auth=("user", "hidden-secret"), headers={"X-Key": "hidden-key"})
        assert "hidden" not in repr(session)

    def test_without_pooling_a_session_has_the_same_settings(self, http_server: HttpServer) -> None:
        configure(pooling="off", http_retries=1, http_backoff=0.0)
        http_server.script(*unavailable(5))
        first, second = get_http_session(), get_http_session()
        assert first is not second
        assert first.get(http_server.url).status_code == 503
        assert len(http_server.requests) == 2
        for session in (first, second):
            session.headers["X-Team"] = "blue"
            session.close()


class TestNothingLeaks:
    def test_cookies_do_not_reach_another_caller(self, http_server: HttpServer) -> None:
        answer = get_http_session().get(f"{http_server.url}/cookie", params={"login": "secret"})
        assert answer.cookies["login"] == "secret"
        assert "cookie" not in get_http_session().get(http_server.url).json()["headers"]
        assert not list(get_http_session().cookies)

    def test_a_requests_own_cookies_are_sent_once(self, http_server: HttpServer) -> None:
        session = get_http_session()
        sent = session.get(http_server.url, cookies={"login": "secret"}).json()["headers"]
        assert sent["cookie"] == "login=secret"
        assert "cookie" not in session.get(http_server.url).json()["headers"]

    def test_redirects_keep_the_cookies_set_on_the_way(self, http_server: HttpServer) -> None:
        http_server.script(
            Response(302, headers={"Location": "/inside", "Set-Cookie": "login=secret; Path=/"})
        )
        assert get_http_session().get(http_server.url).json()["headers"]["cookie"] == "login=secret"
        assert "cookie" not in get_http_session().get(http_server.url).json()["headers"]

    @pytest.mark.parametrize(
        "change",
        [
            lambda session: session.headers.update({"Authorization": "secret"}),
            lambda session: session.headers.__setitem__("Authorization", "secret"),
            lambda session: session.headers.pop("User-Agent"),
            lambda session: session.cookies.set("login", "secret"),
            lambda session: session.cookies.update({"login": "secret"}),
            lambda session: setattr(session, "auth", ("user", "secret")),
            lambda session: setattr(session, "headers", {}),
            lambda session: setattr(session, "verify", False),
            lambda session: session.mount("https://", requests.adapters.HTTPAdapter()),
        ],
    )
    def test_a_change_for_everyone_is_refused(
        self, change: Callable[[requests.Session], object], http_server: HttpServer
    ) -> None:
        before = get_http_session().get(http_server.url).json()["headers"]
        with pytest.raises(SharedStateError, match="or to get_http_session"):
            change(get_http_session())
        assert get_http_session().get(http_server.url).json()["headers"] == before

    @pytest.mark.parametrize(
        "change",
        [
            lambda session: session.proxies.update(http="http://127.0.0.1:1"),
            lambda session: session.params.update(key="secret"),
            lambda session: session.hooks["response"].append(print),
            lambda session: session.adapters.clear(),
        ],
    )
    def test_containers_are_fixed(
        self, change: Callable[[requests.Session], object], http_server: HttpServer
    ) -> None:
        with pytest.raises(AttributeError):
            change(get_http_session())
        assert get_http_session().get(http_server.url).json()["query"] == {}

    def test_a_request_may_bring_its_own_settings(self, http_server: HttpServer) -> None:
        seen: list[int] = []
        answer = get_http_session().get(
            http_server.url,
            params={"page": "2"},
            headers={"User-Agent": "mine", "Accept": None},
            auth=("user", "secret"),
            hooks={"response": [lambda response, **_: seen.append(response.status_code)]},
            verify=False,
            proxies={"https": "http://127.0.0.1:1"},
        )
        sent = answer.json()
        assert (sent["query"], sent["headers"]["user-agent"], seen) == ({"page": "2"}, "mine", [200])
        assert "accept" not in sent["headers"]


class TestTimeouts:
    def test_the_default_applies_to_every_verb(self, http_server: HttpServer) -> None:
        configure(http_timeout=0.1)
        for verb in (*IDEMPOTENT, *NOT_IDEMPOTENT):
            with pytest.raises(requests.ReadTimeout):
                getattr(http_pool, verb)(f"{http_server.url}?seconds=1")
        assert len(http_server.requests) == len(IDEMPOTENT + NOT_IDEMPOTENT)

    def test_the_default_applies_to_prepared_requests(self, http_server: HttpServer) -> None:
        session = get_http_session(timeout=0.1)
        prepared = session.prepare_request(requests.Request("GET", f"{http_server.url}?seconds=1"))
        with pytest.raises(requests.ReadTimeout):
            session.send(prepared)

    def test_a_request_may_wait_longer(self, http_server: HttpServer) -> None:
        session = get_http_session(timeout=0.1)
        for timeout in (5, (1, 5), (None, None)):
            assert session.get(f"{http_server.url}?seconds=0.2", timeout=timeout).ok

    def test_a_read_timeout_is_not_tried_again(self, http_server: HttpServer) -> None:
        with pytest.raises(requests.ReadTimeout):
            get_http_session(timeout=(5, 0.1)).get(f"{http_server.url}?seconds=1")
        assert len(http_server.requests) == 1


@pytest.mark.usefixtures("no_delays")
class TestRetries:
    @pytest.mark.parametrize("status", [429, 503])
    @pytest.mark.parametrize("headers", [{}, {"Retry-After": "1"}, {"Retry-After": "soon"}])
    @pytest.mark.parametrize("verb", IDEMPOTENT)
    def test_idempotent_requests_are_tried_again(
        self, verb: str, headers: dict[str, str], status: int, http_server: HttpServer
    ) -> None:
        http_server.script(*[Response(status, headers=headers)] * 3)
        assert getattr(get_http_session(), verb)(http_server.url).status_code == 200
        assert len(http_server.requests) == 4

    @pytest.mark.parametrize("verb", NOT_IDEMPOTENT)
    @pytest.mark.parametrize("answer", [*unavailable(1), *unavailable(1, Retry_After="1"), Response(429)])
    def test_other_requests_are_not(self, answer: Response, verb: str, http_server: HttpServer) -> None:
        http_server.script(answer)
        assert getattr(get_http_session(), verb)(http_server.url).status_code == answer.status
        assert len(http_server.requests) == 1

    def test_other_requests_are_when_asked(self, http_server: HttpServer) -> None:
        http_server.script(*unavailable(2), Response(drop=True))
        session = get_http_session(allowed_methods=["post"])
        assert session.post(http_server.url, json={"n": 1}).json()["body"] == '{"n": 1}'
        assert len(http_server.requests) == 4

    @pytest.mark.parametrize("status", [200, 400, 404, 413, 500, 502, 504])
    def test_other_answers_are_returned(self, status: int, http_server: HttpServer) -> None:
        http_server.script(Response(status, headers={"Retry-After": "1"}))
        assert get_http_session().get(http_server.url).status_code == status
        assert len(http_server.requests) == 1

    def test_the_last_answer_is_returned(self, http_server: HttpServer) -> None:
        http_server.script(*unavailable(9, X_Last="no"))
        answer = get_http_session(max_retries=2).get(http_server.url)
        assert (answer.status_code, answer.headers["X-Last"]) == (503, "no")
        assert len(http_server.requests) == 3

    def test_a_lost_connection_is_tried_again(self, http_server: HttpServer) -> None:
        http_server.script(Response(drop=True), Response(drop=True))
        assert get_http_session().get(http_server.url).ok
        assert len(http_server.requests) == 3

    def test_a_lost_connection_of_a_post_is_not(self, http_server: HttpServer) -> None:
        http_server.script(Response(drop=True))
        with pytest.raises(requests.ConnectionError):
            get_http_session().post(http_server.url)
        assert len(http_server.requests) == 1

    @pytest.mark.parametrize(("verb", "attempts"), [("get", 4), ("post", 1)])
    def test_a_refused_connection(self, verb: str, attempts: int, monkeypatch: pytest.MonkeyPatch) -> None:
        connect = HTTPConnection.connect
        hosts: list[str] = []

        def count(connection: HTTPConnection) -> None:
            hosts.append(connection.host)
            connect(connection)

        monkeypatch.setattr(HTTPConnection, "connect", count)
        with pytest.raises(requests.ConnectionError, match="refused"):
            getattr(get_http_session(), verb)(f"http://{HOST}:{free_port()}")
        assert hosts == [HOST] * attempts

    def test_a_failed_certificate_is_not_tried_again(self, http_server: HttpServer) -> None:
        with pytest.raises(requests.exceptions.SSLError):
            get_http_session().get(f"https://{http_server.address}")
        assert http_server.connections == 1

    def test_without_retries_there_is_one_attempt(self, http_server: HttpServer) -> None:
        http_server.script(*unavailable(2))
        assert get_http_session(max_retries=0).get(http_server.url).status_code == 503
        assert len(http_server.requests) == 1

    def test_a_server_that_asks_for_an_hour_gets_no_second_request(self, http_server: HttpServer) -> None:
        http_server.script(*unavailable(1, Retry_After="3600"))
        assert get_http_session().get(http_server.url).status_code == 503
        assert len(http_server.requests) == 1

    def test_instant_retries_are_bounded(self, http_server: HttpServer) -> None:
        http_server.script(*unavailable(50))
        assert get_http_session(max_retries=40).get(http_server.url).status_code == 503
        assert len(http_server.requests) == 10


class TestDelays:
    @pytest.fixture
    def slept(self, monkeypatch: pytest.MonkeyPatch) -> list[float]:
        slept: list[float] = []
        monkeypatch.setattr("shared_clients._http_session.time", SimpleNamespace(sleep=slept.append))
        return slept

    def test_they_have_full_jitter(
        self, slept: list[float], http_server: HttpServer, monkeypatch: pytest.MonkeyPatch
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

    def test_they_are_never_shorter_than_the_server_asks(
        self, slept: list[float], http_server: HttpServer
    ) -> None:
        http_server.script(*unavailable(1, Retry_After="7"))
        assert get_http_session(backoff_factor=1).get(http_server.url).ok
        assert len(slept) == 1
        assert 7 <= slept[0] <= 8

    def test_a_date_is_understood(self, slept: list[float], http_server: HttpServer) -> None:
        date = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() + 30))
        http_server.script(*unavailable(1, Retry_After=date))
        assert get_http_session(backoff_factor=0).get(http_server.url).ok
        assert len(slept) == 1
        assert 25 < slept[0] <= 30


class TestVerbs:
    @pytest.mark.parametrize("verb", [*IDEMPOTENT, *NOT_IDEMPOTENT])
    def test_each_sends_its_method_through_the_shared_session(
        self, verb: str, http_server: HttpServer
    ) -> None:
        for _ in range(2):
            assert getattr(http_pool, verb)(http_server.url, headers={"X-Team": "blue"}).ok
        (first, second) = http_server.requests
        assert first.method == verb.upper()
        assert first.headers["x-team"] == "blue"
        assert first.connection == second.connection

    def test_arguments_by_position_go_where_requests_puts_them(self, http_server: HttpServer) -> None:
        url = http_server.url
        assert http_pool.get(url, {"page": "2"}).json()["query"] == {"page": "2"}
        assert http_pool.post(url, "text").json()["body"] == "text"
        assert http_pool.post(url, None, {"n": 1}).json()["body"] == '{"n": 1}'
        assert http_pool.put(url, b"text").json()["body"] == "text"
        assert http_pool.patch(url, {"n": "1"}).json()["body"] == "n=1"
        assert http_pool.request("PUT", url, data="text").json()["method"] == "PUT"
        with pytest.raises(TypeError, match="takes 1 arguments by position"):
            http_pool.get(url, {}, {})  # type: ignore[call-arg]  # what a type checker would refuse

    def test_head_does_not_follow_redirects(self, http_server: HttpServer) -> None:
        assert http_pool.head(f"{http_server.url}/redirect?to=/there").status_code == 302
        assert http_pool.get(f"{http_server.url}/redirect?to=/there").json()["path"] == "/there"

    def test_files_can_be_sent(self, http_server: HttpServer) -> None:
        sent = http_pool.post(http_server.url, files={"report": ("report.txt", b"figures")}).json()
        assert "figures" in sent["body"]
        assert sent["headers"]["content-type"].startswith("multipart/form-data")

    def test_the_package_exports_the_getter(self) -> None:
        assert shared_clients.get_http_session is http_pool.get_http_session
