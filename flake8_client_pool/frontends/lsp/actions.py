"""What an editor offers to do about findings: fix one, fix all, suppress, read the rule's page."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lsprotocol import types

from flake8_client_pool.fixes.differences import edits_between
from flake8_client_pool.fixes.outcomes import FileFix, NewFile
from flake8_client_pool.fixes.titles import title_of
from flake8_client_pool.frontends.lsp.abilities import Abilities
from flake8_client_pool.frontends.lsp.diagnostics import diagnostic
from flake8_client_pool.frontends.lsp.document import Document
from flake8_client_pool.model import Applicability, Edit, Finding
from flake8_client_pool.policy.suppressing import suppressing
from flake8_client_pool.policy.verdict import Judged, Status
from flake8_client_pool.scan.desk import Desk
from flake8_client_pool.scan.fixing import may_have_fix, place_of

FIX_ALL = "source.fixAll.clientPool"
OPEN_PAGE = "client-pool.openRulePage"

_FIX_ALL_TITLE = "Take all clients in this file from the pool"
_NO_NEW_FILES = "it takes a new file, which this editor does not let a fix make; run client-pool fix"
_START = types.Range(types.Position(0, 0), types.Position(0, 0))


@dataclass(frozen=True, slots=True)
class Found:
    """A document and what was found in it as it is now."""

    document: Document
    judged: tuple[Judged, ...]

    @property
    def to_fix(self) -> list[Judged]:
        """The errors among them for which there are fixes; `client-pool fix` looks at what is pending, too."""
        return [each for each in self.judged if each.status is Status.ERROR and may_have_fix(each.finding)]


class Actions:
    """Makes the actions for one client. The fix behind one is worked out when somebody wants to see or take it."""

    def __init__(self, desk: Desk, abilities: Abilities) -> None:
        """Work fixes out with `desk`, and say them as a client with `abilities` takes them."""
        self._desk = desk
        self._abilities = abilities

    def offered(self, found: Found, params: types.CodeActionParams) -> list[types.CodeAction]:
        """List the actions for the findings on the lines of a range."""
        only = params.context.only
        asked = params.context.trigger_kind != types.CodeActionTriggerKind.Automatic
        here = [each for each in found.judged if _touches(found.document.range(each.finding.span), params.range)]
        actions: list[types.CodeAction] = []
        if only is None or _is_asked_for(types.CodeActionKind.QuickFix, only):
            actions = [action for each in here for action in self._about_one(found, each, asked=asked)]
            # Who cannot ask for the edit later would wait for that of the whole file at each place in it.
            if here and len(found.to_fix) > 1 and self._abilities.resolves_edits:
                actions += self._for_all(found, types.CodeActionKind.QuickFix)
        if only and _is_asked_for(FIX_ALL, only):
            actions += self._for_all(found, FIX_ALL)
        return actions

    def resolved(self, found: Found, action: types.CodeAction) -> tuple[types.CodeAction, str]:
        """Add to an action the edit that it stands for, or tell why there is none."""
        places = {tuple(place) for place in _data(action)["places"]}
        findings = [each.finding for each in found.judged if place_of(each.finding) in places]
        fix = self._desk.fix(found.document.location, found.document.text, findings, unsafe=False)
        action.edit = self._edit(found.document, fix)
        reasons = dict.fromkeys(outcome.reason or _NO_NEW_FILES for outcome in fix.outcomes)
        return action, "" if action.edit else "; ".join(reasons)

    def _about_one(self, found: Found, judged: Judged, *, asked: bool) -> Iterator[types.CodeAction]:
        finding = judged.finding
        if may_have_fix(finding):
            worked_out = asked or not self._abilities.resolves_edits
            yield from self._worked_out(found, judged) if worked_out else [self._promised(found, judged)]
        if edit := self._suppression(found, judged):
            yield types.CodeAction(
                f"Suppress {finding.code} with a noqa comment",
                types.CodeActionKind.QuickFix,
                [diagnostic(found.document, judged)],
                edit=self._workspace_edit(found.document, [edit]),
            )
        title = f"Read about {finding.code} in the browser"
        yield types.CodeAction(
            title,
            types.CodeActionKind.QuickFix,
            [diagnostic(found.document, judged)],
            command=types.Command(title, OPEN_PAGE, arguments=[finding.code]),
        )

    def _promised(self, found: Found, judged: Judged) -> types.CodeAction:
        return types.CodeAction(
            self._title(found.document, judged.finding),
            types.CodeActionKind.QuickFix,
            [diagnostic(found.document, judged)],
            is_preferred=True,
            data=_request(found.document, [judged.finding]),
        )

    def _worked_out(self, found: Found, judged: Judged) -> Iterator[types.CodeAction]:
        fix = self._desk.fix(found.document.location, found.document.text, [judged.finding], unsafe=True)
        outcome = fix.outcomes[0]
        edit = self._edit(found.document, fix)
        is_unsafe = outcome.applicability is Applicability.UNSAFE
        if edit or self._abilities.shows_disabled:
            yield types.CodeAction(
                self._title(found.document, judged.finding, outcome.reason if is_unsafe else ""),
                types.CodeActionKind.QuickFix,
                [diagnostic(found.document, judged)],
                is_preferred=bool(edit) and not is_unsafe,
                edit=edit,
                disabled=None if edit else types.CodeActionDisabled(outcome.reason or _NO_NEW_FILES),
            )

    def _for_all(self, found: Found, kind: str) -> list[types.CodeAction]:
        findings = [each.finding for each in found.to_fix]
        if not findings:
            return []
        action = types.CodeAction(_FIX_ALL_TITLE, kind, data=_request(found.document, findings))
        if not self._abilities.resolves_edits:
            self.resolved(found, action)
        return [action] if self._abilities.resolves_edits or action.edit else []

    def _suppression(self, found: Found, judged: Judged) -> Edit | None:
        settings = self._desk.settings(found.document.location)
        if settings.suppression_forbidden and judged.status is Status.ERROR:
            return None
        return suppressing(found.document.text, judged.finding)

    def _title(self, document: Document, finding: Finding, doubt: str = "") -> str:
        kinds = self._desk.settings(document.location).active_kinds
        getter = next((kind.getter for kind in kinds if kind.name == finding.kind), "")
        return title_of(finding.code, getter, doubt)

    def _edit(self, document: Document, fix: FileFix) -> types.WorkspaceEdit | None:
        edits = edits_between(fix.before, fix.after)
        made = [outcome.new_file for outcome in fix.outcomes if outcome.new_file]
        if made and self._abilities.creates_files:
            changed = self._workspace_edit(document, edits).document_changes if edits else []
            created = [change for new_file in made for change in _creating(new_file)]
            return types.WorkspaceEdit(document_changes=[*(changed or ()), *created])
        return self._workspace_edit(document, edits) if edits else None

    def _workspace_edit(self, document: Document, edits: Iterable[Edit]) -> types.WorkspaceEdit:
        """Say edits as one change, which one step undoes."""
        made = [document.text_edit(edit) for edit in edits]
        if not self._abilities.takes_versions:
            return types.WorkspaceEdit(changes={document.uri: made})
        identifier = types.OptionalVersionedTextDocumentIdentifier(uri=document.uri, version=document.version)
        return types.WorkspaceEdit(document_changes=[types.TextDocumentEdit(identifier, made)])


def _creating(new_file: NewFile) -> tuple[types.CreateFile, types.TextDocumentEdit]:
    uri = Path(new_file.path).as_uri()
    identifier = types.OptionalVersionedTextDocumentIdentifier(uri=uri)
    options = types.CreateFileOptions(overwrite=False)
    return (
        types.CreateFile(uri=uri, options=options),
        types.TextDocumentEdit(identifier, [types.TextEdit(_START, new_file.text)]),
    )


def is_for(action: types.CodeAction, document: Document) -> bool:
    """Tell whether an action was offered for a document as it is now."""
    return bool(_data(action)["version"] == document.version)


def uri_of(action: types.CodeAction) -> str:
    """Name the document that an action was offered for; empty where it says none."""
    return str(_data(action)["uri"])


def _data(action: types.CodeAction) -> dict[str, Any]:
    data = action.data if isinstance(action.data, dict) else {}
    return {"uri": "", "version": None, "places": [], **data}


def _request(document: Document, findings: Iterable[Finding]) -> dict[str, Any]:
    return {"uri": document.uri, "version": document.version, "places": [place_of(each) for each in findings]}


def _touches(place: types.Range, asked: types.Range) -> bool:
    return place.start.line <= asked.end.line and asked.start.line <= place.end.line


def _is_asked_for(kind: str, only: Sequence[str]) -> bool:
    return any(kind == each or kind.startswith(f"{each}.") for each in only)
