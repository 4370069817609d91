"""What differs between two texts: as edits, and as a patch."""

import difflib
import os.path

from flake8_client_pool.model import Edit

_NO_NEWLINE = "\\ No newline at end of file\n"


def edits_between(before: str, after: str) -> tuple[Edit, ...]:
    """Give the edits, by whole lines at first and then as short as may be, that turn one text into another."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    starts = [0]
    for line in old:
        starts.append(starts[-1] + len(line))
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    return tuple(
        _shortest(starts[first], "".join(old[first:last]), "".join(new[other_first:other_last]))
        for tag, first, last, other_first, other_last in matcher.get_opcodes()
        if tag != "equal"
    )


def _shortest(start: int, old: str, new: str) -> Edit:
    head = len(os.path.commonprefix([old, new]))
    tail = len(os.path.commonprefix([old[head:][::-1], new[head:][::-1]]))
    return Edit(start + head, start + len(old) - tail, new[head : len(new) - tail])


def patch(path: str, before: str, after: str) -> str:
    """Write a unified diff of one file that `git apply` takes; empty where nothing differs.

    Lines end where git sees them end, at line feeds alone.
    """
    if before == after:
        return ""
    lines = difflib.unified_diff(_lines(before), _lines(after), f"a/{path}", f"b/{path}", n=3)
    body = "".join(line if line.endswith("\n") else f"{line}\n{_NO_NEWLINE}" for line in lines)
    return f"diff --git a/{path} b/{path}\n{body}"


def _lines(text: str) -> list[str]:
    return [f"{line}\n" for line in text.split("\n")[:-1]] + ([text.rpartition("\n")[2]] if not text.endswith("\n") else [])
