"""Share the files of a plan among processes."""

import gc
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, NoReturn

from flake8_client_pool.policy.errors import ClientPoolError
from flake8_client_pool.scan.inspection import Inspection, Inspector, Plan

if TYPE_CHECKING:
    from concurrent.futures import Executor

_BYTES_WORTH_PROCESSES = 1_000_000
_SHARES_PER_PROCESS = 12
_GARBAGE_THRESHOLD = 100_000
_BYTES_IN_A_TASK = 2_000_000

_inspector: Inspector


def ignore_interrupts() -> None:
    """Leave it to the first process what an interrupt means: that of a terminal reaches every process of its group."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


@contextmanager
def raising_on_termination() -> Iterator[None]:
    """Have the signal to terminate unwind this process, so that it leaves no worker behind that holds its output."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, _terminated)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before or signal.SIG_DFL)


def _terminated(number: int, _frame: object) -> NoReturn:
    raise SystemExit(128 + number)


def inspected(plan: Plan, jobs: int, executor: "Executor | None" = None) -> Iterator[Inspection]:
    """Inspect every file of the plan on up to `jobs` processes; the results come in the order they are done.

    An `executor` gets all the work instead, wherever it may run it: on a machine that has this package, and the same
    files under the same paths. Without one, a little work is done in this process, to save the cost of starting others.

    Raises:
        ClientPoolError: a worker process ended before its time.
    """
    settled = sorted(plan.settled)
    others = [number for number in range(len(plan.files)) if number not in plan.settled]
    if executor:
        return _inspected_elsewhere(plan, others, executor)
    few = sum(plan.files[number].size for number in others) < _BYTES_WORTH_PROCESSES
    if jobs == 1 or few:
        return _inspected_by(Inspector(plan), [*settled, *others])
    return chain(_inspected_by(Inspector(plan), settled), _inspected_by_processes(plan, others, jobs))


def _inspected_by(inspector: Inspector, numbers: Iterable[int]) -> Iterator[Inspection]:
    last: Inspection | None = None
    for number in numbers:
        if last is not None:
            yield last
        last = inspector.inspect(number)
    if last is not None:
        yield last._replace(seen=inspector.newly_seen())


def _inspected_elsewhere(plan: Plan, numbers: Sequence[int], executor: "Executor") -> Iterator[Inspection]:
    """Hand out tasks that know all that they need, each with files that lie side by side and so import the same."""
    from concurrent.futures import as_completed

    tasks = list(_tasks(plan, numbers))
    parts = ((replace(plan, files=tuple(plan.files[number] for number in task)), task) for task in tasks)
    for future in as_completed([executor.submit(inspected_task, *part) for part in parts]):
        yield from future.result()


def inspected_task(plan: Plan, numbers: Sequence[int]) -> list[Inspection]:
    """Inspect all files of a plan, and number the results as the files are numbered in the plan that it is part of."""
    found = _inspected_by(Inspector(plan), range(len(plan.files)))
    return [each._replace(number=numbers[each.number], seen=None) for each in found]


def _tasks(plan: Plan, numbers: Sequence[int]) -> Iterator[list[int]]:
    task: list[int] = []
    size = 0
    for number in numbers:
        task.append(number)
        size += plan.files[number].size
        if size >= _BYTES_IN_A_TASK:
            yield task
            task, size = [], 0
    if task:
        yield task


def _inspected_by_processes(plan: Plan, numbers: Sequence[int], jobs: int) -> Iterator[Inspection]:
    gc.freeze()
    with processes(jobs, _start, plan) as executor:
        yield from _collected(executor, _shares(plan, numbers, jobs))


@contextmanager
def processes(jobs: int, start: Callable[..., None] = ignore_interrupts, *arguments: object) -> Iterator["Executor"]:
    """Have `jobs` processes to hand work to, each of which calls `start` first; they end with the block.

    Raises:
        ClientPoolError: one of them ended before its time.
    """
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    # Where forking is unsafe with the system's own libraries (macOS), new processes start afresh.
    method = "fork" if sys.platform == "linux" else "spawn"
    executor = ProcessPoolExecutor(jobs, multiprocessing.get_context(method), start, arguments)
    try:
        with raising_on_termination():
            yield executor
    except BrokenProcessPool as error:
        raise ClientPoolError(
            "a worker process ended unexpectedly, perhaps for want of memory; run again with --jobs 1"
        ) from error
    except (KeyboardInterrupt, SystemExit, GeneratorExit):
        for process in multiprocessing.active_children():
            process.terminate()
        raise
    finally:
        executor.shutdown(cancel_futures=True)


def _collected(executor: "Executor", shares: Sequence[Sequence[int]]) -> Iterator[Inspection]:
    from concurrent.futures import as_completed

    for future in as_completed([executor.submit(_inspect, share) for share in shares]):
        yield from future.result()


def _shares(plan: Plan, numbers: Sequence[int], jobs: int) -> list[list[int]]:
    """Divide the files into shares of like size, the largest first, so that all processes end together."""
    limit = sum(plan.files[number].size for number in numbers) / (jobs * _SHARES_PER_PROCESS)
    shares: list[list[int]] = [[]]
    size = 0
    for number in sorted(numbers, key=lambda number: -plan.files[number].size):
        if size >= limit:
            shares.append([])
            size = 0
        shares[-1].append(number)
        size += plan.files[number].size
    return shares


def _start(plan: Plan) -> None:
    global _inspector  # noqa: PLW0603 - a worker process has no other place for what its tasks share
    ignore_interrupts()
    gc.set_threshold(_GARBAGE_THRESHOLD)
    _inspector = Inspector(plan)


def _inspect(share: Sequence[int]) -> list[Inspection]:
    return list(_inspected_by(_inspector, share))


def available_processors() -> int:
    """Count the processors that this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
