"""The patch of `client-pool fix --diff`: one `git apply` takes it, wherever the files lie."""

import json
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

Tree = Callable[[Mapping[str, str | bytes]], Path]
Run = Callable[..., subprocess.CompletedProcess[str]]
Git = Callable[..., None]

BUILDS = "from google.cloud import bigquery\n\nclient = bigquery.Client()\n"
FIXED = "from shared_clients import get_bigquery_client\n\nclient = get_bigquery_client()\n"


def test_nested_repositories_and_submodules(tree: Tree, client_pool: Run, git: Git) -> None:
    root = tree({"super/job.py": BUILDS, "super/nested/job.py": BUILDS, "module/job.py": BUILDS})
    for each in ("module", "super/nested", "super"):
        git("init", "--quiet", cwd=root / each)
    git("add", ".", cwd=root / "module")
    git("commit", "--quiet", "--message=begin", cwd=root / "module")
    git("-c", "protocol.file.allow=always", "submodule", "add", "--quiet", str(root / "module"), cwd=root / "super")
    for given, top, told in (
        (["."], "super", ""),
        (["nested", "job.py"], "super", ""),
        (["nested"], "super/nested", f"git -C {root}/super/nested apply"),
    ):
        done = client_pool("fix", "--diff", *given, cwd=root / "super")
        assert told in done.stderr
        assert ("apply the patch" in done.stderr) == bool(told)
        (root / "fix.patch").write_text(done.stdout)
        git("apply", "--check", str(root / "fix.patch"), cwd=root / top)
    git("apply", str(root / "fix.patch"), cwd=root / top)
    assert (root / "super/nested/job.py").read_text() == FIXED
    outer = client_pool("fix", "--diff", "super/module", "super/job.py")
    assert f"git -C {root}/super apply" in outer.stderr
    assert "--- a/module/job.py\n" in outer.stdout


@pytest.mark.parametrize("given", ["../b", "{root}/b"])
def test_paths_beyond_the_working_directory(given: str, tree: Tree, client_pool: Run, git: Git) -> None:
    root = tree({"a/x.py": BUILDS, "b/x.py": BUILDS})
    done = client_pool("fix", "--diff", given.format(root=root), ".", cwd=root / "a")
    assert f"client-pool: apply the patch with `git -C {root} apply`\n" in done.stderr
    (root / "fix.patch").write_text(done.stdout)
    git("apply", "fix.patch")
    assert [(root / name / "x.py").read_text() for name in "ab"] == [FIXED, FIXED]


def test_json_holds_the_patch(tree: Tree, client_pool: Run, git: Git) -> None:
    root = tree({"a.py": f"# coding: latin-1\n# \xe9\n{BUILDS}".encode("latin-1")})
    done = client_pool("fix", "--diff", "--format=json", "a.py", "nowhere.py")
    document = json.loads(done.stdout)
    assert document["written"] is False
    assert [each["path"] for each in document["summary"]["problems"]] == ["nowhere.py"]
    (root / "fix.patch").write_bytes(document["patch"].encode("utf-8", "surrogateescape"))
    git("apply", "fix.patch")
    assert (root / "a.py").read_bytes() == f"# coding: latin-1\n# \xe9\n{FIXED}".encode("latin-1")
