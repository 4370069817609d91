"""Which requests share a client."""

import copy
import dataclasses
import gc
import logging
from collections.abc import Callable
from typing import Any

import pytest
from google.api_core.client_info import ClientInfo
from google.api_core.client_options import ClientOptions
from google.auth.credentials import AnonymousCredentials
from google.cloud import bigquery, pubsub_v1
from hypothesis import given
from hypothesis import strategies as st

from shared_clients import (
    get_bigquery_client,
    get_firestore_client,
    get_pubsub_publisher,
    get_pubsub_subscriber,
    get_storage_client,
    pool_stats,
)
from shared_clients._key import Key, content_of, freeze
from shared_clients.errors import UnpoolableArgumentError

SECRET = "AIza-not-for-anyone"


@pytest.fixture
def anonymous() -> AnonymousCredentials:
    return AnonymousCredentials()


@dataclasses.dataclass(frozen=True)
class _Equal(AnonymousCredentials):
    """Credentials that think they equal any others of their class."""

    name: str = "same"

    def __post_init__(self) -> None:
        object.__setattr__(self, "expiry", None)


@pytest.fixture(autouse=True)
def _project(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", "env-project")


def test_all_ways_to_name_a_project_give_one_client(anonymous: AnonymousCredentials) -> None:
    client = get_bigquery_client(credentials=anonymous)
    assert client.project == "env-project"
    assert get_bigquery_client("env-project", credentials=anonymous) is client
    assert get_bigquery_client(project_id="env-project", credentials=anonymous) is client
    assert get_bigquery_client(None, credentials=anonymous) is client
    assert get_bigquery_client("other", credentials=anonymous) is not client


def test_a_default_that_is_spelled_out_is_still_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", "127.0.0.1:1")
    client = get_firestore_client("p")
    assert get_firestore_client("p", database="(default)") is client
    assert get_firestore_client("p", database=None, client_options={}) is client
    assert get_firestore_client("p", client_options=ClientOptions()) is client
    assert get_firestore_client("p", database="second") is not client


def test_the_emulators_own_project_is_a_default_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GOOGLE_CLOUD_PROJECT")
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", "127.0.0.1:1")
    client = get_firestore_client()
    assert get_firestore_client(client.project) is client


def test_location_is_part_of_the_key(anonymous: AnonymousCredentials) -> None:
    in_europe = get_bigquery_client("p", location="EU", credentials=anonymous)
    in_america = get_bigquery_client("p", location="US", credentials=anonymous)
    assert (in_europe.location, in_america.location) == ("EU", "US")


def test_two_credentials_never_share_even_if_they_claim_to_be_equal() -> None:
    first, second = _Equal(), _Equal()
    assert first == second
    clients = [get_bigquery_client("p", credentials=each) for each in (first, second, first, second)]
    assert clients[0] is clients[2]
    assert clients[1] is clients[3]
    assert clients[0] is not clients[1]
    assert [client._credentials for client in clients[:2]] == [first, second]
    assert clients[0]._credentials is first


def test_credentials_are_held_so_that_their_place_in_memory_cannot_be_taken_over() -> None:
    client = get_bigquery_client("p", credentials=AnonymousCredentials())
    gc.collect()
    others = [get_bigquery_client("p", credentials=AnonymousCredentials()) for _ in range(50)]
    assert client not in others
    assert len({id(other) for other in others}) == 50


@pytest.mark.parametrize(
    "options",
    [
        {"api_endpoint": "https://example.com"},
        {"quota_project_id": "payer"},
        {"scopes": ["a", "b"]},
        {"universe_domain": "googleapis.com", "api_endpoint": "https://example.com"},
    ],
    ids="-".join,
)
def test_equal_options_share_in_whatever_form_they_come(options: dict[str, Any]) -> None:
    credentials = _Payer()  # type: ignore[no-untyped-call]  # google-auth's constructor has no types
    client = get_bigquery_client("p", credentials=credentials, client_options=options)
    again = dict(reversed(options.items()))
    assert get_bigquery_client("p", credentials=credentials, client_options=again) is client
    as_object = ClientOptions(**options)
    assert get_bigquery_client("p", credentials=credentials, client_options=as_object) is client
    assert get_bigquery_client("p", credentials=credentials) is not client


class _Payer(AnonymousCredentials):
    """Credentials that can name who pays."""

    def with_quota_project(self, _: str) -> "_Payer":
        return self


def test_options_that_change_after_the_call_give_another_client(anonymous: AnonymousCredentials) -> None:
    options = ClientOptions(api_endpoint="https://one.example.com")
    first = get_bigquery_client("p", credentials=anonymous, client_options=options)
    options.api_endpoint = "https://two.example.com"
    second = get_bigquery_client("p", credentials=anonymous, client_options=options)
    assert first is not second
    assert [client._connection.API_BASE_URL for client in (first, second)] == [
        "https://one.example.com",
        "https://two.example.com",
    ]


def test_the_library_does_not_change_what_the_key_was_made_from(anonymous: AnonymousCredentials) -> None:
    info, headers = ClientInfo(user_agent="mine"), {"x-audit": "yes"}
    options: dict[str, Any] = {"api_endpoint": "https://example.com"}
    clients = [
        get_storage_client(
            "p", credentials=anonymous, client_info=info, extra_headers=headers, client_options=options
        )
        for _ in range(3)
    ]
    assert len(set(clients)) == 1
    assert info.user_agent == "mine"
    assert options == {"api_endpoint": "https://example.com"}


def test_query_defaults_compare_by_value(anonymous: AnonymousCredentials) -> None:
    def client(label: str) -> bigquery.Client:
        config = bigquery.QueryJobConfig(labels={"team": label}, maximum_bytes_billed=10)
        return get_bigquery_client("p", credentials=anonymous, default_query_job_config=config)

    assert client("blue") is client("blue")
    assert client("blue") is not client("red")


def test_batch_settings_compare_by_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUBSUB_EMULATOR_HOST", "127.0.0.1:1")

    def publisher(messages: int, *, ordered: bool = False) -> pubsub_v1.PublisherClient:
        return get_pubsub_publisher(
            batch_settings=pubsub_v1.types.BatchSettings(max_messages=messages),
            publisher_options=pubsub_v1.types.PublisherOptions(enable_message_ordering=ordered),
        )

    assert publisher(1) is publisher(1)
    assert len({publisher(1), publisher(2), publisher(1, ordered=True)}) == 3


def test_what_cannot_be_shared_is_refused_by_name() -> None:
    with pytest.raises(UnpoolableArgumentError, match=r"'_http'.*configure"):
        get_bigquery_client("p", _http=object())  # type: ignore[call-arg]
    with pytest.raises(UnpoolableArgumentError, match=r"'project'.*project_id"):
        get_storage_client(project="p")  # type: ignore[call-arg]
    with pytest.raises(UnpoolableArgumentError, match=r"'transport'.*by its name|'transport'.*name"):
        get_pubsub_publisher(transport=object())  # type: ignore[arg-type]
    with pytest.raises(UnpoolableArgumentError, match="no project"):
        get_pubsub_publisher("p")  # type: ignore[call-arg]
    with pytest.raises(TypeError, match=r"get_bigquery_client\(\) takes no argument 'colour'"):
        get_bigquery_client("p", colour="red")  # type: ignore[call-arg]


def test_nothing_secret_is_shown(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "shared_clients")
    client = get_storage_client("p", api_key=SECRET)
    with client:
        pass
    key = Key.of("storage", {"project_id": "p", "api_key": SECRET, "client_options": {"api_key": SECRET}})
    with pytest.raises(UnpoolableArgumentError) as refused:
        get_storage_client("p", api_key=SECRET, _http=1)  # type: ignore[call-arg]
    assert caplog.text
    assert not [text for text in (caplog.text, repr(key), repr(client), str(refused.value)) if SECRET in text]


def test_a_key_is_no_joined_string() -> None:
    assert Key.of("a", {"project_id": "b", "x": "c"}) != Key.of("a", {"project_id": "b-x", "y": "c"})
    assert Key.of("a", {"x": "1"}) != Key.of("a", {"x": 1})
    assert Key.of("a", {"x": 1}) != Key.of("a", {"x": True})


_PLAIN = st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False)
_OPTIONS = st.recursive(
    _PLAIN,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


def _rebuilt(value: Any) -> Any:
    """The same settings in new containers, the dictionaries the other way round."""
    if isinstance(value, dict):
        return {name: _rebuilt(item) for name, item in reversed(value.items())}
    return [_rebuilt(item) for item in value] if isinstance(value, list) else value


@given(_OPTIONS)
def test_equal_settings_freeze_alike(value: object) -> None:
    assert freeze(value) == freeze(_rebuilt(value))
    assert hash(freeze(value)) == hash(freeze(_rebuilt(value)))


@given(_OPTIONS, _OPTIONS)
def test_different_settings_freeze_differently(one: object, other: object) -> None:
    assert (freeze(one) == freeze(other)) == (one == other)


@given(_OPTIONS, _OPTIONS)
def test_different_settings_have_different_contents(one: object, other: object) -> None:
    contents = [content_of({"client_options": value}) for value in (one, copy.deepcopy(one), other)]
    assert contents[0] == contents[1]
    assert one == other or contents[0] != contents[2]


def test_a_credential_is_known_by_nothing_but_itself() -> None:
    assert content_of({"credentials": _Equal(), "client_options": {}}) is None
    assert content_of({"client_options": {"client_cert_source": print}}) is None


@pytest.mark.parametrize(
    ("name", "options", "change"),
    [
        ("client_options", {"api_endpoint": "https://one.example.com"}, lambda old: old.clear()),
        ("client_options", {"scopes": ["a"]}, lambda old: old["scopes"].append("b")),
        ("default_query_job_config", bigquery.QueryJobConfig(), lambda old: setattr(old, "dry_run", True)),
        ("client_info", ClientInfo(user_agent="one"), lambda old: setattr(old, "user_agent", "two")),
    ],
)
def test_what_is_found_by_its_content_is_not_found_by_another(
    name: str, options: Any, change: Callable[[Any], object], anonymous: AnonymousCredentials
) -> None:
    getter: Callable[..., bigquery.Client] = get_bigquery_client
    before = copy.deepcopy(options)
    first = getter("p", credentials=anonymous, **{name: options})
    assert getter("p", credentials=anonymous, **{name: options}) is first
    assert pool_stats()["bigquery"].hits == 1
    change(options)
    assert getter("p", credentials=anonymous, **{name: options}) is not first
    assert getter("p", credentials=anonymous, **{name: before}) is first


@pytest.mark.parametrize("options", ["api_endpoint=x", 5, ["api_endpoint"]])
def test_client_options_of_a_wrong_type_are_refused_with_what_to_give(options: Any) -> None:
    with pytest.raises(UnpoolableArgumentError, match=r"'client_options' is of type .*; give a dictionary"):
        get_bigquery_client("p", client_options=options)


@pytest.mark.parametrize(
    ("getter", "name", "kind"),
    [
        (get_pubsub_publisher, "batch_settings", "BatchSettings"),
        (get_pubsub_publisher, "publisher_options", "PublisherOptions"),
        (get_pubsub_subscriber, "subscriber_options", "SubscriberOptions"),
    ],
)
@pytest.mark.parametrize("value", [{"max_messages": 3}, "abc", 5])
def test_settings_that_pubsub_would_unpack_wrongly_are_refused_with_what_to_give(
    getter: Any, name: str, kind: str, value: object, anonymous: AnonymousCredentials
) -> None:
    with pytest.raises(UnpoolableArgumentError, match=rf"{name!r} is of type .*; give .*{kind}\("):
        getter(credentials=anonymous, **{name: value})
