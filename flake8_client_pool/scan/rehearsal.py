"""An unsafe fix as it would go: modules whose tests do not follow are held back before anything is written."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from flake8_client_pool.fixes.outcomes import Outcome
from flake8_client_pool.model import Applicability, Finding
from flake8_client_pool.scan.discovery import SourceFile
from flake8_client_pool.scan.fixing import FixedFile, Task, all_fixed, workbench_for
from flake8_client_pool.scan.retargeting import Followers

_NOT_ASKED = "it is not among what is to be fixed"
_NOT_KNOWN = "its patch has no form that is followed"

_Held = dict[str, dict[Finding, Outcome]]


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a fix comes to.

    Attributes:
        tasks: what is to be fixed, without what is held back.
        modules: what becomes of the tasks' files.
        tests: what becomes of the tests that follow.
        held: what is held back, by the locations of the files.
    """

    tasks: list[Task]
    modules: list[FixedFile]
    tests: list[FixedFile]
    held: _Held

    def completed(self, fixed: Iterable[FixedFile]) -> list[FixedFile]:
        """Add to what became of some files what was held back in them, each finding in its place."""
        return [_joined(each, self.held.get(each.file.location, {})) for each in fixed]


def rehearsed(files: tuple[SourceFile, ...], tasks: list[Task], *, jobs: int) -> Rehearsal:
    """Fix all that can be fixed together with its tests; nothing is written.

    A module that is held back builds its clients as before, which may keep the patch of another from following: this
    goes on until no more are held back.
    """
    held: _Held = {}
    modules = list(all_fixed(workbench_for(tasks), tasks, unsafe=True, jobs=jobs))
    while True:
        followers = Followers(files, modules)
        following = followers.tasks()
        tests = list(all_fixed(followers.workbench(following), following, unsafe=True, jobs=jobs))
        more = _not_followed(modules, tests, {file.location for file in files if file.settings.looks_for_patches})
        if not more:
            return Rehearsal([_without(task, held) for task in tasks], modules, tests, held)
        for location, outcomes in more.items():
            held.setdefault(location, {}).update(outcomes)
        left = {task.file.location: _without(task, held) for task in tasks if task.file.location in more}
        again = workbench_for(left.values())
        modules = [
            again.fixed(left[each.file.location], unsafe=True) if each.file.location in left else each
            for each in modules
        ]


def _without(task: Task, held: _Held) -> Task:
    others = held.get(task.file.location, {})
    return replace(task, findings=tuple(finding for finding in task.findings if finding not in others))


def _not_followed(modules: list[FixedFile], tests: list[FixedFile], asked: Collection[str]) -> _Held:
    """Find what tests would still see if they were changed along, and say why they are not."""
    tested = {each.file.location: each for each in modules if any(_is_seen(outcome) for _, outcome in each.outcomes)}
    if not tested:
        return {}
    texts = {each.file.location: each.after for each in tests if each.file.location not in tested}
    suspects = [Task(each.file, tuple(finding for finding, _ in each.outcomes)) for each in tested.values()]
    still = (workbench_for(suspects, texts).fixed(each, unsafe=True) for each in suspects)
    reasons = _reasons(tests)
    held = {each.file.location: dict(_held_back(each, reasons, asked)) for each in still}
    return {location: outcomes for location, outcomes in held.items() if outcomes}


def _is_seen(outcome: Outcome) -> bool:
    return outcome.status == "fixed" and bool(outcome.seen_by)


def _reasons(tests: list[FixedFile]) -> dict[tuple[str, str], str]:
    """Say of each kind of client in each test why a patch does not follow."""
    return {
        (each.file.location, finding.kind): outcome.reason
        for each in tests
        for finding, outcome in each.outcomes
        if outcome.status != "fixed"
    }


def _held_back(
    fixed: FixedFile, reasons: Mapping[tuple[str, str], str], asked: Collection[str]
) -> Iterator[tuple[Finding, Outcome]]:
    for finding, outcome in fixed.outcomes:
        if _is_seen(outcome):
            unknown = _NOT_KNOWN if outcome.seen_by in asked else _NOT_ASKED
            why = reasons.get((outcome.seen_by, finding.kind), unknown)
            reason = f"{outcome.reason}, and does not follow: {why}"
            yield finding, Outcome(outcome.place, "skipped", reason, Applicability.UNSAFE)


def _joined(fixed: FixedFile, held: Mapping[Finding, Outcome]) -> FixedFile:
    outcomes = sorted((*fixed.outcomes, *held.items()), key=lambda each: each[0].span.start)
    return replace(fixed, outcomes=tuple(outcomes)) if held else fixed
