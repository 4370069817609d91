"""A directory that shows a work tree as it was at an earlier commit, without touching the work tree.

Names are followed from file to file, so the earlier version of one file is not enough: it has to stand among its
neighbours as they were. Checking a whole commit out costs as much as the repository is large, at each commit hook
again. Here only what changed is written anew, from git's own store; all else is a link into the work tree, to whole
directories where nothing in them changed. That costs as much as the change is large, needs neither the index nor a
lock, and leaves runs side by side alone, since each has a directory of its own.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self

from flake8_client_pool.policy.errors import ClientPoolError
from flake8_client_pool.scan.git import ask_git

_MARK_OF_A_WORK_TREE = ".git"


@dataclass(frozen=True, slots=True)
class Changes:
    """How a work tree differs from a commit; all paths are absolute.

    Attributes:
        top: the root of the work tree.
        blobs: the content, as git names it, of each file that was there and is changed or gone.
        paths: every path at which something changed, came or went.
        former: the path that a renamed file had.
    """

    top: str
    blobs: Mapping[str, str]
    paths: frozenset[str]
    former: Mapping[str, str]


def changes_since(top: str, commit: str, suffix: str) -> Changes:
    """Ask git how the work tree at `top` differs from a commit in files whose names end in `suffix`.

    Raises:
        ClientPoolError: git does not say.
    """
    # git diff would write the index, to note there that a file is as it was; diff-index only looks.
    raw = ask_git(top, "diff-index", "-z", "-M", "--no-abbrev", commit, "--", f"*{suffix}")
    new = ask_git(top, "ls-files", "-z", "--others", "--exclude-standard", "--", f"*{suffix}")
    if raw is None or new is None:
        raise ClientPoolError(f"{top}: git cannot compare the work tree with {commit}; run git status to see why")
    blobs: dict[str, str] = {}
    former: dict[str, str] = {}
    paths = {f"{top}/{path}" for path in os.fsdecode(new).split("\0")[:-1]}
    fields = iter(os.fsdecode(raw).split("\0")[:-1])
    for description in fields:
        _, _, blob, _, status = description.split(" ")
        old = f"{top}/{next(fields)}"
        paths.add(old)
        if status.startswith("R"):
            renamed = f"{top}/{next(fields)}"
            former[renamed] = old
            paths.add(renamed)
        if blob.strip("0"):
            blobs[old] = blob
    return Changes(top, blobs, frozenset(paths), former)


class BaseTree:
    """The directory; `prefix` before an absolute path of the work tree makes that of its earlier state."""

    def __init__(self, changes: Changes) -> None:
        """Prepare to show the work tree as it was before `changes`."""
        self._changes = changes
        self._directory = TemporaryDirectory(prefix="client-pool-")
        self.prefix = os.path.realpath(self._directory.name)

    def __enter__(self) -> Self:
        """Make the directory.

        Raises:
            ClientPoolError: the system makes no links, or git no longer has a content.
        """
        try:
            self._link()
            self._write()
        except OSError as error:
            self._directory.cleanup()
            reason = (error.strerror or str(error)).lower()
            raise ClientPoolError(f"{self.prefix}: cannot show the earlier state there: {reason}") from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remove the directory."""
        self._directory.cleanup()

    def _link(self) -> None:
        top, paths = self._changes.top, self._changes.paths
        touched = {top}
        for path in paths:
            while (path := os.path.dirname(path)) not in touched:
                touched.add(path)
        for directory in sorted(touched):
            os.makedirs(self.prefix + directory)
            names = os.listdir(directory) if os.path.isdir(directory) else ()
            for location in (f"{directory}/{name}" for name in names if name != _MARK_OF_A_WORK_TREE):
                if location not in paths and location not in touched:
                    os.symlink(location, self.prefix + location)
        os.mkdir(f"{self.prefix}{top}/{_MARK_OF_A_WORK_TREE}")

    def _write(self) -> None:
        wanted = "".join(f"{blob}\n" for blob in self._changes.blobs.values())
        answer = ask_git(self._changes.top, "cat-file", "--batch", given=wanted.encode()) or b""
        for path, blob in self._changes.blobs.items():
            header, _, answer = answer.partition(b"\n")
            if not header.startswith(f"{blob} blob ".encode()):
                raise ClientPoolError(f"{path}: git no longer has what it was; fetch the history")
            size = int(header.rpartition(b" ")[2])
            with open(self.prefix + path, "wb") as stream:
                stream.write(answer[:size])
            answer = answer[size + 1 :]
