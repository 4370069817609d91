"""The running server as an editor meets it."""

import json
import re

import pytest
from lsprotocol import types
from pygls.exceptions import JsonRpcException

from ...conftest import RunProcess  # noqa: TID252
from .conftest import Start, Tree
from .editor import able, codes

BUILDS = "from google.cloud import bigquery\n\nclient = bigquery.Client()\n"
FIXED = "from shared_clients import get_bigquery_client\n\nclient = get_bigquery_client()\n"
FIX_ALL = "Take all clients in this file from the pool"
AUTOMATIC = types.CodeActionTriggerKind.Automatic

pytestmark = pytest.mark.asyncio


async def test_what_is_no_message_is_named_and_passed_over(client_pool: RunProcess) -> None:
    done = client_pool("lsp", stdin="Content-Length: 5\r\n\r\nhello")
    assert done.returncode == 0
    assert "client-pool: Unable to handle message: Expecting value" in done.stderr


def message(method: str, number: int = 0, **params: object) -> str:
    given = {"jsonrpc": "2.0", "method": method, "params": params} | ({"id": number} if number else {})
    body = json.dumps(given)
    return f"Content-Length: {len(body)}\r\n\r\n{body}"


async def test_nothing_is_answered_before_the_beginning_and_after_the_end(client_pool: RunProcess) -> None:
    command = "workspace/executeCommand"
    sent = [
        message("textDocument/hover", 1, textDocument={"uri": "file:///a.py"}, position={"line": 0, "character": 0}),
        message("initialize", 2, capabilities={}),
        message(command, 3, command="client-pool.openRulePage"),
        message(command, 4, command="client-pool.openRulePage", arguments=[]),
        message("shutdown", 5),
        message(command, 6, command="client-pool.openRulePage", arguments=["CPL101"]),
    ]
    done = client_pool("lsp", stdin="".join([*sent, message("exit")]))
    said = re.split(r"Content-Length: .*\s+(?:Content-Type: .*\s+)?", done.stdout)
    answers = [json.loads(each) for each in said if each]
    codes_by_id = {each["id"]: each.get("error", {}).get("code") for each in answers if "id" in each}
    assert codes_by_id == {1: -32002, 2: None, 3: -32602, 4: -32602, 5: None, 6: -32600}
    assert done.returncode == 0
    assert "Traceback" not in done.stderr


async def test_who_leaves_without_a_word_is_told_so(client_pool: RunProcess) -> None:
    assert client_pool("lsp", stdin=message("initialize", 1, capabilities={}) + message("exit")).returncode == 1


async def test_from_the_first_key_to_the_fix(tree: Tree, start: Start) -> None:
    job = tree({"job.py": "", ".git/HEAD": ""}) / "job.py"
    editor = await start()
    assert await editor.open(job) == []
    (found,) = await editor.type(job, "", BUILDS)
    assert (found.code, found.severity, found.source) == ("CPL101", types.DiagnosticSeverity.Warning, "client-pool")
    assert "use get_bigquery_client() from shared_clients" in found.message
    assert found.code_description == types.CodeDescription("https://flake8-client-pool.readthedocs.io/rules/CPL101/")
    assert editor.marked(job, found) == "bigquery.Client()"

    shown = await editor.hover(job, "Client()")
    assert "Building a client parses the credentials" in shown
    assert "get_bigquery_client(\n    project_id: str | None = None,\n" in shown
    assert await editor.hover(job, "client =") == ""

    actions = await editor.actions(job, "client =")
    assert list(actions) == [
        "Use get_bigquery_client",
        "Suppress CPL101 with a noqa comment",
        "Read about CPL101 in the browser",
    ]
    assert await editor.taken(actions["Use get_bigquery_client"]) == FIXED
    suppressed = await editor.taken(actions["Suppress CPL101 with a noqa comment"])
    assert suppressed == BUILDS.replace("Client()", "Client()  # noqa: CPL101")
    page = types.ExecuteCommandParams("client-pool.openRulePage", ["CPL101"])
    await editor.client.workspace_execute_command_async(page)
    assert editor.pages == [found.code_description.href]

    assert await editor.type(job, BUILDS, FIXED) == []
    assert await editor.actions(job, "get_bigquery_client") == {}


async def test_broken_code_is_checked_as_far_as_it_can_be_read(tree: Tree, start: Start) -> None:
    job = tree({"job.py": f"{BUILDS}\ndef broken():\n    pass\n", ".git/HEAD": ""}) / "job.py"
    editor = await start()
    await editor.open(job)
    found = await editor.type(job, "broken()", "broken(")
    assert codes(found) == ["CPL101", "CPL900"]
    refused = (await editor.actions(job, "client ="))["Use get_bigquery_client"]
    assert isinstance(refused, types.CodeAction)
    assert refused.disabled == types.CodeActionDisabled("the file does not parse; mend the syntax first")
    assert codes(await editor.type(job, "broken(", "broken()")) == ["CPL101"]


async def test_all_at_once_and_on_save(tree: Tree, start: Start) -> None:
    two = f"{BUILDS}other = bigquery.Client(project='x')\ngone = bigquery.Client(**options)\n"
    fixed = (
        "from google.cloud import bigquery\nfrom shared_clients import get_bigquery_client\n\n"
        "client = get_bigquery_client()\nother = get_bigquery_client(project_id='x')\n"
        "gone = bigquery.Client(**options)\n"
    )
    job = tree({"job.py": two, ".git/HEAD": ""}) / "job.py"
    editor = await start()
    await editor.open(job)
    action = (await editor.actions(job, "client ="))[FIX_ALL]
    assert isinstance(action, types.CodeAction)
    assert (action.kind, action.edit) == ("quickfix", None)
    assert await editor.taken(action) == fixed
    for only in ("source.fixAll.clientPool", "source.fixAll", "source"):
        on_save = await editor.actions(job, "from google", [only], AUTOMATIC)
        assert list(on_save) == [FIX_ALL]
        assert await editor.taken(on_save[FIX_ALL]) == fixed
    assert await editor.actions(job, "client =", ["source.organizeImports"]) == {}
    # What came too late for the document must not be applied to it.
    await editor.type(job, "other", "others")
    with pytest.raises(JsonRpcException, match="the document has changed since"):
        await editor.taken(action)


async def test_a_fix_is_promised_and_worked_out_when_it_is_taken(tree: Tree, start: Start) -> None:
    hidden = f"{BUILDS}gone = bigquery.Client(**options)\n"
    job = tree({"job.py": hidden, ".git/HEAD": ""}) / "job.py"
    editor = await start()
    await editor.open(job)
    promised = (await editor.actions(job, "client =", trigger=AUTOMATIC))["Use get_bigquery_client"]
    assert isinstance(promised, types.CodeAction)
    assert promised.edit is None
    assert "client = get_bigquery_client()\n" in await editor.taken(promised)
    impossible = (await editor.actions(job, "gone =", trigger=AUTOMATIC))["Use get_bigquery_client"]
    assert isinstance(impossible, types.CodeAction)
    assert (await editor.client.code_action_resolve_async(impossible)).edit is None
    assert "**options hides its arguments" in editor.messages[-1]


async def test_an_unsafe_fix_says_so_and_is_not_among_all(tree: Tree, start: Start) -> None:
    root = tree(
        {
            "job.py": BUILDS,
            "test_job.py": "from unittest.mock import patch\nwith patch('job.bigquery'): pass\n",
            ".git/HEAD": "",
        }
    )
    editor = await start()
    await editor.open(root / "job.py")
    unsafe = "Use get_bigquery_client (unsafe: test_job.py puts a stand-in for bigquery into this module)"
    actions = await editor.actions(root / "job.py", "client =")
    assert "client = get_bigquery_client()\n" in await editor.taken(actions[unsafe])
    on_save = await editor.actions(root / "job.py", "client =", ["source.fixAll"])
    assert isinstance(action := on_save[FIX_ALL], types.CodeAction)
    assert (await editor.client.code_action_resolve_async(action)).edit is None
    # The test as it is being typed counts, saved or not.
    await editor.open(root / "test_job.py")
    await editor.type(root / "test_job.py", "job.bigquery", "job.other")
    assert "Use get_bigquery_client" in await editor.actions(root / "job.py", "client =")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
async def test_columns_behind_characters_of_any_width(tree: Tree, start: Start, encoding: str) -> None:
    text = "from google.cloud import bigquery\r\n\x0c\r\nä = '漢😀'; client = bigquery.Client(location='😀')  # é😀\r\n"
    job = tree({"job.py": text, ".git/HEAD": ""}) / "job.py"
    editor = await start(capabilities=able(encoding))
    assert editor.encoding == encoding
    (found,) = await editor.open(job)
    assert editor.marked(job, found) == "bigquery.Client(location='😀')"
    (found,) = await editor.type(job, "'漢😀'", "'😀漢😀'")
    assert editor.marked(job, found) == "bigquery.Client(location='😀')"
    actions = await editor.actions(job, "bigquery.Client")
    assert await editor.taken(actions["Use get_bigquery_client"]) == (
        "from shared_clients import get_bigquery_client\r\n\x0c\r\n"
        "ä = '😀漢😀'; client = get_bigquery_client(location='😀')  # é😀\r\n"
    )
    suppressed = await editor.taken(actions["Suppress CPL101 with a noqa comment"])
    assert suppressed.endswith("(location='😀')  # é😀  # noqa: CPL101\r\n")


async def test_a_client_that_can_do_little(tree: Tree, start: Start) -> None:
    job = tree({"job.py": BUILDS, ".git/HEAD": ""}) / "job.py"
    editor = await start(capabilities=types.ClientCapabilities())
    assert (editor.encoding, editor.watched) == ("utf-16", [])
    await editor.open(job)
    action = (await editor.actions(job, "client ="))["Use get_bigquery_client"]
    assert isinstance(action, types.CodeAction)
    assert action.edit
    assert action.edit.document_changes is None
    assert editor.after(action.edit) == FIXED
    await editor.type(job, "client = bigquery.Client()\n", "client = bigquery.Client()\nother = bigquery.Client()\n")
    assert FIX_ALL not in await editor.actions(job, "client =")
    on_save = (await editor.actions(job, "client =", ["source.fixAll"]))[FIX_ALL]
    assert isinstance(on_save, types.CodeAction)
    assert on_save.edit
    page = types.ExecuteCommandParams("client-pool.openRulePage", ["CPL101"])
    await editor.client.workspace_execute_command_async(page)
    assert editor.messages[-1].endswith("/rules/CPL101/")


async def test_what_another_open_file_says_counts_before_it_is_saved(tree: Tree, start: Start) -> None:
    root = tree(
        {
            "clients.py": "class Warehouse:\n    pass\n",
            "job.py": "from clients import Warehouse\n\nclient = Warehouse()\n",
            ".git/HEAD": "",
        }
    )
    editor = await start()
    assert await editor.open(root / "job.py") == []
    await editor.open(root / "clients.py")
    defined = "class Warehouse:\n    pass\n"
    editor.send_change(root / "clients.py", defined, "from google.cloud.bigquery import Client\n")
    editor.send_change(root / "clients.py", "Client\n", "Client as Warehouse\n")
    assert codes(await editor.told((root / "job.py").as_uri())) == ["CPL101"]
    editor.close(root / "clients.py")
    assert await editor.told((root / "job.py").as_uri()) == []


async def test_documents_that_come_and_go(tree: Tree, start: Start) -> None:
    root = tree(
        {
            "setup.cfg": "[client-pool]\nexclude = generated\npool-paths = pool\n",
            "job.py": BUILDS,
            "generated/job.py": BUILDS,
            "pool/job.py": BUILDS,
            "site-packages/job.py": BUILDS,
            "notes.txt": BUILDS,
            ".git/HEAD": "",
        }
    )
    editor = await start()
    for left_out in ("generated/job.py", "pool/job.py", "site-packages/job.py"):
        assert await editor.open(root / left_out) == []
    untitled = await editor.open("untitled:Untitled-1", BUILDS)
    assert codes(untitled) == ["CPL101"]
    action = (await editor.actions("untitled:Untitled-1", "client ="))["Use get_bigquery_client"]
    assert await editor.taken(action) == FIXED
    # A file that is removed while it is open is still checked; once it is closed nothing is left of it.
    await editor.open(root / "job.py")
    (root / "job.py").rename(root / "renamed.py")
    assert codes(await editor.type(root / "job.py", "client", "other")) == ["CPL101"]
    editor.close(root / "job.py")
    assert await editor.told((root / "job.py").as_uri()) == []
    assert codes(await editor.open(root / "renamed.py")) == ["CPL101"]


async def test_several_folders_and_files_outside_of_them(tree: Tree, start: Start) -> None:
    root = tree(
        {
            "strict/setup.cfg": "[client-pool]\npool-module = pools.own\n",
            "strict/job.py": BUILDS,
            "plain/job.py": BUILDS,
            "outside/job.py": BUILDS,
            "configured/setup.cfg": "[client-pool]\npool-module = theirs\n",
            "configured/job.py": BUILDS,
        }
    )
    editor = await start(root / "strict", root / "plain")
    wants = {
        folder: [found.message.rpartition(" ")[2] for found in await editor.open(root / folder / "job.py")]
        for folder in ("strict", "plain", "outside", "configured")
    }
    assert wants == {"strict": ["pools.own"], "plain": ["shared_clients"], "outside": [], "configured": ["theirs"]}
    folders = types.WorkspaceFoldersChangeEvent(
        added=[types.WorkspaceFolder((root / "outside").as_uri(), "outside")],
        removed=[types.WorkspaceFolder((root / "plain").as_uri(), "plain")],
    )
    editor.client.workspace_did_change_workspace_folders(types.DidChangeWorkspaceFoldersParams(folders))
    assert codes(await editor.told((root / "outside/job.py").as_uri())) == ["CPL101"]
    assert await editor.type(root / "plain/job.py", "client", "other") == []


async def test_nothing_that_an_editor_sends_ends_the_session(tree: Tree, start: Start) -> None:
    job = tree({"job.py": BUILDS, ".git/HEAD": ""}) / "job.py"
    editor = await start()
    for number, text in enumerate(
        ["\0" + BUILDS, "\ud800" + BUILDS, "(" * 5_000 + BUILDS, "# coding: nonsense\n" + BUILDS, "x = 1\n" * 20_000]
    ):
        await editor.open(job.with_name(f"hostile_{number}.py"), text)
        await editor.actions(job.with_name(f"hostile_{number}.py"), text[-5:])
    editor.close(job)
    editor.client.code_action_resolve(types.CodeAction("made up", data={"places": 3}))
    unknown = types.CodeAction("made up", data="nonsense")
    with pytest.raises(JsonRpcException, match="ask for its actions again"):
        await editor.client.code_action_resolve_async(unknown)
    without_data = types.CodeAction("made up")
    assert await editor.client.code_action_resolve_async(without_data) == without_data
    assert codes(await editor.open(job)) == ["CPL101"]
    assert not [each for each in editor.log if "internal error" in each]


async def test_an_action_is_called_what_it_does(tree: Tree, start: Start) -> None:
    base = "from shared_clients import get_bigquery_client\n\n\nclass Base:\n    def __init__(self):\n"
    own = (
        "from google.cloud import bigquery\n\nfrom base import Base\n\n\nclass Job(Base):\n"
        "    def __init__(self):\n        super().__init__()\n        self.client = bigquery.Client()\n"
    )
    files = {"base.py": f"{base}        self.client = get_bigquery_client()\n", "job.py": own, ".git/HEAD": ""}
    job = tree(files) / "job.py"
    editor = await start()
    assert codes(await editor.open(job)) == ["CPL101", "CPL202"]
    actions = await editor.actions(job, "self.client")
    left_out = own.replace("        self.client = bigquery.Client()\n", "").partition("\n\n")[2]
    assert await editor.taken(actions["Leave the line out"]) == left_out
    assert "get_bigquery_client()" in await editor.taken(actions["Use get_bigquery_client"])


async def test_a_fix_that_makes_a_file(tree: Tree, start: Start) -> None:
    pool = "def get_bigquery_client(): ...\n\n\ndef close_all_clients(): ...\n"
    test = "from shared import clients\n\n\ndef test_rows():\n    clients.get_bigquery_client()\n"
    configured = {"setup.cfg": "[client-pool]\npool-module = shared.clients\n", ".git/HEAD": ""}
    file = tree({**configured, "shared/clients.py": pool, "tests/test_rows.py": test}) / "tests/test_rows.py"
    title = "Add the fixture that empties the pools"
    editor = await start()
    assert codes(await editor.open(file)) == ["CPL302"]
    refused = (await editor.actions(file, "from"))[title]
    assert isinstance(refused, types.CodeAction)
    assert refused.disabled
    assert refused.disabled.reason.endswith("run client-pool fix")

    creating = types.WorkspaceEditClientCapabilities(
        document_changes=True, resource_operations=[types.ResourceOperationKind.Create]
    )
    workspace = types.WorkspaceClientCapabilities(workspace_edit=creating)
    editor = await start(capabilities=types.ClientCapabilities(workspace))
    await editor.open(file)
    action = (await editor.actions(file, "from"))[title]
    assert isinstance(action, types.CodeAction)
    assert action.edit
    made, written = action.edit.document_changes or ()
    assert isinstance(made, types.CreateFile)
    assert isinstance(written, types.TextDocumentEdit)
    assert made.uri == written.text_document.uri == file.with_name("conftest.py").as_uri()
    assert made.options == types.CreateFileOptions(overwrite=False)
    assert isinstance(insertion := written.edits[0], types.TextEdit)
    assert insertion.new_text.endswith("        pool.close_all_clients()\n")
