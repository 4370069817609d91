"""A cache makes a run quick; whatever happens to it, it never changes what is found."""

import json
import os
import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from flake8_client_pool.policy.settings import Settings
from flake8_client_pool.scan.cache import Cache
from flake8_client_pool.scan.kept import CACHE_DIRECTORY as DIRECTORY
from flake8_client_pool.scan.states import States, digest

Tree = Callable[..., Path]
Run = Callable[..., subprocess.CompletedProcess[str]]

BUILDS = "from google.cloud import bigquery\n\nclient = bigquery.Client()\n"
FILES = {
    "setup.cfg": "[client-pool]\n",
    **{f"job_{number}.py": BUILDS for number in range(20)},
    "clients.py": "from google.cloud.storage import Client as Warehouse\n",
    "user.py": "from clients import Warehouse\n\nw = Warehouse()\n",
}

# The entries of the cache: every file but the configuration holds a word that matters.
KNOWN = len(FILES) - 1


@pytest.fixture
def project(tree: Tree) -> Path:
    return tree(FILES)


@pytest.fixture
def findings(client_pool: Run) -> Callable[..., list[tuple[str, int, str]]]:
    def run(*arguments: str) -> list[tuple[str, int, str]]:
        done = client_pool("check", "--format=json", *arguments)
        assert done.stderr == ""
        return [(each["path"], each["line"], each["code"]) for each in json.loads(done.stdout)["findings"]]

    return run


Findings = Callable[..., list[tuple[str, int, str]]]


def cache_file(project: Path) -> Path:
    (file,) = (project / DIRECTORY).glob("*.json")
    return file


def entries(file: Path) -> dict[str, list[object]]:
    loaded: dict[str, list[object]] = json.loads(file.read_bytes().partition(b"\n")[2])["entries"]
    return loaded


def rewrite(file: Path, changed: dict[str, list[object]], target: Path | None = None) -> None:
    content = json.loads(file.read_bytes().partition(b"\n")[2])
    payload = json.dumps({**content, "entries": changed}).encode()
    (target or file).write_bytes(digest(payload).encode() + b"\n" + payload)


def test_a_second_run_takes_what_the_first_one_found(project: Path, findings: Findings) -> None:
    before = findings()
    assert len(before) == 21
    changed = entries(cache_file(project))
    changed["job_0.py"][2] = []
    rewrite(cache_file(project), changed)
    assert findings() == [each for each in before if each[0] != "job_0.py"]
    assert findings("--no-cache") == before


def test_git_does_not_see_the_cache(project: Path, findings: Findings) -> None:
    findings()
    assert (project / DIRECTORY / ".gitignore").read_text() == "*\n"


def test_a_run_without_cache_leaves_none(project: Path, findings: Findings) -> None:
    findings("--no-cache")
    assert not (project / DIRECTORY).exists()


def test_another_content_is_analysed_anew(project: Path, findings: Findings) -> None:
    before = findings()
    stamp = (project / "job_0.py").stat()
    (project / "job_0.py").write_text(BUILDS.replace("client = ", "fabric = "))
    (project / "job_1.py").write_text(BUILDS.replace("bigquery.C", "nothing.C"))
    for name in ("job_0.py", "job_1.py"):
        os.utime(project / name, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert findings() == [each for each in before if each[0] != "job_1.py"]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda root: (root / "clients.py").write_text("Warehouse = dict\n"), id="changed"),
        pytest.param(lambda root: (root / "clients.py").unlink(), id="removed"),
        pytest.param(lambda root: (root / "clients").mkdir() or (root / "clients/__init__.py").touch(), id="hidden"),
    ],
)
def test_a_followed_file_that_differs_makes_its_followers_differ(
    project: Path, findings: Findings, change: Callable[[Path], object]
) -> None:
    assert ("user.py", 3, "CPL103") in findings()
    change(project)
    assert findings() == findings("--no-cache")
    assert ("user.py", 3, "CPL103") not in findings()


def test_a_followed_file_that_appears_counts(project: Path, findings: Findings) -> None:
    (project / "clients.py").unlink()
    assert ("user.py", 3, "CPL103") not in findings()
    (project / "clients.py").write_text(FILES["clients.py"])
    assert ("user.py", 3, "CPL103") in findings()


@pytest.mark.parametrize("ignored", ["", "clients.py\nlib\n"], ids=["tracked", "ignored"])
@pytest.mark.parametrize("path", ["clients.py", "lib/loaders.py"])
def test_a_file_without_a_word_of_its_own_gets_one_from_another(
    project: Path, findings: Findings, git: Callable[..., None], ignored: str, path: str
) -> None:
    module = path.removesuffix(".py").rpartition("/")[2]
    (project / "late.py").write_text(f"from {module} import Loader\n\nx = Loader()\n")
    (project / ".gitignore").write_text(ignored)
    git("init", "--quiet")
    before = findings()
    assert findings() == before
    assert "late.py" not in {name for name, _, _ in before}
    (project / path).parent.mkdir(exist_ok=True)
    (project / path).write_text("from google.cloud.storage import Client as Loader\n")
    assert ("late.py", 3, "CPL103") in findings()
    assert findings() == findings("--no-cache")


def test_an_unused_comment_is_found_although_an_earlier_run_did_not_look(project: Path, findings: Findings) -> None:
    (project / "plain.py").write_text("x = 1  # noqa: CPL101\n")
    assert "plain.py" not in {name for name, _, _ in findings("--ignore-noqa")}
    for _ in range(2):
        assert ("plain.py", 1, "CPL901") in findings()


@pytest.mark.usefixtures("project")
def test_a_part_of_a_tree_and_the_whole_share_a_cache(findings: Findings) -> None:
    names = [f"job_{number}.py" for number in range(18)]
    whole = findings()
    for _ in range(2):
        assert findings(*names) == [each for each in whole if each[0] in names]
        assert findings() == whole


def test_from_another_directory_the_cache_does_not_mislead(project: Path, findings: Findings, client_pool: Run) -> None:
    """Without version control the working directory tells how far upward modules are looked for."""
    (project / "deep/down").mkdir(parents=True)
    for number in range(20):
        (project / f"deep/down/user_{number}.py").write_text(FILES["user.py"])
    assert len(findings()) == 41

    def from_below(*arguments: str) -> str:
        return client_pool("check", "--format=json", *arguments, cwd=project / "deep").stdout

    assert from_below() == from_below("--no-cache")


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda data: data[: len(data) // 2], id="truncated"),
        pytest.param(lambda _: b"", id="empty"),
        pytest.param(lambda data: data.replace(b"job_1", b"job_2"), id="altered"),
        pytest.param(lambda _: b"\xff\x00\xfe", id="no text"),
        pytest.param(lambda _: digest(b"[").encode() + b"\n[", id="no json"),
        *(
            pytest.param(lambda _, shape=shape: digest(shape).encode() + b"\n" + shape, id=f"of shape {shape!r}")
            for shape in (
                b"[]",
                b"7",
                b"{}",
                b'{"entries": [1], "sight": [{}, {}], "settled": []}',
                b'{"entries": {"job_0.py": 7}, "sight": [{}, {}], "settled": ["job_0.py"]}',
                b'{"entries": {"job_0.py": [7]}, "sight": [{}, {}], "settled": ["job_0.py"]}',
                b'{"entries": {"job_0.py": [1, 2, 3, 4]}, "sight": [{}, {}], "settled": [1]}',
                b'{"entries": {}, "sight": [{}], "settled": []}',
                b'{"entries": {}, "sight": [7, 7], "settled": []}',
                b'{"entries": {}, "sight": [{}, {}], "settled": 7}',
            )
        ),
    ],
)
def test_a_damaged_cache_is_no_cache(project: Path, findings: Findings, damage: Callable[[bytes], bytes]) -> None:
    before = findings()
    file = cache_file(project)
    file.write_bytes(damage(file.read_bytes()))
    assert findings() == before
    assert len(entries(file)) == KNOWN


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda entry: [*entry[:2], [7], entry[3]], id="no record"),
        pytest.param(lambda entry: [*entry[:2], 7, entry[3]], id="no records"),
        pytest.param(lambda entry: [*entry[:2], [[]], entry[3]], id="an empty record"),
        pytest.param(lambda entry: [*entry[:3], 7], id="no followed paths"),
        *(
            pytest.param(
                lambda entry, place=place, value=value: [
                    *entry[:2],
                    [[*record[:place], value, *record[place + 1 :]] for record in entry[2]],
                    entry[3],
                ],
                id=f"{value!r} at {place}",
            )
            for place, value in (
                (0, 7),
                (1, None),
                (2, ["text"]),
                (3, [1, 2, 3]),
                (3, [0, 1, "3", 4, 5, 6]),
                (3, [0, 1, 0, 0, 0, 0]),
                (4, 7),
                (5, [3, 99]),
                (5, [3]),
                (6, 7),
                (7, 7),
                (8, [1]),
                (8, ["message", "martian", []]),
                (8, ["message", "safe", [[1]]]),
            )
        ),
    ],
)
def test_a_settled_entry_of_another_shape_is_not_there(
    project: Path, findings: Findings, damage: Callable[[list[Any]], list[object]]
) -> None:
    before = findings()
    rewrite(cache_file(project), {path: damage(entry) for path, entry in entries(cache_file(project)).items()})
    assert findings() == before


def test_another_version_of_the_tool_has_another_cache(project: Path, findings: Findings) -> None:
    findings()
    own = cache_file(project)
    stranger = own.with_name("0" * 32 + ".json")
    poisoned = entries(own)
    for entry in poisoned.values():
        entry[2] = []
    rewrite(own, poisoned, stranger)
    own.unlink()
    assert len(findings()) == 21
    assert own.exists()


def test_another_selection_has_another_cache(project: Path, findings: Findings) -> None:
    (project / "web.py").write_text("import requests\n\nrequests.get('https://example.com')\n")
    assert ("web.py", 3, "CPL106") not in findings()
    assert ("web.py", 3, "CPL106") in findings("--select=CPL1")
    assert ("web.py", 3, "CPL106") not in findings()


def test_old_caches_are_removed(project: Path, findings: Findings) -> None:
    (project / DIRECTORY).mkdir()
    for number in range(12):
        old = project / DIRECTORY / f"{number:032}.json"
        old.write_text("old")
        os.utime(old, (number, number))
    findings()
    assert len(list((project / DIRECTORY).glob("*.json"))) == 8
    assert len(findings()) == 21


def test_runs_side_by_side_agree(project: Path, findings: Findings) -> None:
    expected = findings("--no-cache")
    with ThreadPoolExecutor(6) as runs:
        assert all(found == expected for found in runs.map(lambda _: findings(), range(12)))
    assert len(entries(cache_file(project))) == KNOWN
    assert not [path for path in (project / DIRECTORY).iterdir() if path.suffix != ".json" and path.name[0] != "."]


def test_a_place_that_takes_no_cache_is_no_trouble(project: Path, findings: Findings) -> None:
    (project / DIRECTORY).write_text("in the way")
    assert len(findings()) == 21


def test_no_home_directory_is_no_trouble(project: Path, findings: Findings, environment: dict[str, str]) -> None:
    environment.pop("HOME", None)
    assert len(findings()) == 21
    assert cache_file(project).exists()


def test_a_file_that_is_gone_leaves_the_cache(project: Path, findings: Findings) -> None:
    findings()
    (project / "job_0.py").unlink()
    (project / "job_1.py").write_text(BUILDS + "\n")
    findings()
    assert "job_0.py" not in entries(cache_file(project))


def test_few_files_need_no_cache(tree: Tree, client_pool: Run) -> None:
    root = tree({"a.py": BUILDS})
    assert client_pool("check").returncode == 1
    assert not (root / DIRECTORY).exists()


def test_a_directory_that_cannot_be_written_is_no_trouble() -> None:
    cache = Cache(Settings(root="/proc"))
    cache.save()
    cache.load(1, States(0))
    assert not Path("/proc", DIRECTORY).exists()


def test_a_cache_that_cannot_be_replaced_is_no_trouble(project: Path, findings: Findings) -> None:
    findings()
    file = cache_file(project)
    file.unlink()
    (file / "in the way").mkdir(parents=True)
    assert len(findings()) == 21
    assert sorted(path.name for path in (project / DIRECTORY).iterdir()) == [".gitignore", file.name]
