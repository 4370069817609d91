"""Which files a program loads by their paths, as far as it writes these out."""

import os
import re
from os.path import basename, dirname

_LOADERS = (b"spec_from_file_location", b"run_path", b"SourceFileLoader")
_FOLDER = re.compile(rb"[\w./\x80-\xff-]*\Z")
_LONGEST_FOLDER = 300


def loads_by_path(data: bytes) -> bool:
    """Tell whether a program loads others by their paths."""
    return any(loader in data for loader in _LOADERS)


def is_loaded(path: str, loader: str, data: bytes) -> bool:
    """Tell whether the program `data` at `loader` may be one that loads the file at a path.

    Where it writes folders before the name of the file, they are compared. A name alone is that of a file in the
    program's own folder, or above it, or in a folder that the program names elsewhere.
    """
    file = os.fsencode(basename(path))
    places = (each.start() for each in re.finditer(re.escape(file), data) if file)
    folders = {_folder_before(data[max(0, place - _LONGEST_FOLDER) : place]) for place in places}
    is_near = f"{dirname(loader)}/".startswith(f"{dirname(path)}/") or _names_folder(data, basename(dirname(path)))
    return any(_is_folder(path, folder) if folder else is_near for folder in folders)


def _folder_before(before: bytes) -> str:
    """Give the folder that is written at the end of a text; empty for none."""
    written = _FOLDER.search(before)
    return written[0].decode(errors="replace").strip("./") if written else ""


def _is_folder(path: str, written: str) -> bool:
    return f"{dirname(path)}/".endswith(f"/{written}/")


def _names_folder(data: bytes, folder: str) -> bool:
    return bool(folder) and re.search(rb"['\"/]%b['\"/]" % re.escape(os.fsencode(folder)), data) is not None
