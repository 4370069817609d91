"""What differs between two texts: as edits, and as a patch."""

import os
import re
from collections.abc import Iterable, Iterator
from itertools import count
from typing import AnyStr, TypeAlias

from flake8_client_pool.model import Edit

_Change: TypeAlias = tuple[int, int, int, int]
"""Lines of one text, first and behind the last, and what they become in another."""

_CONTEXT = 3
_STRIDE = 32
_NO_NEWLINE = b"\n\\ No newline at end of file\n"
_QUOTED_BY_GIT = re.compile(rb'[\x00-\x1f\x7f"\\]')


def edits_between(before: str, after: str) -> tuple[Edit, ...]:
    """Give the edits, by whole lines at first and then as short as may be, that turn one text into another."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    starts = [0]
    for line in old:
        starts.append(starts[-1] + len(line))
    return tuple(
        _shortest(starts[first], "".join(old[first:last]), "".join(new[other_first:other_last]))
        for first, last, other_first, other_last in _differing(old, new)
    )


def _differing(old: list[AnyStr], new: list[AnyStr]) -> Iterator[_Change]:
    """Give the lines that differ, each time up to the nearest place from which on both texts are alike.

    That takes as long as there are lines; to look for the longest lines that are alike takes that for each change.
    """
    here, there = 0, 0
    while here < len(old) or there < len(new):
        while here + _STRIDE < len(old) and old[here : here + _STRIDE] == new[there : there + _STRIDE]:
            here, there = here + _STRIDE, there + _STRIDE
        if old[here : here + 1] != new[there : there + 1]:
            nearest = ((here + step, there + far - step) for far in count(1) for step in range(far + 1))
            ahead, beyond = next(each for each in nearest if _are_alike_from(old, new, *each))
            yield here, ahead, there, beyond
            here, there = ahead, beyond
        here, there = here + 1, there + 1


def _are_alike_from(old: list[AnyStr], new: list[AnyStr], here: int, there: int) -> bool:
    """Tell whether two texts go on alike from two lines on; one blank line says nothing of what follows it."""
    if here >= len(old) or there >= len(new):
        return here >= len(old) and there >= len(new)
    return old[here] == new[there] and (not old[here].isspace() or old[here : here + 2] == new[there : there + 2])


def _shortest(start: int, old: str, new: str) -> Edit:
    head = _shared_words(old, new)
    tail = _shared_words(old[head:][::-1], new[head:][::-1])
    return Edit(start + head, start + len(old) - tail, new[head : len(new) - tail])


def _shared_words(one: str, other: str) -> int:
    """Count the code points with which both texts begin; a word that differs counts as different from its start."""
    pairs = enumerate(zip(one, other, strict=False))
    count = next((place for place, (left, right) in pairs if left != right), min(len(one), len(other)))
    while (
        count and _is_word(one[count - 1]) and (_is_word(one[count : count + 1]) or _is_word(other[count : count + 1]))
    ):
        count -= 1
    return count


def _is_word(text: str) -> bool:
    return text.isalnum() or text == "_"


def patch_of_new(path: str, content: bytes) -> bytes:
    """Write a patch that makes a file, as `patch` changes one."""
    new = _quoted(b"b/" + os.fsencode(path.replace(os.sep, "/")))
    head, body = patch(path, b"", content).split(b"\n", 1)
    return head + b"\nnew file mode 100644\n--- /dev/null\n+++ " + new + b"\n" + body.split(b"\n", 2)[2]


def patch(path: str, before: bytes, after: bytes) -> bytes:
    """Write a unified diff of one file that `git apply` takes; empty where nothing differs.

    It is made of bytes, as git's own are, so that encoding, byte order mark and line ends go through it unchanged.
    `path` is relative to where the patch will be applied.
    """
    if before == after:
        return b""
    name = os.fsencode(path.replace(os.sep, "/"))
    old, new = _quoted(b"a/" + name), _quoted(b"b/" + name)
    end = b"\t" if b" " in name and old.startswith(b"a") else b""
    head = b"diff --git %b %b\n--- %b%b\n+++ %b%b\n" % (old, new, old, end, new, end)
    body = (line if line.endswith(b"\n") else line + _NO_NEWLINE for line in _hunks(_lines(before), _lines(after)))
    return head + b"".join(body)


def _hunks(old: list[bytes], new: list[bytes]) -> Iterator[bytes]:
    for group in _neighbouring(_differing(old, new)):
        (first, _, other_first, _), (_, last, _, other_last) = group[0], group[-1]
        context = min(_CONTEXT, first)
        end = min(last + _CONTEXT, len(old))
        ranges = _range(first - context, end), _range(other_first - context, other_last + end - last)
        yield b"@@ -%b +%b @@\n" % ranges
        position = first - context
        for start, behind, other_start, other_behind in group:
            yield from (b" " + line for line in old[position:start])
            yield from (b"-" + line for line in old[start:behind])
            yield from (b"+" + line for line in new[other_start:other_behind])
            position = behind
        yield from (b" " + line for line in old[position:end])


def _neighbouring(changes: Iterable[_Change]) -> list[list[_Change]]:
    """Group the changes whose contexts touch each other."""
    groups: list[list[_Change]] = []
    for change in changes:
        if groups and change[0] - groups[-1][-1][1] <= 2 * _CONTEXT:
            groups[-1].append(change)
        else:
            groups.append([change])
    return groups


def _range(start: int, end: int) -> bytes:
    """Name some lines as a unified diff does: from 1, an empty range by the line before it, one line by itself."""
    number = end - start
    return b"%d" % (start + 1) if number == 1 else b"%d,%d" % (start + bool(number), number)


def _quoted(name: bytes) -> bytes:
    """Write a name as git does: one with quotes, backslashes or control characters as in C."""
    if not _QUOTED_BY_GIT.search(name):
        return name
    return b'"' + _QUOTED_BY_GIT.sub(lambda found: b"\\%03o" % ord(found[0]), name) + b'"'


def _lines(data: bytes) -> list[bytes]:
    """Divide a file where git does, at line feeds alone."""
    *whole, last = data.split(b"\n")
    return [line + b"\n" for line in whole] + ([last] if last else [])
