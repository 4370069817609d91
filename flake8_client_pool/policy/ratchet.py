"""The ratchet: in a place that the gate has not reached, what is known may stay and nothing may be added."""

import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from functools import cached_property

from flake8_client_pool.model import Finding, Span
from flake8_client_pool.policy.baseline import Baseline, Entry, Known, entry_of, relative_path
from flake8_client_pool.policy.phases import Standing
from flake8_client_pool.policy.selection import OUTDATED_BASELINE_CODE, UNREADABLE_CODE, Selection
from flake8_client_pool.policy.verdict import Judged, Status

UPDATE = "run `client-pool baseline --update` and commit the file"
IF_MOVED = "if it only moved, `client-pool baseline --update --allow-growth moved` takes it over"


class Ratchet:
    """Weighs the findings of files against one baseline, or, where there is none, against the phases alone."""

    def __init__(self, baseline: Baseline | None, root: str, selection: Selection) -> None:
        """Prepare for the files below `root`; only codes that `selection` includes can be missed."""
        self._baseline = baseline
        known = baseline.by_path if baseline else {}
        self._known = {_location(root, path): each for path, each in known.items()}
        self._root = root
        self._selection = selection

    def knows(self, location: str) -> bool:
        """Tell whether the baseline has entries for the file at an absolute path."""
        return location in self._known

    def weigh(
        self, location: str, findings: Iterable[Finding], standing: Standing
    ) -> tuple[list[Judged], Counter[Entry]]:
        """Decide what each finding counts for, and return the entries that none of them has used up.

        Of several findings with one entry, the first ones in the text are those that are known.
        """
        findings = list(findings)
        here = self._known.get(location)
        path = relative_path(location, self._root) if here else ""
        left = Counter(here.entries) if here else Counter[Entry]()
        is_known = [bool(here) and _use_up(left, entry_of(finding, path)) for finding in findings]
        left = +left
        tolerated = Status.PENDING if self._baseline is None else Status.BASELINED
        status = Status.ERROR if standing.strict else tolerated
        judged = [Judged(finding, status, standing.name) for finding in findings]
        if status is Status.BASELINED and not all(is_known):
            moved = Moved(left.elements(), self._gone)
            pairs = zip(judged, is_known, strict=True)
            judged = [each if known else _refused(each, standing, moved) for each, known in pairs]
        return judged, left

    @cached_property
    def _gone(self) -> tuple[Entry, ...]:
        """The entries of files that are gone, and nobody knows where."""
        if not self._baseline:
            return ()
        lost, known = self._baseline.gone.difference(self._baseline.renames), self._baseline.by_path
        return tuple(entry for path in sorted(lost) for entry in known[path].entries.elements())

    def missed(self, location: str, left: Counter[Entry], found: Iterable[Finding]) -> tuple[tuple[Entry, ...], str]:
        """Return those of the entries that are left which are fixed, and the path that the baseline has."""
        if not self._known or any(finding.code == UNREADABLE_CODE for finding in found):
            # What cannot be read may still be there, behind a slip of the keyboard.
            return (), ""
        fixed = tuple(sorted(entry for entry in left.elements() if self._selection.includes(entry.code)))
        return fixed, self._known.get(location, Known()).former


def _location(root: str, path: str) -> str:
    return os.path.normpath(f"{root}/{path}") if path.startswith(os.pardir) else f"{root.rstrip('/')}/{path}"


def _use_up(left: Counter[Entry], entry: Entry) -> bool:
    left[entry] -= 1
    return left[entry] >= 0


def _refused(judged: Judged, standing: Standing, moved: "Moved") -> Judged:
    finding = judged.finding
    place = f"phase {standing.number}, {standing.name}," if standing.number else "this place"
    why = f"{place} is pending, but the baseline does not have this one{moved.remark(finding)}"
    return replace(judged, status=Status.ERROR, finding=replace(finding, message=f"{finding.message} ({why})"))


class Moved:
    """Answers from where a finding may have moved that is new where it stands.

    A move is no rename: git does not know it, and whoever fixes one and adds another looks just the same.
    """

    def __init__(self, here: Iterable[Entry], elsewhere: Iterable[Entry]) -> None:
        """Prepare with the entries that are gone `here`, from the file itself, and those of files that are gone."""
        self._from = [*(("", entry) for entry in here), *((entry.path, entry) for entry in elsewhere)]

    def remark(self, finding: Finding) -> str:
        """Say from where, and what to do; empty where it has moved from nowhere. Each entry serves one finding."""
        call = entry_of(finding, "")[2:]
        found = next((each for each in self._from if each[1][2:] == call), None)
        if found is None:
            return ""
        self._from.remove(found)
        path, entry = found
        place = " of ".join(filter(None, (entry.scope or "the module itself", path)))
        return f"; it has the same call in {place}, from where it is gone: {IF_MOVED}"


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
