"""From judged findings to what an editor shows at their places."""

from collections.abc import Iterable

from lsprotocol import types

from flake8_client_pool.frontends.lsp.document import Document
from flake8_client_pool.policy.selection import UNUSED_SUPPRESSION_CODE
from flake8_client_pool.policy.verdict import Judged, Status
from flake8_client_pool.rules.pages import rule_page

SOURCE = "client-pool"

_SEVERITIES = {
    Status.ERROR: types.DiagnosticSeverity.Warning,
    Status.PENDING: types.DiagnosticSeverity.Hint,
    Status.BASELINED: types.DiagnosticSeverity.Hint,
}
_REMARKS = {
    Status.ERROR: "",
    Status.PENDING: "pending: the gate has not reached {phase}",
    Status.BASELINED: "known in the baseline: the gate has not reached {phase}",
}


def visible(judged: Iterable[Judged]) -> tuple[Judged, ...]:
    """Choose what is shown: what a comment suppresses is not."""
    return tuple(each for each in judged if each.status in _SEVERITIES)


def remark(judged: Judged) -> str:
    """Say why a finding is no error; empty where it is one."""
    return _REMARKS[judged.status].format(phase=f'phase "{judged.phase}"' if judged.phase else "this file")


def diagnostic(document: Document, judged: Judged) -> types.Diagnostic:
    """Make the diagnostic for a finding in a document."""
    finding = judged.finding
    why = remark(judged)
    return types.Diagnostic(
        range=document.range(finding.span),
        message=f"{finding.message} ({why})" if why else finding.message,
        severity=_SEVERITIES[judged.status],
        code=finding.code,
        code_description=types.CodeDescription(rule_page(finding.code)),
        source=SOURCE,
        tags=[types.DiagnosticTag.Unnecessary] if finding.code == UNUSED_SUPPRESSION_CODE else None,
    )
