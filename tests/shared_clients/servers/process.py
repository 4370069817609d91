"""A server that runs as a process of its own on a free port of 127.0.0.1 and ends with the tests."""

import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path

HOST = "127.0.0.1"
START_SECONDS = 60
ATTEMPTS = 3
POLL_SECONDS = 0.05
GUARD = Path(__file__).with_name("guard.py")
ROOT = Path(__file__).parents[3]

Ready = Callable[[int], bool]


class ServerDidNotStartError(RuntimeError):
    """A test server ended, or did not answer in time; the text holds the end of its output."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def accepts_connections(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((HOST, port)) == 0


def answers_http(port: int) -> bool:
    connection = HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", "/")
        connection.getresponse().read()
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
    return True


@contextmanager
def running(command: Callable[[int], Sequence[str]], ready: Ready) -> Iterator[int]:
    """Start `command(port)`, wait until `ready(port)`, yield the port and stop the process afterwards.

    Another process can take a free port before the server binds it, hence the attempts.
    """
    with tempfile.TemporaryFile() as log:
        for attempt in range(1, ATTEMPTS + 1):
            port = free_port()
            guard = subprocess.Popen(
                [sys.executable, str(GUARD), *command(port)],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd=ROOT,
                start_new_session=True,  # an interrupt from the keyboard must not overtake the pipe
            )
            try:
                if _wait(guard, port, ready):
                    yield port
                    return
            finally:
                guard.communicate()
            if attempt == ATTEMPTS:
                log.seek(0)
                tail = log.read().decode(errors="replace")[-2000:]
                raise ServerDidNotStartError(f"{' '.join(command(port))} did not start:\n{tail}")


def _wait(guard: subprocess.Popen[bytes], port: int, ready: Ready) -> bool:
    deadline = time.monotonic() + START_SECONDS
    while guard.poll() is None and time.monotonic() < deadline:
        if ready(port):
            return guard.poll() is None
        time.sleep(POLL_SECONDS)
    return False
