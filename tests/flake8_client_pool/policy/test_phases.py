from pathlib import Path

import pytest

from flake8_client_pool.policy.configuration import Configurations
from flake8_client_pool.policy.errors import ConfigurationError
from flake8_client_pool.policy.phases import Phases, overdue
from flake8_client_pool.policy.settings import Phase, Settings

from ..conftest import WriteTree  # noqa: TID252

TOML = """
[tool.client-pool]
phase = 1
unphased = "pending"
overdue = "error"
suppression-reason = "required"
suppression-in-reached-phases = "forbidden"

[[tool.client-pool.phases]]
name = "core shared utilities"
paths = ["shared", "**/common"]
owner = "@platform"
due = 2026-03-31

[[tool.client-pool.phases]]
name = "orchestration: flows"
paths = ["orchestration/*_flow.py"]
due = "2026-06-30"
"""
INI = """
[client-pool]
phase = 1
unphased = pending
overdue = error
suppression-reason = required
suppression-in-reached-phases = forbidden

[client-pool:phase:core shared utilities]
paths =
    shared
    **/common
owner = @platform
due = 2026-03-31

[client-pool:phase:orchestration: flows]
paths = orchestration/*_flow.py
due = 2026-06-30
"""
PHASES = (
    Phase("core shared utilities", ("shared", "**/common"), "@platform", "2026-03-31"),
    Phase("orchestration: flows", ("orchestration/*_flow.py",), "", "2026-06-30"),
)


@pytest.mark.parametrize(("name", "content"), [("pyproject.toml", TOML), ("setup.cfg", INI), ("tox.ini", INI)])
def test_every_file_says_the_same(tree: WriteTree, name: str, content: str) -> None:
    settings = Configurations().at(str(tree({name: content})))
    assert settings.phases == PHASES
    assert settings.phase == 1
    assert not settings.strict_unphased
    assert settings.strict_overdue
    assert settings.reasons_required
    assert settings.suppression_forbidden


def test_without_phases_everything_is_strict(tree: WriteTree) -> None:
    settings = Configurations().at(str(tree({"setup.cfg": "[client-pool]\n"})))
    assert settings.is_strict_everywhere
    assert Phases(settings, "2026-01-01").standing_of("/repo/job.py").strict


@pytest.mark.parametrize(
    ("path", "number", "strict"),
    [
        ("shared/a.py", 1, True),
        ("shared/deep/down/a.py", 1, True),
        ("service/shared/a.py", 0, False),
        ("service/common/a.py", 1, True),
        ("orchestration/shared_flow.py", 2, False),
        ("orchestration/common/a_flow.py", 1, True),
        ("orchestration/other.py", 0, False),
        ("shared.py", 0, False),
    ],
)
def test_the_first_phase_that_fits_counts(path: str, number: int, *, strict: bool) -> None:
    settings = Settings(root="/repo", phases=PHASES, phase=1, strict_unphased=False)
    standing = Phases(settings, "2026-01-01").standing_of(f"/repo/{path}")
    assert (standing.number, standing.strict) == (number, strict)


def test_a_day_is_late_from_the_next_one_on_and_only_until_the_phase_is_reached() -> None:
    settings = Settings(root="/repo", phases=PHASES, phase=0)
    assert overdue(settings, "2026-03-31") == ()
    assert overdue(settings, "2026-04-01") == PHASES[:1]
    assert overdue(settings, "2027-01-01") == PHASES
    assert overdue(Settings(root="/repo", phases=PHASES, phase=2), "2027-01-01") == ()


def test_a_late_phase_is_strict_only_where_the_configuration_says_so() -> None:
    for strict in (False, True):
        settings = Settings(root="/repo", phases=PHASES, phase=0, strict_overdue=strict)
        assert Phases(settings, "2026-04-01").standing_of("/repo/shared/a.py").strict is strict
        assert not Phases(settings, "2026-04-01").standing_of("/repo/orchestration/a_flow.py").strict


PHASE = '[[tool.client-pool.phases]]\nname = "a"\npaths = ["a"]\n'
OURS = "[tool.client-pool]\n"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (f"{OURS}phase = 1\n", "client-pool.phase: the gate cannot reach phase 1 of 0"),
        (f"{OURS}phase = 2\n{PHASE}", "client-pool.phase: the gate cannot reach phase 2 of 1"),
        (f"{OURS}phase = -1\n{PHASE}", "client-pool.phase: expected a whole number from 0 upward, found -1"),
        (PHASE, "client-pool: there are phases, but not how many of them are reached; begin with the key phase = 0"),
        (f"{OURS}phase = 0\n{PHASE}{PHASE}", "client-pool.phases: two phases are called 'a'; give each a name of its"),
        (f"{OURS}phases = 1\n", "client-pool.phases: expected a list of tables, found 1"),
        (f"{OURS}phases = [1]\n", "client-pool.phases.1: expected a table, found 1"),
        (f"{OURS}phases = [{{paths = ['a']}}]\n", "client-pool.phases.1: the phase has no name; add the key 'name'"),
        (f"{OURS}phases = [{{name = 'a'}}]\n", "client-pool.phases.1: the phase has no paths; add the key 'paths'"),
        (f"{PHASE}path = ['a']\n", "client-pool.phases.1: unknown key 'path'; did you mean 'paths'?"),
        (f"{PHASE}due = 'soon'\n", "client-pool.phases.1.due: expected a day as YYYY-MM-DD, found 'soon'"),
        (f"{PHASE}due = 2026\n", "client-pool.phases.1.due: expected a text, found 2026"),
        (f"{OURS}unphased = 'off'\n", "client-pool.unphased: expected 'pending' or 'error', found 'off'"),
        (f"{OURS}overdue = true\n", "client-pool.overdue: expected 'warning' or 'error', found True"),
        (f"{OURS}suppression-reason = 1\n", "suppression-reason: expected 'optional' or 'required', found 1"),
    ],
)
def test_what_cannot_be_followed_is_refused(tree: WriteTree, content: str, message: str) -> None:
    root = tree({"pyproject.toml": content})
    with pytest.raises(ConfigurationError) as caught:
        Configurations().at(str(root))
    assert message in str(caught.value)


def test_an_ini_file_writes_phases_as_sections(tree: WriteTree) -> None:
    root = tree({"setup.cfg": "[client-pool]\nphases = a\n"})
    with pytest.raises(ConfigurationError, match=r"a phase's section is \[client-pool:phase:NAME\]"):
        Configurations().at(str(root))


def test_the_shipped_examples_have_the_four_phases() -> None:
    examples = Path(__file__).parents[3] / "docs/examples/phases"
    found = [Configurations(str(examples / name)).at("/") for name in ("pyproject.toml", "setup.cfg")]
    assert found[0].phases == found[1].phases
    assert [phase.name for phase in found[0].phases] == [
        "core shared utilities",
        "predictions",
        "data processors",
        "orchestration",
    ]
