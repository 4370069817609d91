"""Ask git which files a directory holds."""

import os

_REPOSITORY_VARIABLES = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX")


def listed_by_git(directory: str, suffix: str) -> list[str] | None:
    """List the files below `directory` that git tracks or would offer to add and whose names end in `suffix`.

    The paths are relative to `directory`. None when git cannot say: there is no git, the directory is in no
    work tree, git refuses a work tree of another owner, or the directory as a whole is ignored, so that
    whoever names it means its files all the same.
    """
    if not in_work_tree(directory):
        return None
    listing = _git(directory, "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", f"*{suffix}")
    if listing is None or (not listing and _git(directory, "check-ignore", "--quiet", ".") is not None):
        return None
    return list(dict.fromkeys(os.fsdecode(listing).split("\0")[:-1]))


def in_work_tree(directory: str) -> bool:
    """Tell whether an absolute directory, or one above it, is the top of a work tree."""
    parent = os.path.dirname(directory)
    return os.path.lexists(f"{directory}/.git") or (parent != directory and in_work_tree(parent))


def _git(directory: str, *arguments: str) -> bytes | None:
    import subprocess

    # A commit hook inherits variables that point at its own repository, which `-C` would then misread.
    environment = {name: value for name, value in os.environ.items() if name not in _REPOSITORY_VARIABLES}
    try:
        answer = subprocess.run(["git", "-C", directory, *arguments], env=environment, capture_output=True, check=False)
    except OSError:
        return None
    return answer.stdout if answer.returncode == 0 else None
