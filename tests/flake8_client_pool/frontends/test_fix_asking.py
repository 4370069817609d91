"""`client-pool fix --interactive` on a real pseudo-terminal."""

import os
import pty
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

Tree = Callable[[Mapping[str, str]], Path]

QUESTION = b"(q)uit: "
IMPORT = "from google.cloud import bigquery\n\n\n"
FUNCTION = "def make_{0}():\n    return bigquery.Client(project='{0}').query('x')\n"
FIXED = "def make_{0}():\n    return get_bigquery_client(project_id='{0}').query('x')\n"
LATER = "\n\nmake = partial(bigquery.Client)\n"


def answered(folder: Path, environment: dict[str, str], answers: str) -> tuple[str, int]:
    """Answer one question after the other, and give all that was shown and the exit code."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "flake8_client_pool", "fix", "--interactive"],
        cwd=folder,
        env={**environment, "TERM": "dumb"},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    shown, left = b"", list(answers)
    try:
        while data := os.read(ours, 65536):
            shown += data
            if shown.endswith(QUESTION) and left:
                os.write(ours, f"{left.pop(0)}\n".encode())
    except OSError:
        # Linux answers so when the last process has closed the terminal.
        pass
    os.close(ours)
    return shown.decode().replace("\r\n", "\n"), process.wait(timeout=60)


def test_what_is_agreed_to_is_done_and_nothing_else(tree: Tree, environment: dict[str, str]) -> None:
    root = tree(
        {
            "a.py": IMPORT + "\n\n".join(map(FUNCTION.format, "ynu")),
            "b.py": f"from functools import partial\n\n{IMPORT}" + "\n\n".join(map(FUNCTION.format, "ab")) + LATER,
            "c.py": IMPORT + FUNCTION.format("c"),
        }
    )
    shown, code = answered(root, environment, "ynna")
    assert shown.encode().count(QUESTION) == 4
    assert "-    return bigquery.Client(project='n').query('x')\n" in shown
    assert "+    return get_bigquery_client(project_id='n').query('x')\n" in shown
    assert "+make = partial(" not in shown
    first = (root / "a.py").read_text()
    assert FIXED.format("y") in first
    assert FUNCTION.format("n") in first
    assert FUNCTION.format("u") in first
    second = (root / "b.py").read_text()
    assert FIXED.format("a") in second
    assert FIXED.format("b") in second
    assert LATER in second
    assert FIXED.format("c") in (root / "c.py").read_text()
    assert code == 1
    assert "a.py:9:12   CPL101  declined\n" in shown
    assert "a.py:13:12  CPL101  declined\n" in shown
    assert "CPL110  unsafe: what is called later" in shown
    assert shown.endswith("Fixed 4 findings in 3 files; 3 left.\n")
