"""The language server: which message of the protocol is whose."""

import logging
import os
import sys
from collections.abc import Callable, Iterator
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcInvalidRequest, JsonRpcServerNotInitialized
from pygls.lsp.server import LanguageServer
from pygls.protocol.language_server import LanguageServerProtocol, lsp_method

from flake8_client_pool import __version__
from flake8_client_pool.frontends.lsp.actions import FIX_ALL, OPEN_PAGE
from flake8_client_pool.frontends.lsp.session import Session
from flake8_client_pool.frontends.lsp.wire import Wire
from flake8_client_pool.policy.errors import ClientPoolError

Handler = Callable[[Any], Any]

_OPTIONS = {
    types.TEXT_DOCUMENT_CODE_ACTION: types.CodeActionOptions(
        code_action_kinds=[types.CodeActionKind.QuickFix, FIX_ALL], resolve_provider=True
    ),
    types.TEXT_DOCUMENT_DID_SAVE: types.SaveOptions(include_text=False),
}


def serve() -> None:
    """Serve one client over standard input and output until it has enough."""
    handler = logging.StreamHandler()
    handler.addFilter(_in_one_line)
    logging.basicConfig(handlers=[handler], format="client-pool: %(message)s")
    # The server closes what it writes to, and nothing else may be written there.
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as stream:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        server = make_server()
        server.start_io(stdout=stream)
    if isinstance(server.protocol, Protocol) and server.protocol.ended_early:
        sys.exit(1)


def _in_one_line(record: logging.LogRecord) -> bool:
    """Let what pygls logs name an error, a message that it cannot read for example, without how it came about."""
    if record.exc_info:
        record.msg, record.args = f"{record.getMessage()}: {record.exc_info[1]}", ()
        record.exc_info = None
    return True


class Protocol(LanguageServerProtocol):
    """The protocol without pygls's own documents, whose lines end at form feeds as well, and with its lifecycle.

    Attributes:
        ended_early: whether the client has told the server to exit, and had not told it to shut down.
    """

    ended_early = False
    _has_begun = False

    def handle_message(self, message: Any) -> None:  # noqa: ANN401 - pygls has no type for all of them
        """Refuse what comes before `initialize` or after `shutdown`; such notifications are passed over."""
        method = getattr(message, "method", "")
        self._has_begun |= method == types.INITIALIZE
        self.ended_early |= method == types.EXIT and not self._shutdown
        if method == types.EXIT or (self._has_begun and not self._shutdown):
            super().handle_message(message)
        elif method and hasattr(message, "id"):
            error = JsonRpcInvalidRequest("the server was shut down") if self._shutdown else _not_initialized()
            self._send_response(message.id, None, error.to_response_error())

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(
        self, params: types.DidChangeTextDocumentParams
    ) -> Iterator[tuple[Handler, tuple[Any], None]]:
        """Hand a change on as it came: pygls would move positions that lie behind what it takes for a line's end."""
        yield self.fm.features[types.TEXT_DOCUMENT_DID_CHANGE], (params,), None


def _not_initialized() -> JsonRpcException:
    return JsonRpcServerNotInitialized("the first request has to be initialize")


def make_server() -> LanguageServer:
    """Make a server with all its features."""
    server = LanguageServer("client-pool", __version__, protocol_cls=Protocol)
    wire = Wire(server)
    session = Session(wire)

    def begin(params: types.InitializeParams) -> None:
        session.begin(params, server.workspace.position_encoding or types.PositionEncodingKind.Utf16)

    handlers: dict[str, Handler] = {
        types.INITIALIZE: begin,
        types.INITIALIZED: lambda _params: session.ask_for_news(),
        types.TEXT_DOCUMENT_DID_OPEN: session.open,
        types.TEXT_DOCUMENT_DID_CHANGE: session.change,
        types.TEXT_DOCUMENT_DID_SAVE: session.save,
        types.TEXT_DOCUMENT_DID_CLOSE: session.close,
        types.WORKSPACE_DID_CHANGE_WATCHED_FILES: lambda _params: session.check_all(),
        types.WORKSPACE_DID_CHANGE_CONFIGURATION: lambda _params: session.check_all(),
        types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS: session.change_folders,
        types.TEXT_DOCUMENT_CODE_ACTION: session.actions,
        types.CODE_ACTION_RESOLVE: session.resolve,
        types.TEXT_DOCUMENT_HOVER: session.hover,
    }
    for message, handler in handlers.items():
        server.feature(message, _OPTIONS.get(message))(_careful(handler, wire))
    server.command(OPEN_PAGE)(_careful(session.open_page, wire))
    return server


def _careful(handler: Handler, wire: Wire) -> Handler:
    """Let no error out but those that the protocol knows: the log says why the client gets an empty answer."""

    def handle(given: Any = None) -> Any:  # noqa: ANN401 - what it is hangs on the message
        try:
            return handler(given)
        except JsonRpcException:
            raise
        except ClientPoolError as error:
            wire.show(str(error), types.MessageType.Warning)
        except Exception as error:  # noqa: BLE001 - as the session does in a check
            wire.log(wire.fault(error), types.MessageType.Error)
        return given if isinstance(given, types.CodeAction) else None

    return handle
