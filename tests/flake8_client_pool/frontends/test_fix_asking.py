"""`client-pool fix --interactive` on a real pseudo-terminal."""

import os
import pty
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import pytest

Tree = Callable[[Mapping[str, str]], Path]

QUESTION = b"(q)uit: "
SIGNALS = {"!": signal.SIGINT, "~": signal.SIGTERM}
IMPORT = "from google.cloud import bigquery\n\n\n"
FUNCTION = "def make_{0}():\n    return bigquery.Client(project='{0}').query('x')\n"
FIXED = "def make_{0}():\n    return get_bigquery_client(project_id='{0}').query('x')\n"
LATER = "\n\nmake = partial(bigquery.Client)\n"


def answered(folder: Path, environment: dict[str, str], answers: str, *options: str) -> tuple[str, int]:
    """Answer the questions, `!` with an interrupt and `~` with a termination; give all that is shown, and the code."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "flake8_client_pool", "fix", "--interactive", *options],
        cwd=folder,
        env={**environment, "TERM": "dumb"},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        # A shell has its background jobs ignore interrupts, and those that they start inherit it.
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - it takes no lock
    )
    os.close(theirs)
    shown, left = b"", list(answers)
    try:
        while data := os.read(ours, 65536):
            shown += data
            if shown.endswith(QUESTION) and left:
                answer = left.pop(0)
                if answer in SIGNALS:
                    process.send_signal(SIGNALS[answer])
                else:
                    os.write(ours, f"{answer}\n".encode())
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


def test_what_will_be_written_is_shown_and_why_it_is_unsafe(tree: Tree, environment: dict[str, str]) -> None:
    source = f"from functools import partial\n\n{IMPORT}# \x1b[31mred\n" + FUNCTION.format("a") + LATER
    root = tree({"a.py": source})
    shown, code = answered(root, environment, "yxy", "--unsafe")
    first, second = shown.split(QUESTION.decode(), 1)
    assert "+from shared_clients import get_bigquery_client\n" in first
    assert "-from google.cloud import bigquery\n" not in first
    assert "-from google.cloud import bigquery\n" in second
    assert "+from shared_clients import get_bigquery_client\n" not in second
    assert "Unsafe: what is called later may give arguments that " in second
    assert "Answer y, n, a or q.\n" in second
    assert "# \N{REPLACEMENT CHARACTER}[31mred\n" in shown
    assert "import bigquery" not in (root / "a.py").read_text()
    assert code == 0


@pytest.mark.parametrize(("answer", "status"), [("!", 130), ("~", 143)])
def test_an_interrupt_says_what_was_done_and_what_was_not(
    tree: Tree, environment: dict[str, str], answer: str, status: int
) -> None:
    both = IMPORT + "\n\n".join(map(FUNCTION.format, "ab"))
    root = tree({"a.py": IMPORT + FUNCTION.format("a"), "b.py": both})
    shown, code = answered(root, environment, f"yy{answer}")
    assert code == status
    assert "client-pool: b.py: 1 change agreed to and not made\n" in shown
    assert "client-pool: stopped; 1 file changed already; run again for the rest\n" in shown
    assert FIXED.format("a") in (root / "a.py").read_text()
    assert (root / "b.py").read_text() == both


def test_the_end_of_the_answers_keeps_those_that_were_given(
    tree: Tree, client_pool: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    root = tree({"a.py": IMPORT + "\n\n".join(map(FUNCTION.format, "ab"))})
    done = client_pool("fix", "-i", stdin="y\n")
    assert "CPL101  declined\n" in done.stdout
    assert FIXED.format("a") in (root / "a.py").read_text()
    assert FUNCTION.format("b") in (root / "a.py").read_text()
    assert done.returncode == 1
