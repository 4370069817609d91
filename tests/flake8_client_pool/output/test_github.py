"""Annotations and the job summary, as GitHub Actions takes them."""

import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from flake8_client_pool.frontends.commands import commands

Tree = Callable[[Mapping[str, str]], Path]
Check = Callable[..., str]

IMPORT = "from google.cloud import storage\n"
# As the runner reads a command: https://github.com/actions/runner, ActionCommand.cs.
COMMAND = re.compile(r"::(?P<level>\w+) (?P<properties>[^:]*)::(?P<data>.*)")


def unescaped(text: str) -> str:
    for code, character in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(code, character)
    return text


def annotations(output: str) -> list[dict[str, str]]:
    found = []
    for line in output.splitlines():
        if match := COMMAND.fullmatch(line):
            pairs = (pair.split("=", 1) for pair in match["properties"].split(","))
            found.append({name: unescaped(value) for name, value in pairs} | {"level": match["level"]})
    return found


@pytest.fixture
def check(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Check:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))

    def run(*options: str) -> str:
        commands.main(["check", "--format=github", *options], standalone_mode=False)
        return capsys.readouterr().out

    return run


def test_ten_errors_are_annotated_and_the_rest_is_in_the_log_and_the_summary(tree: Tree, check: Check) -> None:
    builds = "".join(f"client{number} = storage.Client()\n" for number in range(4))
    tree({f"jobs/{name}.py": IMPORT + builds for name in "abcde"} | {"last.py": IMPORT + builds})
    output = check()
    shown = annotations(output)
    assert [each["level"] for each in shown] == ["error"] * 10
    # each of the six files has one before any has a second
    assert len({each["file"] for each in shown[:6]}) == 6
    assert all(each["line"] == "2" for each in shown[:6])
    assert output.count("CPL103") == 24
    summary = Path("summary.md").read_text()
    assert summary.count("| [CPL103](https://") == 24
    assert "Found 24 findings in 6 of 6 files." in summary


def test_clients_come_before_remarks_and_pending_findings_are_notices(tree: Tree, check: Check) -> None:
    configuration = '[tool.client-pool]\nphase = 0\n[[tool.client-pool.phases]]\nname = "x"\npaths = ["later"]\n'
    tree(
        {
            "a.py": "x = 1  # noqa: CPL103\n",
            "b.py": f"{IMPORT}storage.Client()\n",
            "later/c.py": f"{IMPORT}storage.Client()\n",
            "pyproject.toml": configuration,
        }
    )
    shown = annotations(check("--pending"))
    assert [(each["level"], each["title"]) for each in shown] == [
        ("error", "CPL103"),
        ("error", "CPL901"),
        ("notice", "CPL103"),
    ]


def test_names_and_messages_cannot_write_commands_of_their_own(tree: Tree, check: Check) -> None:
    name = "::error file=x,line=1::50% off, today\n::warning ::x.py"
    call = "storage.Client(project='%0A::error::| <b> `x`')"
    tree({name: f"{IMPORT}{call}\n" * 12})
    output = check()
    shown = annotations(output)
    assert len(shown) == 10
    assert {(each["file"], each["title"]) for each in shown} == {(name, "CPL103")}
    assert not [line for line in output.splitlines() if line.startswith("::") and not COMMAND.fullmatch(line)]
    summary = Path("summary.md").read_text()
    assert "<b>" not in summary
    assert len([line for line in summary.splitlines() if line.startswith("| ")]) == 12 + 2


@pytest.mark.parametrize("present", [0, 200_000])
def test_a_summary_stays_within_what_github_takes(tree: Tree, check: Check, present: int) -> None:
    long = "x" * 150
    tree({f"job{number}.py": f"{IMPORT}storage.Client('{long}')\n" * 350 for number in range(20)})
    summary = Path("summary.md")
    summary.write_text("x" * present)
    check()
    assert 900_000 < summary.stat().st_size <= 1024 * 1024
    rows = summary.read_text().count("| [CPL103]")
    assert f"{7000 - rows:,} more are in the log of the step." in summary.read_text()


def test_a_summary_that_is_full_stays_as_it_is(tree: Tree, check: Check) -> None:
    tree({"a.py": f"{IMPORT}storage.Client()\n", "summary.md": "x" * (1024 * 1024 - 100)})
    assert len(annotations(check())) == 1
    assert Path("summary.md").stat().st_size == 1024 * 1024 - 100


def test_no_problem_and_no_warning_is_dropped(tree: Tree, check: Check) -> None:
    phase = '[[tool.client-pool.phases]]\nname = "x"\npaths = ["x"]\ndue = 2020-01-01\n'
    tree({f"{name}/pyproject.toml": f"[tool.client-pool]\nphase = 0\n{phase}" for name in "abcdefghijkl"})
    tree({f"{name}/x.py": "" for name in "abcdefghijkl"})
    absent = [f"absent{number:02}" for number in range(12)]
    output = check(".", *absent)
    levels = [each["level"] for each in annotations(output)]
    assert (levels.count("error"), levels.count("warning")) == (10, 10)
    assert all(f"{name}: " in output or f"file={name}," in output for name in absent)
    assert all(f"/{name}/pyproject.toml" in output for name in "abcdefghijkl")


def test_a_summary_that_cannot_be_written_fails_nothing(
    tree: Tree, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tree({"a.py": "x = 1\n"}))
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", os.path.join("absent", "summary.md"))
    assert commands.main(["check", "--format=github"], standalone_mode=False) == 0
    assert "the job summary cannot be written" in capsys.readouterr().err
