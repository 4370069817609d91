"""An unsafe fix as it would go: modules whose tests do not follow are held back before anything is written."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from flake8_client_pool.fixes.imports.removal import KEPT_IMPORT
from flake8_client_pool.fixes.outcomes import Outcome
from flake8_client_pool.model import Applicability, Finding
from flake8_client_pool.scan.discovery import SourceFile
from flake8_client_pool.scan.fixing import FixedFile, Fixes, Task, workbench_for
from flake8_client_pool.scan.retargeting import Followers

_NOT_ASKED = "it is not among what is to be fixed"
_NOT_KNOWN = "change the test by hand, together with the module"

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


def rehearsed(files: tuple[SourceFile, ...], tasks: list[Task], fixed: Fixes) -> Rehearsal:
    """Fix all that can be fixed together with its tests, each part by `fixed`; nothing is written."""
    modules = {each.file.location: each for each in fixed(workbench_for(tasks), tasks)}
    held = _hold_back(files, modules)
    followers = Followers(files, modules.values())
    following = followers.tasks()
    tests = list(fixed(followers.workbench(following), following))
    modules |= _without_imports_for_patches(modules.values(), tests)
    return Rehearsal([_without(task, held) for task in tasks], list(modules.values()), tests, held)


def _without_imports_for_patches(modules: Iterable[FixedFile], tests: list[FixedFile]) -> dict[str, FixedFile]:
    """Fix those files again that keep an import: the tests that needed it may have followed."""
    keeping = [each for each in modules if each.after.count(KEPT_IMPORT) > each.before.count(KEPT_IMPORT)]
    again = _as_tests_see(keeping, tests)
    return {
        each.file.location: replace(each, after=other.after) for each, other in zip(keeping, again, strict=True)
    }


def _hold_back(files: tuple[SourceFile, ...], modules: dict[str, FixedFile]) -> _Held:
    """Take back what tests would still see if they were changed along; say why they are not.

    A module that is held back builds its clients as before, which may keep the patch of another from following: this
    goes on until no more are held back.
    """
    held: _Held = {}
    watched: set[str] = set()
    while suspects := [each for each in modules.values() if _seen_by(each)]:
        before = len(watched)
        watched |= {test for each in suspects for test in _seen_by(each)}
        followers = Followers([file for file in files if file.location in watched], modules.values())
        following = followers.tasks()
        bench = followers.workbench(following)
        tests = [bench.fixed(task, unsafe=True) for task in following]
        still = _as_tests_see(suspects, tests)
        watched |= {test for each in still for test in _seen_by(each)}
        if len(watched) > before:
            continue
        more = _taken_back(still, _reasons(tests), {file.location for file in files if file.settings.looks_for_patches})
        if not more:
            break
        for location, outcomes in more.items():
            held.setdefault(location, {}).update(outcomes)
        others = [_without(_task_of(modules[location]), held) for location in more]
        bench = workbench_for(others)
        modules |= {task.file.location: bench.fixed(task, unsafe=True) for task in others}
    return held


def _without(task: Task, held: _Held) -> Task:
    others = held.get(task.file.location, {})
    return replace(task, findings=tuple(finding for finding in task.findings if finding not in others))


def _task_of(fixed: FixedFile) -> Task:
    return Task(fixed.file, tuple(finding for finding, _ in fixed.outcomes))


def _seen_by(fixed: FixedFile) -> set[str]:
    """Name the tests that see the change of a file."""
    return {outcome.seen_by for _, outcome in fixed.outcomes if outcome.status == "fixed" and outcome.seen_by}


def _as_tests_see(modules: list[FixedFile], tests: list[FixedFile]) -> list[FixedFile]:
    """Fix modules again as if the tests had followed already."""
    own = {each.file.location for each in modules}
    texts = {each.file.location: each.after for each in tests if each.file.location not in own}
    tasks = [_task_of(each) for each in modules]
    bench = workbench_for(tasks, texts)
    return [bench.fixed(task, unsafe=True) for task in tasks]


def _reasons(tests: list[FixedFile]) -> dict[tuple[str, str], str]:
    """Say of each kind of client in each test why a patch does not follow."""
    return {
        (each.file.location, finding.kind): outcome.reason
        for each in tests
        for finding, outcome in each.outcomes
        if outcome.status != "fixed"
    }


def _taken_back(still: list[FixedFile], reasons: Mapping[tuple[str, str], str], asked: Collection[str]) -> _Held:
    held: _Held = {}
    for each in still:
        for finding, outcome in each.outcomes:
            if outcome.status == "fixed" and outcome.seen_by:
                unknown = _NOT_KNOWN if outcome.seen_by in asked else _NOT_ASKED
                why = reasons.get((outcome.seen_by, finding.kind), unknown)
                reason = f"{outcome.reason}, and does not follow: {why}"
                taken_back = Outcome(outcome.place, "skipped", reason, Applicability.UNSAFE)
                held.setdefault(each.file.location, {})[finding] = taken_back
    return held


def _joined(fixed: FixedFile, held: Mapping[Finding, Outcome]) -> FixedFile:
    outcomes = sorted((*fixed.outcomes, *held.items()), key=lambda each: each[0].span.start)
    return replace(fixed, outcomes=tuple(outcomes)) if held else fixed
