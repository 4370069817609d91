"""Suppress one finding by a comment, where flake8 will read it and without losing what stands there already."""

from flake8_client_pool.model import Edit, Finding
from flake8_client_pool.policy.selection import UNSUPPRESSIBLE_CODES
from flake8_client_pool.policy.suppressions import Suppression, Suppressions


def suppressing(text: str, finding: Finding) -> Edit | None:
    """Say how a text must change so that a comment suppresses a finding in it; None where none can.

    A comment that names other codes names one more; its reason, and any other comment of the line, stays.
    """
    comments = Suppressions(text)
    if finding.code in UNSUPPRESSIBLE_CODES or comments.whole_file:
        return None
    comment = comments.deciding_for(finding)
    edit = _extended(comments, comment, finding) if comment else _added(text, comments, finding)
    return edit if edit and _is_heard(text, edit, finding) else None


def _extended(comments: Suppressions, comment: Suppression, finding: Finding) -> Edit | None:
    if not comment.codes or not comments.has_at(comment):
        return None
    last = comment.codes[-1]
    end = comments.offset(last.line, last.column) + len(last.code)
    return Edit(end, end, f", {finding.code}")


def _added(text: str, comments: Suppressions, finding: Finding) -> Edit | None:
    """Put a comment behind the last of the lines that count together, since within them it may be in a string."""
    first, line = finding.logical_line
    if first != line:
        first, line = comments.searched_with(finding.span.line)
    start = comments.offset(line, 1)
    content = text[start:].partition("\n")[0]
    if content.endswith(("\\", "\\\r")) or (first == line and _opens_string(content)):
        return None
    kept = len(content.rstrip())
    return Edit(start + kept, start + len(content.removesuffix("\r")), f"  # noqa: {finding.code}")


def _opens_string(line: str) -> bool:
    """Tell whether a string may go on behind a line, in a source that cannot be read far enough to know."""
    return any(line.count(quotes) % 2 for quotes in ('"""', "'''"))


def _is_heard(text: str, edit: Edit, finding: Finding) -> bool:
    comments = Suppressions(text[: edit.start] + edit.text + text[edit.end :])
    comment = comments.deciding_for(finding)
    return comment is not None and bool(comment.covering(finding.code))
