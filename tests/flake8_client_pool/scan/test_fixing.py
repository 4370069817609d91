"""The fix of many files, some of which are none that anybody expects."""

import os
from pathlib import Path

import pytest

from flake8_client_pool.engine import Engine
from flake8_client_pool.fixes import draft_imports, proposals
from flake8_client_pool.fixes.file_fix import FileFixer
from flake8_client_pool.kinds import KINDS
from flake8_client_pool.model import Edit
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


def test_a_file_that_was_changed_since_it_was_checked(tmp_path: Path) -> None:
    each = task(tmp_path, "a.py")
    (tmp_path / "a.py").write_bytes(b"# changed\n" + BUILDS)
    done = Workbench([each.file.location]).fixed(each, unsafe=False)
    assert done.before == done.after
    ((_, outcome),) = done.outcomes
    assert outcome.status == "skipped"
    assert outcome.reason == "it is not there any more: the file was changed since it was checked; run again"


def test_a_name_that_is_no_utf_8(tmp_path: Path) -> None:
    each = task(tmp_path, os.fsdecode(b"m\xff.py"))
    done = Workbench([each.file.location]).fixed(each, unsafe=False)
    assert b"get_bigquery_client()" in done.after


@pytest.mark.parametrize(
    ("module", "function", "edits"),
    [
        (proposals, "getter_edits", lambda _use, _getter, _called: (Edit(45, 46, "("),)),
        (draft_imports, "at_module_level", lambda *_given: Edit(0, 0, "import (\n")),
        (draft_imports, "removals", lambda *_given: (Edit(0, 4, ""),)),
    ],
)
def test_a_fix_that_would_not_parse_is_not_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: object, function: str, edits: object
) -> None:
    each = task(tmp_path, "a.py")
    monkeypatch.setattr(module, function, edits)
    done = workbench_for([each]).fixed(each, unsafe=False)
    assert done.after == BUILDS
    ((_, outcome),) = done.outcomes
    assert outcome.status == "failed"
    assert outcome.reason.startswith("the fix would not parse: ")
    assert outcome.reason.endswith("this is a fault of ours, please report it")
