"""Google's own emulators in an installed Cloud SDK."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

USUAL_PLACES = (
    "~/google-cloud-sdk",
    "/usr/lib/google-cloud-sdk",
    "/usr/share/google-cloud-sdk",
    "/usr/local/google-cloud-sdk",
    "/opt/google-cloud-sdk",
    "/opt/homebrew/share/google-cloud-sdk",
    "/snap/google-cloud-cli/current",
)


def roots() -> Iterator[Path]:
    """Where `CLOUDSDK_ROOT_DIR`, the `gcloud` on the path and the installers put the SDK."""
    if configured := os.environ.get("CLOUDSDK_ROOT_DIR"):
        yield Path(configured)
    if gcloud := shutil.which("gcloud"):
        yield Path(gcloud).resolve().parent.parent
    yield from (Path(place).expanduser() for place in USUAL_PLACES)


def find_jar(variable: str, pattern: str) -> Path | None:
    """The jar that the environment variable names, else the newest that matches inside an SDK."""
    if configured := os.environ.get(variable):
        return Path(configured)
    for root in roots():
        if found := sorted(root.glob(f"platform/{pattern}")):
            return found[-1]
    return None
