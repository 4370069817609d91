"""What the server says to the client."""

import os
import sys
import traceback
from collections.abc import Sequence

from lsprotocol import types
from pygls.exceptions import JsonRpcContentModified, JsonRpcException, JsonRpcInvalidParams
from pygls.lsp.server import LanguageServer


class Wire:
    """The way to the client."""

    def __init__(self, server: LanguageServer) -> None:
        """Speak through `server`."""
        self._server = server

    def publish(self, params: types.PublishDiagnosticsParams) -> None:
        """Send the diagnostics of a document."""
        self._server.text_document_publish_diagnostics(params)

    def show(self, text: str, severity: types.MessageType) -> None:
        """Show a text to the user, and write it to the log."""
        self._server.window_show_message(types.ShowMessageParams(severity, text))
        self.log(text, severity)

    def log(self, text: str, severity: types.MessageType) -> None:
        """Write a text to the client's log, and to standard error."""
        print(f"client-pool: {text}", file=sys.stderr, flush=True)
        self._server.window_log_message(types.LogMessageParams(severity, text))

    def open(self, address: str) -> None:
        """Have the client open an address outside of itself."""
        self._server.window_show_document(types.ShowDocumentParams(address, external=True))

    def watch(self, patterns: Sequence[str]) -> None:
        """Have the client say when files change that fit a pattern."""
        method = types.WORKSPACE_DID_CHANGE_WATCHED_FILES
        watchers = [types.FileSystemWatcher(pattern) for pattern in patterns]
        options = types.DidChangeWatchedFilesRegistrationOptions(watchers)
        registration = types.Registration(method, method, options)
        self._server.client_register_capability(types.RegistrationParams([registration]))

    def modified(self, text: str) -> JsonRpcException:
        """Make the error that tells a client that its request came too late."""
        return JsonRpcContentModified(text)

    def invalid(self, text: str) -> JsonRpcException:
        """Make the error that tells a client what its request lacks."""
        return JsonRpcInvalidParams(text)

    def fault(self, error: Exception) -> str:
        """Describe an error that is our fault."""
        last = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{os.path.basename(last.filename)}, line {last.lineno}"
        return " ".join(f"internal error, {type(error).__name__}: {error} ({place}); please report it".split())
