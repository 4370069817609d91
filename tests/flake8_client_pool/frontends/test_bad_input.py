"""Whatever lies in a tree: a clear line, never a traceback, and the rest is checked all the same."""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flake8_client_pool.policy.settings import Settings
from flake8_client_pool.scan.discovery import SourceFile
from flake8_client_pool.scan.inspection import Inspector, Plan
from flake8_client_pool.scan.records import from_record, to_record

Tree = Callable[..., Path]
Run = Callable[..., subprocess.CompletedProcess[str]]

IMPORT = "from google.cloud import bigquery\n"
BUILDS = f"{IMPORT}client = bigquery.Client()\n"


@pytest.mark.parametrize(
    ("data", "place", "reason"),
    [
        (b"x = 1\ny = '\xff'\n", (2, 6), "utf-8"),
        (b"# coding: martian\nx = 1\n", (1, 1), "martian"),
        (b"#!/bin/python\n# -*- coding: ascii -*-\nx = '\xe4'\n", (3, 6), "ascii"),
        (b"\xef\xbb\xbf# coding: latin-1\n", (1, 1), "latin-1"),
        (b"x = 1\ny = '\0'\n", (2, 6), "null"),
        (b"\xff\xfex\0=\0", (1, 4), "null"),
        (b"\x7fELF\x02\x01\x01\0\0\0", (1, 8), "null"),
    ],
)
def test_what_is_no_python_is_reported_once_with_its_place(
    tree: Tree, client_pool: Run, data: bytes, place: tuple[int, int], reason: str
) -> None:
    tree({"bad.py": data, "good.py": BUILDS})
    done = client_pool("check", "--format=json")
    bad, good = json.loads(done.stdout)["findings"]
    assert (bad["path"], bad["code"], bad["kind"]) == ("bad.py", "CPL900", None)
    assert (bad["line"], bad["column"]) == place
    assert reason in bad["message"]
    assert (good["path"], good["code"]) == ("good.py", "CPL101")
    assert (done.returncode, done.stderr) == (1, "")
    assert f"bad.py:{place[0]}:{place[1]}: CPL900 " in client_pool("check").stdout


@pytest.mark.parametrize(
    "data",
    [
        b"# caf\xe9\n" + BUILDS.encode(),
        b"# coding: martian\n" + BUILDS.encode(),
        b"\xef\xbb\xbf# coding: latin-1\n" + BUILDS.encode(),
        b"\xff = '\0'\n" + BUILDS.encode(),
        b"\xff = 1\r" + BUILDS.replace("\n", "\r").encode(),
    ],
)
def test_what_can_be_read_of_undecodable_bytes_is_checked(tree: Tree, client_pool: Run, data: bytes) -> None:
    tree({"bad.py": data})
    done = client_pool("check", "--format=json")
    places = [(each["code"], each["line"], each["column"]) for each in json.loads(done.stdout)["findings"]]
    assert [place for place in places if place[0] != "CPL900"] == [("CPL101", 3, 10)]
    assert len(places) == 2
    assert "    client = bigquery.Client()\n" in client_pool("check").stdout


def test_a_comment_suppresses_in_a_file_with_undecodable_bytes_too(tree: Tree, client_pool: Run) -> None:
    tree({"bad.py": b"# caf\xe9\n" + BUILDS.encode().rstrip() + b"  # noqa: CPL101\n"})
    done = client_pool("check", "--format=json", "--show-suppressed")
    findings = [(each["code"], each["status"]) for each in json.loads(done.stdout)["findings"]]
    assert findings == [("CPL900", "error"), ("CPL101", "suppressed")]


def test_a_file_that_does_not_parse_is_reported_once_and_read_on(tree: Tree, client_pool: Run) -> None:
    tree({"job.py": f"{BUILDS}def f(:\n    pass\n\nother = bigquery.Client()\n"})
    done = client_pool("check", "--format=json")
    assert [each["code"] for each in json.loads(done.stdout)["findings"]] == ["CPL101", "CPL900", "CPL101"]


def test_large_and_deep_files_are_checked(tree: Tree, client_pool: Run) -> None:
    nested = f"{IMPORT}x = {'f(' * 200}bigquery.Client(){')' * 200}\n"
    large = BUILDS + "".join(f"value_{number} = {number}\n" for number in range(250_000))
    minified = f"{IMPORT}{'x = 1; ' * 20_000}client = bigquery.Client()\n"
    tree({"nested.py": nested, "large.py": large, "minified.py": minified})
    assert len(large) > 5_000_000
    done = client_pool("check")
    lines = done.stdout.splitlines()
    assert [line.split(":")[0] for line in lines if ": CPL101 " in line] == [
        "large.py",
        "minified.py",
        "nested.py",
    ]
    assert max(map(len, lines)) < 300
    assert done.stderr == ""


def test_what_cannot_be_read_costs_nobody_else(tree: Tree, client_pool: Run) -> None:
    root = tree({"job.py": BUILDS, "folder.py/job.py": BUILDS})
    (root / "dangling.py").symlink_to("nowhere.py")
    (root / "loop.py").symlink_to("loop.py")
    done = client_pool("check", "--format=json")
    document = json.loads(done.stdout)
    assert [each["path"] for each in document["findings"]] == ["folder.py/job.py", "job.py"]
    assert [each["path"] for each in document["summary"]["problems"]] == ["dangling.py", "loop.py"]
    assert done.stderr.splitlines() == [
        "client-pool: dangling.py: cannot be read: there is no such file",
        "client-pool: loop.py: cannot be read: too many levels of symbolic links",
    ]
    assert done.returncode == 1


def test_a_file_below_a_directory_that_cannot_be_looked_at_fails_the_check(tree: Tree, client_pool: Run) -> None:
    root = tree({"job.py": BUILDS})
    (root / "linked.py").symlink_to("x" * 300)
    done = client_pool("check", "--quiet")
    assert done.stderr == "client-pool: linked.py: cannot be read: file name too long\n"
    assert "job.py:2:10: CPL101 " in done.stdout
    assert done.returncode == 2


def test_a_file_that_nobody_could_read_fails_the_check(tree: Tree, client_pool: Run) -> None:
    root = tree({"good.py": "x = 1\n"})
    done = client_pool("check", "good.py", "nowhere.py", str(root / "good.py" / "below.py"))
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        f"client-pool: {root}/good.py/below.py: cannot be read: not a directory",
        "client-pool: nowhere.py: cannot be read: there is no such file",
    ]
    assert done.stdout == "Nothing found in 1 file.\n"


def inspector(path: str) -> Inspector:
    settings_here = Settings(root=os.path.dirname(path))
    return Inspector(Plan(files=(SourceFile("job.py", path, 1, settings_here),), caches={}, started=0))


def test_a_file_that_vanishes_is_a_problem_but_no_failure(tmp_path: Path) -> None:
    inspection = inspector(f"{tmp_path}/vanished.py").inspect(0)
    assert inspection.problem == "cannot be read: there is no such file"
    assert inspection.vanished


PIECES = st.sampled_from(
    [
        BUILDS,
        IMPORT,
        "bigquery.Client()",
        "(",
        ")",
        "'''",
        "\\\n",
        "\r",
        "\n",
        "\t",
        " ",
        "# noqa: CPL101",
        "é",
        "😀",
        "\0",
        "\x0c",
    ]
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.one_of(st.binary(max_size=200), st.lists(PIECES, max_size=12).map(lambda each: "".join(each).encode())))
def test_any_bytes_give_places_inside_the_file(tmp_path: Path, data: bytes) -> None:
    inspection = inspector(f"{tmp_path}/job.py").inspect(0, BUILDS.encode() + data)
    assert inspection.problem == ""
    lines = 1 + BUILDS.count("\n") + data.count(b"\n") + data.count(b"\r")
    for record, excerpt, _weight in inspection.records:
        finding = from_record(record)
        assert to_record(finding) == record
        assert from_record(json.loads(json.dumps(record))) == finding
        assert 1 <= finding.span.line <= lines
        assert finding.span.column >= 1
        assert (finding.span.line, finding.span.column) <= (finding.span.end_line, finding.span.end_column)
        assert excerpt.column - 1 <= len(excerpt.text) or finding.code == "CPL900"
