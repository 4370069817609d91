"""Who owns a file, by what GitHub and GitLab say of their CODEOWNERS files."""

from pathlib import Path

import pytest

from flake8_client_pool.policy.errors import ClientPoolError
from flake8_client_pool.scan.owners import Owners

from ..conftest import WriteTree  # noqa: TID252

GITLAB = """\
* @everyone

[Database]
/db/ @dba
jobs/load.py @loader

^[Documentation][2] @writers @org/docs
docs/
/db/ @reviewer
!/db/generated/

[database] @later
tables.py
"""


def owners_of(root: Path, *paths: str) -> tuple[str, ...]:
    (root / ".git").mkdir(exist_ok=True)
    return Owners(str(root)).of(str(root / path) for path in paths)


@pytest.mark.parametrize(
    ("content", "path", "owners"),
    [
        ("* @all\n/a/ @x\n", "a/b/m.py", ("@x",)),
        ("* @all\n/a/\n", "a/m.py", ()),
        ("/a\\ b/ @x\n", "a b/m.py", ("@x",)),
        ("a/ @x # was @y\n#* @z\n", "deep/a/m.py", ("@x",)),
        ("\ufeff* @all\r\na/ me@example.com @org/team\r\n", "a/m.py", ("@org/team", "me@example.com")),
        ("\ufeff* @all\r\n", "m.py", ("@all",)),
        ("/a/*.p[xy] @x\n", "a/m.py", ("@x",)),
        (GITLAB, "m.py", ("@everyone",)),
        (GITLAB, "db/m.py", ("@dba", "@everyone", "@reviewer")),
        (GITLAB, "db/generated/m.py", ("@dba", "@everyone")),
        (GITLAB, "db/tables.py", ("@everyone", "@later", "@reviewer")),
        (GITLAB, "service/docs/m.py", ("@everyone", "@org/docs", "@writers")),
        (GITLAB, "service/jobs/load.py", ("@everyone", "@loader")),
        ("[A]\n/b/\n[B] @b\n/b/\n", "b/m.py", ("@b",)),
    ],
)
def test_owners(tree: WriteTree, content: str, path: str, owners: tuple[str, ...]) -> None:
    assert owners_of(tree({"CODEOWNERS": content}), path) == owners


def test_those_of_most_files_come_first_and_the_first_place_counts(tree: WriteTree) -> None:
    root = tree({".github/CODEOWNERS": "* @b\n/x.py @a @b\n", "CODEOWNERS": "* @nobody\n"})
    assert owners_of(root, "x.py", "y.py") == ("@b", "@a")


def test_without_a_file_nobody_owns_anything(tmp_path: Path) -> None:
    assert owners_of(tmp_path, "x.py") == ()


@pytest.mark.parametrize("content", [b"a[b @us\n", b"[].py @us\n", b"\xff @us\n"])
def test_what_cannot_be_followed_is_named(tree: WriteTree, content: bytes) -> None:
    root = tree({"CODEOWNERS": content})
    with pytest.raises(ClientPoolError, match=r"CODEOWNERS: cannot be followed: .*; mend it, or give each phase"):
        owners_of(root, "x.py")
