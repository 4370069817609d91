"""The example service shows how people spell it: each construction in it is found, and nothing else."""

import json
import subprocess
import sys
from pathlib import Path

SERVICE = Path(__file__).parents[2] / "examples" / "legacy_service"

EXPECTED = {
    "clients.py": [(19, "CPL103")],
    "events/outbox.py": [(10, "CPL104")],
    "events/worker.py": [(13, "CPL101"), (19, "CPL105")],
    "exports/archive.py": [(11, "CPL103")],
    "exports/invoices.py": [(9, "CPL103"), (16, "CPL103")],
    "jobs/backfill.py": [(16, "CPL101"), (22, "CPL104")],
    "jobs/cleanup.py": [(12, "CPL102"), (20, "CPL103")],
    "main.py": [(16, "CPL104"), (28, "CPL101")],
    "orders/loader.py": [(13, "CPL101"), (26, "CPL103")],
    "orders/repository.py": [(10, "CPL102"), (16, "CPL102")],
    "reports/daily.py": [(15, "CPL110"), (27, "CPL101")],
    "reports/live.py": [(9, "CPL110"), (10, "CPL102"), (15, "CPL102")],
}


def test_every_construction_is_found_and_nothing_else() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "flake8_client_pool", "check", "--no-cache", "--format", "json", "."],
        cwd=SERVICE,
        capture_output=True,
        text=True,
        check=False,
    )
    found: dict[str, list[tuple[int, str]]] = {}
    for finding in json.loads(done.stdout)["findings"]:
        path = finding["path"].removeprefix("./")
        found.setdefault(path, []).append((finding["line"], finding["code"]))
    assert found == EXPECTED


def test_what_is_expected_of_the_service_compiles() -> None:
    for path in SERVICE.rglob("*.py"):
        compile(path.read_text(), str(path), "exec")
