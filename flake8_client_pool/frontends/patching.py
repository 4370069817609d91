"""Show what a fix would change as one patch, with all names from one folder."""

import os
from collections.abc import Iterable

from flake8_client_pool.fixes.differences import patch, patch_of_new
from flake8_client_pool.scan.discovery import SourceFile
from flake8_client_pool.scan.fixing import FixedFile
from flake8_client_pool.scan.git import work_tree_of


def top_of_patch(paths: Iterable[str]) -> str:
    """Choose the folder in which the patch for some paths is to be applied.

    That is the top of the work tree that all of them are in, which may hold others; without one the working directory,
    or the nearest folder above it in which the paths are.
    """
    folders = [path if os.path.isdir(path) else os.path.dirname(path) for path in map(os.path.realpath, paths)]
    tops = [work_tree_of(folder) for folder in folders]
    known = [top for top in tops if top]
    outermost = min(known, key=len, default="")
    if len(known) == len(tops) and all(_is_in(top, outermost) for top in known):
        return outermost
    return os.path.commonpath([os.path.realpath(os.curdir), *folders])


def patch_of(files: Iterable[FixedFile], top: str) -> bytes:
    """Write the changes of all files, and the files that are made, as `git apply` takes them in the folder `top`."""
    return b"".join(part for each in files for part in _parts(each, top))


def where_to_apply(top: str) -> str:
    """Say where a patch is to be applied; empty where `git apply` does so from the working directory."""
    here = os.path.realpath(os.curdir)
    return "" if top in (here, work_tree_of(here)) else f"apply the patch with `git -C {top} apply`"


def _parts(fixed: FixedFile, top: str) -> Iterable[bytes]:
    yield patch(_named(fixed.file, top), fixed.before, fixed.after)
    for file, content in fixed.new_files.items():
        yield patch_of_new(_named(file, top), content)


def _named(file: SourceFile, top: str) -> str:
    return os.path.relpath(os.path.realpath(file.location), top)


def _is_in(path: str, folder: str) -> bool:
    return path == folder or path.startswith(os.path.join(folder, ""))
