"""What `client-pool report` does, once its options are read."""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from flake8_client_pool.frontends.exit_codes import COULD_NOT_RUN, FOUND_NOTHING, FOUND_SOMETHING
from flake8_client_pool.frontends.history import told
from flake8_client_pool.frontends.page import page
from flake8_client_pool.frontends.writing import write_file, write_out, write_problem
from flake8_client_pool.output.progress import with_progress_bar, without_progress_bar
from flake8_client_pool.output.report.formats import FORMATS, PAGE
from flake8_client_pool.output.report.markdown import to_markdown, with_part
from flake8_client_pool.policy.errors import ClientPoolError
from flake8_client_pool.report.adoption import report
from flake8_client_pool.report.figures import Report
from flake8_client_pool.report.repositories import Repositories, repositories
from flake8_client_pool.scan.checkouts import checkouts_in
from flake8_client_pool.scan.run import Means


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRequest:
    """The options of `client-pool report`, as given; empty or None where they are not."""

    directory: str
    output_format: str
    output: str
    update: str
    check: bool
    since: str
    history: str | None
    per: str | None
    repos: str
    dask: str
    depth: int | None
    config: str
    jobs: int


def show(request: ReportRequest) -> int:
    """Report how far a directory has come, and return the exit code.

    Raises:
        ClientPoolError: the figures could not be had, or not written; every file is as it was.
    """
    _refuse_contradictions(request)
    request = replace(request, directory=request.directory or os.curdir)
    if request.since:
        return _shown(request, _change(request))
    if request.output_format == PAGE:
        return _shown(request, page(request))
    if request.history is not None:
        return _shown(request, told(request))
    document = _read(request.update) if request.update else ""
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() and not request.output else None
    directories = checkouts_in(request.repos) if request.repos else (request.directory,)
    with _means(request, directories) as means:
        if request.repos:
            return _compared(request, repositories(directories, request.config, means), width)
        found = report(request.directory, request.config, request.depth or 1, means)
    if request.update:
        return _updated(request, document, found)
    return _shown(request, FORMATS[request.output_format](found, width))


def _refuse_contradictions(request: ReportRequest) -> None:
    if request.check and not request.update:
        raise ClientPoolError("--check says whether a document is stale; name it with --update FILE.md")
    if request.repos and (request.update or request.directory or request.depth):
        raise ClientPoolError("--repos compares checkouts; leave the directory, --depth and --update out")
    if request.update and (request.output or request.output_format not in ("table", "markdown", PAGE)):
        raise ClientPoolError("--update writes Markdown into its document; leave --output and other formats out")
    if request.per and request.history is None:
        raise ClientPoolError("--per says what a row of the history is; name it with --history")
    if request.depth and (request.since or (request.history is not None and request.output_format != PAGE)):
        raise ClientPoolError("--depth tells the directories of today apart; leave --since and --history out")
    is_other = request.since or request.history is not None or request.output_format == PAGE
    if is_other and (request.repos or request.dask):
        raise ClientPoolError(f"--repos and --dask are for figures of today; leave --since, --history and {PAGE} out")


def _change(request: ReportRequest) -> str:
    from flake8_client_pool.output.report.change import change_to_markdown
    from flake8_client_pool.report.change import change_since

    if request.update or request.history is not None or request.output_format not in ("table", "markdown"):
        raise ClientPoolError("--since writes a Markdown summary; leave --update, --history and other formats out")
    watch = with_progress_bar if sys.stderr.isatty() else without_progress_bar
    return change_to_markdown(change_since(request.since, request.directory, request.config, request.jobs, watch))


@contextmanager
def _means(request: ReportRequest, directories: tuple[str, ...]) -> Iterator[Means]:
    watch = with_progress_bar if sys.stderr.isatty() else without_progress_bar
    if not request.dask:
        yield Means(jobs=request.jobs, watch=watch)
        return
    from flake8_client_pool.scan.dask_cluster import dask_executor

    locations = tuple(os.path.abspath(directory) for directory in directories if os.path.isdir(directory))
    with dask_executor(request.dask, locations) as executor:
        yield Means(jobs=request.jobs, watch=watch, executor=executor)


def _compared(request: ReportRequest, found: Repositories, width: int | None) -> int:
    from flake8_client_pool.output.report.repositories import FORMATS as FORMATS_OF_REPOSITORIES

    shown = _shown(request, FORMATS_OF_REPOSITORIES[request.output_format](found, width))
    for name, problem in found.problems.items():
        write_problem(f"{name}: not counted: {problem}")
    return COULD_NOT_RUN if found.problems else shown


def _shown(request: ReportRequest, text: str) -> int:
    if request.output:
        write_file(request.output, text, "name another file with --output")
    else:
        write_out(text)
    return FOUND_NOTHING


def _read(path: str) -> str:
    try:
        with open(path, encoding="utf-8", newline="") as stream:
            text = stream.read()
    except (OSError, UnicodeDecodeError) as error:
        reason = (error.strerror or str(error)).lower() if isinstance(error, OSError) else "it is not UTF-8"
        raise ClientPoolError(f"{path}: cannot be read: {reason}; name a Markdown file with --update") from error
    with_part(text, "", path)
    return text


def _updated(request: ReportRequest, document: str, found: Report) -> int:
    wanted = with_part(document, to_markdown(found), request.update)
    if wanted == document:
        return FOUND_NOTHING
    if not request.check:
        write_file(request.update, wanted, "name another file with --update")
        return FOUND_NOTHING
    from flake8_client_pool.fixes.differences import patch

    write_out(patch(request.update, document.encode(), wanted.encode()).decode())
    write_problem(f"{request.update}: the report in it is stale; run the same command without --check")
    return FOUND_SOMETHING
