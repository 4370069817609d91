"""What goes on between one client and the server: documents open and change, diagnostics go out."""

import asyncio
import os
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import quote

from lsprotocol import types
from pygls import uris

from flake8_client_pool.frontends.lsp.abilities import Abilities, abilities_of
from flake8_client_pool.frontends.lsp.actions import Actions, Found, is_for, uri_of
from flake8_client_pool.frontends.lsp.diagnostics import diagnostic, visible
from flake8_client_pool.frontends.lsp.document import Document
from flake8_client_pool.frontends.lsp.hovers import explanation
from flake8_client_pool.frontends.lsp.wire import Wire
from flake8_client_pool.policy.baseline import NAME
from flake8_client_pool.policy.configuration import FILES
from flake8_client_pool.policy.errors import ClientPoolError
from flake8_client_pool.rules.pages import rule_page
from flake8_client_pool.scan.desk import Desk
from flake8_client_pool.scan.discovery import SUFFIX

if TYPE_CHECKING:
    from flake8_client_pool.policy.verdict import Judged

WATCHED = f"**/{{{','.join((*FILES, NAME, 'CODEOWNERS'))},*{SUFFIX}}}"

# Of changes that come faster than anybody types, as a replayed macro's do, not each is worth a check.
_SECONDS_TO_GATHER = 0.005
_SECONDS_OF_A_BURST = 0.02
_SECONDS_UNTIL_OTHERS = 0.3


class Session:
    """One client's session."""

    def __init__(self, wire: Wire) -> None:
        """Begin with nothing open; what is to be said goes over `wire`."""
        self._wire = wire
        self._abilities = Abilities()
        self._encoding: str = types.PositionEncodingKind.Utf16
        self._desk = Desk()
        self._actions = Actions(self._desk, self._abilities)
        self._folders: list[str] = []
        self._documents: dict[str, Document] = {}
        self._found: dict[str, tuple[int, tuple[Judged, ...]]] = {}
        self._waiting: dict[str, asyncio.TimerHandle] = {}
        self._complaints: dict[str, str] = {}
        self._checked_at = 0.0

    def begin(self, params: types.InitializeParams, encoding: str) -> None:
        """Take up what the client says of itself, and the encoding that columns count in."""
        self._encoding = encoding
        self._abilities = abilities_of(params.capabilities)
        self._actions = Actions(self._desk, self._abilities)
        root = params.root_uri or (uris.from_fs_path(params.root_path) if params.root_path else None)
        given = [folder.uri for folder in params.workspace_folders or ()] or [root or ""]
        self._work_in(location for uri in given if (location := _location(uri)))

    def ask_for_news(self) -> None:
        """Ask the client to say when files change; one that cannot is not waited for, see `Desk`."""
        if self._abilities.watches_files:
            self._wire.watch([WATCHED])

    def change_folders(self, params: types.DidChangeWorkspaceFoldersParams) -> None:
        """Work in other folders from now on."""
        removed = {_location(folder.uri) for folder in params.event.removed}
        added = [location for folder in params.event.added if (location := _location(folder.uri))]
        self._work_in([folder for folder in self._folders if folder not in removed] + added)
        self.check_all()

    def open(self, params: types.DidOpenTextDocumentParams) -> None:
        """Check a document that the client opens."""
        item = params.text_document
        location = self._location_of(item)
        if location is None:
            return
        is_file = _location(item.uri) is not None
        if not self._folders and not self._documents:
            _stand_in(os.path.dirname(location))
        document = self._documents[item.uri] = Document(item, location, self._encoding, is_file=is_file)
        self._take_up(document)
        self._desk.look()
        self._check(document)

    def change(self, params: types.DidChangeTextDocumentParams) -> None:
        """Follow a change, and check at once, or when those that come close behind the last one are there, too."""
        if document := self._documents.get(params.text_document.uri):
            document.change(list(params.content_changes), params.text_document.version)
            self._take_up(document)
            is_burst = time.monotonic() - self._checked_at < _SECONDS_OF_A_BURST
            self._later(document.uri, is_burst * _SECONDS_TO_GATHER, lambda: self._check_changed(document))

    def save(self, params: types.DidSaveTextDocumentParams) -> None:
        """Check again all that may hang on what was saved."""
        if params.text_document.uri in self._documents:
            self.check_all()

    def close(self, params: types.DidCloseTextDocumentParams) -> None:
        """Forget a document; its diagnostics go."""
        uri = params.text_document.uri
        if document := self._documents.pop(uri, None):
            self._desk.remove(document.location)
            for pending in (uri, _others(uri)):
                if handle := self._waiting.pop(pending, None):
                    handle.cancel()
            self._found.pop(uri, None)
            self._complaints.pop(uri, None)
            self._wire.publish(types.PublishDiagnosticsParams(uri, []))
            if self._desk.may_concern_others(document.location):
                self._check_others(document)

    def check_all(self) -> None:
        """Look at the disk, and check all that is open."""
        self._desk.look()
        for document in list(self._documents.values()):
            self._check(document)

    def actions(self, params: types.CodeActionParams) -> list[types.CodeAction]:
        """List what can be done about the findings in a range."""
        found = self._current(params.text_document.uri)
        return self._actions.offered(found, params) if found else []

    def resolve(self, action: types.CodeAction) -> types.CodeAction:
        """Work out the edit of an action that was offered; one that needs none comes back as it is."""
        if not action.data:
            return action
        found = self._current(uri_of(action))
        if found is None or not is_for(action, found.document):
            raise self._wire.modified("the document has changed since; ask for its actions again")
        resolved, reason = self._actions.resolved(found, action)
        if reason:
            self._wire.show(f"{action.title}: not done: {reason}", types.MessageType.Warning)
        return resolved

    def hover(self, params: types.HoverParams) -> types.Hover | None:
        """Explain the finding at a position."""
        found = self._current(params.text_document.uri)
        if found is None:
            return None
        offset = found.document.offset(params.position)
        here = [each for each in found.judged if each.finding.span.start <= offset <= each.finding.span.end]
        if not here:
            return None
        innermost = min(here, key=lambda each: each.finding.span.end - each.finding.span.start)
        getter = self._desk.getter(found.document.location, innermost.finding)
        kind = types.MarkupKind.Markdown if self._abilities.reads_markdown else types.MarkupKind.PlainText
        return types.Hover(
            types.MarkupContent(kind, explanation(innermost, getter)), found.document.range(innermost.finding.span)
        )

    def open_page(self, code: str | None) -> None:
        """Open the page of a rule in the browser, or say its address where the client opens none."""
        if not isinstance(code, str):
            raise self._wire.invalid("the command needs the code of a rule, CPL101 for example")
        address = rule_page(code)
        if self._abilities.shows_documents:
            self._wire.open(address)
        else:
            self._wire.show(address, types.MessageType.Info)

    def _work_in(self, folders: Iterable[str]) -> None:
        self._folders = list(folders)
        self._desk.work_in(self._folders)
        if self._folders:
            _stand_in(self._folders[0])

    def _location_of(self, item: types.TextDocumentItem) -> str | None:
        """Say where a document counts; None for one that is not checked at all."""
        location = _location(item.uri)
        if item.language_id.lower() != "python" and not (location or "").endswith(SUFFIX):
            return None
        if location is None and item.uri.startswith("untitled:"):
            folder = self._folders[0] if self._folders else os.getcwd().replace(os.sep, "/")
            return f"{folder}/{quote(item.uri, safe='')}{SUFFIX}"
        return location

    def _take_up(self, document: Document) -> None:
        if document.is_file:
            self._desk.put(document.location, document.text)

    def _current(self, uri: str) -> Found | None:
        """Give what is found in a document as it is now."""
        document = self._documents.get(uri)
        if document is None:
            return None
        if self._found.get(uri, (None, ()))[0] != document.version:
            self._check_changed(document)
        return Found(document, self._found[uri][1])

    def _check_changed(self, document: Document) -> None:
        self._check(document)
        if self._desk.may_concern_others(document.location):
            self._later(_others(document.uri), _SECONDS_UNTIL_OTHERS, lambda: self._check_others(document))

    def _check_others(self, document: Document) -> None:
        for other in list(self._documents.values()):
            if other is not document:
                self._check(other)

    def _check(self, document: Document) -> None:
        if handle := self._waiting.pop(document.uri, None):
            handle.cancel()
        judged: tuple[Judged, ...] = ()
        try:
            judged = visible(self._desk.verdict(document.location, document.text).judged)
            self._complaints.pop(document.uri, None)
        except ClientPoolError as error:
            self._complain(document.uri, str(error))
        except Exception as error:  # noqa: BLE001 - a fault of ours must not cost the session
            self._complain(document.uri, f"{document.location}: {self._wire.fault(error)}")
        self._found[document.uri] = document.version, judged
        diagnostics = [diagnostic(document, each) for each in judged]
        self._wire.publish(types.PublishDiagnosticsParams(document.uri, diagnostics, document.version))
        self._checked_at = time.monotonic()

    def _complain(self, uri: str, text: str) -> None:
        """Say once, and not at each key, why documents cannot be checked."""
        if text not in self._complaints.values():
            self._wire.show(text, types.MessageType.Warning)
        self._complaints[uri] = text

    def _later(self, key: str, seconds: float, do: Callable[[], None]) -> None:
        """Do something after a while, once, however often it is asked for until then."""
        if key not in self._waiting:
            self._waiting[key] = asyncio.get_running_loop().call_later(seconds, self._now, key, do)

    def _now(self, key: str, do: Callable[[], None]) -> None:
        self._waiting.pop(key, None)
        do()


def _stand_in(folder: str) -> None:
    """Make a folder the working directory: where nothing else marks the end of a repository, that does."""
    with suppress(OSError):
        os.chdir(folder)


def _others(uri: str) -> str:
    return f"others than {uri}"


def _location(uri: str) -> str | None:
    """Give the absolute path of a file's URI; None for what is no file."""
    path = uris.to_fs_path(uri) if uris.uri_scheme(uri) == "file" else None
    return os.path.abspath(path).replace(os.sep, "/") if path else None
