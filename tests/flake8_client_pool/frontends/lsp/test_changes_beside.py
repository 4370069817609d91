"""What changes beside the open documents is taken up without a restart."""

from pathlib import Path

import pytest
from lsprotocol import types

from .conftest import Start, Tree
from .editor import Editor, codes

BUILDS = "from google.cloud import bigquery\n\nclient = bigquery.Client()\n"
PHASES = """\
[client-pool]
phase = 0

[client-pool:phase:core]
paths = core

[client-pool:phase:the rest]
paths = jobs
"""
HINT = types.DiagnosticSeverity.Hint
WARNING = types.DiagnosticSeverity.Warning

pytestmark = pytest.mark.asyncio


def write(file: Path, text: str) -> None:
    file.write_text(text)


async def written(editor: Editor, file: Path, text: str, job: Path) -> list[types.Diagnostic]:
    """Write a file beside the open `job`, say so as a client does that watches, and wait for the diagnostics."""
    write(file, text)
    editor.changed_on_disk(file)
    return await editor.told(job.as_uri())


async def test_phases_baseline_and_comments(tree: Tree, start: Start) -> None:
    root = tree({"setup.cfg": PHASES, "jobs/job.py": BUILDS, ".git/HEAD": ""})
    job, baseline = root / "jobs/job.py", root / ".client-pool-baseline.json"
    editor = await start()
    (found,) = await editor.open(job)
    assert editor.watched == ["**/{setup.cfg,tox.ini,pyproject.toml,.client-pool-baseline.json,CODEOWNERS,*.py}"]
    assert found.severity == HINT
    assert found.message.endswith(' (pending: the gate has not reached phase "the rest")')
    assert '*pending: the gate has not reached phase "the rest"*' in await editor.hover(job, "Client()")
    # One finding alone can be fixed, all of them wait for their phase, as they do for `client-pool fix`.
    assert "Use get_bigquery_client" in await editor.actions(job, "client =")
    assert await editor.actions(job, "client =", ["source.fixAll"]) == {}

    entry = '["jobs/job.py", "", "CPL101", "bigquery.Client()"],\n'
    (found,) = await written(editor, baseline, f'{{"version": 1,\n"entries": [\n{entry}null\n]}}\n', job)
    assert found.severity == HINT
    assert found.message.endswith(' (known in the baseline: the gate has not reached phase "the rest")')
    (found,) = await written(editor, baseline, '{"version": 1,\n"entries": [\nnull\n]}\n', job)
    assert (found.severity, "the gate" in found.message) == (WARNING, False)
    (found,) = await written(editor, root / "setup.cfg", PHASES.replace("phase = 0", "phase = 2"), job)
    assert found.severity == WARNING
    assert await editor.type(job, "Client()", "Client()  # noqa: CPL101") == []


async def test_a_broken_configuration_is_told_once_and_mended(tree: Tree, start: Start) -> None:
    root = tree({"job.py": BUILDS, "pool.py": "", ".git/HEAD": ""})
    job, settings = root / "job.py", root / "setup.cfg"
    editor = await start()
    assert codes(await editor.open(job)) == ["CPL101"]
    assert await written(editor, settings, "[client-pool]\npool-modul = pool\n", job) == []
    assert await editor.type(job, "client", "other") == []
    assert editor.messages == [
        f"{settings}: client-pool: unknown key 'pool-modul'; did you mean 'pool-module'?"
    ]
    (found,) = await written(editor, settings, "[client-pool]\npool-module = pool\n", job)
    assert "get_bigquery_client of pool (by hand: pool has no get_bigquery_client)" in found.message
    # The pool module itself is read anew, too.
    no_getter = (await editor.actions(job, "other ="))["Use get_bigquery_client"]
    assert isinstance(no_getter, types.CodeAction)
    assert no_getter.disabled == types.CodeActionDisabled("pool has no get_bigquery_client")
    (found,) = await written(editor, root / "pool.py", "def get_bigquery_client(): ...\n", job)
    assert found.message.endswith("use get_bigquery_client() from pool")
    action = (await editor.actions(job, "other ="))["Use get_bigquery_client"]
    assert "from pool import get_bigquery_client" in await editor.taken(action)
    assert "get_bigquery_client()" in await editor.hover(job, "Client()")


async def test_a_client_that_watches_nothing(tree: Tree, start: Start) -> None:
    root = tree({"job.py": BUILDS, "pyproject.toml": "", ".git/HEAD": ""})
    editor = await start(capabilities=types.ClientCapabilities())
    assert codes(await editor.open(root / "job.py")) == ["CPL101"]
    write(root / "pyproject.toml", '[tool.client-pool]\nexclude = ["job.py"]\n')
    editor.save(root / "job.py")
    assert await editor.told((root / "job.py").as_uri()) == []


async def test_suppression_where_it_is_forbidden_or_wants_a_reason(tree: Tree, start: Start) -> None:
    root = tree({"setup.cfg": "[client-pool]\nsuppression-in-reached-phases = forbidden\n", "job.py": BUILDS})
    editor = await start()
    await editor.open(root / "job.py")
    suppress = "Suppress CPL101 with a noqa comment"
    assert suppress not in await editor.actions(root / "job.py", "client =")
    await written(editor, root / "setup.cfg", "[client-pool]\nsuppression-reason = required\n", root / "job.py")
    action = (await editor.actions(root / "job.py", "client ="))[suppress]
    text = await editor.taken(action)
    (found,) = await editor.type(root / "job.py", BUILDS, text)
    assert (found.code, "write one behind the code" in found.message) == ("CPL902", True)
    assert list(await editor.actions(root / "job.py", "client =")) == ["Read about CPL902 in the browser"]
