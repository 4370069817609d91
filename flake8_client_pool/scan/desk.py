"""What an editor asks: the findings in open files, whose text counts instead of what lies on the disk, and their fixes.

All that was read to answer is remembered, with a stamp of each file and folder by which a later change is noticed. Then
everything is read anew, the configuration too: what changes beside the file that is typed in changes rarely.
"""

import os
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from flake8_client_pool.fixes.doubts.outside_uses import OutsideUses
from flake8_client_pool.fixes.file_fix import FileFixer
from flake8_client_pool.fixes.outcomes import FileFix
from flake8_client_pool.model import Finding
from flake8_client_pool.policy.baseline import NAME
from flake8_client_pool.policy.configuration import FILES, Configurations
from flake8_client_pool.policy.phases import today
from flake8_client_pool.policy.settings import Settings
from flake8_client_pool.policy.verdict import Verdict
from flake8_client_pool.rules.getter_definitions import Getter
from flake8_client_pool.scan.bench import Bench, Benches, Terms
from flake8_client_pool.scan.discovery import Exclusion, SourceFile
from flake8_client_pool.scan.fixing import neighbours_of, place_of
from flake8_client_pool.syntax.decoding import encode
from flake8_client_pool.syntax.regular_files import content_of

# A client that watches the files says when they change; others are not to wait for long, nor to pay at each key.
_SECONDS_BETWEEN_LOOKS = 1.0
_LIBRARIES = "/site-packages/"

Stamp: TypeAlias = tuple[int, ...] | None
"""What tells one state of a file or folder from another; None where nothing is."""


@dataclass(slots=True)
class _World:
    """What was read to answer so far, and the stamps that it had."""

    texts: Mapping[str, bytes]
    day: str = field(default_factory=today)
    configurations: Configurations = field(default_factory=Configurations)
    exclusion: Exclusion = field(default_factory=lambda: Exclusion(()))
    stamps: dict[str, Stamp] = field(default_factory=dict)
    benches: Benches = field(init=False)
    fixers: dict[int, tuple[Mapping[str, Stamp], FileFixer]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.benches = Benches(Terms(), self.texts)


class Desk:
    """Answers about open files; every path is absolute and written with `/`."""

    def __init__(self) -> None:
        """Have nothing open, and work in no folder."""
        self._folders: frozenset[str] = frozenset()
        self._buffers: dict[str, bytes] = {}
        self._stamps: dict[str, Stamp] = {}
        self._changes = 0
        self._look_at = 0.0
        self._renewed = False
        self._world = self._new_world()

    def work_in(self, folders: Iterable[str]) -> None:
        """Take the folders that are worked in: of files outside them, only those with a configuration are checked."""
        self._folders = frozenset(folders)
        self._world = self._new_world()

    def put(self, location: str, text: str) -> None:
        """Let `text` count as the content of a file."""
        data = encode(text)
        on_disk = None if location in self._buffers else _on_disk(location)
        if data == on_disk:
            self._stamps[location] = _stamp_on_disk(location)
        else:
            self._changes += 1
            self._stamps[location] = (self._changes,)
        is_new = location not in self._buffers and on_disk is None
        self._buffers[location] = data
        if is_new:
            self._world = self._new_world()

    def remove(self, location: str) -> None:
        """Let what lies on the disk count again."""
        self._buffers.pop(location, None)
        self._stamps.pop(location, None)
        self.look()
        if not os.path.lexists(location):
            self._world = self._new_world()

    def look(self) -> None:
        """Look at the disk for changes when the next question comes."""
        self._look_at = 0.0

    def may_concern_others(self, location: str) -> bool:
        """Tell whether answers about other files may be others now that a file has changed, and been asked about."""
        renewed, self._renewed = self._renewed, False
        return renewed or location in self._world.stamps

    def settings(self, location: str) -> Settings:
        """Return what is in force for a file.

        Raises:
            ConfigurationError: its configuration cannot be followed.
        """
        directory = os.path.dirname(location)
        world = self._fresh_world(location)
        self._note(_deciding_for(directory))
        return world.configurations.at(directory)

    def verdict(self, location: str, text: str) -> Verdict:
        """Judge a text as the content of a file; nothing for a file that is not checked.

        Raises:
            ClientPoolError: the file's configuration or baseline cannot be followed.
        """
        settings = self.settings(location)
        if self._is_left_out(location, settings):
            return Verdict()
        bench = self._bench(settings)
        verdict = bench.verdict(location, text.encode(), text)
        for seen in bench.seen:
            self._note(seen)
        return verdict

    def fix(self, location: str, text: str, findings: Iterable[Finding], *, unsafe: bool) -> FileFix:
        """Fix findings in a text that is the content of a file, all that can be; nothing is written.

        Raises:
            ClientPoolError: the file's configuration cannot be followed.
        """
        fixer = self._fixer(self.settings(location), location)
        return fixer.fix(location, text.encode(), text, [place_of(finding) for finding in findings], unsafe=unsafe)

    def getter(self, location: str, finding: Finding) -> Getter | None:
        """Give the getter to ask instead of doing what was found in a file; None where there is none.

        Raises:
            ClientPoolError: the file's configuration or baseline cannot be followed.
        """
        return self._bench(self.settings(location)).engine.getter(location, finding)

    def _bench(self, settings: Settings) -> Bench:
        return self._world.benches.under(settings)

    def _fixer(self, settings: Settings, location: str) -> FileFixer:
        """Give a fixer for which all other files of the repository are as they were when it read them."""
        world = self._world
        neighbours = neighbours_of([SourceFile(location, location, 0, settings)])
        stamps = {path: self._stamp(path) for path in neighbours if path != location}
        known, fixer = world.fixers.get(id(settings), (None, None))
        if fixer is None or known != stamps:
            outside = OutsideUses(neighbours, self._buffers)
            fixer = FileFixer(settings.active_kinds, settings.pool_module, outside, self._buffers)
            world.fixers[id(settings)] = stamps, fixer
        return fixer

    def _is_left_out(self, location: str, settings: Settings) -> bool:
        inside = not self._folders or any(location.startswith(f"{folder.rstrip('/')}/") for folder in self._folders)
        is_foreign = _LIBRARIES in location or not (inside or settings.source)
        return is_foreign or self._world.exclusion.covers(location, settings)

    def _new_world(self) -> _World:
        return _World(self._buffers)

    def _fresh_world(self, location: str) -> _World:
        """Give what was read, or begin anew when anything but the file that is asked about has changed since."""
        if self._is_outdated(location):
            self._world = self._new_world()
            self._renewed = True
        return self._world

    def _is_outdated(self, location: str) -> bool:
        stamps = self._world.stamps
        now = time.monotonic()
        looks = now >= self._look_at
        if looks:
            self._look_at = now + _SECONDS_BETWEEN_LOOKS
        paths = stamps if looks else stamps.keys() & self._buffers.keys()
        return self._world.day != today() or any(
            self._stamp(path) != stamps[path] for path in paths if path != location
        )

    def _note(self, paths: Iterable[str]) -> None:
        for path in paths:
            if path not in self._world.stamps:
                self._world.stamps[path] = self._stamp(path)

    def _stamp(self, path: str) -> Stamp:
        return self._stamps[path] if path in self._stamps else _stamp_on_disk(path)


def _stamp_on_disk(path: str) -> Stamp:
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


def _on_disk(path: str) -> bytes | None:
    try:
        return content_of(path)
    except (OSError, ValueError):
        return None


def _deciding_for(directory: str) -> Iterable[str]:
    """Name the files, there or not, that may decide what is in force in a directory."""
    while True:
        yield from (f"{directory.rstrip('/')}/{name}" for name in (*FILES, NAME))
        if directory == os.path.dirname(directory):
            return
        directory = os.path.dirname(directory)
