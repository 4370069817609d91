"""Where results lie between runs: files that can be damaged, old or absent without any effect."""

import json
import os
from contextlib import suppress
from typing import Any

from flake8_client_pool.scan.states import digest

CACHE_DIRECTORY = ".client-pool-cache"

_KEPT_FILES = 8
_GENERATED_MARK = "*\n"


def kept(file: str) -> Any:  # noqa: ANN401 - JSON may be anything, and whoever reads it has to look
    """Read what `keep` wrote; None when it cannot be read or is not as it was written."""
    with suppress(OSError, ValueError), open(file, "rb") as stream:
        checksum, _, payload = stream.read().partition(b"\n")
        return json.loads(payload) if checksum == digest(payload).encode() else None
    return None


def keep(file: str, content: object) -> None:
    """Replace a file of the cache directory by what JSON makes of `content`; nothing where it cannot be written.

    The directory's oldest files go. Runs side by side only ever lose what the other one found out.
    """
    payload = json.dumps(content, separators=(",", ":")).encode()
    with suppress(OSError):
        directory = os.path.dirname(file)
        if not os.path.isdir(directory):
            os.mkdir(directory)
            _replace(os.path.join(directory, ".gitignore"), _GENERATED_MARK.encode())
        _replace(file, digest(payload).encode() + b"\n" + payload)
        _remove_oldest(directory)


def _replace(path: str, data: bytes) -> None:
    temporary = f"{path}.{os.getpid()}"
    try:
        with open(temporary, "wb") as stream:
            stream.write(data)
        os.replace(temporary, path)
    except OSError:
        with suppress(OSError):
            os.unlink(temporary)
        raise


def _remove_oldest(directory: str) -> None:
    files = [os.path.join(directory, name) for name in os.listdir(directory) if name.endswith(".json")]
    for path in sorted(files, key=os.path.getmtime)[:-_KEPT_FILES]:
        os.unlink(path)
