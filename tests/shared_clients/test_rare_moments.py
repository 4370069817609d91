"""What pools do in moments that threads, signals and faults seldom meet, each brought about on purpose."""

import asyncio
import dataclasses
import gc
import threading
import weakref
from pathlib import Path
from typing import Any

import pytest
from google.auth.credentials import AnonymousCredentials
from google.cloud import bigquery
from google.oauth2 import service_account

from shared_clients import _credentials, _registry, close_all_clients, get_bigquery_client
from shared_clients._generation import Generation
from shared_clients._google import Service
from shared_clients._hooks import Hooks
from shared_clients._loop_pool import LoopPool
from shared_clients.bigquery_pool import POOL
from tests.shared_clients.helpers import PATIENCE_SECONDS, in_child
from tests.shared_clients.things import Thing, pool_of

CREDENTIALS = AnonymousCredentials()


def test_a_signal_handler_may_ask_for_a_client_while_its_thread_counts() -> None:
    with pool_of(lambda *_: Thing()) as pool:
        got: list[Thing] = []

        def count() -> None:
            with pool.counters._lock:
                got.append(pool.get("p"))

        thread = threading.Thread(target=count, daemon=True)
        thread.start()
        thread.join(10)
        assert got == [pool.get("p")]


def test_a_client_that_cannot_be_made_ready_is_closed() -> None:
    built: list[Thing] = []

    def build(*_: object) -> Thing:
        built.append(Thing())
        return built[-1]

    def fail(_: Thing) -> None:
        raise OSError("no certificate")

    with pool_of(build, warm=fail) as pool, pytest.raises(OSError, match="no certificate"):
        pool.get("p")
    assert [thing.closed for thing in built] == [1]


def test_a_client_that_is_closed_between_its_building_and_its_showing_is_closed_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    built: list[Thing] = []
    publish = Generation._publish

    def build(*_: object) -> Thing:
        built.append(Thing())
        return built[-1]

    def publish_after_closing(generation: Generation[Thing], *rest: Any) -> bool:
        monkeypatch.undo()
        _registry.close_all()
        return publish(generation, *rest)

    with pool_of(build) as pool:
        monkeypatch.setattr(Generation, "_publish", publish_after_closing)
        assert pool.get("p") is built[1]
    assert [thing.closed for thing in built] == [1, 0]


def test_what_is_built_while_others_close_has_the_credentials_of_the_new_environment(
    monkeypatch: pytest.MonkeyPatch, service_account_file: Path
) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(service_account_file))
    before = get_bigquery_client("p")._credentials
    built: list[Any] = []
    hooks = dataclasses.replace(POOL.hooks, close=lambda _: built.append(get_bigquery_client("p")))
    monkeypatch.setattr(POOL, "hooks", hooks)
    close_all_clients()
    assert [client._credentials is before for client in built] == [False]


def test_a_token_that_another_thread_fetches_at_the_fork_does_not_hold_up_the_child(
    service_account_file: Path,
) -> None:
    credentials = service_account.Credentials.from_service_account_file(str(service_account_file))
    get_bigquery_client("p", credentials=credentials)
    fetching, release = threading.Event(), threading.Event()

    def fetch() -> None:
        with _credentials._refresh_lock(credentials):
            fetching.set()
            release.wait(PATIENCE_SECONDS)

    fetcher = threading.Thread(target=fetch)
    fetcher.start()
    assert fetching.wait(PATIENCE_SECONDS)
    answer = in_child(lambda: str(_credentials._refresh_lock(credentials).acquire(timeout=10)))
    release.set()
    fetcher.join()
    assert answer == "True"


SLOW_LIBRARY = """
import threading
threading.current_thread().imports.set()
threading.current_thread().may_go_on.wait(60)
class Client: pass
"""


def test_a_library_that_is_there_does_not_wait_for_one_that_is_being_imported(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    tmp_path.joinpath("slower_library.py").write_text(SLOW_LIBRARY)
    monkeypatch.syspath_prepend(str(tmp_path))
    importer = threading.Thread(target=Service("slow", "slower_library", "Client").find_class)
    imports, may_go_on = threading.Event(), threading.Event()
    vars(importer).update(imports=imports, may_go_on=may_go_on)
    importer.start()
    assert imports.wait(PATIENCE_SECONDS)
    builder = threading.Thread(target=get_bigquery_client, args=("p",), kwargs={"credentials": CREDENTIALS})
    builder.start()
    builder.join(20)
    waits = builder.is_alive()
    may_go_on.set()
    importer.join()
    builder.join()
    assert not waits
    assert isinstance(get_bigquery_client("p", credentials=CREDENTIALS), bigquery.Client)


def test_a_closing_that_takes_its_time_is_not_collected() -> None:
    """A loop holds its tasks weakly; one that only waits for a future would go with it."""
    waiting: list[weakref.ref[asyncio.Future[None]]] = []

    async def close() -> None:
        future = asyncio.get_running_loop().create_future()
        waiting.append(weakref.ref(future))
        await future

    async def close_all() -> bool:
        pool.find()
        close_all_clients()
        await asyncio.sleep(0)
        gc.collect()
        future = waiting[0]()
        if future is not None:
            future.set_result(None)
        await asyncio.sleep(0)
        return future is not None

    pool = LoopPool[Thing]("things", Hooks[Thing](library="tests"), lambda _: close)
    pool.getter(Thing)
    try:
        assert asyncio.run(close_all())
    finally:
        _registry._pools.remove(pool)
