"""Ask git which files a directory holds, and where they went."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from typing import IO

from flake8_client_pool.policy.errors import ClientPoolError

_UNTRACKED = "? "
_SUBMODULE = " 160000 "
# A commit hook inherits those that point at its own repository, which `-C` would then misread; those of the second
# line change what the paths of an argument list mean.
_MISLEADING_VARIABLES = (
    *("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"),
    *("GIT_LITERAL_PATHSPECS", "GIT_GLOB_PATHSPECS", "GIT_NOGLOB_PATHSPECS", "GIT_ICASE_PATHSPECS"),
)
_PROMISED = r"^(extensions\.partialclone|remote\..*\.promisor)$"
# Git before 2.45 knows the first not, and heeds the second: no protocol is called "none".
_OFFLINE = {"GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": "none", "GIT_TERMINAL_PROMPT": "0"}


def listed_by_git(directory: str, suffix: str) -> list[str] | None:
    """List the files below `directory` that git tracks or would offer to add and whose names end in `suffix`.

    The paths are relative to `directory`. A repository of its own below it, a checked out submodule too, is one path
    that ends in a slash: git says nothing of what is in it unless it is asked there. None when git cannot say: there
    is no git, the directory is in no work tree, git refuses a work tree of another owner, or the directory as a whole
    is ignored, so that whoever names it means its files all the same.
    """
    if not work_tree_of(directory):
        return None
    listing = ask_git(directory, "ls-files", "-z", "-t", "--stage", "--others", "--exclude-standard")
    if listing is None:
        return None
    paths = [path for line in os.fsdecode(listing).split("\0")[:-1] if (path := _path_in(line)).endswith((suffix, "/"))]
    found = [path for path in paths if path.endswith(suffix) or os.path.lexists(f"{directory}/{path}.git")]
    if not found and ask_git(directory, "check-ignore", "--quiet", ".") is not None:
        return None
    return list(dict.fromkeys(found))


def _path_in(line: str) -> str:
    """Read a line of git's, `? path` or `H mode name stage<tab>path`."""
    if line.startswith(_UNTRACKED):
        return line.removeprefix(_UNTRACKED)
    description, _, path = line.partition("\t")
    return f"{path}/" if _SUBMODULE in description else path


def work_tree_of(directory: str) -> str | None:
    """Return the top of the work tree that an absolute directory is in; None where it is in none."""
    here = directory
    while not os.path.lexists(os.path.join(here, ".git")):
        parent = os.path.dirname(here)
        if parent == here:
            return None
        here = parent
    return here


def renamed_since_change_of(file: str) -> dict[str, str]:
    """List the renames, in the work tree as it is, since before the last commit that changed `file`.

    That commit may hold a rename that came after `file` was written, and a `file` written since may name paths that
    only a later commit has: so all of them count, from there, from the commit itself, and from the last one. The
    paths, new by old, are relative to the directory of `file`. Empty where git knows nothing.
    """
    directory, name = os.path.split(file)
    commit = ask_git(directory, "log", "-1", "--format=%H", "--", name)
    changed = commit.decode().strip() if commit else ""
    commits = (f"{changed}~1", changed, "HEAD") if changed else ("HEAD",)
    return {old: new for since in commits for old, new in _renamed_since(since, directory)}


def _renamed_since(commit: str, directory: str) -> Iterator[tuple[str, str]]:
    # git diff would write the index, to note there that a file is as it was; diff-index only looks.
    listed = ask_git(directory, "diff-index", "--relative", "--name-status", "-z", "-M", "--diff-filter=R", commit)
    fields = os.fsdecode(listed or b"").split("\0")
    return zip(fields[1::3], fields[2::3], strict=False)


def ask_git(directory: str, *arguments: str, given: bytes | None = None, may_fetch: bool = True) -> bytes | None:
    """Return what git writes when it runs in `directory`, with `given` as its input; None when it refuses.

    Unless it `may_fetch`, it brings nothing over the network that a partial clone left out.
    """
    import subprocess

    environment = _environment() | ({} if may_fetch else _OFFLINE)
    try:
        answer = subprocess.run(
            ["git", "-C", directory, *arguments], env=environment, input=given, capture_output=True, check=False
        )
    except OSError:
        return None
    return answer.stdout if answer.returncode == 0 else None


@contextmanager
def git_stream(directory: str, *arguments: str, given: bytes = b"") -> Iterator[IO[bytes]]:
    """Read what git writes while it writes it; git brings nothing over the network that a partial clone left out.

    Raises:
        ClientPoolError: there is no git, or it refuses; the text has its own words.
    """
    import subprocess
    from tempfile import TemporaryFile

    # A file for the input, and one for the errors: with pipes both sides could wait for each other.
    with TemporaryFile() as asked, TemporaryFile() as complaints:
        asked.write(given)
        asked.seek(0)
        try:
            process = subprocess.Popen(
                ["git", "-C", directory, *arguments],
                env={**_environment(), **_OFFLINE},
                stdin=asked,
                stdout=subprocess.PIPE,
                stderr=complaints,
            )
        except OSError as error:
            raise ClientPoolError(f"git cannot be run: {(error.strerror or str(error)).lower()}") from error
        with process:
            if process.stdout is None:
                raise AssertionError
            try:
                yield process.stdout
            except BaseException:
                process.kill()
                raise
        if process.returncode:
            complaints.seek(0)
            words = " ".join(complaints.read().decode("utf-8", "replace").split())
            raise ClientPoolError(
                f"{directory}: git {_command(arguments)} failed: {words or process.returncode}; {mending(directory)}"
            )


def _command(arguments: Sequence[str]) -> str:
    """Find the command behind the settings that are given with it."""
    return next(word for before, word in pairwise(("", *arguments)) if "-c" not in (before, word))


def is_partial(directory: str) -> bool:
    """Tell whether a repository is a partial clone, which may lack any content."""
    return ask_git(directory, "config", "--get-regexp", _PROMISED) is not None


def mending(directory: str) -> str:
    """Say what to do where a repository lacks something."""
    if is_partial(directory):
        return "this clone is partial: git fetch --refetch --no-filter brings what it lacks"
    return "git fsck says whether the repository is damaged"


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in _MISLEADING_VARIABLES}
