import pytest
from hypothesis import given
from hypothesis import strategies as st

from flake8_client_pool.policy.advance import with_phase
from flake8_client_pool.policy.errors import ConfigurationError

PHASES = '[[tool.client-pool.phases]]\nname = "phase = 7"\npaths = ["a"]\n'

TOML = f"""\
# phase = 9
[tool.black]
phase = 4
line-length=99

[tool.client-pool]   # the gate
pool-module =   "shared.clients"
phase =  1   # phase = 1: how far we are

{PHASES}
[tool.other]
phase = 3
"""
INI = """\
[flake8]
phase = 4

[client-pool]
# phase = 1: how far we are
phase:  1
pool-module = shared.clients

[client-pool:phase:one]
paths = a

[other]
phase = 3
"""


@pytest.mark.parametrize(
    ("file", "text", "before", "after"),
    [
        ("pyproject.toml", TOML, "phase =  1   #", "phase =  2   #"),
        ("ci/gate.toml", f"\ufeff{TOML}", "phase =  1   #", "phase =  2   #"),
        ("pyproject.toml", TOML.replace("\n", "\r\n"), "phase =  1   #", "phase =  2   #"),
        ("pyproject.toml", f"tool.client-pool.phase = 1\n{PHASES}", "phase = 1", "phase = 2"),
        (
            "pyproject.toml",
            "[tool]\nclient-pool = { phase = 1, phases = [{ name = 'a', paths = ['a'] }] } # in one\n",
            "phase = 1",
            "phase = 2",
        ),
        ("setup.cfg", INI, "phase:  1", "phase:  2"),
        ("tox.ini", INI.replace("\n", "\r\n"), "phase:  1", "phase:  2"),
    ],
)
def test_one_number_changes_and_nothing_else(file: str, text: str, before: str, after: str) -> None:
    assert text.count(before) == 1
    assert with_phase(text, file, 2) == text.replace(before, after)


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("pyproject.toml", PHASES),
        ("setup.cfg", "[client-pool]\nphase =\n  1\n"),
        ("setup.cfg", "[client-pool:phase:a]\npaths = a\n"),
    ],
)
def test_what_cannot_be_changed_alone_is_left_to_people(file: str, text: str) -> None:
    with pytest.raises(ConfigurationError, match=r"phase cannot be changed here .* write phase = 2 by hand"):
        with_phase(text, file, 2)


@given(
    before=st.lists(st.sampled_from(["# x", "", "phase_ = 1", "exclude = a", "# phase = 3"]), unique=True),
    phase=st.integers(0, 12),
    new=st.integers(0, 12),
)
def test_an_ini_file_keeps_every_other_line(before: list[str], phase: int, new: int) -> None:
    lines = ["[client-pool]", *before, f"phase = {phase}", "[x]", "phase = 5"]
    expected = [*lines[:-3], f"phase = {new}", *lines[-2:]]
    assert with_phase("\n".join(lines), "setup.cfg", new).split("\n") == expected
