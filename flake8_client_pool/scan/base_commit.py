"""The commit at which a work tree left a revision; of a submodule, the one that its repository had there."""

import os

from flake8_client_pool.policy.errors import ClientPoolError
from flake8_client_pool.scan.git import ask_git


def base_of(top: str, revision: str) -> str:
    """Return the commit, or the empty tree where a submodule came later, to compare the work tree at `top` with.

    The revision is one of the repository that the working directory is in, whose submodules have others.

    Raises:
        ClientPoolError: git does not know the revision, or where the work tree left it.
    """
    outer = "" if _holds(top, os.getcwd()) else _answer(top, "rev-parse", "--show-superproject-working-tree")
    if not outer:
        return _merge_base(top, revision)
    path = os.path.relpath(os.path.realpath(top), outer)
    recorded = _answer(outer, "ls-tree", base_of(outer, revision), "--", path)
    return recorded.split()[2] if recorded else _answer(top, "hash-object", "-t", "tree", "--stdin")


def _holds(top: str, directory: str) -> bool:
    return f"{os.path.realpath(directory)}/".startswith(f"{os.path.realpath(top)}/")


def _merge_base(top: str, revision: str) -> str:
    commit = _answer(top, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if not commit and not _answer(top, "rev-parse", "--git-dir"):
        raise ClientPoolError(
            f"--since {revision}: git does not work in {top}; git status there says why (where the directory has "
            f"another owner: git config --global --add safe.directory {top})"
        )
    if not commit:
        raise ClientPoolError(f"--since {revision}: git knows no such revision in {top}; fetch it or name another")
    base = _answer(top, "merge-base", commit, "HEAD")
    if not base:
        raise ClientPoolError(
            f"--since {revision}: git knows no commit that it and HEAD have in common; fetch more history "
            "(git fetch --unshallow)"
        )
    return base.split()[0]


def _answer(top: str, *arguments: str) -> str:
    return os.fsdecode(ask_git(top, *arguments, given=b"") or b"").strip()
