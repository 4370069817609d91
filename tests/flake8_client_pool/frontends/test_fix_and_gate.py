"""`client-pool fix` where phases and a baseline say what counts: with the gate, and as a commit hook before it."""

import json
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

Tree = Callable[[Mapping[str, str | bytes]], Path]
Run = Callable[..., subprocess.CompletedProcess[str]]

BUILDS = "from google.cloud import bigquery\n\n\ndef f():\n    return bigquery.Client(project='demo')\n"
KEPT = "from google.cloud import bigquery\n\n\ndef f(**options):\n    return bigquery.Client(**options)\n"
GATE = '[tool.client-pool]\nphase = 0\n[[tool.client-pool.phases]]\nname = "later"\npaths = ["later"]\n'
LATER_TOO = '[[tool.client-pool.phases]]\nname = "also later"\npaths = ["src"]\n'


def test_what_the_gate_accepts_fails_no_commit(tree: Tree, client_pool: Run) -> None:
    root = tree({"pyproject.toml": GATE, "later/kept.py": KEPT})
    pending = client_pool("fix", "later/kept.py")
    assert pending.returncode == client_pool("check").returncode == 0
    assert pending.stdout == (
        "Left (1):\n  later/kept.py:5:12  CPL101  **options hides its arguments [pending]\n"
        "Fixed 0 findings in 0 files; 1 left (1 pending).\n"
    )
    assert client_pool("baseline").returncode == 0
    (root / "later/kept.py").write_text("import this\n" + KEPT)
    known = client_pool("fix", "--format=json", "later/kept.py")
    assert known.returncode == client_pool("check", "later/kept.py").returncode == 0
    document = json.loads(known.stdout)
    assert [(each["status"], each["counts_as"]) for each in document["findings"]] == [("skipped", "baselined")]
    assert (document["summary"]["left"], document["summary"]["errors"]) == (1, 0)
    (root / "later/new.py").write_text(KEPT)
    assert client_pool("fix", "later/new.py").returncode == client_pool("check", "later/new.py").returncode == 1


def test_a_gain_is_to_be_locked_in(tree: Tree, client_pool: Run) -> None:
    twice = BUILDS + KEPT.replace("def f", "def g").partition("\n\n")[2]
    root = tree({"pyproject.toml": GATE + LATER_TOO, "later/a.py": twice, "src/b.py": BUILDS})
    client_pool("baseline")
    (root / "later/new.py").write_text(BUILDS)
    assert "of the baseline" not in client_pool("fix", "--diff").stderr
    done = client_pool("fix")
    assert done.returncode == 0
    remark = "2 findings of the baseline are gone; run `client-pool baseline --update` and commit the file"
    assert done.stderr == f"client-pool: {remark}\n"
    assert client_pool("check", "--ci").returncode == 1
    client_pool("baseline", "--update")
    assert client_pool("check", "--ci").returncode == 0
    assert client_pool("fix").stderr == ""


def test_one_of_two_alike_is_no_gain_while_the_baseline_knows_but_one(tree: Tree, client_pool: Run) -> None:
    pool = "def get_bigquery_client(): ...\n"
    gate = GATE.replace("phase = 0", 'phase = 0\npool-module = "pools"')
    closed = BUILDS.partition("    return")[0] + "    with bigquery.Client() as client:\n        print(client)\n"
    root = tree({"pyproject.toml": gate, "pools.py": pool, "later/a.py": closed})
    client_pool("baseline")
    (root / "later/a.py").write_text(f"{closed}    print(bigquery.Client())\n")
    done = client_pool("fix")
    assert done.stdout.endswith("Fixed 1 finding in 1 file; 1 left (1 baselined).\n")
    assert done.stderr == ""
    assert client_pool("check", "--ci").returncode == 0
