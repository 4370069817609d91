"""A directory that shows a work tree as it was at an earlier commit, without touching the work tree.

Names are followed from file to file, so the earlier version of one file is not enough: it has to stand among its
neighbours as they were. Checking a whole commit out costs as much as the repository is large, at each commit hook
again. Here only what changed is written anew, from git's own store; all else is a link into the work tree, to whole
directories where nothing in them changed. That costs as much as the change is large, needs neither the index nor a
lock, and leaves runs side by side alone, since each has a directory of its own.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from tempfile import TemporaryDirectory

from flake8_client_pool.policy.errors import ClientPoolError
from flake8_client_pool.scan.discovery import SUFFIX
from flake8_client_pool.scan.git import ask_git

_MARK_OF_A_WORK_TREE = ".git"
_UNTRACKED = "?"


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


def changes_since(top: str, commit: str, locations: Iterable[str]) -> Changes:
    """Ask git how the work tree at `top` differs from a commit, in all Python files and in those at `locations`.

    Of those a file that git does not track is new, one that git ignores too.

    Raises:
        ClientPoolError: git does not say.
    """
    locations = frozenset(locations)
    scripts = [path.removeprefix(f"{top}/") for path in sorted(locations) if not path.endswith(SUFFIX)]
    concerned = ("--", f"*{SUFFIX}", *(f":(literal){script}" for script in scripts))
    # git diff would write the index, to note there that a file is as it was; diff-index only looks.
    raw = ask_git(top, "diff-index", "-z", "-M", "--no-abbrev", commit, *concerned)
    listing = ask_git(top, "ls-files", "-z", "-t", "--cached", "--others", "--exclude-standard", *concerned)
    if raw is None or listing is None:
        raise ClientPoolError(
            f"{top}: git cannot compare the work tree with {commit}; fetch that commit, or run git status to see why"
        )
    listed = [line.split(" ", 1) for line in os.fsdecode(listing).split("\0")[:-1]]
    tracked = {f"{top}/{path}" for tag, path in listed if tag != _UNTRACKED}
    new = {f"{top}/{path}" for tag, path in listed if tag == _UNTRACKED}
    return _changes(top, os.fsdecode(raw), new | (locations - tracked))


def _changes(top: str, raw: str, new: frozenset[str] | set[str]) -> Changes:
    """Read what diff-index says: `:mode mode blob blob status`, a path, and a second one after a rename."""
    blobs: dict[str, str] = {}
    former: dict[str, str] = {}
    paths = set(new)
    fields = iter(raw.split("\0")[:-1])
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


@contextmanager
def state_before(changes: Changes) -> Iterator[str]:
    """Make the directory, and yield what stands before an absolute path of the work tree in that of its earlier state.

    Raises:
        ClientPoolError: the system makes no links or has no room, or git no longer has a content.
    """
    with ExitStack() as stack:
        try:
            prefix = os.path.realpath(stack.enter_context(TemporaryDirectory(prefix="client-pool-")))
            _link(changes, prefix)
            _write(changes, prefix)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise ClientPoolError(
                f"--since cannot show the earlier state in a temporary directory: {reason}; TMPDIR says where that is, "
                "and its file system has to know symbolic links"
            ) from error
        yield prefix


def _link(changes: Changes, prefix: str) -> None:
    touched = {changes.top}
    for path in changes.paths:
        while (path := os.path.dirname(path)) not in touched:
            touched.add(path)
    for directory in sorted(touched):
        os.makedirs(prefix + directory)
        names = os.listdir(directory) if os.path.isdir(directory) else ()
        for location in (f"{directory}/{name}" for name in names if name != _MARK_OF_A_WORK_TREE):
            if location not in changes.paths and location not in touched:
                os.symlink(location, prefix + location)
    os.mkdir(f"{prefix}{changes.top}/{_MARK_OF_A_WORK_TREE}")


def _write(changes: Changes, prefix: str) -> None:
    wanted = "".join(f"{blob}\n" for blob in changes.blobs.values())
    answer = ask_git(changes.top, "cat-file", "--batch", given=wanted.encode()) or b""
    for path, blob in changes.blobs.items():
        header, _, answer = answer.partition(b"\n")
        if not header.startswith(f"{blob} blob ".encode()):
            raise ClientPoolError(f"{path}: git no longer has what it was; fetch the history")
        size = int(header.rpartition(b" ")[2])
        with open(prefix + path, "wb") as stream:
            stream.write(answer[:size])
        answer = answer[size + 1 :]
