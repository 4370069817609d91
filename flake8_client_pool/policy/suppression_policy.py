"""What a configuration demands of the comments that suppress findings."""

from collections.abc import Iterable, Iterator

from flake8_client_pool.model import Finding, Span
from flake8_client_pool.policy.phases import Standing
from flake8_client_pool.policy.selection import FORBIDDEN_SUPPRESSION_CODE, UNREASONED_SUPPRESSION_CODE
from flake8_client_pool.policy.settings import Settings
from flake8_client_pool.policy.suppressions import Suppression

Hidden = Iterable[tuple[Finding, Suppression]]


def objections(hidden: Hidden, settings: Settings, standing: Standing) -> Iterator[Finding]:
    """Report each hidden finding that the comment may not hide here, at the place of the comment."""
    for finding, comment in hidden:
        if settings.suppression_forbidden and standing.strict:
            where = f"in phase {standing.number}, {standing.name}" if standing.number else "here"
            yield _objection(
                FORBIDDEN_SUPPRESSION_CODE,
                f"{finding.code} may not be suppressed {where}: the gate has reached it; take the client from the "
                "pool and remove the comment",
                finding,
                comment,
            )
        elif settings.reasons_required and not comment.reason:
            yield _objection(
                UNREASONED_SUPPRESSION_CODE,
                f"{finding.code} is suppressed without a reason; write one behind the code: "
                f"# noqa: {finding.code} - why it has to be",
                finding,
                comment,
            )


def _objection(code: str, message: str, finding: Finding, comment: Suppression) -> Finding:
    start, line, column = comment.start, comment.line, comment.column
    return Finding(
        code=code,
        kind="",
        message=message,
        span=Span(start, start + 1, line, column, line, column + 1),
        scope=finding.scope,
        logical_line=finding.logical_line,
        symbol=finding.symbol,
        call=finding.call,
    )
