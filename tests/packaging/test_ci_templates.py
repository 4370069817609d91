"""The action for GitHub and the template for GitLab: valid, and their shell steps run with the inputs they offer."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from junitparser import JUnitXml

Run = Callable[..., subprocess.CompletedProcess[str]]
Action = Callable[..., subprocess.CompletedProcess[str]]

PROJECT = Path(__file__).parents[2]
ACTION = PROJECT / "action.yml"
GITLAB = PROJECT / "ci" / "gitlab.yml"
DIRECT = "from google.cloud import storage\n\nbucket = storage.Client()\n"
EXPRESSION = re.compile(r"\$\{\{\s*([\w.-]+)\s*\}\}")


@pytest.mark.parametrize(("schema", "file"), [("vendor.github-actions", ACTION), ("vendor.gitlab-ci", GITLAB)])
def test_it_is_what_its_platform_takes(schema: str, file: Path, run: Run) -> None:
    run(sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, file, cwd=PROJECT)


def test_no_input_is_pasted_into_a_script() -> None:
    steps = yaml.safe_load(ACTION.read_text())["runs"]["steps"]
    assert len(steps) == 2
    assert not [step["run"] for step in steps if "${{" in step["run"]]


@pytest.fixture(scope="module")
def runner_temp(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("runner")


@pytest.fixture(scope="module")
def action(snapshot: Path, run: Run, runner_temp: Path) -> Action:
    """Run one step of the action as the runner does; the first one has run."""
    document: dict[str, Any] = yaml.safe_load(ACTION.read_text())
    defaults = {f"inputs.{name}": each["default"] for name, each in document["inputs"].items()}

    def step(number: int, workspace: Path, inputs: dict[str, str], **options: Any) -> subprocess.CompletedProcess[str]:
        values = {**defaults, **{f"inputs.{name}": value for name, value in inputs.items()}}
        values["github.action_path"] = str(snapshot)
        assert set(values) == {*defaults, "github.action_path"}
        step = document["runs"]["steps"][number]
        variables = {name: EXPRESSION.sub(lambda match: values[match[1]], text) for name, text in step["env"].items()}
        folder = EXPRESSION.sub(lambda match: values[match[1]], step.get("working-directory", "."))
        script = runner_temp / f"step{number}.sh"
        script.write_text(step["run"])
        shell = ("bash", "--noprofile", "--norc", "-eo", "pipefail", script)
        runner = {"RUNNER_TEMP": str(runner_temp), "CI": "true", "GITHUB_ACTIONS": "true"}
        return run(*shell, cwd=workspace / folder, **runner, **variables, **options)

    step(0, runner_temp, {"python": sys.executable})
    return lambda workspace, **options: step(1, workspace, options.pop("inputs", {}), **options)


@pytest.fixture
def workspace(run: Run, tmp_path: Path) -> Path:
    """A checkout with a client that was there at the first commit, and one that a branch added."""
    folder = tmp_path / "checkout"
    folder.mkdir()
    run("git", "init", "--quiet", "--initial-branch=main", cwd=folder)
    for name, message in (("old.py", "Start"), ("new.py", "Add")):
        (folder / "src").mkdir(exist_ok=True)
        (folder / "src" / name).write_text(DIRECT)
        run("git", "add", ".", cwd=folder)
        run("git", "commit", "--quiet", "--message", message, cwd=folder)
        if message == "Start":
            run("git", "checkout", "--quiet", "-b", "work", cwd=folder)
    return folder


def annotated(done: subprocess.CompletedProcess[str]) -> list[str]:
    return re.findall(r"^::error file=([^,]+),", done.stdout, re.MULTILINE)


def test_the_action_annotates_all_findings_and_fails(action: Action, workspace: Path, tmp_path: Path) -> None:
    summary = tmp_path / "summary.md"
    done = action(workspace, code=1, GITHUB_STEP_SUMMARY=str(summary))
    assert annotated(done) == ["src/new.py", "src/old.py"]
    assert summary.read_text().count("CPL103](") == 2


def test_the_action_passes_where_nothing_is_found(action: Action, tmp_path: Path) -> None:
    (tmp_path / "clean.py").write_text("x = 1\n")
    assert "Nothing found in 1 file." in action(tmp_path).stdout


def test_the_actions_inputs_are_obeyed(action: Action, workspace: Path) -> None:
    summary = workspace / "summary.md"
    since = {"since": "main", "markdown-file": "com ment.md"}
    assert annotated(action(workspace, inputs=since, code=1, GITHUB_STEP_SUMMARY=str(summary))) == ["src/new.py"]
    comment = (workspace / "com ment.md").read_text()
    assert comment.startswith("### Clients: 1 new, 0 fixed, 2 remain\n")
    assert summary.read_text().startswith(comment)
    assert "| [CPL103](" in summary.read_text().removeprefix(comment)
    chosen = action(workspace, inputs={"working-directory": "src", "paths": "old.py\n\n"}, code=1)
    assert annotated(chosen) == ["src/old.py"]
    (workspace / "odd name.cfg").write_text("[client-pool]\nselect = CPL101\n")
    sarif = {"config": "odd name.cfg", "sarif-file": "out put.sarif"}
    assert annotated(action(workspace, inputs=sarif)) == []
    (workspace / "odd name.cfg").write_text("[client-pool]\n")
    action(workspace, inputs=sarif, code=1)
    (ran,) = json.loads((workspace / "out put.sarif").read_text())["runs"]
    assert [bool(result["fixes"]) for result in ran["results"]] == [True, True]


@pytest.mark.parametrize("name", ["paths", "since", "config", "sarif-file", "markdown-file"])
def test_an_input_is_never_a_command_or_an_option(action: Action, workspace: Path, name: str) -> None:
    for value in ("--help", "$(touch pwned)`touch pwned`; touch pwned\"; touch pwned '; touch pwned; exit 0 #"):
        done = action(workspace, inputs={"since": "main", name: value}, code=None)
        assert done.returncode != 0
        assert not (workspace / "pwned").exists()
        assert "Usage:" not in done.stdout


def test_a_mistake_is_told_from_a_finding(action: Action, workspace: Path) -> None:
    done = action(workspace, inputs={"since": "absent", "sarif-file": "out.sarif"}, code=2)
    assert "git knows no such revision" in done.stderr


def test_gitlabs_job_writes_the_reports_that_it_names(snapshot: Path, run: Run, workspace: Path) -> None:
    job = yaml.safe_load(GITLAB.read_text())["client-pool"]
    install, check = job["script"]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"

    def job_with(paths: str, code: int) -> subprocess.CompletedProcess[str]:
        variables = {"CLIENT_POOL_SOURCE": str(snapshot), "CLIENT_POOL_SINCE": "main", "CLIENT_POOL_PATHS": paths}
        script = f"set -eo pipefail\n{install}\n{check}"
        return run("bash", "-c", script, cwd=workspace, code=code, PATH=path, CI="true", **variables)

    done = job_with("src\nabsent dir", 2)
    assert "absent dir: cannot be read: there is no such file" in done.stderr
    install = 'PATH="$PWD/.client-pool-venv/bin:$PATH"'
    assert "src/new.py:3:10: CPL103 " in job_with("src", 1).stdout
    reports = job["artifacts"]["reports"]
    (issue,) = json.loads((workspace / reports["codequality"]).read_text())
    assert issue["location"] == {"path": "src/new.py", "lines": {"begin": 3, "end": 3}}
    assert JUnitXml.fromfile(str(workspace / reports["junit"])).failures == 1


def test_gitlabs_job_installs_nothing_that_nobody_named(run: Run, tmp_path: Path) -> None:
    install = yaml.safe_load(GITLAB.read_text())["client-pool"]["script"][0]
    done = run("bash", "-c", f"set -eo pipefail\n{install}", cwd=tmp_path, code=None, CLIENT_POOL_SOURCE="")
    assert done.returncode != 0
    assert "CLIENT_POOL_SOURCE: say in a variable" in done.stderr
    assert list(tmp_path.iterdir()) == []
