"""What earlier runs found: a cache that can be wrong, old, damaged or absent without any effect."""

import importlib.util
import os
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import cache
from typing import Any

import flake8_client_pool
from flake8_client_pool.model import Finding
from flake8_client_pool.policy.settings import Settings
from flake8_client_pool.scan.git import work_tree_of
from flake8_client_pool.scan.kept import CACHE_DIRECTORY, keep, kept
from flake8_client_pool.scan.records import Record, from_record, is_record
from flake8_client_pool.scan.sight import Seen, Sight, sight_of
from flake8_client_pool.scan.states import States, digest

_ENTRY_LENGTH = 4

# What reading a damaged cache can end in.
_DAMAGE = (OSError, LookupError, TypeError, ValueError, AttributeError)

Entry = list[Any]
"""A file's digest, the words it was analysed for, its findings' records, the states of followed paths.

Words are None where there is nothing to find, and nothing to judge either.
"""


class Cache:
    """The findings of the files under one configuration, in one file below its directory.

    The file's name says which tool and which kinds made it, its first line is the checksum of the rest. An
    entry holds for a path with the content and the words that it was made for, and only while every other
    file that had a part in it is as it was. Entries are settled, so that not even their words have to be asked
    for, while all that the run saw which made them is as it was. Each run replaces the file as a whole, so
    that runs side by side only ever lose what the other one found out.
    """

    def __init__(self, settings: Settings) -> None:
        """Name the cache for `settings`; nothing is read yet."""
        self._root = settings.root if settings.root != "/" else os.getcwd()
        self._file = os.path.join(self._root, CACHE_DIRECTORY, f"{fingerprint(settings)}.json")
        self._entries: dict[str, Entry] = {}
        self._settled: set[str] = set()
        self._sight = Sight({}, {})

    def load(self, asked: int, states: States) -> None:
        """Read what an earlier run left; nothing when it cannot be read or is not as it was written.

        Whether its sight still holds is looked at only when a good part of its files is `asked` for: for a
        few it costs more than it saves.
        """
        with suppress(*_DAMAGE):
            loaded = kept(self._file)
            self._entries = {key: entry for key, entry in loaded["entries"].items() if len(entry) == _ENTRY_LENGTH}
            sight = Sight(*loaded["sight"])
            if asked * 2 >= len(loaded["settled"]) and sight.holds(states):
                self._sight, self._settled = sight, set(loaded["settled"])

    def settled(self, location: str, states: States) -> Entry | None:
        """Return the entry of a file that can be nothing but right."""
        key = self._key(location)
        entry = self._entries.get(key) if key in self._settled else None
        return entry if entry and entry[0] == states.of(location) and _is_whole(entry) else None

    def find(self, location: str, content: str, words: tuple[str, ...], states: States) -> tuple[Finding, ...] | None:
        """Return the findings in a file with the digest `content`; None when they are not known."""
        try:
            known_content, known_words, records, followed = entry = self._entries[self._key(location)]
            if known_content != content or known_words != list(words) or not _is_whole(entry):
                return None
            if any(states.of(os.path.join(self._root, path)) != state for path, state in followed.items()):
                return None
            return tuple(map(from_record, records))
        except _DAMAGE:
            return None

    def followed_by(self, location: str) -> tuple[str, ...]:
        """Return the absolute paths that had a part in the known findings in a file."""
        return self.followed(self._entries[self._key(location)])

    def followed(self, entry: Entry) -> tuple[str, ...]:
        """Return the absolute paths that had a part in what an entry holds."""
        return tuple(os.path.join(self._root, path) for path in entry[3])

    def entry(
        self,
        content: str,
        words: tuple[str, ...],
        records: list[Record],
        followed: tuple[str, ...],
        states: States,
    ) -> Entry | None:
        """Make the entry for a file; None when a followed file is being written while this run goes on."""
        if any(states.is_changing(path) for path in followed):
            return None
        return [content, list(words), records, {self._key(path): states.of(path) for path in followed}]

    def entry_without_words(self, content: str, *, judged: bool) -> Entry:
        """Make the entry for a file in which nothing can be found; it may have to be `judged` all the same."""
        return [content, [] if judged else None, [], {}]

    def add(self, entries: Mapping[str, Entry], inspected: Iterable[str], seen: Seen, states: States) -> None:
        """Take up a run's `entries`, and all that it has `seen` while these and other files were `inspected`."""
        self._entries.update({self._key(location): entry for location, entry in entries.items()})
        sight = sight_of(*seen, states)
        if sight is not None:
            self._sight = Sight({**self._sight.folders, **sight.folders}, {**self._sight.files, **sight.files})
            self._settled.update(map(self._key, inspected))

    def save(self) -> None:
        """Replace the file; nothing happens where it cannot be written."""
        entries = {key: entry for key, entry in self._entries.items() if self._is_there(key)}
        content = {"entries": entries, "sight": self._sight, "settled": sorted(self._settled.intersection(entries))}
        keep(self._file, content)

    def _is_there(self, key: str) -> bool:
        return os.path.lexists(os.path.join(self._root, key))

    def _key(self, location: str) -> str:
        return location.removeprefix(self._root.rstrip("/") + "/")


def _is_whole(entry: Entry) -> bool:
    _, _, records, followed = entry
    return isinstance(records, list) and all(map(is_record, records)) and isinstance(followed, dict)


def fingerprint(settings: Settings) -> str:
    """Name what shapes an analysis besides files: the tool, the parser, Python, the kinds, the module."""
    # Without version control, the working directory tells how far upward modules are looked for.
    here = "" if work_tree_of(settings.root) else os.getcwd()
    kinds = (settings.active_kinds, settings.kinds_pooled_in_tests)
    sought = (kinds, settings.pool_module, settings.looks_for_patches)
    parts = (tool(), _parser(), sys.version_info[:2], sought, here)
    return digest(repr(parts).encode())[:32]


@cache
def tool() -> str:
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
