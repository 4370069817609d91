"""What people are told where a finding is new to the baseline and may only have moved, and when they raise the gate."""

import pytest

from ..team import BASELINE, Team, configuration, module  # noqa: TID252

pytestmark = pytest.mark.slow

BUILT = "bigquery.Client()"
STORED = "storage.Client()"
ADVICE = "if it only moved, `client-pool baseline --update --allow-growth moved` takes it over"
UNKNOWN = "(phase 3, data processors, is pending, but the baseline does not have this one"


@pytest.fixture
def team(team: Team) -> Team:
    files = {"processors/raw.py": module(first=BUILT, second=STORED), "processors/late.py": module(run=BUILT)}
    team.write({"pyproject.toml": configuration(2), **files})
    team.client_pool("baseline")
    team.commit("begin")
    return team


def explained(team: Team) -> list[str]:
    """Check with both faces, and return what they say of why the findings are errors."""
    team.errors()
    return [each["message"].rpartition(" from shared.clients ")[2] for each in team.document()["findings"]]


def test_to_another_scope(team: Team) -> None:
    team.write({"processors/raw.py": module(erste=BUILT, second=STORED, more=BUILT)})
    assert explained(team) == [
        f"{UNKNOWN}; it has the same call in first, from where it is gone: {ADVICE})",
        f"{UNKNOWN})",
    ], "one entry explains one finding"
    taken_over = team.client_pool("baseline", "--update", "--allow-growth", "moved")
    assert "1 removed, 2 let in; 4 findings known" in taken_over.stdout


def test_to_a_file_of_which_git_does_not_know_yet(team: Team) -> None:
    (team.root / "processors/late.py").rename(team.root / "processors/night.py")
    assert explained(team) == [
        f"{UNKNOWN}; it has the same call in run of processors/late.py, from where it is gone: {ADVICE})"
    ]
    team.git("add", "--all")
    assert explained(team) == []


def test_to_a_file_that_was_there(team: Team) -> None:
    remark = "what is new may be what is gone elsewhere:"
    team.write({"processors/raw.py": module(), "processors/late.py": module(run=BUILT, second=STORED)})
    assert explained(team) == [f"{UNKNOWN})"]
    first = f"{remark} processors/late.py:11 from second of processors/raw.py; {ADVICE}\n"
    assert first in team.client_pool("check").stderr
    team.write({"orchestration/flow.py": module(first=BUILT)})
    both = f"{remark} orchestration/flow.py:7 from first of processors/raw.py, and 1 more; {ADVICE}\n"
    assert both in team.client_pool("check").stderr


def test_into_a_phase_that_is_reached_it_cannot_move(team: Team) -> None:
    team.write({"processors/raw.py": module(second=STORED), "shared/tables.py": module(first=BUILT)})
    assert team.errors() == ["shared/tables.py CPL101"]
    assert ADVICE not in team.client_pool("check").stderr


def test_what_a_raised_gate_reports_is_not_called_gone(team: Team) -> None:
    team.write({"pyproject.toml": configuration(3), "processors/raw.py": module(second=STORED)})
    assert team.in_ci() == ["processors/late.py CPL101", "processors/raw.py CPL103", "processors/raw.py CPL904"]
    (outdated,) = team.document()["summary"]["outdated"]
    assert [(each["code"], each["scope"]) for each in outdated["fixed"]] == [("CPL101", "first")]


def test_a_damaged_baseline_stops_the_gate_from_being_raised(team: Team) -> None:
    team.write({"processors/raw.py": "", "processors/late.py": "", BASELINE: "{"})
    done = team.client_pool("phases", "--advance")
    assert done.returncode == 2
    assert f"{BASELINE}: not as `client-pool baseline` writes it" in done.stderr
    assert (team.root / "pyproject.toml").read_text() == configuration(2)


@pytest.mark.parametrize("away", ["packages/a", "legacy"])
def test_out_of_reach_of_its_baseline(team: Team, away: str) -> None:
    """A renamed file is gone where another configuration has it now, or none looks at it."""
    ini = "[client-pool]\npool-module = shared.clients\nunphased = pending\n"
    exclude = configuration(2).replace("phase = 2", 'exclude = ["legacy"]\nphase = 2')
    team.write({"pyproject.toml": exclude, "packages/a/setup.cfg": ini, f"{away}/keep.txt": ""})
    team.commit("elsewhere")
    team.git("mv", "processors/late.py", f"{away}/late.py")
    assert team.errors() == []
    assert f"{BASELINE} CPL904" in team.in_ci()
    assert "1 removed, 1 renamed; 2 findings known" in team.client_pool("baseline", "--update").stdout
    assert team.in_ci() == []


def test_a_comment_within_a_call_is_no_part_of_it(team: Team) -> None:
    name = '"Größe#1"'
    call = 'bigquery.Client(  # größer (\n        project={name},  # "why\n        # more\n    )'
    team.write({"processors/raw.py": module(first=call.format(name=name), second=STORED)})
    team.client_pool("baseline", "--update", "--allow-growth", "comments")
    assert ["processors/raw.py", "first", "CPL101", f"bigquery.Client(project={name})", "comments"] in team.entries()
    team.write({"processors/raw.py": module(first=f"bigquery.Client(project={name})", second=STORED)})
    assert team.in_ci() == []
    team.write({"processors/raw.py": module(first='bigquery.Client(project="Größe")', second=STORED)})
    assert team.errors() == ["processors/raw.py CPL101"]
