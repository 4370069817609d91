"""The class is looked up when a client is built, so that what a test patches in takes effect."""

from typing import Any
from unittest import mock

import google.auth
import pytest
from google.cloud import bigquery, storage

from shared_clients import (
    close_all_clients,
    get_bigquery_client,
    get_firestore_client,
    get_pubsub_publisher,
    get_storage_client,
    pool_stats,
)
from shared_clients.testing import empty_pools


def test_a_patched_class_is_called_with_what_the_caller_gave() -> None:
    with mock.patch("google.cloud.bigquery.Client") as patched:
        client = get_bigquery_client("p", location="EU")
        assert client is patched.return_value
        assert get_bigquery_client("p", location="EU") is client
    patched.assert_called_once_with(project="p", location="EU")


@pytest.mark.parametrize(
    ("target", "getter"),
    [
        ("google.cloud.bigquery.Client", get_bigquery_client),
        ("google.cloud.storage.Client", get_storage_client),
        ("google.cloud.firestore.Client", get_firestore_client),
        ("google.cloud.pubsub_v1.PublisherClient", get_pubsub_publisher),
    ],
)
@pytest.mark.parametrize("speced", [False, True], ids=["plain", "autospec"])
def test_a_mock_needs_neither_credentials_nor_project(
    target: str, getter: object, *, speced: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(google.auth, "default", mock.Mock(side_effect=AssertionError("looked up")))
    with mock.patch(target, autospec=speced) as patched:
        assert callable(getter)
        client = getter()
        assert client is patched.return_value
        close_all_clients()
    patched.assert_called_once_with()


def test_a_class_of_the_tests_own_is_left_as_it_is() -> None:
    class Fake:
        closed = False

        def __init__(self, **given: object) -> None:
            self.given = given

        def close(self) -> None:
            self.closed = True

    with mock.patch("google.cloud.bigquery.Client", Fake):
        client: Any = get_bigquery_client("p")
        assert type(client) is Fake
        client.close()
        assert client.closed
        assert client.given == {"project": "p"}


def test_a_subclass_of_the_real_class_is_pooled_like_it() -> None:
    class Instrumented(bigquery.Client):
        calls = 0

    with mock.patch("google.cloud.bigquery.Client", Instrumented):
        client = get_bigquery_client("p", credentials=google.auth.credentials.AnonymousCredentials())
        client.close()
        assert isinstance(client, Instrumented)
        assert client._http.adapters["https://"]._pool_maxsize == 64


@pytest.mark.parametrize("autospec", [False, True])
def test_a_client_whose_constructor_is_a_mock_is_left_as_it_is(*, autospec: bool) -> None:
    with mock.patch("google.cloud.bigquery.Client.__init__", return_value=None, autospec=autospec) as patched:
        client = get_bigquery_client("p", location="EU")
        assert type(client) is bigquery.Client
        assert get_bigquery_client("p", location="EU") is client
        assert patched.call_args.kwargs == {"project": "p", "location": "EU"}
    assert pool_stats()["bigquery"].clients == 1
    close_all_clients()


def test_a_fake_derived_from_the_class_is_given_what_the_caller_gave() -> None:
    class Fake(bigquery.Client):
        def __init__(self, project: str | None = None) -> None:
            self.asked = project

    with mock.patch("google.cloud.bigquery.Client", Fake):
        client: Any = get_bigquery_client("p")
        assert client.asked == "p"
        assert get_bigquery_client("p") is client


def test_a_mock_may_return_none() -> None:
    with mock.patch("google.cloud.bigquery.Client", return_value=None) as patched:
        assert [get_bigquery_client("p"), get_bigquery_client("p")] == [None, None]
    patched.assert_called_once_with(project="p")
    assert pool_stats()["bigquery"].hits == 1


def test_credentials_that_a_test_patches_in_give_their_project(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GOOGLE_CLOUD_PROJECT", "GCLOUD_PROJECT"):
        monkeypatch.delenv(name, raising=False)
    with mock.patch("google.auth.default", return_value=(mock.MagicMock(), "test-project")):
        for getter in (get_bigquery_client, get_firestore_client):
            assert getter().project == "test-project"
            assert getter("p").project == "p"


def test_what_was_patched_in_is_gone_once_the_pools_are_emptied() -> None:
    with mock.patch("google.cloud.storage.Client") as patched:
        assert get_storage_client("p") is patched.return_value
    empty_pools()
    credentials = google.auth.credentials.AnonymousCredentials()
    assert isinstance(get_storage_client("p", credentials=credentials), storage.Client)
