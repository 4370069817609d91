"""Time `client-pool lsp` from a change to the diagnostics, as a client sees it: over pipes, the server's wait included.

A key is pressed in a file of 5,000 lines and taken back, as fast as people type, at places all over it; each time the
clock runs from before the change is sent until the diagnostics for that version of the file are there. One file has no
suppressions and one has some, since comments have to be looked for then. The processor time is the server's own, from
/proc, where there is one: on a busy machine it says what the clock cannot. Nothing here passes or fails.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, cast

LINES = 5_000
BUDGET = 50
# From one key to the next, so that they come to lie all over the file.
STRIDE = 977
KEY = "#"
SECONDS_BETWEEN_KEYS = 0.08
SUPPRESSED = "\n\ndef hidden_{number}():\n    return storage.Client()  # noqa: CPL103 - tried\n"
HEAD = "import logging\n\nfrom google.cloud import bigquery, storage\n\nlog = logging.getLogger(__name__)\n"
FUNCTION = '''

def load_{number}(day: str, client: object = None) -> list[dict[str, object]]:
    """Load what happened on a day 😀."""
    query = f"select * from `demo.events_{number}` where day = '{{day}}'"
    rows = []
    for row in run(query, timeout=30):
        if row["kind"] in ("start", "end"):
            rows.append({{"id": row["id"], "value": float(row["value"]) * {number}}})
        else:
            log.warning("unknown kind %s in %s", row["kind"], query)
    return sorted(rows, key=lambda each: each["id"])
'''
BUILDER = "\n\ndef build_{number}():\n    client = bigquery.Client(project='demo')\n    return client.query('x')\n"


@dataclass
class Timings:
    """What each key took in one file: milliseconds by the clock, and on the server's processor."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keys", type=int, default=100, help="to press in each file (default: 100)")
    arguments = parser.parse_args()
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}")
    print(f"from a change to the diagnostics, {LINES} lines, {arguments.keys} keys each; aim: median of {BUDGET} ms")
    print(f"{'file':<24}{'median':>10}{'best':>10}{'p95':>10}{'CPU':>10}")
    for name, with_comments in (("without suppressions", False), ("with suppressions", True)):
        with tempfile.TemporaryDirectory() as folder:
            timings = timed(Path(folder), source(with_comments=with_comments), arguments.keys)
        columns = (statistics.median(timings.wall), min(timings.wall), statistics.quantiles(timings.wall, n=20)[-1])
        print(f"{name:<24}" + "".join(f"{value:>7.1f} ms" for value in (*columns, statistics.fmean(timings.cpu))))


def source(*, with_comments: bool) -> str:
    """Write a file of `LINES` lines that builds a client here and there."""
    return "".join(_parts(with_comments=with_comments))


def _parts(*, with_comments: bool) -> Iterator[str]:
    yield HEAD
    lines, number = HEAD.count("\n"), 0
    while lines < LINES:
        templates = [FUNCTION, *([BUILDER] if number % 20 == 0 else [])]
        templates += [SUPPRESSED] if with_comments and number % 50 == 0 else []
        for template in templates:
            part = template.format(number=number)
            lines += part.count("\n")
            yield part
        number += 1


class Client:
    """The least that a client is: it reads and writes messages."""

    def __init__(self) -> None:
        """Start a server."""
        command = (sys.executable, "-m", "flake8_client_pool", "lsp")
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._to_server = cast("IO[bytes]", self._process.stdin)
        self._from_server = cast("IO[bytes]", self._process.stdout)
        self.process = self._process.pid

    def send(self, method: str, params: object, number: int | None = None) -> None:
        """Send a notification, or the request that has a number."""
        message = {"jsonrpc": "2.0", "method": method, "params": params}
        body = json.dumps(message if number is None else {**message, "id": number}).encode()
        self._to_server.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self._to_server.flush()

    def wait_for(self, key: str, value: object) -> None:
        """Read messages until one, or its parameters, says `value` for `key`."""
        while True:
            length = 0
            while (line := self._from_server.readline()) not in (b"\r\n", b""):
                name, _, said = line.partition(b":")
                length = int(said) if name == b"Content-Length" else length
            message = json.loads(self._from_server.read(length))
            if value in (message.get(key), message.get("params", {}).get(key)):
                return

    def end(self) -> None:
        """End the session, and the server with it."""
        self.send("shutdown", None, 2)
        self.wait_for("id", 2)
        self.send("exit", None)
        self._process.wait()


def timed(folder: Path, text: str, keys: int) -> Timings:
    """Press keys in a file with a server of its own."""
    (folder / ".git").mkdir()
    uri = (folder / "job.py").as_uri()
    client = Client()
    workspace = [{"uri": folder.as_uri(), "name": "benchmark"}]
    client.send("initialize", {"processId": None, "capabilities": {}, "workspaceFolders": workspace}, 1)
    client.wait_for("id", 1)
    client.send("initialized", {})
    document = {"uri": uri, "languageId": "python", "version": 0, "text": text}
    client.send("textDocument/didOpen", {"textDocument": document})
    client.wait_for("version", 0)
    timings = Timings()
    for version in range(1, keys + 1):
        place = {"line": (version - 1) // 2 * STRIDE % LINES, "character": 0}
        is_typed = version % 2 == 1
        end = {**place, "character": 0 if is_typed else len(KEY)}
        changes = [{"range": {"start": place, "end": end}, "text": KEY if is_typed else ""}]
        time.sleep(SECONDS_BETWEEN_KEYS)
        before, cpu = time.perf_counter(), _processor_time(client.process)
        identifier = {"uri": uri, "version": version}
        client.send("textDocument/didChange", {"textDocument": identifier, "contentChanges": changes})
        client.wait_for("version", version)
        timings.wall.append((time.perf_counter() - before) * 1e3)
        timings.cpu.append(_processor_time(client.process) - cpu)
    client.end()
    return timings


def _processor_time(process: int) -> float:
    """Give the milliseconds that a process has had of a processor; 0 where the system does not say."""
    try:
        fields = Path(f"/proc/{process}/schedstat").read_text(encoding="ascii").split()
    except OSError:
        return 0
    return int(fields[0]) / 1e6


if __name__ == "__main__":
    main()
