"""The command line as a process among others: pipes, interrupts, workers, and what it loads."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

Tree = Callable[..., Path]
Run = Callable[..., subprocess.CompletedProcess[str]]

IMPORT = "from google.cloud import bigquery, storage\n"
BUILDS = f"{IMPORT}client = bigquery.Client()\n"


@pytest.fixture
def many_findings(tree: Tree) -> Path:
    return tree({f"job_{number}.py": BUILDS * 400 for number in range(4)})


def test_a_closed_pipe_is_no_error(many_findings: Path, environment: dict[str, str]) -> None:
    command = f"{sys.executable} -m flake8_client_pool check | head -n 1"
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=many_findings,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("job_0.py:2:10: CPL101")
    assert done.stderr == ""


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="the system has no device that is always full")
@pytest.mark.parametrize("arguments", ["check", "check --format=json", "rules", "fix", "--help", "--version"])
def test_an_output_that_takes_nothing_is_one_line_and_a_failure(
    many_findings: Path, environment: dict[str, str], arguments: str
) -> None:
    command = f"{sys.executable} -m flake8_client_pool {arguments} > /dev/full"
    done = subprocess.run(
        ["bash", "-c", command], cwd=many_findings, env=environment, capture_output=True, text=True, check=False
    )
    assert re.fullmatch(r"client-pool: standard output: cannot be written: no space left on device; .+\n", done.stderr)
    assert ("--output-file" in done.stderr) == arguments.startswith("check")
    assert done.returncode == 2


def test_a_closed_output_is_one_line_and_a_failure(many_findings: Path, environment: dict[str, str]) -> None:
    command = f"{sys.executable} -m flake8_client_pool check >&-"
    done = subprocess.run(
        ["bash", "-c", command], cwd=many_findings, env=environment, capture_output=True, text=True, check=False
    )
    line = "client-pool: standard output: cannot be written: it is closed; name a file with --output-file\n"
    assert done.stderr == line
    assert done.returncode == 2


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="the system has no device that is always full")
def test_a_failing_standard_error_is_a_failure_too(tree: Tree, environment: dict[str, str]) -> None:
    command = f"{sys.executable} -m flake8_client_pool check nowhere.py 2> /dev/full"
    done = subprocess.run(
        ["bash", "-c", command], cwd=tree({}), env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_an_interrupt_ends_the_run_with_one_line(tree: Tree, environment: dict[str, str], jobs: str) -> None:
    root = tree({f"job_{number}.py": BUILDS * 2000 for number in range(200)})
    # An interrupt inside coverage's own tracer leaves it waiting for a lock of its own.
    unmeasured = {name: value for name, value in environment.items() if not name.startswith("COVERAGE")}
    process = subprocess.Popen(
        [sys.executable, "-m", "flake8_client_pool", "check", "--no-cache", "--jobs", jobs],
        cwd=root,
        env=unmeasured,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    time.sleep(1.5)
    os.killpg(process.pid, signal.SIGINT)
    stdout, stderr = process.communicate(timeout=60)
    assert (process.returncode, stdout, stderr.strip()) == (130, "", "client-pool: interrupted")


def test_text_that_the_terminal_cannot_show_is_escaped(
    tree: Tree, client_pool: Run, environment: dict[str, str]
) -> None:
    tree({"job.py": f"{IMPORT}ä = '\x1b[31m'; client = bigquery.Client()\n"})
    assert "    ä = '\N{REPLACEMENT CHARACTER}[31m'; client = bigquery.Client()\n" in client_pool("check").stdout
    environment["PYTHONIOENCODING"] = "ascii"
    assert r"    \xe4 = '\ufffd[31m'; client" in client_pool("check").stdout


def test_the_same_findings_on_one_process_and_on_several(tree: Tree, client_pool: Run) -> None:
    padding = f"# {'padding ' * 15_000}\n"
    tree({f"job_{number}.py": padding * (number % 3) + BUILDS for number in range(24)})
    runs = [client_pool("check", "--format=json", "--no-cache", f"--jobs={jobs}").stdout for jobs in (1, 2, 3)]
    assert len(json.loads(runs[0])["findings"]) == 24
    assert runs[0] == runs[1] == runs[2]


@pytest.mark.parametrize(
    "unneeded", ["rich", "pathspec", "concurrent.futures", "multiprocessing", "subprocess", "asyncio"]
)
def test_a_single_file_loads_nothing_that_it_does_not_need(
    tree: Tree, environment: dict[str, str], unneeded: str
) -> None:
    root = tree({"job.py": BUILDS})
    unmeasured = {name: value for name, value in environment.items() if not name.startswith("COVERAGE")}
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "flake8_client_pool", "check", "job.py"],
        cwd=root,
        env=unmeasured,
        capture_output=True,
        text=True,
        check=False,
    )
    loaded = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "flake8_client_pool.engine" in loaded
    assert unneeded not in loaded
