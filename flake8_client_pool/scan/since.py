"""What the work tree adds to what was there at a revision: by finding, wherever its line went."""

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache

from flake8_client_pool.policy.baseline import Entry, entry_of
from flake8_client_pool.policy.errors import ClientPoolError
from flake8_client_pool.policy.selection import OUTDATED_BASELINE_CODE
from flake8_client_pool.policy.verdict import Status
from flake8_client_pool.scan.base_commit import base_of
from flake8_client_pool.scan.base_tree import Changes, changes_since, state_before
from flake8_client_pool.scan.baselines import Baselines
from flake8_client_pool.scan.discovery import SourceFile
from flake8_client_pool.scan.git import work_tree_of
from flake8_client_pool.scan.run import EARLIER, Options, Result, Run, run

_WEIGHED = frozenset({Status.ERROR, Status.PENDING})


@dataclass(frozen=True, slots=True)
class _Compared:
    """A file with findings, and how its work tree changed."""

    file: SourceFile
    results: tuple[Result, ...]
    changes: Changes

    @property
    def former(self) -> str:
        return self.changes.former.get(self.file.location, self.file.location)

    @property
    def is_as_it_was(self) -> bool:
        concerned = {self.file.location}.union(*(result.followed for result in self.results))
        return not concerned & self.changes.paths

    @property
    def is_new(self) -> bool:
        return self.former in self.changes.paths and self.former not in self.changes.blobs


def added_since(revision: str, done: Run, files: Iterable[SourceFile], options: Options) -> Run:
    """Keep of a run's errors those that the work tree added since it left `revision`; added pending ones are errors.

    The run has to have followed files. What the baseline knows, and what a comment suppresses, stays as it is.

    Raises:
        ClientPoolError: a file is in no work tree, or git does not know where the revision left off.
    """
    known = _known(list(_compared(revision, done, files)), options)
    errors: list[Result] = []
    others: list[Result] = []
    earlier: list[Result] = []
    for result in done.judged:
        weighed = result.status in _WEIGHED and result.finding.code != OUTDATED_BASELINE_CODE
        is_known = weighed and _use_up(known, result)
        if is_known and result.status == Status.ERROR:
            earlier.append(replace(result, status=EARLIER))
        elif weighed and not is_known:
            errors.append(result if result.status == Status.ERROR else _added(result, revision))
        else:
            (errors if result.status == Status.ERROR else others).append(result)
    return replace(done, results=tuple(errors), others=tuple(others), earlier=tuple(earlier))


def _added(result: Result, revision: str) -> Result:
    place = f"phase {result.phase}" if result.phase else "this place"
    message = f"{result.finding.message} ({place} is pending, but this one was added since {revision})"
    return replace(result, status=Status.ERROR, finding=replace(result.finding, message=message))


def _use_up(known: Counter[Entry], result: Result) -> bool:
    entry = entry_of(result.finding, result.path)
    known[entry] -= 1
    return known[entry] >= 0


def _compared(revision: str, done: Run, files: Iterable[SourceFile]) -> Iterator[_Compared]:
    results: dict[str, list[Result]] = {}
    for result in done.judged:
        results.setdefault(result.path, []).append(result)
    concerned: dict[str, list[SourceFile]] = {}
    for file in files:
        if file.path in results:
            concerned.setdefault(_top_of(os.path.dirname(file.location)), []).append(file)
    for top, below in concerned.items():
        changes = changes_since(top, base_of(top, revision), [file.location for file in below])
        yield from (_Compared(file, tuple(results[file.path]), changes) for file in below)


def _known(compared: list[_Compared], options: Options) -> Counter[Entry]:
    """Count the findings that were there, under the paths that the files have now."""
    known = Counter[Entry]()
    changed: dict[str, list[_Compared]] = {}
    for each in compared:
        if each.is_as_it_was:
            known.update(entry_of(result.finding, result.path) for result in each.results if result.status in _WEIGHED)
        elif not each.is_new:
            changed.setdefault(each.changes.top, []).append(each)
    for group in changed.values():
        known.update(_known_in(group, options))
    return known


def _known_in(group: list[_Compared], options: Options) -> Iterator[Entry]:
    with state_before(group[0].changes) as prefix:
        configured = {id(each.file.settings): each.file.settings for each in group}
        settings = {key: replace(each, root=prefix + each.root) for key, each in configured.items()}
        files = tuple(
            replace(each.file, location=prefix + each.former, settings=settings[id(each.file.settings)])
            for each in group
        )
        terms = replace(options.terms, baselines=Baselines(ignored=True), in_ci=False)
        done = run(files, replace(options, terms=terms, use_cache=False), lambda items, _total: iter(items))
        yield from (
            entry_of(result.finding, result.path) for result in done.judged if result.status in _WEIGHED
        )


@cache
def _top_of(directory: str) -> str:
    top = work_tree_of(directory)
    if top is None:
        raise ClientPoolError("--since compares with what git has, and not all files are in a git work tree")
    return top
