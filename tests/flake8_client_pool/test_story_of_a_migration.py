"""A repository goes through four phases, with the git, the flake8 and the command line that its team would use."""

import subprocess

import pytest

from .team import BASELINE, Team, configuration, module

pytestmark = pytest.mark.slow

POOLED = "get()"
BUILT = "bigquery.Client()"
STORED = "storage.Client(project='demo')"
REPOSITORY = {
    ".gitignore": ".client-pool-cache\n",
    "shared/clients.py": "from google.cloud import bigquery\n\n\ndef get():\n    return bigquery.Client()\n",
    "shared/tables.py": module(load=BUILT),
    "predictions/model.py": module(train=BUILT, keep=STORED),
    "processors/raw.py": module(first=BUILT, second=BUILT, third=STORED),
    "processors/late.py": module(run=STORED),
    "orchestration/flow.py": module(start=BUILT),
    "pyproject.toml": configuration(0),
}


def test_the_whole_way(team: Team) -> None:
    the_migration_begins(team)
    the_first_phase_is_reached(team)
    what_is_new_is_refused_everywhere(team)
    the_baseline_shrinks_and_ci_locks_the_gain_in(team)
    a_branch_of_a_colleague_merges(team)
    a_file_is_renamed(team)
    the_last_phases_are_reached(team)
    the_gate_is_strict_everywhere(team)


def the_migration_begins(team: Team) -> None:
    team.write(REPOSITORY)
    assert team.errors() == []
    assert team.document()["summary"]["statuses"] == {"error": 0, "pending": 8, "baselined": 0, "suppressed": 0}
    assert team.client_pool("baseline").stdout == f"{team.root}/{BASELINE}: 8 findings known.\n"
    team.commit("begin the migration")
    assert team.in_ci() == []
    assert team.document()["summary"]["statuses"] == {"error": 0, "pending": 0, "baselined": 8, "suppressed": 0}


def the_first_phase_is_reached(team: Team) -> None:
    too_early = team.client_pool("phases", "--advance")
    assert too_early.returncode == 1
    assert "phase stays 0: phase 1, core shared utilities, has 1 finding in 1 file: shared/tables.py (1)" in (
        too_early.stderr
    )
    team.write({"shared/tables.py": module(load=POOLED)})
    assert team.client_pool("phases", "--advance").returncode == 0
    assert (team.root / "pyproject.toml").read_text() == configuration(1)
    assert [row for row in team.entries() if row[0].startswith("shared")] == []
    team.commit("reach core shared utilities")
    assert team.in_ci() == []


def what_is_new_is_refused_everywhere(team: Team) -> None:
    team.write({"shared/tables.py": module(load=POOLED, save=BUILT)})
    assert team.errors() == ["shared/tables.py CPL101"]
    assert team.client_pool("phases", "--check").returncode == 1
    team.git("checkout", "--quiet", "shared")
    team.write({"processors/raw.py": module(first=BUILT, second=BUILT, third=STORED, fourth=BUILT)})
    assert team.errors() == ["processors/raw.py CPL101"]
    (refused,) = team.document()["findings"]
    assert refused["scope"] == "fourth"
    assert refused["phase"] == "data processors"
    assert refused["message"].endswith(
        "(phase 3, data processors, is pending, but the baseline does not have this one)"
    )
    team.write({"processors/raw.py": module(first=BUILT, second=POOLED, third=STORED, fourth=BUILT)})
    assert team.errors() == ["processors/raw.py CPL101"], "one fixed and one added is no swap"
    team.git("checkout", "--quiet", "processors")
    assert team.client_pool("phases", "--check").returncode == 0


def the_baseline_shrinks_and_ci_locks_the_gain_in(team: Team) -> None:
    moved_down = "import os\n\n\n" + module(first=BUILT, second=POOLED, third='storage.Client(project="demo",)')
    team.write({"processors/raw.py": moved_down})
    assert team.errors() == []
    remark = "1 finding of the baseline is gone; run `client-pool baseline --update` and commit the file"
    assert remark in team.client_pool("check").stderr
    assert team.in_ci() == ["processors/raw.py CPL904"]
    assert "1 removed; 6 findings known" in team.client_pool("baseline", "--update").stdout
    assert team.in_ci() == []
    changed = subprocess.run(["git", "diff", "--numstat", BASELINE], cwd=team.root, capture_output=True, check=True)
    assert changed.stdout.split() == [b"0", b"1", BASELINE.encode()]
    team.commit("fix one")
    team.write({"processors/raw.py": module(first=BUILT, second=BUILT, third=STORED)})
    assert team.errors() == ["processors/raw.py CPL101"], "what is fixed does not come back"
    team.git("checkout", "--quiet", "processors")


def a_branch_of_a_colleague_merges(team: Team) -> None:
    team.git("checkout", "--quiet", "-b", "colleague")
    team.write({"orchestration/flow.py": module(start=POOLED)})
    team.client_pool("baseline", "--update")
    team.commit("fix the flow")
    team.git("checkout", "--quiet", "main")
    team.write({"predictions/model.py": module(train=POOLED, keep=STORED)})
    team.client_pool("baseline", "--update")
    team.commit("fix the training")
    team.git("merge", "--quiet", "--no-edit", "colleague")
    assert team.in_ci() == []
    assert len(team.entries()) == 4


def a_file_is_renamed(team: Team) -> None:
    team.git("mv", "processors/late.py", "processors/evening.py")
    assert team.errors() == []
    assert "under paths that they no longer have" in team.client_pool("check").stderr
    assert team.in_ci() == ["processors/evening.py CPL904"]
    assert "0 removed, 1 renamed; 4 findings known" in team.client_pool("baseline", "--update").stdout
    assert ["processors/evening.py", "run", "CPL103", 'storage.Client(project="demo")'] in team.entries()
    assert team.in_ci() == []
    team.commit("rename")
    assert team.in_ci() == []


def the_last_phases_are_reached(team: Team) -> None:
    team.write({"predictions/model.py": module(train=POOLED, keep=POOLED)})
    assert team.client_pool("phases", "--advance").returncode == 0
    team.commit("reach predictions")
    team.write({path: module(run=POOLED) for path in ("processors/raw.py", "processors/evening.py")})
    assert team.client_pool("phases", "--advance").returncode == 0
    assert team.entries() == [], "an empty baseline still refuses what is new in the last phase"
    team.commit("reach data processors")
    team.write({"orchestration/flow.py": module(start=BUILT)})
    assert team.errors() == ["orchestration/flow.py CPL101"]
    team.git("checkout", "--quiet", "orchestration")
    last = team.client_pool("phases", "--advance")
    assert last.returncode == 0
    assert "nothing is left, so the file is gone" in last.stdout


def the_gate_is_strict_everywhere(team: Team) -> None:
    assert not team.has_baseline()
    assert (team.root / "pyproject.toml").read_text() == configuration(4)
    team.commit("the gate is strict everywhere")
    assert team.in_ci() == []
    table = team.client_pool("phases", "--check", "--advance")
    assert table.returncode == 0
    assert "All phases are reached." in table.stdout
    assert table.stdout.count(" done ") == 4
    team.write({"tools/new.py": module(run=BUILT)})
    assert team.errors() == ["tools/new.py CPL101"]
