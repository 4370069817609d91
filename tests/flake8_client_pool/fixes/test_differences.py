"""Patches of any two files, applied by the real git, which must find every hunk just where it says it is."""

import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from flake8_client_pool.fixes.differences import patch

Pair = tuple[bytes, bytes]

LINES = st.lists(st.sampled_from([b"", b"", b"x", b"y", b"z = 1", b"\tz\r", b"\xff\xfe"]), max_size=12)
# Untouched lines between two changes: the contexts of the two meet, or just do not.
GAPS = st.integers(0, 9)


@st.composite
def pairs(draw: st.DrawFn) -> Pair:
    """Make a file and what becomes of it: changes anywhere, at the first and the last line, with or without an end."""
    old: list[bytes] = []
    new: list[bytes] = []
    for number in range(draw(st.integers(0, 4))):
        kept = [b"line %d of %d" % (line, number) for line in range(draw(GAPS))]
        old += [*kept, *draw(LINES)]
        new += [*kept, *draw(LINES)]
    kept = [b"tail %d" % line for line in range(draw(GAPS))]
    return written([*old, *kept], end=draw(st.booleans())), written([*new, *kept], end=draw(st.booleans()))


def written(lines: list[bytes], *, end: bool) -> bytes:
    return b"\n".join(lines) + (b"\n" if lines and end else b"")


@settings(max_examples=25)
@given(st.lists(pairs(), min_size=10, max_size=25))
def test_git_applies_a_patch_just_where_it_says(files: list[Pair]) -> None:
    files = [(b"one line", b"another"), *files]
    with TemporaryDirectory() as folder:
        for number, (before, _) in enumerate(files):
            (Path(folder) / f"{number}.py").write_bytes(before)
        parts = [patch(f"{number}.py", *pair) for number, pair in enumerate(files)]
        done = subprocess.run(
            ["git", "apply", "--verbose", "--whitespace=nowarn", "-"],
            cwd=folder,
            input=b"".join(parts),
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode()
        assert b"offset" not in done.stderr
        assert [(Path(folder) / f"{number}.py").read_bytes() for number in range(len(files))] == [
            after for _, after in files
        ]
    assert [not part for part in parts] == [before == after for before, after in files]
