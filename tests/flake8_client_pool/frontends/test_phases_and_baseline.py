"""The commands for phases and the baseline, as a team uses them, and that both faces follow them."""

import json

import pytest

from ..team import BASELINE, Team, configuration, module  # noqa: TID252

BUILT = "bigquery.Client()"
STORED = "storage.Client()"
INI = "[client-pool]\npool-module = shared.clients\nphase = {phase}\n\n[client-pool:phase:all]\npaths = *\n{more}"


def begun(team: Team, phase: int = 1, **keys: str) -> None:
    team.write(
        {
            "pyproject.toml": configuration(phase, **keys),
            "shared/tables.py": module(load="get()"),
            "predictions/model.py": module(train=BUILT),
            "processors/raw.py": module(first=BUILT, second=STORED),
            "tools/run.py": "x = 1\n",
        }
    )
    team.commit("begin")


def test_the_table(team: Team) -> None:
    begun(team)
    team.write({".github/CODEOWNERS": "* @everyone\n/processors/ @data @night\n/predictions/ @models\n"})
    done = team.client_pool("phases")
    assert done.returncode == 0
    assert done.stdout.splitlines()[0] == f"{team.root}/pyproject.toml: the gate reaches 1 of 4 phases"
    rows = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert "phase state files findings by kind suppressed owner due" in rows
    assert "1 core shared utilities done 1 0 0 @everyone" in rows
    assert "2 predictions next 1 1 bigquery 1 0 @models" in rows
    assert "3 data processors pending 1 2 bigquery 1, storage 1 0 @data, @night" in rows
    assert "in no phase done 1 0 0 @everyone" in rows
    assert rows[-1] == "Phase 4, orchestration, has no files: look at its paths."
    assert (
        "Phase 2, predictions, is next and is held back by 1 finding in 1 file: predictions/model.py (1)." in rows
    )


def test_the_table_as_json(team: Team) -> None:
    begun(team)
    (document,) = json.loads(team.client_pool("phases", "--format=json").stdout)["configurations"]
    assert (document["path"], document["phase"]) == (f"{team.root}/pyproject.toml", 1)
    assert [(each["name"], each["state"], each["findings"]) for each in document["phases"]] == [
        ("core shared utilities", "done", 0),
        ("predictions", "next", 1),
        ("data processors", "pending", 2),
        ("orchestration", "clean", 0),
        (None, "done", 0),
    ]
    assert document["phases"][2]["paths"] == {"processors/raw.py": 2}


def test_a_claim_that_does_not_hold_fails_the_check(team: Team) -> None:
    begun(team, phase=2)
    assert team.client_pool("phases").returncode == 0
    for option in ("--check", "--advance"):
        done = team.client_pool("phases", option)
        assert done.returncode == 1
        assert done.stderr == (
            f"client-pool: {team.root}/pyproject.toml: phase = 2 claims phase 2, predictions, which has 1 finding in "
            "1 file: predictions/model.py (1); fix them, or lower phase\n"
        )
    assert "2   predictions             has errors" in done.stdout


def test_one_line_of_an_ini_file_is_raised(team: Team) -> None:
    team.write({"setup.cfg": INI.format(phase=0, more="owner = @us\n"), "job.py": module(run="get()")})
    assert "Phase 1, all, is ready" in team.client_pool("phases").stdout
    done = team.client_pool("phases", "--advance")
    assert done.stdout.endswith(f"{team.root}/setup.cfg: phase = 1; the gate now reaches all.\n")
    assert (team.root / "setup.cfg").read_text() == INI.format(phase=1, more="owner = @us\n")


def test_without_phases_there_is_no_table(team: Team) -> None:
    team.write({"job.py": ""})
    assert "no configuration holds here; add [tool.client-pool] to a pyproject.toml" in (
        team.client_pool("phases").stderr
    )
    team.write({"pyproject.toml": "[tool.client-pool]\n"})
    done = team.client_pool("phases")
    assert (done.returncode, done.stderr) == (
        2,
        f"client-pool: {team.root}/pyproject.toml: there are no phases; docs/phases.md shows how to write them\n",
    )


def test_a_broken_codeowners_file_is_named(team: Team) -> None:
    begun(team)
    team.write({"CODEOWNERS": "a[b @us\n"})
    done = team.client_pool("phases")
    assert done.returncode == 2
    assert f"{team.root}/CODEOWNERS: cannot be followed: unterminated character class" in done.stderr


def test_what_is_pending_is_shown_only_on_demand(team: Team) -> None:
    begun(team)
    assert team.client_pool("check").stdout == "Nothing found in 4 files; 3 findings pending.\n"
    shown = team.client_pool("check", "--pending", "--quiet")
    assert shown.returncode == 0
    assert [line.rpartition(" [")[2] for line in shown.stdout.splitlines()] == [
        "pending: predictions]",
        "pending: data processors]",
        "pending: data processors]",
    ]
    assert team.flake8(".").stdout == ""


@pytest.mark.parametrize(("due", "late"), [("2001-02-03", True), ("9001-02-03", False)])
def test_a_day_that_has_passed_is_a_warning(team: Team, due: str, *, late: bool) -> None:
    team.write({"setup.cfg": INI.format(phase=0, more=f"due = {due}\n"), "job.py": module(run=BUILT)})
    done = team.client_pool("check")
    warning = f"client-pool: {team.root}/setup.cfg: phase 1, all, was due on {due}, and the gate has not reached it\n"
    assert (done.returncode, done.stderr) == (0, warning if late else "")
    assert ("(late)" in team.client_pool("phases").stdout) is late
    assert team.client_pool("check", "--quiet").stderr == ""


def test_a_day_that_has_passed_is_an_error_where_the_configuration_says_so(team: Team) -> None:
    ini = INI.format(phase="0\noverdue = error", more="due = 2001-02-03\n")
    team.write({"setup.cfg": ini, "job.py": module(run=BUILT)})
    assert team.errors() == ["job.py CPL101"]
    assert "was due on 2001-02-03, and its findings are errors now" in team.client_pool("check").stderr


def test_what_is_in_no_phase_follows_the_configuration(team: Team) -> None:
    begun(team)
    team.write({"tools/run.py": module(run=BUILT)})
    assert team.errors() == ["tools/run.py CPL101"]
    team.write({"pyproject.toml": configuration(1, unphased="pending")})
    assert team.errors() == []
    team.client_pool("baseline")
    team.write({"tools/run.py": module(run=BUILT, more=BUILT)})
    assert team.errors() == ["tools/run.py CPL101"]
    (found,) = team.document()["findings"]
    assert found["phase"] is None
    assert found["message"].endswith("(this place is pending, but the baseline does not have this one)")


def test_a_ratchet_alone_needs_no_phases(team: Team) -> None:
    team.write({"setup.cfg": "[client-pool]\nunphased = pending\n", "job.py": module(run=BUILT)})
    assert team.client_pool("baseline").stdout == f"{team.root}/{BASELINE}: 1 finding known.\n"
    team.write({"job.py": module(run=BUILT, more=STORED)})
    assert team.errors() == ["job.py CPL103"]


def test_growth_needs_a_reason_that_stays_as_long_as_the_entry(team: Team) -> None:
    begun(team)
    team.client_pool("baseline")
    team.write({"processors/raw.py": module(first=BUILT, second=STORED, third=STORED)})
    refused = team.client_pool("baseline", "--update")
    assert "0 removed; 3 findings known" in refused.stdout
    assert "not let in, and still errors: 1 finding in pending places; client-pool check shows them" in refused.stderr
    assert team.errors() == ["processors/raw.py CPL103"]
    done = team.client_pool("baseline", "--update", "--allow-growth", "the emulator\n needs it")
    assert "0 removed, 1 let in; 4 findings known" in done.stdout
    grown = ["processors/raw.py", "third", "CPL103", "storage.Client()", "the emulator needs it"]
    assert grown in team.entries()
    assert team.in_ci() == []
    team.client_pool("baseline", "--update")
    assert grown in team.entries()
    team.write({"processors/raw.py": module(first=BUILT, second=STORED)})
    team.client_pool("baseline", "--update")
    assert len(team.entries()) == 3


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--allow-growth", "why"), "--allow-growth REASON lets entries into an existing baseline; add --update"),
        (("--update", "--allow-growth", " "), "--allow-growth needs a reason, which the baseline keeps beside"),
        (("--update",), f"there is no {BASELINE} to update; client-pool baseline writes one"),
    ],
)
def test_a_baseline_that_cannot_be_updated(team: Team, arguments: tuple[str, ...], message: str) -> None:
    begun(team)
    done = team.client_pool("baseline", *arguments)
    assert done.returncode == 2
    assert message in done.stderr
    assert not team.has_baseline()


def test_a_baseline_is_not_begun_twice_nor_where_all_is_strict(team: Team) -> None:
    begun(team, phase=4)
    assert "the gate is strict everywhere, so nothing can be pending" in team.client_pool("baseline").stderr
    team.write({"pyproject.toml": configuration(1)})
    assert team.client_pool("baseline").returncode == 0
    before = (team.root / BASELINE).read_text()
    team.write({"processors/raw.py": module(more=STORED)})
    done = team.client_pool("baseline")
    assert done.returncode == 2
    assert "exists already; client-pool baseline --update removes what is fixed" in done.stderr
    assert (team.root / BASELINE).read_text() == before


def test_a_file_that_does_not_parse_keeps_its_entries(team: Team) -> None:
    begun(team)
    team.client_pool("baseline")
    team.write({"processors/raw.py": module(first=BUILT) + "def broken(:\n"})
    document = team.document()
    assert [each["code"] for each in document["findings"]] == ["CPL900"]
    assert document["summary"]["outdated"] == []
    assert "0 removed; 3 findings known" in team.client_pool("baseline", "--update").stdout


def test_a_warm_cache_hides_no_outdated_entry(team: Team) -> None:
    begun(team)
    team.write({f"tools/tool_{number}.py": "x = 1\n" for number in range(20)})
    team.client_pool("baseline")
    team.write({"processors/raw.py": "x = 1\n"})
    first, second, third = (team.document("--ci", "--jobs=1") for _ in range(3))
    assert [(each["path"], each["code"]) for each in first["findings"]] == [("processors/raw.py", "CPL904")]
    assert first == second == third


def test_entries_of_a_file_that_is_gone_fail_in_ci(team: Team) -> None:
    begun(team)
    team.client_pool("baseline")
    team.commit("baseline")
    (team.root / "processors/raw.py").unlink()
    assert team.errors() == []
    assert team.in_ci() == [f"{BASELINE} CPL904"]
    (found,) = team.document("--ci")["findings"]
    assert found["message"] == (
        "the baseline still lists 2 findings of processors/raw.py, which is gone; "
        "run `client-pool baseline --update` and commit the file"
    )
    assert team.document("--ci", "predictions")["findings"] == []
    assert team.document("--ci", "processors")["findings"] == [found]
    team.environment["CI"] = "true"
    assert team.document("--no-ci")["findings"] == []


@pytest.mark.parametrize("damage", ["<<<<<<< HEAD\n", "{", '{"version": 2, "entries": []}'])
def test_a_baseline_that_cannot_be_read_stops_both_faces(team: Team, damage: str) -> None:
    begun(team)
    team.write({BASELINE: damage})
    for done in (team.client_pool("check"), team.client_pool("baseline", "--update")):
        assert done.returncode == 2
        assert done.stdout == ""
        assert done.stderr.startswith(f"client-pool: {team.root}/{BASELINE}: ")
    reported = team.flake8("--jobs=1", ".")
    assert reported.returncode == 1
    assert f"{team.root}/{BASELINE}: " in reported.stdout + reported.stderr
    assert (team.root / BASELINE).read_text() == damage


def test_each_package_has_the_baseline_of_its_configuration(team: Team) -> None:
    begun(team)
    package = {"packages/a/setup.cfg": INI.format(phase=0, more=""), "packages/a/job.py": module(run=BUILT)}
    team.write(package)
    done = team.client_pool("baseline", ".", "packages/a")
    assert done.stdout == (
        f"{team.root}/{BASELINE}: 3 findings known.\n{team.root}/packages/a/{BASELINE}: 1 finding known.\n"
    )
    assert '"job.py"' in (team.root / "packages/a" / BASELINE).read_text()
    assert team.errors() == []
    team.write({"packages/a/job.py": module(run=BUILT, more=BUILT)})
    assert team.errors() == ["packages/a/job.py CPL101"]
    assert team.client_pool("phases", "packages/a", "--check").returncode == 0


def test_two_branches_may_fix_neighbours(team: Team) -> None:
    begun(team)
    team.write({".gitattributes": f"{BASELINE} merge=union\n", "processors/late.py": module(run=STORED)})
    team.client_pool("baseline")
    team.commit("baseline")
    team.git("checkout", "--quiet", "-b", "colleague")
    team.write({"processors/raw.py": module(first="get()", second="get()")})
    team.client_pool("baseline", "--update")
    team.commit("fix raw")
    team.git("checkout", "--quiet", "main")
    team.write({"processors/late.py": module(run="get()"), "predictions/model.py": module(train="get()")})
    team.client_pool("baseline", "--update")
    team.commit("fix late and model")
    team.git("merge", "--quiet", "--no-edit", "colleague")
    assert team.errors() == []
    team.client_pool("baseline", "--update")
    assert team.entries() == []
    assert team.in_ci() == []


SUPPRESSED = module(run=f"{BUILT}  # noqa: CPL101") + f"more = {STORED}  # noqa: CPL103 - the emulator is anonymous\n"


def test_suppressions_are_counted_and_listed_with_their_reasons(team: Team) -> None:
    team.write({"pyproject.toml": configuration(0), "shared/job.py": SUPPRESSED})
    assert team.client_pool("check").stdout == "Nothing found in 1 file; 2 findings suppressed by comments.\n"
    shown = team.client_pool("check", "--show-suppressed", "--quiet")
    assert shown.returncode == 0
    assert [line.rpartition(" [")[2] for line in shown.stdout.splitlines()] == [
        "suppressed: no reason given]",
        "suppressed: the emulator is anonymous]",
    ]
    found = team.document("--show-suppressed")["findings"]
    assert [(each["status"], each["phase"], each["reason"]) for each in found] == [
        ("suppressed", "core shared utilities", None),
        ("suppressed", "core shared utilities", "the emulator is anonymous"),
    ]


def test_a_reason_can_be_demanded(team: Team) -> None:
    keys = {"suppression-reason": "required"}
    team.write({"pyproject.toml": configuration(1, **keys), "shared/job.py": SUPPRESSED})
    assert team.errors() == ["shared/job.py CPL902"]
    (found,) = team.document()["findings"]
    assert (found["line"], found["column"]) == (7, 31)
    assert found["message"] == (
        "CPL101 is suppressed without a reason; write one behind the code: # noqa: CPL101 - why it has to be"
    )


def test_suppression_can_be_forbidden_in_reached_phases(team: Team) -> None:
    keys = {"suppression-in-reached-phases": "forbidden"}
    files = {"shared/job.py": SUPPRESSED, "processors/raw.py": SUPPRESSED}
    team.write({"pyproject.toml": configuration(1, **keys), **files})
    assert team.errors() == ["shared/job.py CPL903", "shared/job.py CPL903"]
    assert [each["path"] for each in team.document("--pending")["findings"]] == ["shared/job.py"] * 2
    (found, _) = team.document()["findings"]
    assert found["message"] == (
        "CPL101 may not be suppressed in phase 1, core shared utilities: the gate has reached it; take the client "
        "from the pool and remove the comment"
    )


@pytest.mark.parametrize("comment", ["# noqa", "# noqa: CPL", "# noqa: CPL101,CPL902,CPL903", "# noqa: CPL1, CPL9"])
def test_no_comment_hides_that_it_may_not_hide(team: Team, comment: str) -> None:
    text = f"from google.cloud import bigquery\nx = bigquery.Client()  {comment}\n"
    for key, value, code in (
        ("suppression-reason", "required", "CPL902"),
        ("suppression-in-reached-phases", "forbidden", "CPL903"),
    ):
        team.write({"pyproject.toml": configuration(1, **{key: value}), "shared/job.py": text})
        ours = [each["code"] for each in team.document()["findings"]]
        theirs = [line.split()[1] for line in team.flake8("--jobs=1", ".").stdout.splitlines()]
        assert code in ours
        assert sorted(theirs) == sorted(ours)


def test_a_whole_file_that_is_hidden_is_found_by_the_command_line(team: Team) -> None:
    keys = {"suppression-in-reached-phases": "forbidden"}
    text = f"# flake8: noqa\n{module(run=BUILT)}"
    team.write({"pyproject.toml": configuration(1, **keys), "shared/job.py": text})
    assert [(each["code"], each["line"]) for each in team.document()["findings"]] == [("CPL903", 1)]


def test_forbidden_suppressions_hold_the_next_phase_back(team: Team) -> None:
    keys = {"suppression-in-reached-phases": "forbidden"}
    team.write({"pyproject.toml": configuration(0, **keys), "shared/job.py": SUPPRESSED})
    assert team.errors() == []
    done = team.client_pool("phases", "--advance")
    assert done.returncode == 1
    assert "has 2 findings in 1 file: shared/job.py (2)" in done.stderr
