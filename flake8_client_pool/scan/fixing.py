"""From the findings of a check to fixed texts, on as many processes as the check had."""

import os
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from flake8_client_pool.fixes.differences import edits_between
from flake8_client_pool.fixes.doubts.outside_uses import OutsideUses
from flake8_client_pool.fixes.file_fix import FileFixer
from flake8_client_pool.fixes.outcomes import FileFix, Outcome, Place
from flake8_client_pool.fixes.titles import title_of
from flake8_client_pool.fixes.writing import NotWrittenError, encoded
from flake8_client_pool.model import Applicability, Finding, Fix
from flake8_client_pool.policy.settings import Settings
from flake8_client_pool.rules import pools_not_emptied
from flake8_client_pool.scan.discovery import SUFFIX, SourceFile, explained
from flake8_client_pool.scan.git import listed_by_git
from flake8_client_pool.scan.run import Result
from flake8_client_pool.scan.walking import Walk
from flake8_client_pool.scan.workers import ignore_interrupts, processes
from flake8_client_pool.syntax.decoding import UndecodableSourceError, decode
from flake8_client_pool.syntax.regular_files import content_of
from flake8_client_pool.syntax.repository import Repository

_FILES_WORTH_PROCESSES = 40
_FEW = 3
_GARBAGE_THRESHOLD = 100_000
_FIXED_WITHOUT_A_KIND = frozenset((pools_not_emptied.RULE.code,))


@dataclass(frozen=True, slots=True)
class Task:
    """One file and the findings in it that are to be fixed."""

    file: SourceFile
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class FixedFile:
    """What a fix makes of one file.

    `before` and `after` are the file's bytes; `outcomes` has one entry for each finding, in their order.
    """

    file: SourceFile
    before: bytes
    after: bytes
    outcomes: tuple[tuple[Finding, Outcome], ...]

    @property
    def new_files(self) -> Mapping[SourceFile, bytes]:
        """The files that are made beside this one, named as it is by the user, and their contents."""
        made = (outcome.new_file for _, outcome in self.outcomes if outcome.new_file)
        return {self._beside(new.path): new.text.encode() for new in made}

    def _beside(self, location: str) -> SourceFile:
        return replace(self.file, path=self.path_of(location), location=location)

    def path_of(self, location: str) -> str:
        """Name what lies at an absolute path as the user named this file."""
        way = os.path.relpath(location, os.path.dirname(self.file.location))
        return os.path.normpath(os.path.join(os.path.dirname(self.file.path), way)).replace(os.sep, "/")

    def without_new_files(self, status: str, reason: str) -> "FixedFile":
        """Give what is left of the fix where a file cannot be made; its findings get a status and the reason."""
        outcomes = tuple(
            (finding, replace(each, status=status, reason=reason, new_file=None) if each.new_file else each)
            for finding, each in self.outcomes
        )
        return replace(self, outcomes=outcomes)


class Workbench:
    """Fixes the files under any settings; what it learns of a repository serves all of them."""

    def __init__(self, neighbours: Iterable[str], texts: Mapping[str, bytes] | None = None) -> None:
        """Prepare to fix files.

        Args:
            neighbours: the absolute paths of all files that may need the names of those to be fixed.
            texts: what stands for the content of the files at some absolute paths.
        """
        self._texts = texts or {}
        self._outside = OutsideUses(tuple(neighbours), self._texts)
        self._fixers: list[tuple[Settings, FileFixer]] = []

    def fixed(self, task: Task, *, unsafe: bool) -> FixedFile:
        """Fix one file; nothing is written."""
        try:
            before = self._content(task.file.location)
            text = decode(before)
        except OSError as error:
            return _untouched(task, b"", explained(error))
        except UndecodableSourceError as error:
            return _untouched(task, before, error.reason)
        try:
            fix = self._fix(task, before, text, unsafe=unsafe)
            after = encoded(before, fix.after) if fix.after != fix.before else before
        except NotWrittenError as error:
            return _untouched(task, before, str(error))
        except Exception as error:  # noqa: BLE001 - a fault of ours in one file must not cost the others
            reason = f"{type(error).__name__}: {error}; this is a fault of ours, please report it"
            return _untouched(task, before, reason)
        outcomes = {outcome.place: outcome for outcome in fix.outcomes}
        return FixedFile(
            task.file, before, after, tuple((finding, outcomes[place_of(finding)]) for finding in task.findings)
        )

    def _content(self, location: str) -> bytes:
        return self._texts[location] if location in self._texts else content_of(location)

    def look_up(self, names: Iterable[str]) -> None:
        """Find out at once who needs some names, for all files that will be asked about."""
        for name in names:
            self._outside.of("", name)

    def _fix(self, task: Task, data: bytes, text: str, *, unsafe: bool) -> FileFix:
        fixer = self._fixer(task.file.settings)
        places = [place_of(finding) for finding in task.findings]
        return fixer.fix(task.file.location, data, text, places, unsafe=unsafe)

    def _fixer(self, settings: Settings) -> FileFixer:
        # A process gets its settings anew with every few tasks: they are equal then, not the same.
        for known, fixer in self._fixers:
            if known == settings:
                return fixer
        fixer = FileFixer(settings.active_kinds, settings.pool_module, self._outside, self._texts)
        self._fixers.append((settings, fixer))
        return fixer


Fixes: TypeAlias = Callable[[Workbench, list[Task]], Iterable[FixedFile]]
"""A way to fix the files of some tasks, in their order; nothing is written."""


def with_fixes(results: tuple[Result, ...], files: Mapping[str, SourceFile], jobs: int) -> tuple[Result, ...]:
    """Give every result the fix of its finding alone, or the advice that says why there is none."""
    findings = ((result.path, result.finding) for result in results)
    found = [(path, finding) for path, finding in findings if may_have_fix(finding)]
    tasks = [Task(task.file, (finding,)) for task in by_file(found, files) for finding in task.findings]
    fixed = all_fixed(workbench_for(tasks), tasks, unsafe=True, jobs=jobs)
    fixes = {(each.file.path, each.outcomes[0][0]): _fix_of(each) for each in fixed}
    return tuple(
        replace(result, finding=replace(result.finding, fix=fixes.get((result.path, result.finding))))
        for result in results
    )


def _fix_of(fixed: FixedFile) -> Fix:
    """Describe a fix; where there is none, say why, as advice alone."""
    (finding, outcome) = fixed.outcomes[0]
    edits = edits_between(decode(fixed.before), decode(fixed.after)) if fixed.before != fixed.after else ()
    if outcome.status != "fixed" or outcome.applicability is None:
        return Fix(f"By hand: {outcome.reason}", Applicability.DISPLAY, ())
    doubt = outcome.reason if outcome.applicability is Applicability.UNSAFE else ""
    title = title_of(finding.code, outcome.getter, doubt)
    # What is written into another file is no edit of this one.
    return Fix(title, outcome.applicability if edits else Applicability.DISPLAY, edits)


def may_have_fix(finding: Finding) -> bool:
    """Tell whether there are fixes for findings of this rule at all."""
    return bool(finding.kind) or finding.code in _FIXED_WITHOUT_A_KIND


def place_of(finding: Finding) -> Place:
    """Name a finding as the fixer does."""
    return finding.span.start, finding.kind, finding.code


def _untouched(task: Task, before: bytes, reason: str) -> FixedFile:
    outcomes = tuple((finding, Outcome(place_of(finding), "failed", reason)) for finding in task.findings)
    return FixedFile(task.file, before, before, outcomes)


def neighbours_of(files: Collection[SourceFile]) -> tuple[str, ...]:
    """List all Python files of the repositories that some files belong to."""
    repository = Repository()
    roots = {repository.root(os.path.dirname(file.location)) for file in files}
    return tuple(dict.fromkeys(path for root in sorted(roots) for path in _listed(root)))


def _listed(root: str) -> Iterator[str]:
    listed = listed_by_git(root, SUFFIX)
    found = Walk(root, SUFFIX, lambda _error: None).files() if listed is None else listed
    return (os.path.join(root, path) for path in found)


_workbench: Workbench


def workbench_for(tasks: Iterable[Task], texts: Mapping[str, bytes] | None = None) -> Workbench:
    """Prepare to fix some files, with `texts` in the place of the content of the files at some absolute paths."""
    return Workbench(neighbours_of([task.file for task in tasks]), texts)


def all_fixed(workbench: Workbench, tasks: list[Task], *, unsafe: bool, jobs: int) -> Iterator[FixedFile]:
    """Fix the files of all tasks, in their order; nothing is written."""
    _collect_rarely()
    if jobs == 1 or len(tasks) < _FILES_WORTH_PROCESSES:
        return (workbench.fixed(task, unsafe=unsafe) for task in tasks)
    return _fixed_by_processes(workbench, tasks, unsafe=unsafe, jobs=jobs)


def _fixed_by_processes(workbench: Workbench, tasks: list[Task], *, unsafe: bool, jobs: int) -> Iterator[FixedFile]:
    import sys
    from functools import partial

    forks = sys.platform == "linux"
    if forks:
        # What forked processes find in memory none of them has to look up.
        _start(workbench)
        workbench.look_up(_common_names(tasks))
    prepare = ignore_interrupts if forks else partial(_start, workbench)
    with processes(jobs, prepare) as executor:
        yield from executor.map(partial(_fix_one, unsafe=unsafe), tasks, chunksize=8)


def _common_names(tasks: list[Task]) -> list[str]:
    """Name what more than a few of the calls begin with."""
    names = Counter(finding.call.partition(".")[0] for task in tasks for finding in task.findings)
    return [name for name, count in names.items() if count > _FEW and name.isidentifier()]


def _start(workbench: Workbench) -> None:
    _collect_rarely()
    global _workbench  # noqa: PLW0603 - a worker process has no other place for what its tasks share
    _workbench = workbench


def _collect_rarely() -> None:
    import gc

    # Syntax trees hold no garbage worth looking for, and looking takes as long as making them.
    gc.set_threshold(_GARBAGE_THRESHOLD)


def _fix_one(task: Task, *, unsafe: bool) -> FixedFile:
    return _workbench.fixed(task, unsafe=unsafe)


def by_file(findings: Iterable[tuple[str, Finding]], files: Mapping[str, SourceFile]) -> list[Task]:
    """Group findings, each with the path of its file as the user gave it, into one task a file."""
    grouped: dict[str, list[Finding]] = {}
    for path, finding in findings:
        grouped.setdefault(path, []).append(finding)
    return [Task(files[path], tuple(each)) for path, each in grouped.items()]
