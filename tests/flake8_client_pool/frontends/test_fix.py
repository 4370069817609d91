"""`client-pool fix` as its users meet it: real processes, real git."""

import json
import os
import stat
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

Tree = Callable[[Mapping[str, str | bytes]], Path]
Run = Callable[..., subprocess.CompletedProcess[str]]
Git = Callable[..., None]

BUILDS = "from google.cloud import bigquery\n\nclient = bigquery.Client(project='demo')\n"
FIXED = "from shared_clients import get_bigquery_client\n\nclient = get_bigquery_client(project_id='demo')\n"
KEPT = "from google.cloud import bigquery\n\nclient = bigquery.Client(**options)\n"


def test_nothing_is_left(tree: Tree, client_pool: Run) -> None:
    root = tree({"a.py": BUILDS, "b.py": "x = 1\n"})
    done = client_pool("fix")
    assert (done.returncode, done.stdout, done.stderr) == (0, "Fixed 1 finding in 1 file; 0 left.\n", "")
    assert (root / "a.py").read_text() == FIXED
    assert client_pool("fix").stdout == "Fixed 0 findings in 0 files; 0 left.\n"


def test_what_is_left_is_shown_with_its_reason(tree: Tree, client_pool: Run) -> None:
    root = tree({"a.py": BUILDS, "b.py": KEPT})
    done = client_pool("fix")
    assert done.returncode == 1
    assert done.stdout == (
        "Left (1):\n  b.py:3:10  CPL101  **options hides its arguments\nFixed 1 finding in 1 file; 1 left.\n"
    )
    assert (root / "b.py").read_text() == KEPT


def test_a_long_path_widens_its_own_row_alone(tree: Tree, client_pool: Run) -> None:
    folder = "f" * 80
    tree({f"{folder}/a.py": KEPT, "b.py": KEPT})
    lines = client_pool("fix").stdout.splitlines()
    assert lines[1] == "  b.py:3:10  CPL101  **options hides its arguments"
    assert lines[2] == f"  {folder}/a.py:3:10  CPL101  **options hides its arguments"


def test_a_factory_is_named(tree: Tree, client_pool: Run) -> None:
    tree({"a.py": "from google.cloud import bigquery\n\n\ndef make():\n    return bigquery.Client()\n"})
    assert "  a.py:5:12  make\n" in client_pool("fix").stdout


def test_json(tree: Tree, client_pool: Run) -> None:
    tree({"a.py": BUILDS, "b.py": KEPT})
    document = json.loads(client_pool("fix", "--format=json").stdout)
    told = [(each["path"], each["status"], each["reason"], each["applicability"]) for each in document["findings"]]
    assert told == [("a.py", "fixed", None, "safe"), ("b.py", "skipped", "**options hides its arguments", None)]
    summary = {"fixed": 1, "skipped": 1, "failed": 0, "left": 1, "errors": 1, "warnings": [], "problems": []}
    assert document["summary"] == summary
    assert (document["written"], document["patch"]) == (True, None)
    assert document["changed"] == ["a.py"]


def test_unsafe_changes_are_made_when_asked_for(tree: Tree, client_pool: Run) -> None:
    text = "from functools import partial\n\nfrom google.cloud import bigquery\n\nmake = partial(bigquery.Client)\n"
    root = tree({"a.py": text})
    assert "unsafe: what is called later" in client_pool("fix", "a.py").stdout
    assert (root / "a.py").read_text() == text
    done = client_pool("fix", "a.py", "--unsafe")
    assert done.returncode == 0
    assert done.stdout.startswith(
        "Unsafe, the program may behave differently (1):\n  a.py:5:16  CPL110  what is called later may give arguments"
    )
    assert "partial(get_bigquery_client)" in (root / "a.py").read_text()


def test_a_module_waits_for_a_test_that_is_not_to_be_fixed(tree: Tree, client_pool: Run) -> None:
    tests = "from unittest.mock import patch\n\n\n@patch('a.bigquery')\ndef test(stand_in): ...\n"
    root = tree({"a.py": BUILDS, "test_a.py": tests})
    reason = "test_a.py puts a stand-in for bigquery into this module"
    assert f"unsafe: {reason}" in client_pool("fix", "a.py").stdout
    done = client_pool("fix", "a.py", "--unsafe")
    assert f"{reason}, and does not follow: it is not among what is to be fixed" in done.stdout
    assert done.returncode == 1
    assert (root / "a.py").read_text() == BUILDS


def test_a_module_whose_test_cannot_follow_says_what_to_do(tree: Tree, client_pool: Run) -> None:
    root = tree({"a.py": BUILDS, "test_a.py": "import a\n\na.bigquery = object()\n"})
    done = client_pool("fix", "--unsafe")
    assert "module, and does not follow: change the test by hand, together with the module" in done.stdout
    assert (root / "a.py").read_text() == BUILDS


def test_select(tree: Tree, client_pool: Run) -> None:
    root = tree({"a.py": BUILDS + "from google.cloud import storage\n\nfiles = storage.Client()\n"})
    client_pool("fix", "--select=CPL103")
    text = (root / "a.py").read_text()
    assert "bigquery.Client(project='demo')" in text
    assert "files = get_storage_client()" in text


def test_tests_alone_are_fixed_where_only_they_are_selected(tree: Tree, client_pool: Run) -> None:
    tests = "from unittest.mock import patch\n\nimport a\n\n\n@patch('a.bigquery.Client')\ndef test(client): ...\n"
    module = "from shared_clients import get_bigquery_client\n\n\ndef f():\n    return get_bigquery_client()\n"
    root = tree({"a.py": module, "test_a.py": tests})
    assert client_pool("check", "--select=CPL301").returncode == 1
    assert client_pool("fix", "--select=CPL3", "--unsafe").returncode == 0
    assert "@patch('a.get_bigquery_client')" in (root / "test_a.py").read_text()


def test_isolated(tree: Tree, client_pool: Run) -> None:
    root = tree({"a.py": BUILDS, "setup.cfg": "[client-pool]\nexclude = a.py\n"})
    assert client_pool("fix").stdout == "Fixed 0 findings in 0 files; 0 left.\n"
    client_pool("fix", "--isolated")
    assert (root / "a.py").read_text() == FIXED


def test_a_suppressed_client_stays(tree: Tree, client_pool: Run) -> None:
    root = tree({"a.py": BUILDS.replace(")\n", ")  # noqa: CPL101\n")})
    assert client_pool("fix").returncode == 0
    assert "bigquery.Client(" in (root / "a.py").read_text()


@pytest.mark.parametrize(
    "before",
    [
        pytest.param(BUILDS.encode(), id="plain"),
        pytest.param(BUILDS.replace("\n", "\r\n").encode(), id="CRLF"),
        pytest.param(BUILDS.rstrip().encode(), id="no last newline"),
        pytest.param(b"\xef\xbb\xbf" + BUILDS.encode(), id="byte order mark"),
        pytest.param(("# coding: latin-1\n" + BUILDS.replace("demo", "d\xe9mo")).encode("latin-1"), id="latin-1"),
    ],
)
def test_a_patch_that_git_applies(before: bytes, tree: Tree, client_pool: Run, git: Git) -> None:
    root = tree({"src/a b.py": before})
    git("init", "--quiet")
    git("config", "core.autocrlf", "false")
    git("add", ".")
    command = ["flake8_client_pool", "fix", "--diff", "src"]
    done = subprocess.run([sys.executable, "-m", *command], cwd=root, capture_output=True, check=False)
    assert done.returncode == 0
    assert done.stderr == b"Would fix 1 finding in 1 file; 0 left.\n"
    assert (root / "src/a b.py").read_bytes() == before
    (root / "fix.patch").write_bytes(done.stdout)
    git("apply", "fix.patch")
    patched = (root / "src/a b.py").read_bytes()
    (root / "src/a b.py").write_bytes(before)
    client_pool("fix", "src")
    assert (root / "src/a b.py").read_bytes() == patched
    assert patched.startswith(before[:3])
    assert patched.endswith(before[-2:])
    assert b"get_bigquery_client(" in patched
    assert (b"\r\n" in patched) == (b"\r\n" in before)


def test_mode_and_link_are_kept(tree: Tree, client_pool: Run) -> None:
    root = tree({"real/a.py": BUILDS})
    (root / "real/a.py").chmod(0o755)
    (root / "link.py").symlink_to("real/a.py")
    assert client_pool("fix", "link.py").returncode == 0
    assert (root / "link.py").is_symlink()
    assert (root / "real/a.py").read_text() == FIXED
    assert stat.S_IMODE((root / "real/a.py").stat().st_mode) == 0o755
    assert [path.name for path in (root / "real").iterdir()] == ["a.py"]


@pytest.mark.skipif(sys.platform != "linux", reason="Python knows extended attributes on Linux alone")
def test_extended_attributes_are_kept(tree: Tree, client_pool: Run) -> None:
    file = tree({"a.py": BUILDS}) / "a.py"
    try:
        os.setxattr(file, "user.origin", b"here")
    except OSError:
        pytest.skip("this file system has no extended attributes")
    assert client_pool("fix").returncode == 0
    assert file.read_text() == FIXED
    assert os.getxattr(file, "user.origin") == b"here"


def test_a_file_that_cannot_be_written_in_its_encoding_is_reported(tree: Tree, client_pool: Run) -> None:
    source = BUILDS.replace("project='demo'", "project='demo', location='EU'") + "x = 1\r"
    root = tree({"a.py": source, "b.py": BUILDS})
    done = client_pool("fix")
    assert done.returncode == 2
    assert "failed: it has line ends that would not be kept" in done.stdout
    assert (root / "a.py").read_bytes() == source.encode()
    assert (root / "b.py").read_text() == FIXED


def test_questions_are_asked_one_by_one(tree: Tree, client_pool: Run) -> None:
    root = tree({"a.py": BUILDS, "b.py": BUILDS, "c.py": BUILDS})
    done = client_pool("fix", "--interactive", stdin="n\ny\nq\n")
    assert done.returncode == 1
    assert "+client = get_bigquery_client(project_id='demo')\n" in done.stdout
    assert [(root / name).read_text() for name in ("a.py", "b.py", "c.py")] == [BUILDS, FIXED, BUILDS]


def test_nobody_waits_at_a_pipe_with_the_name_of_a_module(tree: Tree, client_pool: Run) -> None:
    root = tree({"a.py": f"from pipe import name\n{BUILDS}"})
    os.mkfifo(root / "pipe.py")
    assert client_pool("fix", "--diff").returncode == 0
    assert client_pool("check", "--show-fixes", "--format=json").returncode == 1
    assert "pipe.py: cannot be read: it is neither a file nor a directory" in client_pool("fix", "pipe.py").stderr


def test_options_that_contradict_each_other(tree: Tree, client_pool: Run) -> None:
    tree({"a.py": BUILDS})
    done = client_pool("fix", "--interactive", "--diff")
    assert done.returncode == 2
    assert done.stderr.startswith("client-pool: --interactive asks on the terminal")


@pytest.mark.parametrize("name", [b"m\xff.py", b"a\tb.py", b'a"b\\.py'])
def test_a_patch_for_a_file_with_an_uncommon_name(name: bytes, tmp_path: Path, client_pool: Run, git: Git) -> None:
    file = tmp_path / os.fsdecode(name)
    file.write_text(BUILDS)
    git("init", "--quiet")
    command = [sys.executable, "-m", "flake8_client_pool", "fix", "--diff"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=True)
    (tmp_path / "fix.patch").write_bytes(done.stdout)
    git("apply", "fix.patch")
    assert file.read_text() == FIXED
    assert client_pool("fix", "--format=json").returncode == 0


def test_links_are_followed_only_within_what_is_to_be_fixed(tree: Tree, client_pool: Run) -> None:
    root = tree({"pkg/a.py": BUILDS, "outside/b.py": BUILDS})
    (root / "pkg/also_a.py").symlink_to("a.py")
    (root / "pkg/b.py").symlink_to("../outside/b.py")
    done = client_pool("fix", "pkg")
    assert done.returncode == 2
    assert "failed: it is a link to a file outside of what is to be fixed" in done.stdout
    assert done.stdout.endswith("Fixed 1 finding in 1 file; 1 left.\n")
    assert (root / "pkg/a.py").read_text() == FIXED
    assert (root / "outside/b.py").read_text() == BUILDS


def test_a_file_that_cannot_be_replaced_is_left(tree: Tree, client_pool: Run) -> None:
    before = "# coding: utf-7\n" + BUILDS.replace("demo", "d+AGU-mo")
    root = tree({"a.py": BUILDS, "b.py": BUILDS, "c.py": before})
    (root / "elsewhere").hardlink_to(root / "a.py")
    (root / "b.py").chmod(0o444)
    done = client_pool("fix")
    assert done.returncode == 2
    assert "a.py:3:10  CPL101  failed: it has a second name, a hard link" in done.stdout
    assert "b.py:3:10  CPL101  failed: it may not be written" in done.stdout
    assert "c.py:4:10  CPL101  failed: it would not be kept as it is: utf-7" in done.stdout
    assert [(root / name).read_text() for name in ("a.py", "b.py", "c.py")] == [BUILDS, BUILDS, before]


def test_one_byte_order_mark_is_kept(tree: Tree, client_pool: Run) -> None:
    mark = b"\xef\xbb\xbf# coding: utf-8-sig\n"
    root = tree({"a.py": mark + BUILDS.encode()})
    assert client_pool("fix").returncode == 0
    assert (root / "a.py").read_bytes() == mark + FIXED.encode()
