"""The counts of a tree that changes commit by commit."""

import os
import posixpath
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from typing import NamedTuple

from flake8_client_pool.policy.phases import Phases, today
from flake8_client_pool.policy.settings import Settings
from flake8_client_pool.report.figures import Part
from flake8_client_pool.report.parts import Parts
from flake8_client_pool.scan.blobs import Tally
from flake8_client_pool.scan.discovery import Exclusion
from flake8_client_pool.scan.git_history import Commit, at_hand, contents

_LONGEST_CHAIN_OF_LINKS = 40


class Measure(NamedTuple):
    """What is counted: places in a part of the repository and in a phase of it, that get a client of a kind.

    `phase` is its number, 0 for what is in none; `pooled` tells pool calls from direct constructions.
    """

    part: Part
    phase: int
    kind: str
    pooled: bool


def link_targets(directory: str, commits: Iterable[Commit]) -> dict[str, str]:
    """Read where the symbolic links of commits lead to, by the names of their contents, as far as the clone has them.

    Raises:
        ClientPoolError: git cannot read its own store.
    """
    asked = dict.fromkeys(change.after for commit in commits for change in commit.links if change.after)
    found = contents(directory, at_hand(directory, asked)) if asked else ()
    return {blob: os.fsdecode(data) for blob, data in found if data is not None}


class Ledger:
    """The counts of the state that has been reached.

    A link counts as what it leads to, as it does for whoever reads the tree, and so with every change of that. What
    lies behind a link to a folder is not looked for, nor what has another suffix.

    Attributes:
        counts: how many places there are.
        unread: how many files there are whose content is not known.
    """

    def __init__(
        self, directory: str, settings: Settings, known: Mapping[str, Tally], targets: Mapping[str, str]
    ) -> None:
        """Begin with an empty tree below an absolute directory.

        `known` and `targets` say what the contents of files and of links hold, by their names.
        """
        self.counts: Counter[Measure] = Counter()
        self.unread = 0
        self._directory = directory.rstrip("/")
        self._settings = settings
        self._known = known
        self._targets = targets
        self._exclusion = Exclusion(())
        self._parts = Parts(settings)
        self._phases = Phases(settings, today())
        self._place_of = cache(self._found_place)
        self._files: dict[str, str] = {}
        self._links: dict[str, str] = {}
        self._behind: dict[str, str] = {}
        self._on_the_way: set[str] = set()

    def apply(self, commit: Commit) -> None:
        """Go on to the state after a commit."""
        for change in commit.changes:
            self._exchange(change.path, change.before, change.after)
            self._files[change.path] = change.after
        for change in commit.links:
            self._links[change.path] = change.after
        if commit.links or any(change.path in self._on_the_way for change in commit.changes):
            self._follow_links()

    def _follow_links(self) -> None:
        self._on_the_way.clear()
        for link, target in self._links.items():
            before, after = self._behind.get(link, ""), self._content_behind(link) if target else ""
            if before != after:
                self._exchange(link, before, after)
                self._behind[link] = after

    def _content_behind(self, link: str) -> str:
        """Name the content of the file that a link leads to; empty where it leads nowhere, or is gone."""
        path = link
        for _ in range(_LONGEST_CHAIN_OF_LINKS):
            blob = self._links.get(path)
            if not blob:
                return self._files.get(path, "")
            if blob not in self._targets:
                return blob
            path = posixpath.normpath(posixpath.join(posixpath.dirname(path), self._targets[blob]))
            self._on_the_way.add(path)
        return ""

    def _exchange(self, path: str, before: str, after: str) -> None:
        place = self._place_of(path)
        for blob, sign in ((before, -1), (after, 1)):
            if place and blob:
                self._add(place, blob, sign)

    def _add(self, place: tuple[Part, int], blob: str, sign: int) -> None:
        tally = self._known.get(blob)
        self.unread += sign * (tally is None)
        for kind, pooled, number in tally or ():
            measure = Measure(*place, kind, pooled)
            self.counts[measure] += sign * number
            if self.counts[measure] < 0:
                raise AssertionError(f"{measure}: {self.counts[measure]} places, so changes of git's are missing")

    def _found_place(self, path: str) -> tuple[Part, int] | None:
        location = f"{self._directory}/{path}"
        if self._exclusion.covers(location, self._settings):
            return None
        return self._parts.of(location), self._phases.standing_of(location).number
