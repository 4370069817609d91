"""The plugin inside python-lsp-server, which runs flake8 on what is typed."""

import sys

import pytest
from lsprotocol import types

from .conftest import Start, Tree
from .editor import Editor

BUILDS = "from google.cloud import bigquery\n\nname = '😀'; client = bigquery.Client()\n"
SETTINGS = {"pylsp": {"plugins": {"flake8": {"enabled": True, "select": ["CPL"]}, "pycodestyle": {"enabled": False}}}}


def shown(editor: Editor, uri: str, found: list[types.Diagnostic]) -> list[tuple[str, str, int]]:
    """List the plugin's diagnostics with the text that they begin at, and the length of what they mark."""
    texts = editor.texts[uri].splitlines()
    return [
        (
            str(each.code),
            texts[each.range.start.line][each.range.start.character :],
            each.range.end.line - each.range.start.line,
        )
        for each in found
        if str(each.code).startswith("CPL")
    ]


@pytest.mark.asyncio
async def test_warnings_appear_and_go_while_typing(tree: Tree, start: Start, environment: dict[str, str]) -> None:
    root = tree({"setup.cfg": "[client-pool]\nexclude = old\n", "job.py": "", "old/job.py": BUILDS, ".git/HEAD": ""})
    # Its own dependencies warn.
    environment.pop("PYTHONWARNINGS")
    editor = await start(command=(sys.executable, "-m", "pylsp"))
    editor.client.workspace_did_change_configuration(types.DidChangeConfigurationParams(SETTINGS))
    job = root / "job.py"
    await editor.open(job)
    found = await editor.type(job, "", BUILDS)
    assert shown(editor, job.as_uri(), found) == [("CPL101", "bigquery.Client()", 0)]
    assert "use get_bigquery_client() from shared_clients" in found[0].message
    assert shown(editor, job.as_uri(), await editor.type(job, "bigquery.Client()", "None")) == []
    old = await editor.open(root / "old/job.py")
    assert shown(editor, (root / "old/job.py").as_uri(), old) == []
