"""What `client-pool fix` does, once its options are read."""

import os
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial

from flake8_client_pool.fixes.differences import patch, patch_of_new
from flake8_client_pool.fixes.outcomes import Outcome
from flake8_client_pool.fixes.writing import NotWrittenError, create_file, replace_file
from flake8_client_pool.frontends.exit_codes import COULD_NOT_RUN, FOUND_NOTHING, FOUND_SOMETHING
from flake8_client_pool.frontends.writing import write_out, write_problem
from flake8_client_pool.output.fix_table import FixReport, to_json, to_table
from flake8_client_pool.output.progress import with_progress_bar, without_progress_bar
from flake8_client_pool.policy.configuration import Adjust, Configurations
from flake8_client_pool.policy.errors import ClientPoolError
from flake8_client_pool.policy.selection import BARE_PREFIX, CONSTRUCTOR_PATCHED_CODE, Selection, checked_prefixes
from flake8_client_pool.policy.settings import Settings
from flake8_client_pool.policy.verdict import Status
from flake8_client_pool.scan.discovery import SourceFile, discover
from flake8_client_pool.scan.fixing import FixedFile, Task, Workbench, all_fixed, by_file, workbench_for
from flake8_client_pool.scan.git import work_tree_of
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


def fix(request: FixRequest) -> int:
    """Fix files, say what was done and what is left, and return the exit code.

    Raises:
        ClientPoolError: the run could not be done; nothing was written.
    """
    if request.interactive and (request.diff or request.output_format == "json"):
        raise ClientPoolError("--interactive asks on the terminal; use it without --diff and --format json")
    checked, files = _checked(request)
    report = FixReport(tuple(_done(request, checked, files)), checked.files, checked.problems, written=not request.diff)
    _tell(request, report)
    if any(problem.fatal for problem in checked.problems) or report.failed:
        return COULD_NOT_RUN
    return FOUND_SOMETHING if report.left else FOUND_NOTHING


def _done(request: FixRequest, checked: Run, files: tuple[SourceFile, ...]) -> list[FixedFile]:
    """Fix the modules, and then the tests that patch their constructors, which follow what was done."""
    tasks = _tasks(checked, files)
    if request.unsafe:
        rehearsal = rehearsed(files, tasks, jobs=request.jobs)
        done = rehearsal.completed(_fixed(request, files, rehearsal.tasks, rehearsal))
    else:
        done = _fixed(request, files, tasks)
    if request.diff:
        for each in done:
            write_bytes(patch(_path_for_git(each.file), each.before, each.after))
            for file, content in each.new_files.items():
                write_bytes(patch_of_new(_path_for_git(file), content))
    return done


def _fixed(
    request: FixRequest, files: tuple[SourceFile, ...], tasks: list[Task], rehearsal: Rehearsal | None = None
) -> list[FixedFile]:
    """Fix the files of some tasks and the tests that follow; a rehearsal has done the work unless somebody is asked."""
    fixed = _fixers(request)
    ready = rehearsal if rehearsal and not request.interactive else None
    modules = [_kept(request, each) for each in (ready.modules if ready else fixed(workbench_for(tasks), tasks))]
    followers = Followers(files, modules)
    if ready and modules == ready.modules:
        return followers.joined(_kept(request, each) for each in ready.tests)
    following = followers.tasks()
    return followers.joined(_kept(request, each) for each in fixed(followers.workbench(following), following))


def _fixers(request: FixRequest) -> Callable[[Workbench, list[Task]], Iterable[FixedFile]]:
    """Choose who fixes: all that can be fixed, or what the user agrees to."""
    if not request.interactive:
        return partial(all_fixed, unsafe=request.unsafe, jobs=request.jobs)
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
    discovery = discover(request.paths or (os.curdir,), configurations, request.exclude)
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


def _kept(request: FixRequest, fixed: FixedFile) -> FixedFile:
    """Write one file, unless only the difference is asked for; one that cannot be written is reported as it is."""
    fixed = _with_new_files(request, fixed)
    if fixed.before == fixed.after:
        return fixed
    if _is_outside(request, fixed.file):
        return _not_written(fixed, "it is a link to a file outside of what is to be fixed")
    if request.diff:
        return fixed
    try:
        replace_file(fixed.file.location, fixed.before, fixed.after)
    except NotWrittenError as error:
        return _not_written(fixed, str(error))
    return fixed


def _with_new_files(request: FixRequest, fixed: FixedFile) -> FixedFile:
    """Write the files that a fix makes, as `_kept` writes the one that it changes."""
    for file, content in fixed.new_files.items():
        if _is_outside(request, file):
            return fixed.without_new_files("skipped", f"{file.path} would lie outside of what is to be fixed")
        try:
            if not request.diff:
                create_file(file.location, content)
        except NotWrittenError as error:
            return fixed.without_new_files("failed", f"{file.path}: {error}")
    return fixed


def _is_outside(request: FixRequest, file: SourceFile) -> bool:
    """Tell whether a link leads to a file beyond the paths that were given."""
    target = os.path.realpath(file.location)
    given = [os.path.realpath(path) for path in request.paths or (os.curdir,)]
    return not any(target == path or target.startswith(os.path.join(path, "")) for path in given)


def _each_once(files: Iterable[SourceFile]) -> tuple[SourceFile, ...]:
    """Leave out the links to files that are there under names of their own, or under another link."""
    found: dict[str, SourceFile] = {}
    for file in files:
        target = os.path.realpath(file.location)
        if target not in found or file.location == target:
            found[target] = file
    return tuple(found.values())


def _not_written(fixed: FixedFile, reason: str) -> FixedFile:
    outcomes = tuple(
        (finding, replace(outcome, status="failed", reason=reason) if _is_in_file(outcome) else outcome)
        for finding, outcome in fixed.outcomes
    )
    return replace(fixed, after=fixed.before, outcomes=outcomes)


def _is_in_file(outcome: Outcome) -> bool:
    return outcome.status == "fixed" and outcome.new_file is None


def _path_for_git(file: SourceFile) -> str:
    """Name a file from the top of its work tree, as `git apply` wants it; as it was given outside of one."""
    location = os.path.realpath(file.location)
    top = work_tree_of(os.path.dirname(location))
    return os.path.relpath(location, top) if top else file.path.lstrip("/")


def write_bytes(data: bytes) -> None:
    """Write to standard output as it is."""
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def _tell(request: FixRequest, report: FixReport) -> None:
    if request.output_format == "json":
        text = to_json(report)
        _lines_to_error([text]) if request.diff else write_out(text)
    elif request.diff:
        _lines_to_error([to_table(report)])
    else:
        write_out(to_table(report))


def _lines_to_error(texts: Iterable[str]) -> None:
    """Leave standard output to the patch."""
    sys.stderr.writelines(text.encode("utf-8", "backslashreplace").decode() for text in texts)
