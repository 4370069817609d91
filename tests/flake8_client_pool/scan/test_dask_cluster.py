"""The report on a real Dask cluster: a scheduler and two workers, each a process of its own."""

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from flake8_client_pool.policy.errors import ClientPoolError
from flake8_client_pool.report.adoption import report
from flake8_client_pool.scan import dask_cluster
from flake8_client_pool.scan.dask_cluster import dask_executor
from flake8_client_pool.scan.inspection import Inspection
from flake8_client_pool.scan.run import Means

Command = Callable[..., subprocess.CompletedProcess[str]]

PADDING = f'TEXT = """{"a word and another " * 30_000}"""\n'
POOLED = "from shared_clients import get_bigquery_client\n\nclient = get_bigquery_client()\n"
DIRECT = "from google.cloud import storage\n\nclient = storage.Client()\n"
FILES = 24


@dataclass(frozen=True)
class Cluster:
    address: str
    workers: tuple[subprocess.Popen[bytes], ...]


def started(*arguments: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "dask", *arguments, "--no-dashboard", "--host", "127.0.0.1"]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    file = str(tmp_path / "scheduler.json")
    scheduler = started("scheduler", "--port", "0", "--scheduler-file", file)
    join = ("worker", "--scheduler-file", file, "--no-nanny", "--nthreads", "1")
    workers = (started(*join, "--name", "one"), started(*join, "--name", "two"))
    try:
        yield Cluster(address_of_both(file), workers)
    finally:
        for process in (*workers, scheduler):
            process.kill()
            process.wait()


def address_of_both(file: str) -> str:
    from distributed import Client

    end = time.monotonic() + 60
    while not Path(file).exists() or not Path(file).read_text():
        assert time.monotonic() < end, "the scheduler did not start"
        time.sleep(0.1)
    address = str(json.loads(Path(file).read_text())["address"])
    with Client(address, set_as_default=False) as client:
        client.wait_for_workers(2, timeout=60)
    return address


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    folder.mkdir()
    for number in range(FILES):
        (folder / f"job{number}.py").write_text((DIRECT if number % 3 else POOLED) + PADDING)
    (folder / "setup.cfg").write_text("")
    return folder


def test_a_cluster_gives_the_same_bytes_and_survives_the_loss_of_a_worker(
    cluster: Cluster, shop: Path, client_pool: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = client_pool("report", "shop", "--format", "json", cwd=shop.parent)
    shared = client_pool("report", "shop", "--format", "json", "--dask", cluster.address, cwd=shop.parent)
    assert (shared.returncode, shared.stdout) == (0, alone.stdout), shared.stderr
    assert json.loads(shared.stdout)["code"]["direct"] == FILES * 2 // 3

    expected = report(str(shop), "", 1, Means(jobs=1, watch=lambda items, _total: iter(items)))
    with dask_executor(cluster.address, (str(shop),)) as executor:
        assert report(str(shop), "", 1, Means(jobs=1, watch=losing(cluster.workers[0]), executor=executor)) == expected
    assert cluster.workers[0].poll() is not None

    monkeypatch.setattr(dask_cluster, "tool", lambda: "another version")
    lacking = (
        rf"^--dask {cluster.address}: tcp.* has another flake8-client-pool than is here; every node needs the same"
    )
    with pytest.raises(ClientPoolError, match=lacking), dask_executor(cluster.address, ()):
        pass


def losing(worker: subprocess.Popen[bytes]) -> Callable[[Iterable[Inspection], int], Iterator[Inspection]]:
    """Kill a worker when the first file is done: several tasks are still to be done then."""

    def watch(items: Iterable[Inspection], _total: int) -> Iterator[Inspection]:
        for item in items:
            if worker.poll() is None:
                worker.kill()
                worker.wait()
            yield item

    return watch


def test_no_scheduler_is_said_plainly() -> None:
    pattern = re.escape("--dask tcp://127.0.0.1:1: no scheduler answers there")
    with pytest.raises(ClientPoolError, match=pattern), dask_executor("tcp://127.0.0.1:1", ()):
        pass


@pytest.mark.parametrize("address", ["nonsense", "tcp://", "tcp://scheduler", "http//scheduler:80", "a b:1", ":8786"])
def test_what_is_no_address_is_said_without_a_word_from_dask(address: str, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ClientPoolError, match="is no address; write it as tcp://"), dask_executor(address, ()):
        pass
    assert capfd.readouterr().err == ""
