"""Asynchronous Firestore clients belong to the loop in which they were asked for."""

import asyncio
import gc
import threading
import weakref
from pathlib import Path
from typing import Any

import pytest

from shared_clients import close_all_clients, configure, get_async_firestore_client, pool_stats
from shared_clients.errors import NoEventLoopError
from shared_clients.testing import override_client
from tests.shared_clients.helpers import output_of
from tests.shared_clients.servers.counting_proxy import counting_proxy
from tests.shared_clients.servers.emulators import Emulator


@pytest.fixture(autouse=True)
def _emulator(firestore_emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    firestore_emulator.use(monkeypatch)


async def write_and_read(text: str) -> Any:
    document = get_async_firestore_client("p").document("async/document")
    await document.set({"text": text})
    return (await document.get()).to_dict()


def test_two_runs_in_a_row_both_work() -> None:
    assert asyncio.run(write_and_read("first")) == {"text": "first"}
    assert asyncio.run(write_and_read("second")) == {"text": "second"}
    assert pool_stats()["firestore_async"].builds == 2
    assert pool_stats()["firestore_async"].clients == 0


def test_one_loop_shares_one_client() -> None:
    async def ask() -> Any:
        client = get_async_firestore_client("p")
        await asyncio.sleep(0)
        assert get_async_firestore_client(project_id="p") is client
        assert get_async_firestore_client("p", database="(default)") is client
        assert get_async_firestore_client("p", database="second") is not client
        return client

    async def main() -> None:
        clients = await asyncio.gather(*(ask() for _ in range(20)))
        assert len(set(clients)) == 1
        assert pool_stats()["firestore_async"].clients == 2

    asyncio.run(main())


def test_loops_of_two_threads_do_not_share() -> None:
    answers: dict[str, Any] = {}
    meeting = threading.Barrier(2)

    async def ask(name: str) -> None:
        answers[name] = get_async_firestore_client("p")
        meeting.wait(30)
        answers[f"{name} read"] = await write_and_read(name)

    threads = [threading.Thread(target=lambda n=name: asyncio.run(ask(n))) for name in ("a", "b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert answers["a"] is not answers["b"]
    assert set(answers["a read"]) == set(answers["b read"]) == {"text"}


@pytest.mark.parametrize("pooling", ["on", "off"])
@pytest.mark.parametrize("emulated", [True, False], ids=["emulator", "no credentials"])
def test_outside_a_loop_the_error_says_so(
    pooling: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, *, emulated: bool
) -> None:
    if not emulated:
        monkeypatch.delenv("FIRESTORE_EMULATOR_HOST")
        monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "missing.json"))
    configure(pooling=pooling)
    with pytest.raises(NoEventLoopError, match=r"where no event loop runs.*coroutine"):
        get_async_firestore_client("p")


def test_the_connections_of_a_loop_close_with_it(
    firestore_emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    with counting_proxy(firestore_emulator.address) as proxy:
        monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", proxy.address)

        async def main() -> int:
            await write_and_read("counted")
            return proxy.open_connections

        assert asyncio.run(main()) == 1
        _until(lambda: proxy.open_connections == 0)


def test_a_loop_that_is_closed_without_ceremony_is_forgotten() -> None:
    async def borrow() -> weakref.ref[Any]:
        await write_and_read("first")
        return weakref.ref(get_async_firestore_client("p"))

    loop = asyncio.new_event_loop()
    borrowed = loop.run_until_complete(borrow())
    loop.close()
    assert pool_stats()["firestore_async"].clients == 0
    assert asyncio.run(write_and_read("second")) == {"text": "second"}
    gc.collect()
    assert borrowed() is None
    assert pool_stats()["firestore_async"].clients == 0


def test_closing_all_clients_within_the_loop_closes_its_clients_too() -> None:
    async def main() -> None:
        client = get_async_firestore_client("p")
        await client.document("a/b").get()
        close_all_clients()
        await asyncio.sleep(0.1)
        with pytest.raises(Exception, match=r"(?i)closed"):
            await client.document("a/b").get()
        assert await write_and_read("again") == {"text": "again"}

    asyncio.run(main())


def test_closing_all_clients_from_another_thread() -> None:
    async def main() -> None:
        client = get_async_firestore_client("p")
        await client.document("a/b").get()
        await asyncio.to_thread(close_all_clients)
        with pytest.raises(Exception, match=r"(?i)closed"):
            await client.document("a/b").get()

    asyncio.run(main())


def test_closing_all_clients_waits_for_all_loops_together_no_longer_than_it_may() -> None:
    """Their threads are held up for ever, as far as closing can tell, while the setting allows a minute."""
    configure(close_timeout=60)
    stuck, finish = threading.Barrier(3), threading.Event()

    async def main() -> None:
        get_async_firestore_client("p")
        stuck.wait(30)
        finish.wait(30)

    threads = [threading.Thread(target=lambda: asyncio.run(main())) for _ in range(2)]
    for thread in threads:
        thread.start()
    stuck.wait(30)
    closing = threading.Thread(target=close_all_clients, args=(0.1,))
    closing.start()
    closing.join(20)
    assert not closing.is_alive(), "it waits for the setting, and not for its own timeout"
    finish.set()
    for thread in threads:
        thread.join(30)


def test_closing_all_clients_while_their_loop_rests() -> None:
    loop = asyncio.new_event_loop()

    async def ask() -> Any:
        return get_async_firestore_client("p")

    client = loop.run_until_complete(ask())
    close_all_clients()
    with pytest.raises(Exception, match=r"(?i)closed"):
        loop.run_until_complete(client.document("a/b").get())
    loop.run_until_complete(loop.shutdown_asyncgens())
    loop.close()


def test_the_way_back_builds_a_client_for_each_call() -> None:
    configure(pooling="off")

    async def main() -> None:
        assert get_async_firestore_client("p") is not get_async_firestore_client("p")

    asyncio.run(main())


def test_a_fake_needs_no_loop() -> None:
    with override_client(get_async_firestore_client, "fake"):
        fake: Any = get_async_firestore_client("p")
        assert fake == "fake"


FORKING = """
import asyncio, os, signal
from shared_clients import get_async_firestore_client

async def read():
    return (await get_async_firestore_client("p").document("async/fork").get()).exists

print(asyncio.run(read()), flush=True)
child = os.fork()
if child == 0:
    signal.alarm(20)
    print(asyncio.run(read()), flush=True)
    os._exit(0)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def test_a_forked_child_has_loops_of_its_own() -> None:
    """In a process of its own, because gRPC survives no fork beside a channel that someone left open."""
    assert output_of(FORKING) == "False\nFalse\n0\n"


def _until(condition: Any) -> None:
    for _ in range(100):
        if condition():
            return
        threading.Event().wait(0.05)
    pytest.fail("it did not happen within 5 seconds")
