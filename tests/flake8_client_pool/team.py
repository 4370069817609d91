"""A repository and what a team does in it, with real git, the real command line and the real flake8."""

import json
import os
import re
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Process = subprocess.CompletedProcess[str]
Run = Callable[..., Process]

BASELINE = ".client-pool-baseline.json"
PHASES = {
    "core shared utilities": "shared",
    "predictions": "predictions",
    "data processors": "processors",
    "orchestration": "orchestration",
}
_REPORTED = re.compile(r"(?:\./)?(?P<path>.+?):(?P<line>\d+):(?P<column>\d+): (?P<code>\w+) (?P<message>.*)")


def module(**functions: str) -> str:
    """Write a module with functions that each return an expression; `pooled` ones ask the pool."""
    text = "from google.cloud import bigquery, storage\n\nfrom shared.clients import get\n"
    for name, expression in functions.items():
        text += f"\n\ndef {name}():\n    return {expression}\n"
    return text


def configuration(phase: int, **keys: str) -> str:
    """Write a pyproject.toml with the four phases."""
    lines = ["# The gate of the migration.", "[tool.client-pool]", 'pool-module = "shared.clients"']
    lines += [f"phase = {phase}  # how far the gate reaches", *(f'{key} = "{value}"' for key, value in keys.items())]
    for name, path in PHASES.items():
        lines += ["", "[[tool.client-pool.phases]]", f'name = "{name}"', f'paths = ["{path}"]']
    return "\n".join([*lines, "", "[tool.black]", "line-length = 99", ""])


@dataclass(frozen=True)
class Team:
    """Works in `root`; processes run with `environment`, which tests may add to."""

    root: Path
    environment: dict[str, str]
    git: Callable[..., None]
    client_pool: Run
    flake8: Run

    def write(self, files: Mapping[str, str]) -> None:
        for path, text in files.items():
            (self.root / path).parent.mkdir(parents=True, exist_ok=True)
            (self.root / path).write_text(text)

    def commit(self, message: str) -> None:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message)

    def document(self, *options: str) -> dict[str, Any]:
        """Check everything and return the JSON."""
        document: dict[str, Any] = json.loads(self.client_pool("check", "--format=json", *options).stdout)
        return document

    def errors(self) -> list[str]:
        """Check with both faces, which must say the same; return path and code of each error."""
        document = self.document()
        ours = {
            (each["path"], each["line"], each["column"], each["code"], each["message"])
            for each in document["findings"]
            if each["path"] != BASELINE
        }
        reported = self.flake8("--jobs=1", ".")
        theirs = {
            (each["path"], int(each["line"]), int(each["column"]), each["code"], each["message"])
            for each in map(_matched, reported.stdout.splitlines())
        }
        assert theirs == ours, reported.stderr
        return sorted(f"{each['path']} {each['code']}" for each in document["findings"])

    def in_ci(self) -> list[str]:
        """Check as CI does."""
        self.environment["CI"] = "true"
        try:
            return self.errors()
        finally:
            del self.environment["CI"]

    def entries(self) -> list[list[str]]:
        rows: list[list[str]] = json.loads((self.root / BASELINE).read_text())["entries"]
        return rows[:-1]

    def has_baseline(self) -> bool:
        return os.path.lexists(self.root / BASELINE)


def _matched(line: str) -> re.Match[str]:
    match = _REPORTED.fullmatch(line)
    assert match, line
    return match
