"""What a branch makes of a directory: its report as it was at the merge base, and as it is."""

import os
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace

from flake8_client_pool.policy.baseline import entry_of
from flake8_client_pool.policy.configuration import Configurations
from flake8_client_pool.policy.errors import ClientPoolError
from flake8_client_pool.policy.settings import Settings
from flake8_client_pool.policy.verdict import Status
from flake8_client_pool.report.adoption import Scope, checked, report_of
from flake8_client_pool.report.figures import Report
from flake8_client_pool.scan.base_commit import base_of
from flake8_client_pool.scan.base_tree import Changes, changes_since, state_before
from flake8_client_pool.scan.discovery import SUFFIX, Discovery, Exclusion, SourceFile, discover
from flake8_client_pool.scan.git import work_tree_of
from flake8_client_pool.scan.run import Means, Result, Watch

_COUNTING = frozenset({Status.ERROR, Status.PENDING})


@dataclass(frozen=True, slots=True)
class Change:
    """Two reports about one directory, with the same configuration; files have the paths that they have now."""

    before: Report
    after: Report

    @property
    def new(self) -> tuple[Result, ...]:
        """The findings that were not there before, wherever their lines went."""
        return tuple(_beyond(self.after, self.before))

    @property
    def fixed(self) -> tuple[Result, ...]:
        """The findings that are gone, as they were."""
        return tuple(_beyond(self.before, self.after))


def counting(report: Report) -> list[Result]:
    """List the findings that no comment suppresses, whether or not the gate has reached them."""
    return [result for result in report.findings if result.status in _COUNTING]


def _beyond(one: Report, other: Report) -> Iterator[Result]:
    known = Counter(entry_of(result.finding, result.path) for result in counting(other))
    for result in counting(one):
        entry = entry_of(result.finding, result.path)
        known[entry] -= 1
        if known[entry] < 0:
            yield result


def change_since(revision: str, directory: str, config: str, jobs: int, watch: Watch) -> Change:
    """Compare the work tree with the commit at which it left `revision`; the arguments are those of a report.

    Raises:
        ClientPoolError: it is no directory of a work tree, git cannot say what was there, or not all could be read.
    """
    location = os.path.abspath(directory).replace(os.sep, "/")
    top = work_tree_of(location)
    if top is None or not os.path.isdir(location):
        raise ClientPoolError(f"{directory}: is no directory of a git work tree, with which --since compares")
    configurations = Configurations(config)
    settings = configurations.at(location)
    now = discover([directory], configurations)
    after = report_of(now.files, checked(now, Means(jobs=jobs, watch=watch)), settings, Scope(directory, location, 1))
    changes = changes_since(top, base_of(top, revision), [file.location for file in now.files])
    with ExitStack() as stack:
        prefix = stack.enter_context(state_before(changes))
        files = (*_files_before(now.files, changes), *_removed(changes, directory, location, configurations))
        then = Discovery(tuple(_moved(files, prefix)), ())
        scope = Scope(directory, prefix + location, 1)
        # The cache is the work tree's, and what was has no place in it.
        done = checked(then, Means(jobs=jobs, watch=watch), use_cache=False)
        before = report_of(then.files, done, _below(settings, prefix), scope)
    return Change(before, after)


def _files_before(files: Iterable[SourceFile], changes: Changes) -> Iterator[SourceFile]:
    """Give the files that were there already, with the paths that they have now and the places where they were."""
    for file in files:
        former = changes.former.get(file.location, file.location)
        if former not in changes.paths or former in changes.blobs:
            yield replace(file, location=former)


def _removed(changes: Changes, directory: str, location: str, configurations: Configurations) -> Iterator[SourceFile]:
    exclusion, renamed = Exclusion(()), set(changes.former.values())
    for path in sorted(changes.blobs):
        inside = path.startswith(f"{location}/") and path.endswith(SUFFIX)
        if inside and path not in renamed and not os.path.lexists(path):
            settings = configurations.at(os.path.dirname(path))
            shown = os.path.normpath(os.path.join(directory, os.path.relpath(path, location))).replace(os.sep, "/")
            if not exclusion.covers(path, settings):
                yield SourceFile(shown, path, 0, settings)


def _moved(files: Iterable[SourceFile], prefix: str) -> Iterator[SourceFile]:
    moved: dict[int, Settings] = {}
    for file in files:
        settings = moved.setdefault(id(file.settings), _below(file.settings, prefix))
        yield replace(file, location=prefix + file.location, settings=settings)


def _below(settings: Settings, prefix: str) -> Settings:
    return replace(settings, root=prefix + settings.root)
