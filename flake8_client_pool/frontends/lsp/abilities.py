"""What a client can do, as far as the server asks."""

from dataclasses import dataclass

from lsprotocol import types


@dataclass(frozen=True, slots=True)
class Abilities:
    """What a client can do.

    Attributes:
        resolves_edits: it asks for the edit of an action when somebody chooses the action.
        takes_versions: it takes edits that say for which version of a document they are.
        creates_files: it takes edits that make a file.
        shows_disabled: it shows actions that cannot be taken, with the reason.
        shows_documents: it opens an address in the browser.
        watches_files: it says when files change, once it is told which.
        reads_markdown: it shows Markdown in a hover.
    """

    resolves_edits: bool = False
    takes_versions: bool = False
    creates_files: bool = False
    shows_disabled: bool = False
    shows_documents: bool = False
    watches_files: bool = False
    reads_markdown: bool = False


def abilities_of(client: types.ClientCapabilities) -> Abilities:
    """Read what a client says of itself; what it does not mention it cannot do."""
    documents = client.text_document or types.TextDocumentClientCapabilities()
    workspace = client.workspace or types.WorkspaceClientCapabilities()
    window = client.window or types.WindowClientCapabilities()
    actions = documents.code_action or types.CodeActionClientCapabilities()
    edits = workspace.workspace_edit or types.WorkspaceEditClientCapabilities()
    watching = workspace.did_change_watched_files or types.DidChangeWatchedFilesClientCapabilities()
    formats = documents.hover.content_format if documents.hover else None
    return Abilities(
        resolves_edits=bool(actions.resolve_support and "edit" in actions.resolve_support.properties),
        takes_versions=bool(edits.document_changes),
        creates_files=bool(edits.document_changes)
        and types.ResourceOperationKind.Create in (edits.resource_operations or ()),
        shows_disabled=bool(actions.disabled_support),
        shows_documents=bool(window.show_document and window.show_document.support),
        watches_files=bool(watching.dynamic_registration),
        reads_markdown=types.MarkupKind.Markdown in (formats or ()),
    )
