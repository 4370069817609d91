"""A file in place of another: whole or not at all, and never over what somebody else has written meanwhile."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from flake8_client_pool.fixes.writing import NotWrittenError, create_file, replace_file

Tree = Callable[[Mapping[str, str]], Path]

BUILDS = "from google.cloud import bigquery\n\nclient = bigquery.Client()\n"
FIXED = "from shared_clients import get_bigquery_client\n\nclient = get_bigquery_client()\n"


def another_owner() -> tuple[int, int]:
    """Name a user and a group whom this process may give a file: anybody for root, else one of its own groups."""
    if os.geteuid() == 0:
        return 12345, 54321
    return os.geteuid(), next((group for group in os.getgroups() if group != os.getegid()), os.getegid())


def test_who_reads_meanwhile_reads_the_old_file_to_its_end(tmp_path: Path) -> None:
    file = tmp_path / "job.py"
    file.write_bytes(b"one\n" * 5000)
    with file.open("rb") as reading:
        begun = reading.read(4)
        replace_file(str(file), b"one\n" * 5000, b"two\n")
        assert begun + reading.read() == b"one\n" * 5000
    assert file.read_bytes() == b"two\n"
    assert os.listdir(tmp_path) == ["job.py"]


def test_what_was_changed_since_it_was_read_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "job.py"
    file.write_bytes(b"theirs\n")
    with pytest.raises(NotWrittenError, match="it was changed meanwhile; run again"):
        replace_file(str(file), b"read\n", b"ours\n")
    assert file.read_bytes() == b"theirs\n"
    assert os.listdir(tmp_path) == ["job.py"]


def test_owner_and_mode_are_kept(tmp_path: Path) -> None:
    file = tmp_path / "job.py"
    file.write_bytes(b"old\n")
    os.chown(file, *another_owner())
    file.chmod(0o4750)
    before = file.stat()
    replace_file(str(file), b"old\n", b"new\n")
    after = file.stat()
    assert (after.st_uid, after.st_gid, after.st_mode) == (before.st_uid, before.st_gid, before.st_mode)
    assert file.read_bytes() == b"new\n"


def test_a_new_file_takes_the_place_of_no_other(tmp_path: Path) -> None:
    file = tmp_path / "conftest.py"
    create_file(str(file), b"ours\n")
    with pytest.raises(NotWrittenError, match="a file of its name was made meanwhile; run again"):
        create_file(str(file), b"ours again\n")
    assert file.read_bytes() == b"ours\n"
    assert os.listdir(tmp_path) == ["conftest.py"]


def test_a_file_for_which_there_is_no_room_is_left_and_the_rest_is_fixed(
    tree: Tree, environment: dict[str, str]
) -> None:
    large = BUILDS + "# no more than this\n" * 1500
    root = tree({"a.py": large, "b.py": BUILDS})
    # What coverage writes would find no room either.
    unmeasured = {name: value for name, value in environment.items() if not name.startswith("COVERAGE")}
    done = subprocess.run(
        ["sh", "-c", 'ulimit -f 20 && exec "$0" "$@"', sys.executable, "-B", "-m", "flake8_client_pool", "fix"],
        cwd=root,
        env=unmeasured,
        capture_output=True,
        check=False,
        text=True,
    )
    assert (done.returncode, done.stderr) == (2, "")
    assert "a.py:3:10  CPL101  failed: it cannot be written: file too large\n" in done.stdout
    assert done.stdout.endswith("Fixed 1 finding in 1 file; 1 left.\n")
    assert [(root / name).read_text() for name in ("a.py", "b.py")] == [large, FIXED]
    assert sorted(os.listdir(root)) == ["a.py", "b.py"]
