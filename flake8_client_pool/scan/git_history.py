"""What git's own store says of a repository's past: the commits, what each changed, and the contents of files.

Nothing is checked out. Only the first parent of a commit is followed: what the branch itself held, one state after the
other, whatever happened meanwhile on the branches that were merged into it.
"""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import IO, NamedTuple

from flake8_client_pool.policy.errors import ClientPoolError
from flake8_client_pool.scan.git import ask_git, git_stream, is_partial

# How the modes of files begin; what is neither is a submodule, whose content is a commit.
_REGULAR_FILE, _LINK = "100", "120"
_CHUNK = 1 << 16
# Whatever the user has configured for their own eyes.
_PLAIN = (
    *("-c", "log.showRoot=true", "-c", "log.showSignature=false"),
    # What `-m` shows of a merge. As an option, --diff-merges=first-parent, git knows it since 2.31 alone.
    *("-c", "log.diffMerges=first-parent", "-c", "log.follow=false"),
)
_FORMAT = ("--no-color", "--encoding=UTF-8", "--format=%H %ct %s")


class Change(NamedTuple):
    """The content of a path before and after a commit, as git names it; empty where it was, or is, no file."""

    path: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit that changed files.

    Attributes:
        name: its name.
        time: its time, in seconds since the epoch.
        subject: the first line of its message.
        changes: what it changed of files.
        links: what it changed of symbolic links, whose content is the path that they lead to.
    """

    name: str
    time: int
    subject: str
    changes: tuple[Change, ...] = ()
    links: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """A line of first parents.

    Attributes:
        directory: the absolute directory that all paths are relative to.
        newest: the name of the newest commit.
        commits: how many commits it has.
        oldest: the name of the oldest.
        base: the commit before the oldest; empty where git has none.
        cut_off: whether there is one that this clone lacks, since it is shallow.
    """

    directory: str
    newest: str
    commits: int
    oldest: str
    base: str
    cut_off: bool


class Checkout(NamedTuple):
    """What is checked out: the name of the commit, and whether the work tree adds nothing to it.

    A new file counts where it is a Python file.
    """

    head: str
    is_clean: bool


_told = partial(ask_git, may_fetch=False)


def line_of(directory: str, revisions: str) -> Line:
    """Find the line that `revisions` names: `REV..REV`, or one that it leads to, or HEAD where it is empty.

    Raises:
        ClientPoolError: git does not know them, or there is nothing between them.
    """
    since, dots, until = revisions.rpartition("..")
    if since.endswith(".") or ".." in since or (dots and until.startswith(".")):
        raise ClientPoolError(f"--history {revisions}: write REV..REV, or one revision for all that leads to it")
    newest = _commit(directory, until or "HEAD")
    asked = [newest, f"^{_commit(directory, since or 'HEAD')}"] if dots else [newest]
    listed = _told(directory, "rev-list", "--first-parent", "--parents", *asked) or b""
    commits = listed.decode().splitlines()
    if not commits:
        raise ClientPoolError(f"--history {revisions}: there is no commit between these two; the older comes first")
    oldest, *parents = commits[-1].split()
    return Line(directory, newest, len(commits), oldest, parents[0] if parents else "", _is_cut_off(directory, oldest))


def _commit(directory: str, revision: str) -> str:
    found = _told(directory, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if found:
        return found.decode().strip()
    if _told(directory, "rev-parse", "--git-dir") is None:
        raise ClientPoolError(f"{directory}: --history reads git, and this is no git repository")
    if revision == "HEAD":
        raise ClientPoolError(f"{directory}: --history has nothing to read: there is no commit yet")
    raise ClientPoolError(f"--history: git knows no revision {revision} in {directory}; fetch it or name another")


def checkout_at(directory: str, suffix: str) -> Checkout:
    """Look what is checked out in a directory; new files count where their names end in `suffix`."""
    head = _told(directory, "rev-parse", "--verify", "--quiet", "HEAD") or b""
    # Without the locks git does not write down what it found out about the index.
    status = ("--no-optional-locks", "status", "--porcelain", "-z", "--no-renames", "--untracked-files=all")
    changed = os.fsdecode(_told(directory, *status) or b"").split("\0")[:-1]
    return Checkout(
        head.decode().strip(), all(each.startswith("?? ") and not each.endswith(suffix) for each in changed)
    )


def _is_cut_off(directory: str, oldest: str) -> bool:
    where = _told(directory, "rev-parse", "--git-path", "shallow") or b""
    try:
        with open(os.path.join(directory, os.fsdecode(where.rstrip(b"\n"))), "rb") as stream:
            return oldest.encode() in stream.read().split()
    except OSError:
        return False


def commits_in(line: Line, suffix: str) -> Iterator[Commit]:
    """Give the commits that changed files whose names end in `suffix`, the newest first.

    A rename is a path that goes and one that comes. The oldest commit of a line without a base comes with all its
    files.

    Raises:
        ClientPoolError: git lacks what it needs to tell, as a clone without trees does.
    """
    asked = [line.newest, f"^{line.base}"] if line.base else [line.newest]
    options = ("--first-parent", "-m", "--raw", "--no-abbrev", "--no-renames", "--relative", "-O/dev/null", "-z")
    with git_stream(line.directory, *_PLAIN, "log", *options, *_FORMAT, *asked, "--", f"*{suffix}") as stream:
        header = ""
        changed: list[tuple[str, str]] = []
        tokens = _tokens(stream)
        for token in tokens:
            described = token.lstrip("\n")
            if described.startswith(":"):
                changed.append((described, next(tokens)))
            elif described:
                if header:
                    yield _described(header, changed)
                header, changed = described, []
        if header:
            yield _described(header, changed)


def commit_at(directory: str, name: str) -> Commit:
    """Give a commit without its changes.

    Raises:
        ClientPoolError: git lacks it.
    """
    with git_stream(directory, *_PLAIN, "log", "-1", "--no-patch", "-z", *_FORMAT, name) as stream:
        return _described(next(_tokens(stream)))


def _tokens(stream: IO[bytes]) -> Iterator[str]:
    rest = b""
    while chunk := stream.read(_CHUNK):
        *whole, rest = (rest + chunk).split(b"\0")
        yield from map(os.fsdecode, whole)
    if rest:
        yield os.fsdecode(rest)


def _described(header: str, changed: Iterable[tuple[str, str]] = ()) -> Commit:
    name, time, subject = header.split(" ", 2)
    readable = subject.encode(errors="surrogateescape").decode(errors="replace")
    changed = tuple(changed)
    return Commit(name, int(time), readable, _changes(changed, _REGULAR_FILE), _changes(changed, _LINK))


def _changes(changed: Iterable[tuple[str, str]], mode: str) -> tuple[Change, ...]:
    """Read git's raw lines, as far as they are about files of a mode."""
    found = []
    for line, path in changed:
        mode_before, mode_after, before, after, _ = line[1:].split(" ")
        change = Change(path, before * mode_before.startswith(mode), after * mode_after.startswith(mode))
        if change.before or change.after:
            found.append(change)
    return tuple(found)


def whole(directory: str, commit: str, suffix: str) -> Commit:
    """Give a commit with all its files below `directory` whose names end in `suffix`, as if it had brought them.

    Raises:
        ClientPoolError: git lacks what it needs to tell.
    """
    found: dict[str, list[Change]] = {_REGULAR_FILE: [], _LINK: []}
    with git_stream(directory, "ls-tree", "-r", "-z", commit) as stream:
        for token in _tokens(stream):
            described, _, path = token.partition("\t")
            mode, _, blob = described.split(" ")
            if path.endswith(suffix) and mode[:3] in found:
                found[mode[:3]].append(Change(path, "", blob))
    return replace(commit_at(directory, commit), changes=tuple(found[_REGULAR_FILE]), links=tuple(found[_LINK]))


def contents(directory: str, blobs: Iterable[str]) -> Iterator[tuple[str, bytes | None]]:
    """Give the content of each blob, by its name; None for one that a damaged store lacks.

    Raises:
        ClientPoolError: git cannot read its own store.
    """
    wanted = "".join(f"{blob}\n" for blob in blobs)
    with git_stream(directory, "cat-file", "--batch", "--buffer", given=wanted.encode()) as stream:
        while header := stream.readline():
            blob, what, *size = header.decode().split()
            if what == "missing":
                yield blob, None
            else:
                yield blob, stream.read(int(size[0]))
                stream.read(1)


def at_hand(directory: str, blobs: Iterable[str]) -> list[str]:
    """Choose the blobs that a clone has; a partial clone would ask the network for each of the others.

    Raises:
        ClientPoolError: git cannot list its own store.
    """
    if not is_partial(directory):
        return list(blobs)
    listing = ("cat-file", "--batch-all-objects", "--unordered", "--batch-check=%(objectname)")
    with git_stream(directory, *listing) as stream:
        here = {line.rstrip(b"\n").decode() for line in stream}
    return [blob for blob in blobs if blob in here]
