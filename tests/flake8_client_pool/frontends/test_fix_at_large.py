"""`client-pool fix` on repositories of some size: options together, several processes, patches from a folder below."""

import json
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

Tree = Callable[[Mapping[str, str]], Path]
Run = Callable[..., subprocess.CompletedProcess[str]]
Git = Callable[..., None]

POOL = """\
from google.cloud import bigquery, storage


def get_bigquery_client(project_id=None):
    return bigquery.Client(project=project_id)


def get_storage_client(project_id=None):
    return storage.Client(project=project_id)
"""
MAKES = "from google.cloud import bigquery\n\n\ndef make():\n    return bigquery.Client(project='d')\n"
MADE = MAKES.replace("google.cloud import bigquery", "shared.clients import get_bigquery_client").replace(
    "bigquery.Client(project=", "get_bigquery_client(project_id="
)
LATER = "from functools import partial\n\nfrom google.cloud import bigquery\n\nmake = partial(bigquery.Client)\n"
MANY = {f"service/jobs/job_{number}.py": MAKES for number in range(45)}
WHY_LATER = "what is called later may give arguments that get_bigquery_client() takes otherwise"


def test_a_repository_from_one_of_its_folders_by_several_processes(tree: Tree, client_pool: Run, git: Git) -> None:
    root = tree(
        {
            "settings/pool.cfg": "[client-pool]\npool-module = shared.clients\n",
            "shared/clients/__init__.py": POOL,
            "service/fn/shared/clients/bigquery_pool.py": "def get_bigquery_client(project_id=None): ...\n",
            "service/fn/main.py": "from google.cloud import storage\n\nfiles = storage.Client()\n",
            "service/later.py": LATER,
            "service/legacy/job.py": MAKES,
            **MANY,
        }
    )
    git("init", "--quiet")
    options = ("--config=../settings/pool.cfg", "--exclude=legacy", "--jobs=2")
    planned = client_pool("fix", *options, "--diff", "--format=json", cwd=root / "service")
    assert planned.returncode == 1
    told = json.loads(planned.stdout)
    assert told["written"] is False
    figures = {"fixed": 46, "skipped": 1, "failed": 0, "left": 1, "errors": 1, "warnings": [], "problems": []}
    assert told["summary"] == figures
    assert [(each["path"], each["reason"]) for each in told["findings"] if each["status"] == "skipped"] == [
        ("later.py", f"unsafe: {WHY_LATER}")
    ]
    assert told["factories"] == [
        {"path": path.removeprefix("service/"), "line": 5, "name": "make"} for path in sorted(MANY)
    ]
    ((folder, lacking),) = told["incomplete_pools"].items()
    assert folder == "fn/shared/clients"
    assert lacking == ["get_storage_client"]
    assert (root / "service/fn/main.py").read_text().endswith("files = storage.Client()\n")

    done = client_pool("fix", *options, cwd=root / "service")
    assert done.returncode == 1
    assert done.stdout.endswith("Fixed 46 findings in 46 files; 1 left.\n")
    assert f"{folder}  get_storage_client\n" in done.stdout
    assert {(root / path).read_text() for path in MANY} == {MADE}
    assert "files = get_storage_client()\n" in (root / "service/fn/main.py").read_text()
    assert (root / "service/later.py").read_text() == LATER
    assert (root / "service/legacy/job.py").read_text() == MAKES

    (root / "fix.patch").write_text(told["patch"])
    git("apply", "--reverse", "fix.patch")
    assert {(root / path).read_text() for path in MANY} == {MAKES}
    assert (root / "service/fn/main.py").read_text().endswith("files = storage.Client()\n")


def test_a_test_that_builds_clients_and_patches_them_is_reported_once_for_both(
    tree: Tree, client_pool: Run, git: Git
) -> None:
    tests = (
        "from unittest.mock import patch\n\nfrom google.cloud import storage\n\nimport job\n\n"
        "files = storage.Client()\n\n\n"
        "@patch('job.bigquery.Client')\ndef test(client):\n    assert job.make() is client.return_value\n"
    )
    root = tree({"job.py": MAKES, "test_job.py": tests})
    git("init", "--quiet")
    planned = client_pool("fix", "--unsafe", "--diff", "--format=json")
    told = json.loads(planned.stdout)
    assert [(each["path"], each["code"], each["status"]) for each in told["findings"]] == [
        ("job.py", "CPL101", "fixed"),
        ("test_job.py", "CPL103", "fixed"),
        ("test_job.py", "CPL301", "fixed"),
    ]
    assert told["changed"] == ["job.py", "test_job.py"]
    assert client_pool("fix", "--unsafe").stdout.endswith("Fixed 3 findings in 2 files; 0 left.\n")
    text = (root / "test_job.py").read_text()
    assert "files = get_storage_client()\n" in text
    assert "@patch('job.get_bigquery_client')\n" in text
    (root / "fix.patch").write_text(told["patch"])
    git("apply", "--reverse", "fix.patch")
    assert [(root / name).read_text() for name in ("job.py", "test_job.py")] == [MAKES, tests]


def test_what_cannot_be_read_is_told_and_the_rest_is_fixed(tree: Tree, client_pool: Run) -> None:
    root = tree({"job.py": MAKES, "empty/read.me": ""})
    done = client_pool("fix", "job.py", "gone.py")
    assert done.returncode == 2
    assert done.stderr == "client-pool: gone.py: cannot be read: there is no such file\n"
    assert done.stdout.endswith("Fixed 1 finding in 1 file; 0 left.\n")
    assert "get_bigquery_client(project_id='d')" in (root / "job.py").read_text()
    nothing = client_pool("fix", "empty")
    assert nothing.stderr == "client-pool: no Python files found; name files or directories that hold some\n"
    assert (nothing.returncode, nothing.stdout) == (0, "Fixed 0 findings in 0 files; 0 left.\n")


def test_an_unsafe_fix_says_why_where_a_check_shows_it(tree: Tree, client_pool: Run) -> None:
    tree({"later.py": LATER})
    document: dict[str, Any] = json.loads(client_pool("check", "--format=json", "--show-fixes").stdout)
    (finding,) = document["findings"]
    assert finding["fix"]["applicability"] == "unsafe"
    assert finding["fix"]["message"] == f"Use get_bigquery_client (unsafe: {WHY_LATER})"


def test_a_check_says_what_a_fix_would_do_and_why_there_is_none(tree: Tree, client_pool: Run) -> None:
    base = "from shared_clients import get_bigquery_client\n\n\nclass Base:\n    def __init__(self):\n"
    own = (
        "from google.cloud import bigquery, storage\n\nfrom base import Base\n\n\nclass Job(Base):\n"
        "    def __init__(self):\n        super().__init__()\n        self.client = bigquery.Client()\n"
    )
    tree(
        {
            "base.py": f"{base}        self.client = get_bigquery_client()\n",
            "job.py": f"{own}        self.files = storage.Client(**{{}})\n",
        }
    )
    document: dict[str, Any] = json.loads(client_pool("check", "--format=json", "--show-fixes").stdout)
    told = {each["code"]: (each["fix"]["message"], each["fix"]["applicability"]) for each in document["findings"]}
    assert told == {
        "CPL101": ("Use get_bigquery_client", "safe"),
        "CPL103": ("By hand: **{} hides its arguments", "display"),
        "CPL202": ("Leave the line out", "safe"),
    }
    for output in ("sarif", "rdjson"):
        assert client_pool("check", f"--format={output}", "--show-fixes").returncode == 1
