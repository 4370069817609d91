"""What the pools cost and save, each against its peer in the same run: `python -m benchmarks.pools`.

Needs the extra [test]; every server runs on this machine, and every request stays on it.
"""

import importlib.metadata
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import requests
from google.auth.credentials import AnonymousCredentials
from google.cloud import bigquery, storage

from benchmarks.pool_look_ups import Row, fastest, look_ups
from shared_clients import (
    close_all_clients,
    get_bigquery_client,
    get_storage_client,
    http_pool,
    pool_stats,
)
from tests.shared_clients.servers.counting_http import CountingServer
from tests.shared_clients.servers.counting_proxy import CountingProxy, counting_proxy
from tests.shared_clients.servers.emulators import storage as storage_server
from tests.shared_clients.servers.http_server import HttpServer
from tests.shared_clients.servers.jobs_server import JobsServer
from tests.shared_clients.servers.token_server import TokenServer, write_service_account

PROJECT = "test-project"
BUILDS = 20
COLD_THREADS = 64
BUSY_THREADS = 50
IMPORTS = 15
LIBRARIES = ("google-cloud-bigquery", "google-cloud-storage", "google-auth", "requests")


def seconds(function: Callable[[], object]) -> float:
    started = time.perf_counter()
    function()
    return time.perf_counter() - started


def at_once(count: int, work: Callable[[], object]) -> list[object]:
    barrier = threading.Barrier(count)

    def together(_: int) -> object:
        barrier.wait()
        return work()

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(together, range(count)))


def ready(client: bigquery.Client | storage.Client) -> object:
    """Make what the first request of a client makes, as the pool does before it hands one out."""
    return client._http  # noqa: SLF001 there is no public way


def builds() -> Iterator[Row]:
    """Compare cached look-ups with building a client each time, as code without a pool does."""
    credentials = AnonymousCredentials()
    peers: tuple[tuple[str, str, Callable[[], object]], ...] = (
        ("bigquery()", "bigquery.Client(), key file", lambda: ready(bigquery.Client())),
        (
            "bigquery()",
            "bigquery.Client(), kept credentials",
            lambda: ready(bigquery.Client(PROJECT, credentials)),
        ),
        ("storage()", "storage.Client(), key file", lambda: ready(storage.Client())),
        (
            "storage()",
            "storage.Client(), kept credentials",
            lambda: ready(storage.Client(PROJECT, credentials)),
        ),
    )
    for look_up, name, build in peers:
        (found,) = fastest(look_up)
        built = statistics.median(seconds(build) for _ in range(BUILDS)) * 1e9
        yield Row("look-up against building", found / 1e6, built / 1e6, "ms", name, built / found)


def cold_start() -> Iterator[Row]:
    """Compare threads that ask for a cold client with threads that build one each."""
    close_all_clients()
    before = pool_stats()["bigquery"].builds
    pool = seconds(lambda: at_once(COLD_THREADS, lambda: get_bigquery_client(PROJECT)))
    built = pool_stats()["bigquery"].builds - before
    each = seconds(lambda: at_once(COLD_THREADS, bigquery.Client))
    name = "one each"
    yield Row(f"cold start of {COLD_THREADS} threads", pool * 1e3, each * 1e3, "ms", name, each / pool)
    yield Row(
        f"clients built by {COLD_THREADS} threads", built, COLD_THREADS, "clients", name, COLD_THREADS / built
    )


def connections(jobs: JobsServer, proxy: CountingProxy) -> Iterator[Row]:
    """Count the connections of two rounds of threads, with and without the pool."""
    os.environ["STORAGE_EMULATOR_HOST"] = proxy.url  # not before: with it, Storage needs no credentials
    close_all_clients()

    def query(client: bigquery.Client) -> None:
        list(client.query("SELECT 1").result())

    def list_buckets(client: storage.Client) -> None:
        list(client.list_buckets())

    yield connections_row(
        "BigQuery", jobs, lambda: query(get_bigquery_client()), lambda: query(bigquery.Client())
    )
    yield connections_row(
        "Storage", proxy, lambda: list_buckets(get_storage_client()), lambda: list_buckets(storage.Client())
    )


def connections_row(
    what: str,
    server: CountingServer | CountingProxy,
    pooled: Callable[[], object],
    direct: Callable[[], object],
) -> Row:
    counts = []
    for work in (pooled, direct):
        server.reset()
        for _ in range(2):
            at_once(BUSY_THREADS, work)
        counts.append(server.connections)
    pool, peer_count = counts
    return Row(
        f"{what}, {BUSY_THREADS} threads twice",
        pool,
        peer_count,
        "connections",
        "one client a call",
        peer_count / pool,
    )


def web(server: HttpServer) -> Iterator[Row]:
    """Compare requests through the shared session with `requests.get`, which connects anew each time."""
    count = 300
    times, opened = [], []
    for get in (http_pool.get, requests.get):
        server.reset()
        times.append(seconds(lambda get=get: [get(server.url) for _ in range(count)]))  # type: ignore[misc]
        opened.append(server.connections)
    pool, direct = (spent / count * 1e3 for spent in times)
    yield Row("HTTP request, one after another", pool, direct, "ms", "requests.get", direct / pool)
    yield Row(
        f"HTTP, {count} requests", opened[0], opened[1], "connections", "requests.get", opened[1] / opened[0]
    )


def imports() -> Iterator[Row]:
    """Compare what importing the package adds to a bare interpreter with what the library adds."""

    def spent(module: str) -> float:
        code = f"import time; t = time.perf_counter(); import {module}; print(time.perf_counter() - t)"
        run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
        return float(run.stdout) * 1e3

    rounds = [
        [spent(module) for module in ("shared_clients", "google.cloud.bigquery")] for _ in range(IMPORTS)
    ]
    package, library = (min(times) for times in zip(*rounds, strict=True))
    yield Row(
        "import, on top of bare Python", package, library, "ms", "google.cloud.bigquery", library / package
    )


@contextmanager
def services() -> Iterator[tuple[JobsServer, CountingProxy, HttpServer]]:
    """Run the servers, and point the libraries and a service account's key file at them."""
    with ExitStack() as stack:
        jobs = stack.enter_context(JobsServer().running())
        web_server = stack.enter_context(HttpServer().running())
        tokens = stack.enter_context(TokenServer().running())
        emulator = stack.enter_context(storage_server())
        proxy = stack.enter_context(counting_proxy(emulator.address))
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        key = write_service_account(Path(folder) / "key.json", f"{tokens.url}/token", PROJECT)
        os.environ |= jobs.environment | {"GOOGLE_APPLICATION_CREDENTIALS": str(key)}
        yield jobs, proxy, web_server
        close_all_clients()


def machine() -> str:
    """Describe the machine: the processor's name where Linux tells it, cores, system, Python, libraries."""
    information = Path("/proc/cpuinfo")
    lines = information.read_text().splitlines() if information.exists() else []
    processor = next((line.partition(": ")[2] for line in lines if line.startswith("model name")), "")
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in LIBRARIES)
    return (
        f"{processor or platform.machine()}, {os.cpu_count()} cores, {platform.system()}; "
        f"{platform.python_implementation()} {platform.python_version()}; {versions}"
    )


def main() -> None:
    """Print the table."""
    print(machine())
    print(f"\n{'':46} {'pool':>12} {'peer':>12} {'unit':11} {'ratio':>9}  peer")
    with services() as (jobs, proxy, server):
        tables = (look_ups(), builds(), cold_start(), connections(jobs, proxy), web(server), imports())
        for table in tables:
            for row in table:
                print(row, flush=True)


if __name__ == "__main__":
    main()
