"""Worker processes, of whatever kind, take a client of their own from the getter."""

import concurrent.futures
import contextlib
import http.client
import json
import multiprocessing
import os
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from shared_clients import get_storage_client
from shared_clients.errors import PicklingError
from tests.shared_clients import worker_tasks
from tests.shared_clients.helpers import ROOT, at_once
from tests.shared_clients.servers.emulators import Emulator
from tests.shared_clients.servers.process import HOST, answers_http, running

pytestmark = [
    pytest.mark.timeout(180),
    # From 3.12 on Python warns of a fork beside other threads.
    pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning"),
]


@pytest.fixture
def buckets(storage_emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The buckets of a server, that this process has already talked to."""
    storage_emulator.use(monkeypatch)
    monkeypatch.syspath_prepend(str(ROOT))  # where workers that are spawned import their tasks from
    client = get_storage_client("p")
    if not client.bucket("for-workers").exists():
        client.create_bucket("for-workers")
    return sorted(bucket.name for bucket in client.list_buckets())


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_multiprocessing(method: str, buckets: list[str]) -> None:
    with multiprocessing.get_context(method).Pool(2) as workers:
        answers = workers.map_async(worker_tasks.list_buckets, range(8), chunksize=1).get(60)
    assert all(names == buckets for _, names in answers)
    assert os.getpid() not in {process for process, _ in answers}


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_process_pool_executor(method: str, buckets: list[str]) -> None:
    context = multiprocessing.get_context(method)
    with concurrent.futures.ProcessPoolExecutor(2, mp_context=context) as workers:
        answers = list(workers.map(worker_tasks.list_buckets, range(8), timeout=60))
        built = list(workers.map(worker_tasks.builds, range(8), timeout=60))
    assert all(names == buckets for _, names in answers)
    assert {count for _, count in built} == {1}


def test_a_client_sent_to_a_worker_is_refused(buckets: list[str]) -> None:
    client = get_storage_client("p")
    with (
        concurrent.futures.ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as workers,
        pytest.raises(PicklingError, match="call the getter in the worker"),
    ):
        workers.submit(print, client).result(60)
    assert buckets


def test_a_dask_cluster(buckets: list[str], tmp_path: Path) -> None:
    program = f"""
    from distributed import Client, LocalCluster
    from tests.shared_clients import worker_tasks
    from shared_clients import get_storage_client

    if __name__ == "__main__":
        sizes = dict(n_workers=2, threads_per_worker=4)
        with LocalCluster(dashboard_address=None, host="127.0.0.1", **sizes) as cluster:
            with Client(cluster) as client:
                tasks = client.map(worker_tasks.list_buckets, range(16), pure=False)
                answers = client.gather(tasks)
                assert all(names == {buckets!r} for _, names in answers), answers
                built = dict(client.gather(client.map(worker_tasks.builds, range(16), pure=False)))
                assert set(built.values()) == {{1}}, built
                try:
                    client.submit(print, get_storage_client("p")).result()
                except TypeError as error:
                    print("refused", "call the getter" in str(error) + str(error.__cause__))
                print("workers", len({{process for process, _ in answers}}))
    """
    script = tmp_path / "cluster.py"
    script.write_text(textwrap.dedent(program))
    finished = subprocess.run(
        [sys.executable, script],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    assert "refused True" in finished.stdout
    assert "workers 2" in finished.stdout


APPLICATION = """
import json, os
from google.auth.credentials import AnonymousCredentials
from shared_clients import get_firestore_client, get_storage_client, pool_stats

at_import = get_storage_client("p")  # before the workers are forked, as --preload does
list(at_import.list_buckets())
get_firestore_client("p").document("gunicorn/preload").set({"by": "master"})

def application(environ, start_response):
    text = environ["PATH_INFO"].strip("/")
    at_import.bucket("for-workers").blob(text).upload_from_string(text)
    answer = {
        "process": os.getpid(),
        "storage": get_storage_client("p").bucket("for-workers").blob(text).download_as_text(),
        "inherited": at_import.bucket("for-workers").blob(text).download_as_text(),
        "firestore": get_firestore_client("p").document("gunicorn/preload").get().to_dict(),
        "fork_resets": pool_stats()["storage"].fork_resets,
        "builds": pool_stats()["firestore"].builds,
    }
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(answer).encode()]
"""


def test_gunicorn_with_preload(
    buckets: list[str], firestore_emulator: Emulator, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert buckets
    firestore_emulator.use(monkeypatch)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    tmp_path.joinpath("application.py").write_text(APPLICATION)

    def command(port: int) -> list[str]:
        options = ["--preload", "--workers=3", "--threads=4", f"--bind={HOST}:{port}", f"--chdir={tmp_path}"]
        return [sys.executable, "-m", "gunicorn", *options, "application:application"]

    def fetch(number: int) -> dict[str, object]:
        with contextlib.closing(http.client.HTTPConnection(HOST, port, timeout=30)) as connection:
            connection.request("GET", f"/text-{number}")
            return {"asked": f"text-{number}", **json.loads(connection.getresponse().read())}

    with running(command, answers_http) as port:
        deadline = time.monotonic() + 60
        answers = at_once(12, lambda thread: [fetch(10 * thread + number) for number in range(10)])
        assert time.monotonic() < deadline
    answers = [answer for several in answers for answer in several]
    assert all(answer["storage"] == answer["inherited"] == answer["asked"] for answer in answers)
    assert all(answer["firestore"] == {"by": "master"} for answer in answers)
    assert {answer["fork_resets"] for answer in answers} == {1}
    assert {answer["builds"] for answer in answers} == {1}
    assert len({answer["process"] for answer in answers}) > 1
