"""The fix of many files, some of which are none that anybody expects."""

import os
from pathlib import Path

import pytest

from flake8_client_pool.engine import Engine
from flake8_client_pool.fixes.file_fix import FileFixer
from flake8_client_pool.kinds import KINDS
from flake8_client_pool.policy.settings import Settings
from flake8_client_pool.scan.discovery import SourceFile
from flake8_client_pool.scan.fixing import Task, Workbench, workbench_for

BUILDS = b"from google.cloud import bigquery\n\nclient = bigquery.Client()\n"


def task(folder: Path, name: str) -> Task:
    location = os.path.join(folder, name)
    with open(location, "wb") as stream:
        stream.write(BUILDS)
    engine = Engine(KINDS, "shared_clients")
    findings = engine.analyze(location, BUILDS.decode(), engine.words(location, BUILDS)).findings
    return Task(SourceFile(name, location, len(BUILDS), Settings(root=str(folder))), findings)


def test_a_fault_of_ours_costs_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    propose = FileFixer.propose

    def fail(fixer: FileFixer, path: str, text: str, words: tuple[str, ...]) -> object:
        if path.endswith("a.py"):
            raise IndexError("too far")
        return propose(fixer, path, text, words)

    monkeypatch.setattr(FileFixer, "propose", fail)
    tasks = [task(tmp_path, "a.py"), task(tmp_path, "b.py")]
    workbench = workbench_for(tasks)
    failed, fixed = (workbench.fixed(each, unsafe=False) for each in tasks)
    assert failed.after == BUILDS
    told = [(each.status, each.reason) for _, each in failed.outcomes]
    assert told == [("failed", "IndexError: too far; this is a fault of ours, please report it")]
    assert [each.status for _, each in fixed.outcomes] == ["fixed"]


def test_a_name_that_is_no_utf_8(tmp_path: Path) -> None:
    each = task(tmp_path, os.fsdecode(b"m\xff.py"))
    done = Workbench([each.file.location]).fixed(each, unsafe=False)
    assert b"get_bigquery_client()" in done.after
