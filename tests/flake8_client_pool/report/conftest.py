from pathlib import Path

import pytest

from .pasts import DIRECT, POOLED, Deed, Past, Step


@pytest.fixture
def past(tmp_path: Path) -> Past:
    (tmp_path / "origin").mkdir()
    return Past(tmp_path / "origin")


@pytest.fixture
def shop(past: Past) -> Path:
    """Four commits: two direct constructions come, both move to another phase, one takes the pool, one goes."""
    number = 0
    for step in (
        Step((Deed(b"shops/a.py", DIRECT), Deed(b"shops/b.py", DIRECT + b"x = bigquery.Client()\n"))),
        Step((Deed(b"notes.txt", b"said"),)),
        Step((), renamed=(b"shops/a.py", b"jobs/a.py")),
        Step((Deed(b"jobs/a.py", POOLED),)),
        Step((Deed(b"shops/b.py"),)),
        Step((Deed(b"notes.txt", b"done"),)),
    ):
        number = past.step(number, step)
    return past.made()
