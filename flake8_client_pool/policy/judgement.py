"""The one place that decides which findings count, for every face alike."""

from collections.abc import Iterable
from dataclasses import dataclass

from flake8_client_pool.model import Finding, Span
from flake8_client_pool.policy.patterns import PathPatterns
from flake8_client_pool.policy.selection import UNREADABLE_CODE, UNUSED_SUPPRESSION_CODE
from flake8_client_pool.policy.settings import Settings
from flake8_client_pool.policy.suppressions import NamedCode, Suppressions


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is left of a file's findings, in the order of their places, and how many comments hid."""

    findings: tuple[Finding, ...]
    suppressed: int = 0


def is_judged_always(data: bytes) -> bool:
    """Tell from a file's bytes whether it has to be judged even when nothing was found in it."""
    return b"CPL" in data


class Judge:
    """Applies one configuration's selection, permitted paths and suppressions."""

    def __init__(self, settings: Settings, *, honour_noqa: bool = True) -> None:
        """Prepare to judge by `settings`; suppression comments count unless `honour_noqa` is off."""
        self._selection = settings.selection
        self._pool = PathPatterns(settings.pool_paths, settings.root)
        self._honour_noqa = honour_noqa

    def judge(self, location: str, text: str, findings: Iterable[Finding]) -> Verdict:
        """Decide about all `findings` in the file at the absolute path `location` with the content `text`."""
        findings = tuple(findings)
        permitted = self._pool.fit(location)
        counting = tuple(
            finding
            for finding in findings
            if self._selection.includes(finding.code) and not (permitted and finding.kind)
        )
        if not self._honour_noqa or not (counting or "CPL" in text) or "noqa" not in text.lower():
            return Verdict(counting)
        comments = Suppressions(text)
        if comments.whole_file:
            return Verdict((), len(counting))
        left, used = _apply(comments, counting)
        understood = all(finding.code != UNREADABLE_CODE for finding in findings)
        unused = self._unused(comments, used) if understood and "CPL" in text else []
        return Verdict(tuple(sorted([*left, *unused], key=_place)), len(counting) - len(left))

    def _unused(self, comments: Suppressions, used: set[NamedCode]) -> list[Finding]:
        if not self._selection.includes(UNUSED_SUPPRESSION_CODE):
            return []
        idle = [_unused(named, comments) for named in comments.named() if self._is_idle(named, used)]
        return _apply(comments, idle)[0]

    def _is_idle(self, named: NamedCode, used: set[NamedCode]) -> bool:
        ours = named.code.startswith("CPL") and named.code != UNUSED_SUPPRESSION_CODE
        return ours and named not in used and self._selection.reaches(named.code)


def _place(finding: Finding) -> tuple[int, int]:
    return finding.span.line, finding.span.column


def _apply(comments: Suppressions, findings: Iterable[Finding]) -> tuple[list[Finding], set[NamedCode]]:
    left: list[Finding] = []
    used: set[NamedCode] = set()
    for finding in findings:
        comment = comments.deciding_for(finding)
        covering = comment.covering(finding.code) if comment else None
        if covering is None:
            left.append(finding)
        else:
            used.update(covering)
    return left, used


def _unused(named: NamedCode, comments: Suppressions) -> Finding:
    start = comments.offset(named.line, named.column)
    length = len(named.code)
    return Finding(
        code=UNUSED_SUPPRESSION_CODE,
        kind="",
        message=f"unused noqa: there is no {named.code} here; remove the code from the comment",
        span=Span(start, start + length, named.line, named.column, named.line, named.column + length),
        scope="",
        logical_line=comments.searched_with(named.line),
    )
