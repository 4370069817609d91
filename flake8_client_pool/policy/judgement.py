"""The one place that decides which findings count, for every face alike."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from flake8_client_pool.model import Finding, Span
from flake8_client_pool.policy.baseline import Baseline
from flake8_client_pool.policy.patterns import PathPatterns
from flake8_client_pool.policy.phases import Phases, Standing, today
from flake8_client_pool.policy.ratchet import Ratchet, outdated
from flake8_client_pool.policy.selection import (
    OUTDATED_BASELINE_CODE,
    UNREADABLE_CODE,
    UNUSED_SUPPRESSION_CODE,
)
from flake8_client_pool.policy.settings import Settings
from flake8_client_pool.policy.suppression_policy import objections
from flake8_client_pool.policy.suppressions import NamedCode, Suppression, Suppressions
from flake8_client_pool.policy.verdict import Judged, Status, Verdict


@dataclass(slots=True)
class _Heard:
    """A file's findings after its comments were heard: those that are left, and those that a comment hides."""

    left: list[Finding]
    hidden: list[tuple[Finding, Suppression]] = field(default_factory=list)
    used: set[NamedCode] = field(default_factory=set)


def is_judged_always(data: bytes) -> bool:
    """Tell from a file's bytes whether it has to be judged even when nothing was found in it."""
    return b"CPL" in data


class Judge:
    """Applies one configuration's selection, permitted paths, suppressions, phases and baseline."""

    def __init__(
        self,
        settings: Settings,
        *,
        honour_noqa: bool = True,
        baseline: Baseline | None = None,
        in_ci: bool = False,
    ) -> None:
        """Prepare to judge by `settings` and `baseline`.

        Suppression comments count unless `honour_noqa` is off. With `in_ci` a baseline that holds more than
        there is counts as a fault of the file.
        """
        self._settings = settings
        self._pool = PathPatterns(settings.pool_paths, settings.root)
        self._phases = Phases(settings, today())
        self._ratchet = Ratchet(baseline, settings.root, settings.selection)
        self._honour_noqa = honour_noqa
        self._in_ci = in_ci

    def expects(self, location: str) -> bool:
        """Tell whether the baseline expects findings in a file, so that it has to be judged without any, too."""
        return self._ratchet.knows(location)

    def judge(self, location: str, text: str, findings: Iterable[Finding]) -> Verdict:
        """Decide about all `findings` in the file at the absolute path `location` with the content `text`."""
        findings = tuple(findings)
        permitted = bool(findings) and self._pool.fit(location)
        counting = [
            finding
            for finding in findings
            if self._includes(finding.code) and not (permitted and finding.kind)
        ]
        understood = all(finding.code != UNREADABLE_CODE for finding in findings)
        heard = self._heard(text, counting, understood=understood)
        if not heard.left and not heard.hidden and not self._ratchet.knows(location):
            return Verdict()
        return self._weighed(location, heard, findings)

    def _includes(self, code: str) -> bool:
        return self._settings.selection.includes(code)

    def _heard(self, text: str, counting: list[Finding], *, understood: bool) -> _Heard:
        if not self._honour_noqa or not (counting or "CPL" in text) or "noqa" not in text.lower():
            return _Heard(counting)
        comments = Suppressions(text)
        if comments.whole_file:
            comment = comments.of_whole_file
            return _Heard([], [(finding, comment) for finding in counting])
        heard = _apply(comments, counting)
        if understood and "CPL" in text:
            heard.left += self._unused(comments, heard.used)
        return heard

    def _weighed(self, location: str, heard: _Heard, findings: tuple[Finding, ...]) -> Verdict:
        standing = self._phases.standing_of(location)
        objected = [each for each in objections(heard.hidden, self._settings, standing) if self._includes(each.code)]
        visible = sorted([*heard.left, *objected], key=_place)
        judged, left = self._ratchet.weigh(location, visible, standing)
        judged += _suppressed(heard, standing)
        fixed, former = self._ratchet.missed(location, left, findings)
        if self._in_ci and (fixed or former) and self._includes(OUTDATED_BASELINE_CODE):
            judged.append(Judged(outdated(fixed, former), Status.ERROR, standing.name))
        return Verdict(tuple(sorted(judged, key=lambda each: _place(each.finding))), fixed, former)

    def _unused(self, comments: Suppressions, used: set[NamedCode]) -> list[Finding]:
        if not self._includes(UNUSED_SUPPRESSION_CODE):
            return []
        idle = [_unused(named, comments) for named in comments.named() if self._is_idle(named, used)]
        return _apply(comments, idle).left

    def _is_idle(self, named: NamedCode, used: set[NamedCode]) -> bool:
        about_clients = named.code.startswith("CPL") and named.code != UNUSED_SUPPRESSION_CODE
        return about_clients and named not in used and self._settings.selection.reaches(named.code)


def _suppressed(heard: _Heard, standing: Standing) -> list[Judged]:
    return [Judged(finding, Status.SUPPRESSED, standing.name, comment.reason) for finding, comment in heard.hidden]


def _place(finding: Finding) -> tuple[int, int]:
    return finding.span.line, finding.span.column


def _apply(comments: Suppressions, findings: Iterable[Finding]) -> _Heard:
    heard = _Heard([])
    for finding in findings:
        comment = comments.deciding_for(finding)
        covering = comment.covering(finding.code) if comment else None
        if comment is None or covering is None:
            heard.left.append(finding)
        else:
            heard.hidden.append((finding, comment))
            heard.used.update(covering)
    return heard


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
        call=named.code,
    )
