"""The Python interpreters of this machine, each with the libraries that a program of the tests needs.

The one that runs the tests is always among them. For each other that is found, on PATH or through pyenv, a
virtual environment is made once in `.cache/`, which git ignores; one that cannot be filled is left out.
"""

import fcntl
import functools
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.shared_clients.helpers import ROOT

VERSIONS = ("3.11", "3.12", "3.13", "3.14", "3.13t", "3.14t")  # with a t: free-threaded
REQUIREMENTS = ("google-cloud-pubsub", "google-cloud-storage")
CACHE = ROOT / ".cache"


@dataclass(frozen=True)
class Interpreter:
    """A Python; `executable` has the libraries once `prepare` has returned None."""

    version: str
    base: str

    @property
    def is_running(self) -> bool:
        return self.version == running_version()

    @property
    def executable(self) -> str:
        return sys.executable if self.is_running else str(self.folder / "bin" / "python")

    @property
    def folder(self) -> Path:
        return CACHE / f"python-{self.version}"

    def prepare(self) -> str | None:
        """Install the libraries; returns why that was not possible."""
        if self.is_running:
            return None
        CACHE.mkdir(exist_ok=True)
        with (CACHE / f"python-{self.version}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # several test processes may want it at the same time
            return self._install()

    def _install(self) -> str | None:
        complete = self.folder / "complete"
        if complete.exists():
            return None
        steps = (
            [self.base, "-m", "venv", "--clear", str(self.folder)],
            [self.executable, "-m", "pip", "install", "--quiet", *REQUIREMENTS],
        )
        for step in steps:
            finished = subprocess.run(step, capture_output=True, text=True, check=False)
            if finished.returncode:
                return (finished.stderr.strip().splitlines() or [f"{step[0]} failed"])[-1]
        complete.touch()
        return None


def running_version() -> str:
    return f"{sys.version_info.major}.{sys.version_info.minor}{sys.abiflags}"


@functools.cache
def interpreters() -> tuple[Interpreter, ...]:
    """Find one interpreter of each version."""
    found = {running_version(): Interpreter(running_version(), sys.executable)}
    for version in VERSIONS:
        for candidate in _candidates(version):
            if version not in found and _is_usable(candidate, version):
                found[version] = Interpreter(version, str(candidate))
    return tuple(found.values())


def _candidates(version: str) -> Iterator[Path]:
    if on_path := shutil.which(f"python{version}"):
        yield Path(on_path)
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    yield from sorted(pyenv.glob(f"versions/{version.rstrip('t')}.*/bin/python{version}"))


def _is_usable(candidate: Path, version: str) -> bool:
    program = "import sys, venv; print('%d.%d%s' % (*sys.version_info[:2], sys.abiflags))"
    ask = [str(candidate), "-c", program]
    finished = subprocess.run(ask, capture_output=True, text=True, check=False)
    return finished.stdout.strip() == version


if __name__ == "__main__":
    sys.stdout.writelines(f"{interpreter.version}={interpreter.base}\n" for interpreter in interpreters())
