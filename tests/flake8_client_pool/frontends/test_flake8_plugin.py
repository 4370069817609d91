"""The plugin inside the real flake8."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Tree = Callable[..., Path]
Run = Callable[..., subprocess.CompletedProcess[str]]

BUILDS = "from google.cloud import bigquery\n\nclient = bigquery.Client()\n"
GETS = "import requests\n\nrequests.get('https://example.com')\n"
REPORT = "CPL101 bigquery.Client() builds a BigQuery client here; use get_bigquery_client() from shared_clients"


def test_flake8_knows_the_plugin(flake8: Run) -> None:
    assert "flake8-client-pool" in flake8("--version").stdout
    assert "--client-pool-config FILE" in flake8("--help").stdout


def test_the_plugin_reports_without_being_asked_to(tree: Tree, run_process: Run) -> None:
    tree({"job.py": BUILDS})
    done = run_process("flake8", "job.py")
    assert (done.returncode, done.stdout) == (1, f"job.py:3:10: {REPORT}\n")


def test_standard_input_has_the_name_it_is_given(tree: Tree, flake8: Run) -> None:
    tree({"shared_clients/__init__.py": "def get_bigquery_client(project_id=None): ...\n"})
    assert flake8("-", stdin=BUILDS).stdout == f"stdin:3:10: {REPORT}\n"
    named = flake8("-", "--stdin-display-name=src/job.py", stdin=BUILDS)
    assert named.stdout == f"src/job.py:3:10: {REPORT}\n"
    assert flake8("-", "--stdin-display-name=shared_clients/pool.py", stdin=BUILDS).stdout == ""


def test_flake8s_own_selection_holds(tree: Tree, flake8: Run) -> None:
    tree({"job.py": BUILDS, "old/job.py": BUILDS})
    assert flake8("--extend-ignore=CPL101").stdout == ""
    assert flake8("--per-file-ignores=old/*:CPL101").stdout == f"./job.py:3:10: {REPORT}\n"


def test_http_is_off_unless_flake8_or_the_configuration_selects_it(tree: Tree, flake8: Run, run_process: Run) -> None:
    root = tree({"web.py": GETS})
    assert flake8().stdout == ""
    assert run_process("flake8").stdout == ""
    assert "web.py:3:1: CPL106" in flake8("--extend-select=CPL106").stdout
    (root / "setup.cfg").write_text("[client-pool]\nselect = CPL106\n")
    assert "web.py:3:1: CPL106" in flake8().stdout


def test_the_configuration_can_be_named_in_flake8s_own(tree: Tree, flake8: Run) -> None:
    tree(
        {
            "tox.ini": "[flake8]\nclient-pool-config = ci/pool.toml\n",
            "ci/pool.toml": '[tool.client-pool]\npool-module = "pools"\n',
            "job.py": BUILDS,
        }
    )
    assert flake8().stdout == f"./job.py:3:10: {REPORT.replace('shared_clients', 'pools')}\n"


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_configuration_that_cannot_be_followed_ends_flake8(tree: Tree, flake8: Run, jobs: str) -> None:
    tree({"setup.cfg": "[client-pool]\npool-modul = x\n", "job.py": BUILDS, "other.py": BUILDS})
    done = flake8(f"--jobs={jobs}")
    assert done.returncode == 1
    assert "unknown key 'pool-modul'; did you mean 'pool-module'?" in done.stdout + done.stderr
    named = flake8("--client-pool-config=nowhere.toml")
    assert "nowhere.toml: cannot be read as a configuration" in named.stdout + named.stderr


def test_a_file_that_does_not_parse_is_flake8s_to_report(tree: Tree, run_process: Run) -> None:
    tree({"job.py": f"{BUILDS}(\n"})
    assert [line.split()[1] for line in run_process("flake8", "job.py").stdout.splitlines()] == ["E999"]
