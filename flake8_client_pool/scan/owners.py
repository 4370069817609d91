"""Who owns the files of a repository, by its CODEOWNERS file."""

import os
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from flake8_client_pool.policy.errors import ClientPoolError

if TYPE_CHECKING:
    from codeowners import CodeOwners

# The places that GitHub and GitLab look at, in GitHub's order.
PLACES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")


class Owners:
    """Answers who owns files; nobody does where there is no CODEOWNERS file."""

    def __init__(self, directory: str) -> None:
        """Read the file of the repository that an absolute `directory` is in.

        Raises:
            ClientPoolError: the file cannot be followed.
        """
        self._top = _top_of(directory)
        self._owners = _read(self._top)

    @property
    def are_known(self) -> bool:
        """Whether there is a CODEOWNERS file."""
        return self._owners is not None

    def of(self, locations: Iterable[str]) -> tuple[str, ...]:
        """List the owners of the files at absolute paths, those of most files first."""
        if self._owners is None:
            return ()
        count = Counter[str]()
        for location in locations:
            count.update(name for _, name in self._owners.of(os.path.relpath(location, self._top)))
        return tuple(sorted(count, key=lambda name: (-count[name], name)))


def _top_of(directory: str) -> str:
    here = directory
    while not os.path.lexists(os.path.join(here, ".git")):
        if os.path.dirname(here) == here:
            return directory
        here = os.path.dirname(here)
    return here


def _read(top: str) -> "CodeOwners | None":
    file = next((path for place in PLACES if os.path.isfile(path := os.path.join(top, place))), None)
    if file is None:
        return None
    from codeowners import CodeOwners

    try:
        with open(file, encoding="utf-8") as stream:
            return CodeOwners(stream.read())
    except (OSError, ValueError) as error:
        raise ClientPoolError(f"{file}: cannot be followed: {error}; mend it, or give each phase an owner") from error
