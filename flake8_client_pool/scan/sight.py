"""What a run saw of the file system besides the files it checked: while that stays, its answers stay."""

import os
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from flake8_client_pool.scan.states import States, listing_of

Seen = tuple[frozenset[str], frozenset[str]]
"""Folders that were listed and files that were read, or looked for in vain."""

NOTHING_SEEN: Seen = (frozenset(), frozenset())


class Sight(NamedTuple):
    """Absolute paths of folders and files, each with its state; None where nothing is."""

    folders: dict[str, str | None]
    files: dict[str, str | None]

    def holds(self, states: States) -> bool:
        """Tell whether everything is as it was."""
        return all(listing_of(folder) == state for folder, state in self.folders.items()) and all(
            states.of(file) == state for file, state in self.files.items()
        )


def sight_of(folders: Iterable[str], files: Iterable[str], states: States) -> Sight | None:
    """Note the states of what was seen; None when some of it changes while the run goes on."""
    folders = set(folders)
    if any(map(states.is_changing, files)) or any(states.is_changing(folder) for folder in folders):
        return None
    listings = {folder: listing_of(folder) for folder in folders}
    return Sight(
        {folder: state for folder, state in listings.items() if state or not _parent_tells(folder, listings)},
        {file: states.of(file) for file in files},
    )


def _parent_tells(folder: str, listings: Mapping[str, str | None]) -> bool:
    return listings.get(os.path.dirname(folder)) is not None
