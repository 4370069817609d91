import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from flake8_client_pool.engine import Engine
from flake8_client_pool.policy.errors import ClientPoolError
from flake8_client_pool.policy.settings import Settings
from flake8_client_pool.scan.discovery import SourceFile
from flake8_client_pool.scan.inspection import Plan
from flake8_client_pool.scan.workers import inspected

BUILDS = b"from google.cloud import bigquery\n\nclient = bigquery.Client()\n"


def plan(directory: Path, sizes: list[int]) -> Plan:
    settings = Settings(root=str(directory))
    files = []
    for number, size in enumerate(sizes):
        file = directory / f"job_{number}.py"
        file.write_bytes(BUILDS + b"#" * size)
        files.append(SourceFile(file.name, str(file), len(BUILDS) + size, settings))
    return Plan(files=tuple(files), caches={}, started=0)


def test_every_file_is_inspected_once(tmp_path: Path) -> None:
    inspections = list(inspected(plan(tmp_path, [0, 900_000, 10, 200_000, 0, 70_000]), 2))
    assert sorted(each.number for each in inspections) == list(range(6))
    assert all(len(each.records) == 1 for each in inspections)


def test_a_lost_process_ends_the_run_with_a_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Engine, "words", lambda *_: os.kill(os.getpid(), signal.SIGKILL))
    with pytest.raises(
        ClientPoolError, match="ended unexpectedly, perhaps for want of memory; run again with --jobs 1"
    ):
        list(inspected(plan(tmp_path, [900_000, 900_000]), 2))


def test_the_signal_to_terminate_leaves_no_worker_behind() -> None:
    script = (
        "import time\nfrom flake8_client_pool.scan.workers import processes\n"
        "with processes(2) as executor:\n    working = executor.submit(time.sleep, 60)\n"
        "    while not working.running():\n        time.sleep(0.01)\n    print(flush=True)\n    time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.terminate()
        # A worker that lives on would hold the pipe open.
        process.communicate(timeout=20)
    assert process.returncode == 128 + signal.SIGTERM


def test_a_fault_of_the_engine_costs_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    find = Engine.words

    def words(engine: Engine, path: str, data: bytes) -> tuple[str, ...]:
        if path.endswith("job_1.py"):
            raise RecursionError("too deep")
        return find(engine, path, data)

    monkeypatch.setattr(Engine, "words", words)
    first, second, third = inspected(plan(tmp_path, [0, 0, 0]), 1)
    assert second.problem == "internal error, RecursionError: too deep; please report it with this file"
    assert (len(first.records), len(third.records)) == (1, 1)
