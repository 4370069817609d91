"""What earlier runs found: a cache that can be wrong, old, damaged or absent without any effect."""

import importlib.util
import json
import os
import sys
from contextlib import suppress
from functools import cache
from typing import Any

import flake8_client_pool
from flake8_client_pool.model import Finding
from flake8_client_pool.policy.settings import Settings
from flake8_client_pool.scan.records import Record, from_record

DIRECTORY = ".client-pool-cache"
_KEPT_FILES = 8
_GENERATED_MARK = "*\n"

Entry = list[Any]
"""A file's digest, the words it was analysed for, its findings' records, the states of followed paths."""


class Cache:
    """The findings of the files under one configuration, in one file below its directory.

    The file's name says which tool and which kinds made it, its first line is the checksum of the rest. An
    entry holds for a path with the content and the words that it was made for, and only while every other
    file that had a part in it is as it was. Each run replaces the file as a whole, so that runs side by side
    only ever lose what the other one found out.
    """

    def __init__(self, settings: Settings) -> None:
        """Name the cache for `settings`; nothing is read yet."""
        self._root = settings.root if settings.root != "/" else os.getcwd()
        self._file = os.path.join(self._root, DIRECTORY, f"{fingerprint(settings)}.json")
        self._entries: dict[str, Entry] = {}

    def load(self) -> None:
        """Read what an earlier run left; nothing when it cannot be read or is not as it was written."""
        with suppress(OSError, ValueError, TypeError), open(self._file, "rb") as stream:
            checksum, _, payload = stream.read().partition(b"\n")
            if checksum == digest(payload).encode():
                self._entries = dict(json.loads(payload))

    def find(
        self, location: str, content: str, words: tuple[str, ...], states: "States"
    ) -> tuple[Finding, ...] | None:
        """Return the findings in a file with the digest `content`; None when they are not known."""
        try:
            known_content, known_words, records, followed = self._entries[self._key(location)]
            if known_content != content or known_words != list(words):
                return None
            if any(states.of(os.path.join(self._root, path)) != state for path, state in followed.items()):
                return None
            return tuple(map(from_record, records))
        except (LookupError, TypeError, ValueError, AttributeError):
            return None

    def entry(
        self,
        content: str,
        words: tuple[str, ...],
        records: list[Record],
        followed: tuple[str, ...],
        states: "States",
    ) -> Entry | None:
        """Make the entry for a file; None when a followed file is being written while this run goes on."""
        if any(states.is_changing(path) for path in followed):
            return None
        return [content, list(words), records, {self._key(path): states.of(path) for path in followed}]

    def add(self, location: str, entry: Entry) -> None:
        """Take up what was found out about a file."""
        self._entries[self._key(location)] = entry

    def save(self) -> None:
        """Replace the file; nothing happens where it cannot be written."""
        entries = {
            path: entry
            for path, entry in self._entries.items()
            if os.path.lexists(os.path.join(self._root, path))
        }
        payload = json.dumps(entries, separators=(",", ":")).encode()
        with suppress(OSError):
            directory = os.path.dirname(self._file)
            if not os.path.isdir(directory):
                os.mkdir(directory)
                _replace(os.path.join(directory, ".gitignore"), _GENERATED_MARK.encode())
            _replace(self._file, digest(payload).encode() + b"\n" + payload)
            _remove_oldest(directory)

    def _key(self, location: str) -> str:
        return location.removeprefix(self._root.rstrip("/") + "/")


class States:
    """The states of files as this run sees them: the digest of the content, or that nothing is there."""

    def __init__(self, started: int) -> None:
        """Remember when the run started, in nanoseconds since the epoch."""
        self._started = started
        self._state = cache(_state)

    def of(self, path: str) -> str | None:
        """Return the digest of a file, "directory" for one, and None when nothing can be read there."""
        return self._state(path)[0]

    def is_changing(self, path: str) -> bool:
        """Tell whether a file was written after the start, so that it may differ from what was analysed."""
        return self._state(path)[1] >= self._started


def _state(path: str) -> tuple[str | None, int]:
    try:
        with open(path, "rb") as stream:
            return digest(stream.read()), os.fstat(stream.fileno()).st_mtime_ns
    except IsADirectoryError:
        return "directory", 0
    except OSError:
        return None, 0


def digest(data: bytes) -> str:
    """Return the name of a content."""
    import hashlib

    return hashlib.sha256(data).hexdigest()


def fingerprint(settings: Settings) -> str:
    """Name what shapes an analysis besides files: the tool, the parser, Python, the kinds, the module."""
    parts = (_tool(), _parser(), sys.version_info[:2], settings.active_kinds, settings.pool_module)
    return digest(repr(parts).encode())[:32]


@cache
def _tool() -> str:
    """Digest the tool's own sources, since two builds can carry one version number."""
    content = [flake8_client_pool.__version__.encode()]
    for directory, _, names in sorted(os.walk(os.path.dirname(flake8_client_pool.__file__))):
        for name in sorted(names):
            if name.endswith(".py"):
                with suppress(OSError), open(os.path.join(directory, name), "rb") as stream:
                    content.append(stream.read())
    return digest(b"".join(content))


def _parser() -> list[str]:
    """Name the installed versions of the parser by the folders of their metadata."""
    spec = importlib.util.find_spec("ast_grep_py")
    if spec is None or spec.origin is None:
        return []
    installed = os.listdir(os.path.dirname(os.path.dirname(spec.origin)))
    return sorted(name for name in installed if name.startswith("ast_grep_py-"))


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
