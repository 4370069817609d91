"""What `client-pool fix` does, once its options are read."""

import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial

from flake8_client_pool.frontends.exit_codes import COULD_NOT_RUN, FOUND_NOTHING, FOUND_SOMETHING
from flake8_client_pool.frontends.keeping import Keeper
from flake8_client_pool.frontends.patching import patch_of, top_of_patch, where_to_apply
from flake8_client_pool.frontends.remarks import gains_of
from flake8_client_pool.frontends.writing import write_bytes, write_error, write_out, write_problem
from flake8_client_pool.output.fix_table import FixReport, to_json, to_table
from flake8_client_pool.output.progress import with_progress_bar, without_progress_bar
from flake8_client_pool.policy.configuration import Adjust, Configurations
from flake8_client_pool.policy.errors import ClientPoolError
from flake8_client_pool.policy.selection import BARE_PREFIX, CONSTRUCTOR_PATCHED_CODE, Selection, checked_prefixes
from flake8_client_pool.policy.settings import Settings
from flake8_client_pool.policy.verdict import Status
from flake8_client_pool.scan.discovery import SourceFile, discover
from flake8_client_pool.scan.fixing import FixedFile, Fixes, Task, all_fixed, by_file, workbench_for
from flake8_client_pool.scan.rehearsal import Rehearsal, rehearsed
from flake8_client_pool.scan.retargeting import Followers
from flake8_client_pool.scan.run import Options, Run, run


@dataclass(frozen=True, slots=True, kw_only=True)
class FixRequest:
    """The options of one run, as given; an empty `select` leaves it to the configuration."""

    paths: tuple[str, ...]
    select: tuple[str, ...]
    exclude: tuple[str, ...]
    diff: bool
    unsafe: bool
    interactive: bool
    jobs: int
    output_format: str
    config: str
    isolated: bool

    @property
    def given(self) -> tuple[str, ...]:
        """The paths to fix, the working directory where none were named."""
        return self.paths or (os.curdir,)


def fix(request: FixRequest) -> int:
    """Fix files, say what was done and what is left, and return the exit code.

    Raises:
        ClientPoolError: the run could not be done; nothing was written.
    """
    if request.interactive and (request.diff or request.output_format == "json"):
        raise ClientPoolError("--interactive asks on the terminal; use it without --diff and --format json")
    checked, files = _checked(request)
    keeper = Keeper(request.given, writes=not request.diff)
    with keeper.telling_when_interrupted():
        report = _reported(request, checked, tuple(_done(request, keeper, checked, files)))
    _tell(request, report)
    if any(problem.fatal for problem in checked.problems) or report.failed:
        return COULD_NOT_RUN
    return FOUND_SOMETHING if report.errors else FOUND_NOTHING


def _done(request: FixRequest, keeper: Keeper, checked: Run, files: tuple[SourceFile, ...]) -> list[FixedFile]:
    """Fix the modules, and then the tests that patch their constructors, which follow what was done."""
    tasks = _tasks(checked, files)
    if request.unsafe:
        rehearsal = rehearsed(files, tasks, _all_fixed(request))
        return rehearsal.completed(_fixed(request, keeper, files, rehearsal.tasks, rehearsal))
    return _fixed(request, keeper, files, tasks)


def _reported(request: FixRequest, checked: Run, done: tuple[FixedFile, ...]) -> FixReport:
    top = top_of_patch(request.given) if request.diff else ""
    where = where_to_apply(top) if request.diff else gains_of(done)
    return FixReport(
        done,
        checked.files,
        checked.problems,
        counts_as={(each.path, each.finding): each.status for each in checked.others},
        patch=patch_of(done, top) if request.diff else None,
        warnings=(where,) if where else (),
    )


def _fixed(
    request: FixRequest,
    keeper: Keeper,
    files: tuple[SourceFile, ...],
    tasks: list[Task],
    rehearsal: Rehearsal | None = None,
) -> list[FixedFile]:
    """Fix the files of some tasks and the tests that follow; a rehearsal has done the work unless somebody is asked."""
    fixed = _fixers(request)
    ready = rehearsal if rehearsal and not request.interactive else None
    modules = [keeper.kept(each) for each in (ready.modules if ready else fixed(workbench_for(tasks), tasks))]
    followers = Followers(files, modules)
    if ready and modules == ready.modules:
        return followers.joined(keeper.kept(each) for each in ready.tests)
    following = followers.tasks()
    return followers.joined(keeper.kept(each) for each in fixed(followers.workbench(following), following))


def _all_fixed(request: FixRequest) -> Fixes:
    watch = with_progress_bar if sys.stderr.isatty() else without_progress_bar
    return lambda workbench, tasks: watch(
        all_fixed(workbench, tasks, unsafe=request.unsafe, jobs=request.jobs), len(tasks), "Fixing"
    )


def _fixers(request: FixRequest) -> Fixes:
    """Choose who fixes: all that can be fixed, or what the user agrees to."""
    if not request.interactive:
        return _all_fixed(request)
    from flake8_client_pool.frontends.asking import Asking

    return partial(Asking().accepted, unsafe=request.unsafe)


def _tasks(checked: Run, files: tuple[SourceFile, ...]) -> list[Task]:
    """Group what counts by file; patches of constructors are looked for again when the modules are fixed."""
    counting = (
        (each.path, each.finding)
        for each in checked.judged
        if each.status != Status.SUPPRESSED and each.finding.code != CONSTRUCTOR_PATCHED_CODE
    )
    return by_file(counting, {file.path: file for file in files})


def _checked(request: FixRequest) -> tuple[Run, tuple[SourceFile, ...]]:
    """Check the files."""
    configurations = Configurations(request.config, isolated=request.isolated, adjust=_adjusted(request))
    discovery = discover(request.given, configurations, request.exclude)
    watch = with_progress_bar if sys.stderr.isatty() else without_progress_bar
    files = _each_once(discovery.files)
    checked = run(files, Options(jobs=request.jobs), watch)
    problems = (*discovery.problems, *checked.problems)
    for problem in problems:
        write_problem(str(problem))
    if not files and not problems:
        write_problem("no Python files found; name files or directories that hold some")
    return replace(checked, problems=problems), files


def _adjusted(request: FixRequest) -> Adjust:
    select = checked_prefixes(request.select, "--select")

    def adjusted(settings: Settings) -> Settings:
        configured = settings.selection
        if select:
            return replace(settings, selection=Selection(select, ()))
        if request.unsafe and BARE_PREFIX in (configured.select or (BARE_PREFIX,)):
            # Tests follow the modules that they are about.
            following = (*(configured.select or (BARE_PREFIX,)), CONSTRUCTOR_PATCHED_CODE)
            return replace(settings, selection=replace(configured, select=following))
        return settings

    return adjusted


def _each_once(files: Iterable[SourceFile]) -> tuple[SourceFile, ...]:
    """Leave out the links to files that are there under names of their own, or under another link."""
    found: dict[str, SourceFile] = {}
    for file in files:
        target = os.path.realpath(file.location)
        if target not in found or file.location == target:
            found[target] = file
    return tuple(found.values())


def _tell(request: FixRequest, report: FixReport) -> None:
    if request.output_format == "json":
        write_out(to_json(report))
    elif report.patch is not None:
        write_bytes(report.patch)
        write_error(to_table(report))
    else:
        write_out(to_table(report))
    for warning in report.warnings:
        write_problem(warning)
