"""Other settings give another HTTP session, and what one caller does never reaches another."""

from collections.abc import Callable

import pytest
import requests
from requests.auth import HTTPBasicAuth

from shared_clients import configure, get_http_session
from shared_clients.errors import ConfigurationError, SharedStateError
from tests.shared_clients.servers.counting_http import Response
from tests.shared_clients.servers.http_server import HttpServer, unavailable


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
def test_other_settings_give_another_session(setting: dict[str, object]) -> None:
    get: Callable[..., requests.Session] = get_http_session
    assert get(**setting) is not get()
    assert get(**setting) is get(**setting)


def test_equal_settings_give_the_same_session() -> None:
    assert get_http_session(headers={"X-Team": "blue"}) is get_http_session(headers={"X-Team": "blue"})
    assert get_http_session(timeout=30.0, allowed_methods=["get"]) is get_http_session(
        allowed_methods={"GET"}
    )


def test_a_headers_name_is_the_same_in_capitals(http_server: HttpServer) -> None:
    session = get_http_session(headers={"X-Team": "blue"})
    assert get_http_session(headers={"x-team": "blue"}) is session
    assert get_http_session(headers={"x-team": "Blue"}) is not session
    assert "X-Team" in session.headers
    assert session.get(http_server.url).json()["headers"]["x-team"] == "blue"


def test_seconds_are_the_same_with_and_without_a_fraction() -> None:
    assert get_http_session(timeout=7) is get_http_session(timeout=7.0)
    assert get_http_session(timeout=(1, None)) is get_http_session(timeout=(1.0, None))
    assert get_http_session(backoff_factor=2) is get_http_session(backoff_factor=2.0)


def test_what_equals_the_default_is_the_default() -> None:
    assert get_http_session(timeout=30.0, max_retries=3) is get_http_session()


def test_settings_reach_the_requests(http_server: HttpServer) -> None:
    session = get_http_session(headers={"X-Team": "blue"}, auth=("user", "secret"))
    sent = session.get(http_server.url).json()["headers"]
    assert sent["x-team"] == "blue"
    assert sent["authorization"].startswith("Basic ")
    assert sent["user-agent"].startswith("python-requests/")
    assert "authorization" not in get_http_session().get(http_server.url).json()["headers"]


def test_proxies_reach_the_requests(http_server: HttpServer) -> None:
    session = get_http_session(proxies={"http": http_server.url})
    assert session.get("http://example.invalid/there").json()["headers"]["host"] == "example.invalid"


def test_configured_defaults_apply(http_server: HttpServer) -> None:
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
        {"timeout": float("inf")},
        {"timeout": (1, float("inf"))},
        {"backoff_factor": float("nan")},
        {"allowed_methods": "POST"},
        {"allowed_methods": 5},
        {"allowed_methods": [5]},
        {"headers": 5},
        {"headers": {"X-Team": 5}},
        {"headers": {"X-Team": "blue\r\nX-Admin: yes"}},
        {"headers": {5: "blue"}},
        {"proxies": "http://127.0.0.1:3128"},
        {"proxies": {"https": 3128}},
        {"auth": "user:secret"},
        {"auth": ("user", None)},
        {"verify": None},
        {"verify": 1},
        {"verify": ""},
        {"cert": 5},
        {"cert": ("/certificates/client.pem",)},
    ],
)
def test_a_value_that_makes_no_sense_is_refused(setting: dict[str, object]) -> None:
    get: Callable[..., requests.Session] = get_http_session
    (name,) = setting
    with pytest.raises(ConfigurationError, match=rf"get_http_session\({name}=\.\.\.\) is "):
        get(**setting)


def test_a_single_method_is_named_in_a_collection() -> None:
    get: Callable[..., requests.Session] = get_http_session
    with pytest.raises(ConfigurationError, match=r"is 'POST'; give the names of methods in a list"):
        get(allowed_methods="POST")


def test_secrets_do_not_show() -> None:
    get: Callable[..., requests.Session] = get_http_session
    with pytest.raises(ConfigurationError, match="of type list") as refusal:
        get(headers=[("X-Key", "hidden-key")])
    assert "hidden" not in str(refusal.value)
    with pytest.raises(ConfigurationError, match="of type str") as refusal:
        get(auth="user:hidden")
    assert "hidden" not in str(refusal.value)
    session = get_http_session(
        auth=("user", "hidden-secret"),
        headers={"X-Key": "hidden-key"},
        proxies={"https": "http://user:hidden@127.0.0.1:1"},
    )
    assert "hidden" not in f"{session!r} {session.headers!r} {session.proxies!r}"


def test_without_pooling_a_session_has_the_same_settings(http_server: HttpServer) -> None:
    configure(pooling="off", http_retries=1, http_backoff=0.0)
    http_server.script(*unavailable(5))
    first, second = get_http_session(), get_http_session()
    assert first is not second
    assert first.get(http_server.url).status_code == 503
    assert len(http_server.requests) == 2
    for session in (first, second):
        session.headers["X-Team"] = "blue"
        session.close()


def test_cookies_do_not_reach_another_caller(http_server: HttpServer) -> None:
    answer = get_http_session().get(f"{http_server.url}/cookie", params={"login": "secret"})
    assert answer.cookies["login"] == "secret"
    assert "cookie" not in get_http_session().get(http_server.url).json()["headers"]
    assert not list(get_http_session().cookies)


def test_a_requests_own_cookies_are_sent_once(http_server: HttpServer) -> None:
    session = get_http_session()
    sent = session.get(http_server.url, cookies={"login": "secret"}).json()["headers"]
    assert sent["cookie"] == "login=secret"
    assert "cookie" not in session.get(http_server.url).json()["headers"]


def test_redirects_keep_the_cookies_set_on_the_way(http_server: HttpServer) -> None:
    http_server.script(Response(302, headers={"Location": "/inside", "Set-Cookie": "login=secret; Path=/"}))
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
        lambda session: delattr(session, "auth"),
        lambda session: setattr(session.get_adapter("http://example.com"), "timeout", 1),
        lambda session: session.proxies.update(http="http://127.0.0.1:1"),
        lambda session: session.proxies.__setitem__("http", "http://127.0.0.1:1"),
        lambda session: session.params.update(key="secret"),
        lambda session: session.params.setdefault("key", "secret"),
        lambda session: session.hooks["response"].append(print),
        lambda session: session.hooks.pop("response"),
        lambda session: session.adapters.clear(),
        lambda session: session.adapters.__delitem__("http://"),
    ],
)
def test_a_change_for_everyone_is_refused(
    change: Callable[[requests.Session], object], http_server: HttpServer
) -> None:
    before = get_http_session().get(http_server.url).json()
    with pytest.raises(SharedStateError, match="or to get_http_session"):
        change(get_http_session())
    after = get_http_session().get(http_server.url).json()
    assert (after["headers"], after["query"]) == (before["headers"], {})


def test_a_request_may_bring_its_own_settings(http_server: HttpServer) -> None:
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
