"""One construction a key, whatever the threads do; and none lost when the pool is emptied meanwhile."""

import contextlib
import functools
import threading
from collections.abc import Callable
from typing import Any

import pytest

from shared_clients import _registry, configure
from shared_clients._counters import Counters
from shared_clients._generation import Generation
from shared_clients._hooks import Arguments
from shared_clients.errors import ClientConstructionError
from tests.shared_clients.helpers import PATIENCE_SECONDS, at_once, eager_switching
from tests.shared_clients.things import Thing, pool_of

THREADS = 64


# One call for each of the tables in which it may be found.
CALLS: list[dict[str, Any]] = [{}, {"project_id": "p"}, {"location": "EU"}, {"options": {"api_endpoint": "x"}}]


def slow_thing(*_: object) -> Thing:
    threading.Event().wait(0.05)
    return Thing()


def test_sixty_four_threads_with_a_cold_key_cause_one_construction() -> None:
    with pool_of(slow_thing) as pool:
        things = at_once(THREADS, lambda _: pool.get("p"))
        assert len({id(thing) for thing in things}) == 1
        assert isinstance(things[0], Thing)
        stats = pool.stats()
        assert stats.builds == 1
        # A thread that comes late, on a busy machine, finds the client ready and waits for nothing.
        assert stats.waits + stats.hits == THREADS - 1


def test_threads_that_race_for_many_cold_keys_build_each_once() -> None:
    with pool_of(lambda *_: Thing()) as pool, eager_switching():
        rounds = [
            at_once(8, functools.partial(lambda key, _: pool.get(key), f"p{key}")) for key in range(300)
        ]
        assert all(len({id(thing) for thing in things}) == 1 for things in rounds)
        assert pool.stats().builds == len(rounds)


def test_two_cold_keys_build_at_the_same_time() -> None:
    meeting = threading.Barrier(2)

    def build(*_: object) -> Thing:
        meeting.wait(PATIENCE_SECONDS)  # breaks unless both are here at once
        return Thing()

    with pool_of(build) as pool:
        first, second = at_once(2, lambda number: pool.get(f"p{number}"))
        assert isinstance(first, Thing)
        assert isinstance(second, Thing)
        assert first is not second


def test_a_cached_client_is_found_while_another_is_being_built() -> None:
    building, finish = threading.Event(), threading.Event()

    def build(project: str, *_: object) -> Thing:
        if project == "slow":
            building.set()
            finish.wait(PATIENCE_SECONDS)
        return Thing()

    with pool_of(build) as pool:
        quick = pool.get("quick")
        thread = threading.Thread(target=pool.get, args=("slow",))
        thread.start()
        assert building.wait(PATIENCE_SECONDS)
        assert pool.get("quick") is quick
        assert pool.get("quick", options={}) is not quick
        finish.set()
        thread.join()


def test_a_failure_reaches_all_who_wait_and_the_next_call_tries_again() -> None:
    attempts: list[object] = []

    def build(*_: object) -> Thing:
        attempts.append(None)
        threading.Event().wait(0.1)
        if len(attempts) == 1:
            raise OSError("no route to host")
        return Thing()

    with pool_of(build) as pool:
        errors = at_once(16, lambda _: pool.get("p"))
        assert {str(error) for error in errors} == {"no route to host"}
        assert {type(error) for error in errors} == {OSError}
        assert len({id(error) for error in errors}) == 16, "each has a traceback of its own"
        assert len(attempts) == 1
        assert pool.stats().failures == 1
        assert isinstance(pool.get("p"), Thing)


def test_an_error_that_cannot_be_copied_reaches_all_who_wait() -> None:
    class FussyError(Exception):
        def __init__(self, code: int, reason: str) -> None:
            super().__init__(f"{code} {reason}")

    def build(*_: object) -> Thing:
        threading.Event().wait(0.1)
        raise FussyError(503, "unavailable")

    with pool_of(build) as pool:
        errors = at_once(4, lambda _: pool.get("p"))
        assert {(type(error), str(error)) for error in errors} == {(FussyError, "503 unavailable")}


def test_an_interrupted_construction_is_taken_up_by_one_who_waits() -> None:
    attempts: list[object] = []

    def build(*_: object) -> Thing:
        attempts.append(None)
        threading.Event().wait(0.1)
        if len(attempts) == 1:
            raise KeyboardInterrupt
        return Thing()

    with pool_of(build) as pool:
        outcomes = at_once(4, lambda _: pool.get("p"))
        interrupted = [outcome for outcome in outcomes if isinstance(outcome, KeyboardInterrupt)]
        assert len(interrupted) == 1
        assert len({id(outcome) for outcome in outcomes if isinstance(outcome, Thing)}) == 1


@pytest.mark.parametrize("empty", [_registry.close_all, _registry.forget_all_clients])
def test_a_construction_that_outlives_the_emptying_of_the_pool_is_not_published(
    empty: Callable[[], None],
) -> None:
    building, finish = threading.Event(), threading.Event()
    built: list[Thing] = []

    def build(*_: object) -> Thing:
        thing = Thing()
        built.append(thing)
        if len(built) == 1:
            building.set()
            finish.wait(PATIENCE_SECONDS)
        return thing

    with pool_of(build) as pool:
        got: list[Thing] = []
        threads = [threading.Thread(target=lambda: got.append(pool.get("p"))) for _ in range(2)]
        for thread in threads:
            thread.start()
        assert building.wait(PATIENCE_SECONDS)
        empty()
        finish.set()
        for thread in threads:
            thread.join(PATIENCE_SECONDS)
        assert (built[0].drained, built[0].closed) == (1, 1), "nobody holds it, so it must be closed"
        assert not built[1].closed
        assert got == [built[1], built[1]]
        assert pool.get("p") is built[1]


def test_a_pool_that_is_emptied_while_a_client_is_prepared_builds_it_once() -> None:
    built: list[Thing] = []
    emptied: list[object] = []

    def build(*_: object) -> Thing:
        built.append(Thing())
        return built[-1]

    def prepare(given: Arguments) -> Arguments:
        if not emptied:
            emptied.append(_registry.close_all())
        return given

    with pool_of(build, prepare=prepare) as pool:
        assert pool.get("p") is pool.get("p")
        assert len(built) == 1, "what a pool has ended for may not even be built"


@pytest.mark.parametrize("arguments", CALLS)
def test_a_client_that_is_closed_before_its_caller_gets_it_is_not_found_again(
    arguments: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    table = Generation.table

    def table_after_closing(generation: Generation[Thing], *rest: Any) -> None:
        monkeypatch.undo()
        _registry.close_all()
        table(generation, *rest)

    with pool_of(lambda *_: Thing()) as pool:
        monkeypatch.setattr(Generation, "table", table_after_closing)
        assert pool.get(**arguments).closed
        assert not pool.get(**arguments).closed
        assert not pool.get(**arguments).closed


@pytest.mark.parametrize("arguments", CALLS)
def test_a_client_that_had_to_make_room_is_not_found_again(arguments: dict[str, Any]) -> None:
    configure(max_clients=1)
    with pool_of(lambda *_: Thing()) as pool:
        first = pool.get(**arguments)
        assert pool.get(**arguments) is pool.get(**arguments) is first
        other = pool.get("another")
        assert pool.get(**arguments) is not first
        assert pool.get("another") is not other
        assert pool.stats().clients == 1


def test_a_substitute_that_comes_while_a_client_is_looked_for_is_what_everyone_gets(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pool_of(lambda *_: Thing()) as pool, contextlib.ExitStack() as overrides:
        begin = pool._new_generation

        def begin_too_late() -> Generation[Thing]:
            overrides.enter_context(pool.substituted("fake"))
            return begin()

        monkeypatch.setattr(pool, "_new_generation", begin_too_late)
        assert [pool.get("p") for _ in range(3)] == ["fake"] * 3


def test_counting_waits_for_who_counts() -> None:
    counters, counted = Counters(), threading.Event()
    counter = threading.Thread(target=lambda: (counters.add("waits"), counted.set()))
    with counters._lock:
        counter.start()
        assert not counted.wait(0.2)
    assert counted.wait(PATIENCE_SECONDS)
    assert counters.stats(0, None).waits == 1


def test_emptying_a_pool_under_load_never_hands_out_a_closed_client_again() -> None:
    with pool_of(lambda *_: Thing()) as pool, eager_switching():
        stop = threading.Event()

        def use(number: int) -> int:
            count = 0
            while not stop.is_set():
                pool.get("p", location=str(number % 2))
                count += 1
            return count

        def empty(_: int) -> None:
            for _ in range(200):
                _registry.close_all()
            stop.set()

        outcomes = at_once(5, lambda number: use(number) if number else empty(number))
        assert not [outcome for outcome in outcomes if isinstance(outcome, BaseException)]
        after = [pool.get("p", location=location) for location in "01"]
        assert not any(thing.closed for thing in after)
        assert [pool.get("p", location=location) for location in "01"] == after


def test_building_a_client_may_not_ask_for_the_same_client() -> None:
    def build(*_: object) -> Thing:
        return pool.get("p")

    with pool_of(build) as pool, pytest.raises(ClientConstructionError, match="must not call the getter"):
        pool.get("p")


def test_the_hit_path_takes_no_lock_and_looks_nothing_up(monkeypatch: pytest.MonkeyPatch) -> None:
    with pool_of(lambda *_: Thing()) as pool:
        thing, in_europe, plain = pool.get("p"), pool.get("p", location="EU"), pool.get()
        typed = [pool.get("p", options=number) for number in (True, 1, 1.0)]
        # The second call is the one that tables it, the third form of the same arguments too.
        assert pool.get("p") is pool.get(project_id="p") is thing
        assert pool.get("p", location="EU") is in_europe
        assert [pool.get("p", options=number) for number in (True, 1, 1.0)] == typed
        locked, release = threading.Event(), threading.Event()

        def hold() -> None:
            with pool._lock, pool.generation._lock:
                locked.set()
                release.wait(PATIENCE_SECONDS)

        holder = threading.Thread(target=hold)
        holder.start()
        assert locked.wait(PATIENCE_SECONDS)
        monkeypatch.setattr(pool, "_tables", None)  # where the slow path begins
        assert pool.get("p") is pool.get(project_id="p") is thing
        assert pool.get("p", location="EU") is in_europe
        assert pool.get() is plain
        assert [pool.get("p", options=number) for number in (True, 1, 1.0)] == typed
        assert len({*typed, plain, thing, in_europe}) == 6
        release.set()
        holder.join()
