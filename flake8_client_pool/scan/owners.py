"""Who owns the files of a repository, by its CODEOWNERS file.

GitLab's has sections, each of which has a say: https://docs.gitlab.com/user/project/codeowners/reference/
"""

import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from flake8_client_pool.policy.errors import ClientPoolError
from flake8_client_pool.scan.git import work_tree_of

if TYPE_CHECKING:
    from codeowners import CodeOwners

# The places that GitHub and GitLab look at, in GitHub's order.
PLACES = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")

_HEADER = re.compile(r"\^?\[(?P<name>[^\]]+)\](\[\d+\])?(?P<owners>(\s+\S*@\S+)*)")
_COMMENT = re.compile(r"(^|\s)#.*")
_SPACE = re.compile(r"(?<!\\)\s+")
_EXCLUDED = "!"


class Owners:
    """Answers who owns files; nobody does where there is no CODEOWNERS file."""

    def __init__(self, directory: str) -> None:
        """Read the file of the repository that an absolute `directory` is in.

        Raises:
            ClientPoolError: the file cannot be followed.
        """
        self._top = work_tree_of(directory) or directory
        self._sections = tuple(_read(self._top))

    @property
    def are_known(self) -> bool:
        """Whether there is a CODEOWNERS file."""
        return bool(self._sections)

    def of(self, locations: Iterable[str]) -> tuple[str, ...]:
        """List the owners of the files at absolute paths, those of most files first."""
        count = Counter[str]()
        for path in (os.path.relpath(location, self._top) for location in locations):
            count.update({name for section in self._sections for _, name in section.of(path)})
        return tuple(sorted(count, key=lambda name: (-count[name], name)))


def _read(top: str) -> "Iterator[CodeOwners]":
    file = next((path for place in PLACES if os.path.isfile(path := os.path.join(top, place))), None)
    if file is None:
        return
    from codeowners import CodeOwners

    try:
        with open(file, encoding="utf-8-sig") as stream:
            yield from map(CodeOwners, _sections(stream))
    except (OSError, ValueError, re.error) as error:
        raise ClientPoolError(f"{file}: cannot be followed: {error}; mend it, or give each phase an owner") from error


def _sections(lines: Iterable[str]) -> Iterable[str]:
    """Make a file of each section, with its default owners in the lines, and with what it leaves out at the end."""
    sections: dict[str, list[str]] = {"": []}
    name, owners, anywhere = "", "", ""
    for line in filter(None, (_COMMENT.sub("", line).strip() for line in lines)):
        if header := _HEADER.fullmatch(line):
            # A pattern without a leading slash fits at any depth there.
            name, owners, anywhere = header["name"].casefold(), header["owners"], "**/"
            sections.setdefault(name, [])
        elif line.startswith(_EXCLUDED):
            sections[name].append(line)
        else:
            start = "" if line.startswith("/") else anywhere
            sections[name].append(f"{start}{line}{'' if _SPACE.search(line) else owners}")
    for each in sections.values():
        kept = [line for line in each if not line.startswith(_EXCLUDED)]
        yield "\n".join([*kept, *(_SPACE.split(line[1:])[0] for line in each if line.startswith(_EXCLUDED))])
