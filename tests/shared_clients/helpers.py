"""What several of these test modules need."""

import os
import subprocess
import sys
import textwrap
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 60


@contextmanager
def eager_switching() -> Iterator[None]:
    """Have the interpreter change threads as often as it can, so that a missing lock shows."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


def at_once(count: int, task: Callable[[int], Any]) -> list[Any]:
    """Run a task in so many threads that start together; return what each returned or raised."""
    outcomes: list[Any] = [RuntimeError("did not finish")] * count
    barrier = threading.Barrier(count)

    def run(number: int) -> None:
        barrier.wait(PATIENCE_SECONDS)
        try:
            outcomes[number] = task(number)
        except BaseException as error:  # noqa: BLE001 - the test looks at it
            outcomes[number] = error

    threads = [threading.Thread(target=run, args=(number,), daemon=True) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_SECONDS)
    return outcomes


def run_python(
    program: str,
    environment: Mapping[str, str] | None = None,
    executable: str = sys.executable,
    timeout: float = PATIENCE_SECONDS,
) -> subprocess.CompletedProcess[str]:
    """Run a program in an interpreter of its own, from the root of the repository."""
    return subprocess.run(
        [executable, "-W", "error", "-c", textwrap.dedent(program)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **(environment or {})},
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


def output_of(program: str, environment: Mapping[str, str] | None = None, **options: Any) -> str:
    """Run a program that must succeed, and return what it printed."""
    finished = run_python(program, environment, **options)
    assert finished.returncode == 0, finished.stderr
    return finished.stdout


def in_child(task: Callable[[], str], timeout: float = PATIENCE_SECONDS) -> str:
    """Fork, run a task in the child, and return the text it returned; a child that hangs is killed."""
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        # From 3.12 on Python warns of a fork beside other threads, which is what these tests are about.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            os.write(writing, task().encode())
        except BaseException as error:  # noqa: BLE001 - nothing may leave the child
            os.write(writing, f"raised {error!r}".encode())
        os._exit(0)
    os.close(writing)
    return _text_before(reading, child, timeout)


def _text_before(reading: int, child: int, timeout: float) -> str:
    killer = threading.Timer(timeout, os.kill, (child, 9))
    killer.start()
    with os.fdopen(reading) as text:
        answer = text.read()
    os.waitpid(child, 0)
    killer.cancel()
    killer.join()
    return answer or "hung"
