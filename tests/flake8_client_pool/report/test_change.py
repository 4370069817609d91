"""What a branch makes of a repository, as a comment on its pull request says it."""

import os
from pathlib import Path

import pytest

from flake8_client_pool.output.phases import standing
from tests.flake8_client_pool.team import Team, configuration
from tests.flake8_client_pool.team import module as written

DIRECT, POOLED = "bigquery.Client()", "get_bigquery_client()"


def module(**functions: str) -> str:
    return written(**functions).replace("import get\n", "import get_bigquery_client\n")


def summary(team: Team, *options: str) -> str:
    done = team.client_pool("report", "--since=main", *options)
    assert done.returncode == 0, done.stderr
    return done.stdout


def cached(team: Team) -> dict[Path, bytes]:
    folder = team.root / ".client-pool-cache"
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def rows(text: str) -> list[list[str]]:
    return [
        [cell.strip().replace("\\", "") for cell in line.strip("|").split("|")]
        for line in text.splitlines()
        if line.startswith("| ") and "---" not in line
    ]


@pytest.fixture
def branch(team: Team) -> Team:
    """A branch that adds one client, pools one, removes one with its file, renames a file, and hides one."""
    clients = "from google.cloud import bigquery\n\n\ndef get_bigquery_client():\n    return bigquery.Client()\n"
    team.write(
        {
            "pyproject.toml": configuration(1),
            "shared/clients.py": clients,
            "shared/names.py": module(one=POOLED),
            "predictions/train.py": module(one=DIRECT, two=DIRECT),
            "predictions/old.py": module(gone=DIRECT),
            "processors/moved.py": module(one=DIRECT),
            "processors/hidden.py": module(one=DIRECT),
        }
    )
    team.commit("start")
    team.git("checkout", "--quiet", "-b", "work")
    team.git("rm", "--quiet", "predictions/old.py")
    team.git("mv", "processors/moved.py", "processors/elsewhere.py")
    team.write(
        {
            "predictions/train.py": "# moved down\n" + module(one=DIRECT, two=POOLED),
            "processors/hidden.py": module(one=f"{DIRECT}  # noqa: CPL101"),
        }
    )
    team.commit("some")
    team.write({"orchestration/new.py": module(added=DIRECT)})
    return team


def test_it_says_what_is_new_fixed_and_left(branch: Team) -> None:
    text = summary(branch)
    assert text.startswith("### Clients: 1 new, 3 fixed, 3 remain\n")
    found = rows(text)
    assert found[1:6] == [
        ["findings", "5", "3", "-2"],
        ["suppressed by comments", "0", "1", "+1"],
        ["pool calls", "1", "2", "+1"],
        ["built directly", "5", "4", "-1"],
        ["adoption", "16.7 %", "33.3 %", "+16.7"],
    ]
    assert ["orchestration/new.py:7", "CPL101", DIRECT, "orchestration"] in found
    fixed = [row[0] for row in found[found.index(["place", "code", "call", "phase"], 8) + 1 :][:3]]
    assert fixed == ["predictions/old.py:7", "predictions/train.py:11", "processors/hidden.py:7"]


def test_it_says_how_the_phases_stand(branch: Team) -> None:
    assert rows(summary(branch))[-5:] == [
        ["phase", "name", "state", "before", "after"],
        ["1", "core shared utilities", standing(0, is_reached=True, is_next=False), "0", "0"],
        ["2", "predictions", "next", "3", "1"],
        ["3", "data processors", "pending", "2", "1"],
        ["4", "orchestration", "pending", "0", "1"],
    ]


def test_it_leaves_the_work_tree_and_its_cache_alone(branch: Team) -> None:
    branch.write({f"shared/part{number}.py": module(one=POOLED) for number in range(20)})
    before = branch.document()
    branch.client_pool("report")
    cache = cached(branch)
    assert cache
    summary(branch)
    assert cached(branch) == cache
    assert branch.document() == before


def test_a_part_of_the_repository_is_compared_alone(branch: Team) -> None:
    assert summary(branch, "predictions").startswith("### Clients: 0 new, 2 fixed, 1 remain\n")
    here = branch.client_pool("report", "--since=main", cwd=branch.root / "processors").stdout
    assert here.startswith("### Clients: 0 new, 1 fixed, 1 remain\n")
    assert "hidden.py:7" in here
    assert "processors/hidden.py" not in here


def test_many_places_are_cut_short(branch: Team) -> None:
    names = {f"x{number}": DIRECT for number in range(70)}
    branch.write({"orchestration/many.py": module(**names)})
    text = summary(branch)
    assert text.startswith("### Clients: 71 new")
    assert "\nand 21 more.\n" in text


def test_what_cannot_be_compared_is_refused(team: Team, tmp_path: Path) -> None:
    team.write({"a.py": "x = 1\n"})
    for options, reason in {
        ("--since=absent",): "git knows no such revision",
        ("--since=main", "--format=csv"): "leave --update, --history and other formats out",
        ("--since=main", os.fspath(tmp_path.parent / "absent")): "is no directory of a git work tree",
    }.items():
        done = team.client_pool("report", *options)
        assert done.returncode == 2
        assert reason in done.stderr
