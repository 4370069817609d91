"""An editor as the tests drive it: a real client of the protocol with the texts that it has open."""

import asyncio
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import attrs
from cattrs import Converter
from lsprotocol import types
from pygls.protocol import default_converter
from pytest_lsp import LanguageClient

SECONDS_TO_WAIT = 30
LINE_END = re.compile(r"\r\n|\r|\n")
ENCODINGS = {"utf-8": "utf-8", "utf-16": "utf-16-le", "utf-32": "utf-32-le"}
UNITS = {"utf-8": 1, "utf-16": 2, "utf-32": 4}
COMMAND = (sys.executable, "-m", "flake8_client_pool", "lsp")

ABLE = types.ClientCapabilities(
    text_document=types.TextDocumentClientCapabilities(
        code_action=types.CodeActionClientCapabilities(
            resolve_support=types.ClientCodeActionResolveOptions(["edit"]), disabled_support=True, data_support=True
        ),
        hover=types.HoverClientCapabilities(content_format=[types.MarkupKind.Markdown]),
    ),
    workspace=types.WorkspaceClientCapabilities(
        workspace_edit=types.WorkspaceEditClientCapabilities(document_changes=True),
        did_change_watched_files=types.DidChangeWatchedFilesClientCapabilities(dynamic_registration=True),
    ),
    window=types.WindowClientCapabilities(show_document=types.ShowDocumentClientCapabilities(support=True)),
)


def able(*encodings: str) -> types.ClientCapabilities:
    """Describe a client that can do everything and prefers encodings in their order."""
    kinds = [types.PositionEncodingKind(each) for each in encodings]
    return types.ClientCapabilities(
        text_document=ABLE.text_document,
        workspace=ABLE.workspace,
        window=ABLE.window,
        general=types.GeneralClientCapabilities(position_encodings=kinds) if kinds else None,
    )


def converter() -> Converter:
    """Make what reads messages; lsprotocol 2025 itself cannot read the notebooks that python-lsp-server is for."""
    reader = default_converter()
    reader.register_structure_hook(attrs.fields(types.NotebookDocumentFilterWithCells).notebook.type, lambda it, _: it)
    return reader


class Editor:
    """One editor with a server of its own."""

    def __init__(self) -> None:
        self.client = LanguageClient(converter_factory=converter)
        self.encoding = "utf-16"
        self.watched: list[str] = []
        self.messages: list[str] = []
        self.log: list[str] = []
        self.pages: list[str] = []
        self._diagnostics: asyncio.Queue[types.PublishDiagnosticsParams] = asyncio.Queue()
        self._answer_the_server()
        self.texts: dict[str, str] = {}
        self.versions: dict[str, int] = {}

    async def start(self, *folders: Path, capabilities: types.ClientCapabilities = ABLE) -> None:
        """Begin a session in some folders."""
        params = types.InitializeParams(
            capabilities=capabilities,
            workspace_folders=[types.WorkspaceFolder(each.as_uri(), each.name) for each in folders],
        )
        answer = await self.client.initialize_session(params)
        self.encoding = str(answer.capabilities.position_encoding or "utf-16")

    def _answer_the_server(self) -> None:
        client = self.client

        @client.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        def diagnostics(params: types.PublishDiagnosticsParams) -> None:
            self._diagnostics.put_nowait(params)

        @client.feature(types.CLIENT_REGISTER_CAPABILITY)
        def watch(params: types.RegistrationParams) -> None:
            for registration in params.registrations:
                self.watched += [watcher["globPattern"] for watcher in registration.register_options["watchers"]]

        @client.feature(types.WINDOW_SHOW_MESSAGE)
        def show(params: types.ShowMessageParams) -> None:
            self.messages.append(params.message)

        @client.feature(types.WINDOW_LOG_MESSAGE)
        def log(params: types.LogMessageParams) -> None:
            self.log.append(params.message)

        @client.feature(types.WINDOW_SHOW_DOCUMENT)
        def page(params: types.ShowDocumentParams) -> types.ShowDocumentResult:
            self.pages.append(params.uri)
            return types.ShowDocumentResult(success=True)

    async def open(self, file: Path | str, text: str | None = None) -> list[types.Diagnostic]:
        """Open a file, or something else by its URI, and wait for its diagnostics."""
        uri = file if isinstance(file, str) else file.as_uri()
        text = content_of(file) if text is None else text
        self.texts[uri], self.versions[uri] = text, 1
        self.client.text_document_did_open(
            types.DidOpenTextDocumentParams(types.TextDocumentItem(uri, "python", 1, text))
        )
        return await self.told(uri)

    async def type(self, file: Path | str, old: str, new: str) -> list[types.Diagnostic]:
        """Put `new` where `old` is, as somebody who types it, and wait for the diagnostics."""
        self.send_change(file, old, new)
        return await self.told(file if isinstance(file, str) else file.as_uri())

    def send_change(self, file: Path | str, old: str, new: str) -> None:
        """Put `new` where `old` is, and do not wait."""
        uri = file if isinstance(file, str) else file.as_uri()
        text = self.texts[uri]
        start = text.index(old)
        place = types.Range(self.position(text, start), self.position(text, start + len(old)))
        self.texts[uri] = text[:start] + new + text[start + len(old) :]
        self.versions[uri] += 1
        self.client.text_document_did_change(
            types.DidChangeTextDocumentParams(
                types.VersionedTextDocumentIdentifier(uri=uri, version=self.versions[uri]),
                [types.TextDocumentContentChangePartial(place, new)],
            )
        )

    def save(self, file: Path) -> None:
        """Write what is open to the disk, and say so."""
        file.write_bytes(self.texts[file.as_uri()].encode())
        self.client.text_document_did_save(
            types.DidSaveTextDocumentParams(types.TextDocumentIdentifier(file.as_uri()))
        )

    def close(self, file: Path) -> None:
        """Close a file."""
        self.client.text_document_did_close(
            types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(file.as_uri()))
        )

    def changed_on_disk(self, file: Path) -> None:
        """Say that a file has changed."""
        event = types.FileEvent(file.as_uri(), types.FileChangeType.Changed)
        self.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([event]))

    async def told(self, uri: str) -> list[types.Diagnostic]:
        """Wait for the diagnostics of a document as it is now."""
        async with asyncio.timeout(SECONDS_TO_WAIT):
            while True:
                params = await self._diagnostics.get()
                if params.uri == uri and params.version in (None, self.versions[uri]):
                    return list(params.diagnostics)

    async def actions(
        self,
        file: Path | str,
        at: str,
        only: Sequence[str] | None = None,
        trigger: types.CodeActionTriggerKind = types.CodeActionTriggerKind.Invoked,
    ) -> dict[str, types.CodeAction | types.Command]:
        """Ask what can be done where the text `at` stands; by title."""
        uri = file if isinstance(file, str) else file.as_uri()
        place = self.position(self.texts[uri], self.texts[uri].index(at))
        context = types.CodeActionContext([], only=list(only) if only else None, trigger_kind=trigger)
        answer = await self.client.text_document_code_action_async(
            types.CodeActionParams(types.TextDocumentIdentifier(uri), types.Range(place, place), context)
        )
        # lsprotocol reads an action that has a command as a bare command.
        return {action.title: action for action in answer or ()}

    async def taken(self, action: types.CodeAction | types.Command) -> str:
        """Take an action, and return the text of its one document as one step makes it."""
        assert isinstance(action, types.CodeAction)
        if action.edit is None:
            action = await self.client.code_action_resolve_async(action)
        assert action.edit, action
        return self.after(action.edit)

    def after(self, edit: types.WorkspaceEdit) -> str:
        """Apply an edit to the open text that it is for."""
        changes: dict[str, Sequence[Any]] = dict(edit.changes or {})
        for change in edit.document_changes or ():
            assert isinstance(change, types.TextDocumentEdit)
            assert change.text_document.version == self.versions[change.text_document.uri]
            changes[change.text_document.uri] = change.edits
        ((uri, edits),) = changes.items()
        text = self.texts[uri]
        spans = [(self.offset(text, e.range.start), self.offset(text, e.range.end), e.new_text) for e in edits]
        for start, end, new in sorted(spans, reverse=True):
            text = text[:start] + new + text[end:]
        return text

    async def hover(self, file: Path, at: str) -> str:
        """Rest the pointer on a text, and return what is shown; empty for nothing."""
        uri = file.as_uri()
        position = self.position(self.texts[uri], self.texts[uri].index(at))
        shown = await self.client.text_document_hover_async(
            types.HoverParams(types.TextDocumentIdentifier(uri), position)
        )
        if shown is None:
            return ""
        assert isinstance(shown.contents, types.MarkupContent)
        return shown.contents.value

    def marked(self, file: Path | str, diagnostic: types.Diagnostic) -> str:
        """Return the text that a diagnostic is about."""
        text = self.texts[file if isinstance(file, str) else file.as_uri()]
        return text[self.offset(text, diagnostic.range.start) : self.offset(text, diagnostic.range.end)]

    def position(self, text: str, offset: int) -> types.Position:
        """Say a place as the protocol does, by Python's own codecs."""
        ends = [match.end() for match in LINE_END.finditer(text, 0, offset)]
        start = ends[-1] if ends else 0
        units = len(text[start:offset].encode(ENCODINGS[self.encoding])) // UNITS[self.encoding]
        return types.Position(len(ends), units)

    def offset(self, text: str, position: types.Position) -> int:
        """Find a place that the protocol says."""
        starts = [0, *(match.end() for match in LINE_END.finditer(text))]
        rest = text[starts[position.line] :].encode(ENCODINGS[self.encoding])
        before = rest[: position.character * UNITS[self.encoding]]
        return starts[position.line] + len(before.decode(ENCODINGS[self.encoding]))


def content_of(file: Path | str) -> str:
    """Read a file as an editor does that changes nothing in it."""
    return Path(file).read_bytes().decode()


def codes(diagnostics: Sequence[types.Diagnostic]) -> list[str]:
    """List the codes of diagnostics."""
    return [str(each.code) for each in diagnostics]
