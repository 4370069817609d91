"""`python -m shared_clients` and `python -m shared_clients measure`, as processes."""

import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from unittest import mock

import pytest

from shared_clients import _measure
from tests.shared_clients.helpers import ROOT
from tests.shared_clients.servers.emulators import Emulator

pytestmark = pytest.mark.timeout(180)
POOLS = [
    "bigquery",
    "storage",
    "firestore",
    "firestore_async",
    "pubsub_publisher",
    "pubsub_subscriber",
    "http",
]


@pytest.fixture
def environment(
    service_account_file: Path,
    firestore_emulator: Emulator,
    pubsub_emulator: Emulator,
    storage_emulator: Emulator,
    bigquery_emulator: Emulator,
) -> dict[str, str]:
    """Everything that the pools need here."""
    emulators = (firestore_emulator, pubsub_emulator, storage_emulator, bigquery_emulator)
    variables = {name: value for emulator in emulators for name, value in emulator.environment.items()}
    return {
        **variables,
        "GOOGLE_APPLICATION_CREDENTIALS": str(service_account_file),
        "PATH": "",
        "HOME": "/nowhere",
    }


def command(environment: Mapping[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "shared_clients", *arguments],
        env={"PYTHONPATH": str(ROOT), **environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_all_is_well(environment: dict[str, str]) -> None:
    finished = command(environment)
    lines = finished.stdout.splitlines()
    assert finished.returncode == 0, finished.stdout
    assert [line.split()[0] for line in lines[:-1]] == POOLS
    assert all(line.split()[1].startswith("ok") for line in lines[:-1])
    assert "project test-project, credentials google.oauth2.service_account.Credentials" in lines[0]
    assert f"emulator {environment['PUBSUB_EMULATOR_HOST']}" in finished.stdout
    assert lines[-1] == "All pools OK"


def test_missing_credentials_are_said(environment: dict[str, str]) -> None:
    environment["GOOGLE_APPLICATION_CREDENTIALS"] = "/nowhere/key.json"
    finished = command(environment)
    assert finished.returncode == 1
    assert finished.stdout.splitlines()[-2:] == [
        "Missing:",
        "bigquery: File /nowhere/key.json was not found.",
    ]
    assert "Traceback" not in finished.stdout + finished.stderr


def test_a_missing_project_is_said(environment: dict[str, str]) -> None:
    for name in ("STORAGE_EMULATOR_HOST", "GOOGLE_APPLICATION_CREDENTIALS", "BIGQUERY_EMULATOR_HOST"):
        del environment[name]
    program = (
        "import google.auth, sys; from google.auth.credentials import AnonymousCredentials;"
        "google.auth.default = lambda **_: (AnonymousCredentials(), None);"
        "from shared_clients.__main__ import main; sys.exit(main([]))"
    )
    finished = subprocess.run(
        [sys.executable, "-c", program],
        env={"PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert finished.returncode == 1
    missing = finished.stdout.partition("Missing:\n")[2]
    assert re.findall(r"^(\w+): .*[Pp]roject", missing, re.MULTILINE) == ["bigquery", "storage"]


def test_a_wrong_setting_is_said(environment: dict[str, str]) -> None:
    finished = command({**environment, "SHARED_CLIENTS_POOLING": "perhaps"})
    assert finished.returncode == 1
    assert "settings: SHARED_CLIENTS_POOLING is 'perhaps'" in finished.stdout


def test_a_misspelt_setting_is_said(environment: dict[str, str]) -> None:
    finished = command({**environment, "SHARED_CLIENTS_POOLNG": "off"})
    assert finished.returncode == 1
    assert "settings: there is no setting SHARED_CLIENTS_POOLNG; there are" in finished.stdout


def test_a_canary_is_mentioned(environment: dict[str, str]) -> None:
    assert "pooling is at 10 percent" in command({**environment, "SHARED_CLIENTS_POOLING": "10"}).stdout


def test_measure_compares_building_with_looking_up(environment: dict[str, str]) -> None:
    finished = command(environment, "measure")
    assert finished.returncode == 0, finished.stdout + finished.stderr
    rows = {line.split()[0]: line for line in finished.stdout.splitlines()[1:]}
    assert list(rows) == [pool for pool in POOLS if pool != "firestore_async"]
    ratios = {pool: float(re.search(r"(\d+)x", row)[1]) for pool, row in rows.items()}  # type: ignore[index]
    assert all(ratio > 1 for ratio in ratios.values()), finished.stdout
    assert rows["http"].endswith("no service of its own to ask")
    for pool in ("bigquery", "storage"):
        assert re.search(r"\b([5-9]|1\d) connections without the pool, [1-5] with it", rows[pool]), rows[pool]


def test_pubsub_is_asked_in_the_project_of_the_other_clients(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", "billing")
    client = mock.Mock()
    for pool in ("pubsub_publisher", "pubsub_subscriber"):
        _measure._QUESTIONS[pool](client)
    for question in (client.list_topics, client.list_subscriptions):
        assert question.call_args.kwargs["project"] == "projects/billing"


def test_what_cannot_be_measured_says_why() -> None:
    finished = command({"GOOGLE_APPLICATION_CREDENTIALS": "/nowhere/key.json", "PATH": ""}, "measure")
    assert "bigquery           not measured: File /nowhere/key.json was not found" in finished.stdout
    assert finished.returncode == 1


def test_an_unknown_command_shows_the_usage() -> None:
    finished = command({}, "mesure")
    assert finished.returncode == 2
    assert "Usage: python -m shared_clients [measure]" in finished.stderr
