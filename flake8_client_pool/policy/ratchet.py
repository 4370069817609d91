"""The ratchet: in a place that the gate has not reached, what is known may stay and nothing may be added."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from flake8_client_pool.model import Finding, Span
from flake8_client_pool.policy.baseline import Baseline, Entry, Known, entry_of, relative_path
from flake8_client_pool.policy.phases import Standing
from flake8_client_pool.policy.selection import OUTDATED_BASELINE_CODE, UNREADABLE_CODE, Selection
from flake8_client_pool.policy.verdict import Judged, Status

UPDATE = "run `client-pool baseline --update` and commit the file"


class Ratchet:
    """Weighs the findings of files against one baseline, or, where there is none, against the phases alone."""

    def __init__(self, baseline: Baseline | None, root: str, selection: Selection) -> None:
        """Prepare for the files below `root`; only codes that `selection` includes can be missed."""
        self._known = baseline.by_path if baseline else None
        self._root = root
        self._selection = selection

    def knows(self, location: str) -> bool:
        """Tell whether the baseline has entries for the file at an absolute path."""
        return bool(self._known) and relative_path(location, self._root) in (self._known or ())

    def weigh(
        self, location: str, findings: Iterable[Finding], standing: Standing
    ) -> tuple[list[Judged], Counter[Entry]]:
        """Decide what each finding counts for, and return the entries that none of them has used up.

        Of several findings with one entry, the first ones in the text are those that are known.
        """
        path = relative_path(location, self._root)
        left = Counter(self._known_of(path).entries)
        judged: list[Judged] = []
        for finding in findings:
            entry = entry_of(finding, path) if not standing.strict else None
            status = self._status(entry, left)
            if status is Status.BASELINED and entry:
                left[entry] -= 1
            judged.append(Judged(_explained(finding, status, standing), status, standing.name))
        return judged, +left

    def missed(self, location: str, left: Counter[Entry], found: Iterable[Finding]) -> tuple[tuple[Entry, ...], str]:
        """Return those of the entries that are left which are fixed, and the path that the baseline has."""
        if any(finding.code == UNREADABLE_CODE for finding in found):
            # What cannot be read may still be there, behind a slip of the keyboard.
            return (), ""
        known = self._known_of(relative_path(location, self._root))
        fixed = tuple(sorted(entry for entry in left.elements() if self._selection.includes(entry.code)))
        return fixed, known.former

    def _known_of(self, path: str) -> Known:
        return (self._known or {}).get(path) or Known()

    def _status(self, entry: Entry | None, left: Counter[Entry]) -> Status:
        if entry is None:
            return Status.ERROR
        if self._known is None:
            return Status.PENDING
        return Status.BASELINED if left[entry] > 0 else Status.ERROR


def _explained(finding: Finding, status: Status, standing: Standing) -> Finding:
    if status is not Status.ERROR or standing.strict:
        return finding
    place = f"phase {standing.number}, {standing.name}," if standing.number else "this place"
    return replace(finding, message=f"{finding.message} ({place} is pending, but the baseline does not have this one)")


def outdated(fixed: tuple[Entry, ...], former: str) -> Finding:
    """Make the finding that says, in a file's first line, what the baseline still has although it is gone."""
    is_gone = "is gone" if len(fixed) == 1 else "are gone"
    gone = f"still lists {counted(len(fixed))} that {is_gone} from here" if fixed else ""
    moved = f"still calls this file {former}" if former else ""
    return Finding(
        code=OUTDATED_BASELINE_CODE,
        kind="",
        message=f"the baseline {' and '.join(filter(None, (gone, moved)))}; {UPDATE}",
        span=Span(0, 0, 1, 1, 1, 2),
        scope="",
        logical_line=(1, 1),
    )


def counted(number: int) -> str:
    """Say how many findings."""
    return f"{number:,} finding{'' if number == 1 else 's'}"
