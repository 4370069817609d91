"""What --since counts, with real git: findings that were not there at the merge base, wherever their lines went."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from ..team import Team, configuration, module  # noqa: TID252

BUILT = "bigquery.Client()"
STORED = "storage.Client()"
RUN_CHECK = (
    "import sys; from flake8_client_pool.frontends.cli import main; sys.argv[1:] = ['check', '--since=HEAD']; main()"
)
BEFORE = {
    "job.py": module(load=BUILT, keep=STORED),
    "other.py": module(run=BUILT),
    "package/__init__.py": "",
    "package/clients.py": "from google.cloud.bigquery import Client as Warehouse\n",
    "package/user.py": "from package.clients import Warehouse\n\nclient = Warehouse()\n",
}


@pytest.fixture
def team(team: Team) -> Team:
    team.write(BEFORE)
    team.commit("before")
    return team


def added(team: Team, revision: str = "HEAD", *paths: str) -> list[str]:
    found = team.document("--since", revision, *paths)["findings"]
    return [f"{each['path']} {each['scope']} {each['code']}" for each in found]


def state(root: Path) -> dict[str, bytes]:
    """Read all of a work tree and the index, but for the linter's cache."""
    files = (path for path in root.rglob("*") if path.is_file() and ".client-pool-cache" not in path.parts)
    return {str(path): path.read_bytes() for path in files}


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param({"notes.txt": "nothing"}, [], id="nothing"),
        pytest.param({"job.py": f"# one\n\n\n{module(keep=STORED, load=BUILT)}"}, [], id="lines that moved"),
        pytest.param({"job.py": module(load="bigquery.Client(\n    )", keep=STORED)}, [], id="another layout"),
        pytest.param({"job.py": module(load=BUILT, keep=STORED, new=STORED)}, ["job.py new CPL103"], id="one more"),
        pytest.param(
            {"job.py": module(load=BUILT, keep=f"{STORED}, {STORED}")}, ["job.py keep CPL103"], id="the same twice"
        ),
        pytest.param({"job.py": module(load=BUILT, keep=BUILT)}, ["job.py keep CPL101"], id="one fixed, one added"),
        pytest.param({"new.py": module(run=STORED)}, ["new.py run CPL103"], id="a file that git does not know"),
        pytest.param(
            {"package/clients.py": "from google.cloud.storage import Client as Warehouse\n"},
            ["package/user.py  CPL103"],
            id="a file that did not change",
        ),
        pytest.param({"other.py": "x = 1\n"}, [], id="one fixed"),
    ],
)
def test_only_what_was_added_counts(team: Team, files: Mapping[str, str], expected: list[str]) -> None:
    team.write(files)
    assert added(team) == expected
    team.commit("after")
    assert added(team, "HEAD~1") == expected
    assert team.client_pool("check", "--since=HEAD~1").returncode == bool(expected)
    assert added(team, "HEAD") == []


def test_a_module_that_comes_between_is_seen_as_it_was(team: Team) -> None:
    (team.root / "package/clients.py").unlink()
    team.write({"package/clients/__init__.py": "from google.cloud.storage import Client as Warehouse\n"})
    assert added(team) == ["package/user.py  CPL103"]


def test_the_merge_base_counts_and_not_the_revision(team: Team) -> None:
    team.git("checkout", "--quiet", "-b", "feature")
    team.write({"job.py": module(load=BUILT, keep=STORED, mine=STORED)})
    team.commit("mine")
    team.git("checkout", "--quiet", "main")
    team.write({"job.py": module(load="get()", keep=STORED)})
    team.commit("theirs")
    team.git("checkout", "--quiet", "feature")
    assert added(team, "main") == ["job.py mine CPL103"]


def test_a_renamed_file_brings_its_findings_along(team: Team) -> None:
    team.git("mv", "job.py", "package/work.py")
    assert added(team) == []
    team.write({"package/work.py": module(load=BUILT, keep=STORED, new=BUILT)})
    assert added(team) == ["package/work.py new CPL101"]


def test_a_suppression_that_went_away_is_an_addition(team: Team) -> None:
    team.write({"other.py": module(run=f"{BUILT}  # noqa: CPL101")})
    team.commit("hide it")
    assert added(team, "HEAD~1") == []
    team.write({"other.py": module(run=BUILT)})
    assert added(team) == ["other.py run CPL101"]


def test_what_is_added_in_a_pending_place_is_an_error(team: Team) -> None:
    team.write({"pyproject.toml": configuration(0), "processors/raw.py": module(first=BUILT)})
    team.commit("phases")
    team.write({"processors/raw.py": module(first=BUILT, second=STORED)})
    document = team.document("--since=HEAD", "--pending")
    assert [(each["scope"], each["status"]) for each in document["findings"]] == [
        ("first", "pending"),
        ("second", "error"),
    ]
    assert document["findings"][1]["message"].endswith(
        "(phase data processors is pending, but this one was added since HEAD)"
    )
    assert document["summary"]["earlier"] == 4


def test_a_directory_with_its_own_configuration_keeps_it(team: Team) -> None:
    team.write({"service/setup.cfg": "[client-pool]\npool-paths = pool\n", "service/pool/a.py": module(run=BUILT)})
    team.commit("service")
    team.write({"service/pool/a.py": module(run=BUILT, more=BUILT), "service/b.py": module(run=BUILT)})
    assert added(team) == ["service/b.py run CPL101"]


def test_the_work_tree_and_the_index_are_not_touched(team: Team) -> None:
    team.write({"job.py": module(new=STORED), "untracked.py": module(new=STORED)})
    team.git("add", "job.py")
    team.write({"job.py": module(new=STORED, newer=BUILT)})
    os.utime(team.root / "other.py", (1, 1))
    before = state(team.root)
    assert added(team) == ["job.py new CPL103", "job.py newer CPL101", "untracked.py new CPL103"]
    assert state(team.root) == before


def test_runs_side_by_side_agree_and_leave_nothing_behind(team: Team, tmp_path_factory: pytest.TempPathFactory) -> None:
    temporary = tmp_path_factory.mktemp("temporary")
    team.write({"job.py": module(load=BUILT, new=STORED), "other.py": module(run=BUILT, more=BUILT)})
    command = [sys.executable, "-m", "flake8_client_pool", "check", "--quiet", "--since=HEAD"]
    environment = {**team.environment, "TMPDIR": str(temporary)}
    running = [
        subprocess.Popen([*command, path], cwd=team.root, env=environment, stdout=subprocess.PIPE, text=True)
        for path in ("job.py", "other.py") * 4
    ]
    answers = [process.communicate()[0].splitlines() for process in running]
    assert {len(lines) for lines in answers} == {1}
    assert {lines[0].split(":")[0] for lines in answers} == {"job.py", "other.py"}
    assert os.listdir(temporary) == []


def test_a_hook_with_its_own_index_is_not_misled(team: Team) -> None:
    team.write({"job.py": module(load=BUILT, keep=STORED, new=BUILT)})
    team.environment["GIT_INDEX_FILE"] = "/nowhere/index"
    team.environment["GIT_DIR"] = "/nowhere"
    assert added(team) == ["job.py new CPL101"]


def test_a_revision_that_git_does_not_know(team: Team) -> None:
    done = team.client_pool("check", "--since=nowhere")
    assert done.returncode == 2
    assert done.stderr == (
        f"client-pool: --since nowhere: git knows no such revision in {team.root}; fetch it or name another\n"
    )
    assert team.client_pool("check", "--since=--all").returncode == 2


def test_a_work_tree_of_another_owner(team: Team) -> None:
    team.environment["GIT_TEST_ASSUME_DIFFERENT_OWNER"] = "1"
    done = team.client_pool("check", "--since=HEAD")
    assert done.returncode == 2
    assert f"git does not work in {team.root}; git status there says why" in done.stderr


def test_a_revision_without_a_common_ancestor(team: Team) -> None:
    team.git("checkout", "--quiet", "--orphan", "elsewhere")
    team.commit("another beginning")
    done = team.client_pool("check", "--since=main")
    assert done.returncode == 2
    assert "--since main: git knows no commit that it and HEAD have in common; fetch more history" in done.stderr


def test_outside_of_a_work_tree(tmp_path_factory: pytest.TempPathFactory, team: Team) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "job.py").write_text(module(run=BUILT))
    done = team.client_pool("check", "--since=HEAD", cwd=elsewhere)
    assert done.returncode == 2
    assert "--since compares with what git has, and not all files are in a git work tree" in done.stderr
    assert "cannot be used with standard input" in team.client_pool("check", "--since=HEAD", "-").stderr


def test_what_is_named_is_compared_whatever_its_name(team: Team) -> None:
    script = f"#!/usr/bin/env python\n{module(run=BUILT)}"
    team.write({".gitignore": "ignored\n", "tool[1]": script, "tool1": "x = 1\n"})
    team.commit("script")
    team.write({"tool[1]": f"{script}\n\ndef more():\n    return {STORED}\n", "ignored/job.py": module(run=BUILT)})
    assert added(team, "HEAD", "tool[1]") == ["tool[1] more CPL103"]
    assert added(team, "HEAD~1", "tool[1]") == ["tool[1] run CPL101", "tool[1] more CPL103"]
    assert added(team, "HEAD", "ignored") == ["ignored/job.py run CPL101"], "git has nothing to compare it with"


def test_a_submodule_is_compared_with_the_commit_that_its_repository_had(team: Team) -> None:
    allowed = ("-c", "protocol.file.allow=always")
    origin, checked_out = team.root / ".git/origin", team.root / "vendored"
    origin.mkdir()
    team.git("init", "--quiet", "--initial-branch=trunk", cwd=origin)
    (origin / "job.py").write_text(module(load=BUILT))
    team.git("add", "job.py", cwd=origin)
    team.git("commit", "--quiet", "--message=one", cwd=origin)
    team.git(*allowed, "submodule", "--quiet", "add", str(origin), "vendored")
    team.commit("submodule")
    (checked_out / "job.py").write_text(module(load=BUILT, more=STORED))
    team.git("commit", "--quiet", "--all", "--message=two", cwd=checked_out)
    assert added(team, "main") == ["vendored/job.py more CPL103"]
    assert added(team, "main~1") == ["vendored/job.py load CPL101", "vendored/job.py more CPL103"]
    here = team.client_pool("check", "--since=HEAD", cwd=checked_out)
    assert (here.returncode, here.stdout) == (0, "Nothing found in 1 file; 2 findings there before.\n")


def test_without_room_for_the_earlier_state(team: Team) -> None:
    team.write({"job.py": module(new=STORED)})
    limited = f"import tempfile; tempfile._candidate_tempdir_list = lambda: ['/proc']; {RUN_CHECK}"
    command = [sys.executable, "-c", limited]
    done = subprocess.run(command, cwd=team.root, env=team.environment, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("client-pool: --since cannot show the earlier state in a temporary directory: no ")
