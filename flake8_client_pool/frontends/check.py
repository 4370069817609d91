"""What `client-pool check` does, once its options are read."""

import os
import sys
from dataclasses import dataclass, replace

from flake8_client_pool.frontends.exit_codes import COULD_NOT_RUN, FOUND_NOTHING, FOUND_SOMETHING
from flake8_client_pool.frontends.remarks import in_play, with_gone, with_remarks
from flake8_client_pool.frontends.writing import write_file, write_out, write_problem
from flake8_client_pool.output.formats import FORMATS_WITH_FIXES, MACHINE_FORMATS
from flake8_client_pool.output.progress import with_progress_bar, without_progress_bar
from flake8_client_pool.output.terminal import shows_colour
from flake8_client_pool.policy.ci import runs_in_ci
from flake8_client_pool.policy.configuration import Adjust, Configurations
from flake8_client_pool.policy.errors import ClientPoolError
from flake8_client_pool.policy.patterns import checked_patterns
from flake8_client_pool.policy.selection import Selection, checked_prefixes
from flake8_client_pool.policy.settings import Settings
from flake8_client_pool.policy.verdict import Status
from flake8_client_pool.scan.bench import Terms
from flake8_client_pool.scan.discovery import Exclusion, SourceFile, discover
from flake8_client_pool.scan.git import work_tree_of
from flake8_client_pool.scan.run import Options, Run, run, run_on_content
from flake8_client_pool.scan.sources import Sources

STANDARD_INPUT = "-"

_Checked = tuple[Run, Sources]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRequest:
    """The options of one check, as given; an empty `select` or `ignore` leaves it to the configuration."""

    paths: tuple[str, ...]
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    stdin_filename: str = ""
    jobs: int
    no_cache: bool = False
    isolated: bool = False
    ignore_noqa: bool = False
    statistics: bool = False
    exit_zero: bool = False
    quiet: bool = False
    output_format: str = "text"
    output_file: str = ""
    config: str = ""
    pending: bool = False
    show_suppressed: bool = False
    show_fixes: bool = False
    ci: bool | None = None
    since: str = ""


def check(request: CheckRequest) -> int:
    """Check files, write what was found, and return the exit code.

    Raises:
        ClientPoolError: the run could not be done; nothing was written.
    """
    configurations = Configurations(request.config, isolated=request.isolated, adjust=_adjustment(request))
    terms = Terms(
        honour_noqa=not request.ignore_noqa, in_ci=runs_in_ci() if request.ci is None else request.ci
    )
    checked_patterns(request.exclude, "--exclude")
    source = _of_standard_input if STANDARD_INPUT in request.paths else _of_files
    done, sources = source(request, configurations, terms)
    for line in (*map(str, done.problems), *(done.warnings if not request.quiet else ())):
        write_problem(line)
    _write(request, done, sources)
    if any(problem.fatal for problem in done.problems):
        return COULD_NOT_RUN
    return FOUND_SOMETHING if done.results and not request.exit_zero else FOUND_NOTHING


def _adjustment(request: CheckRequest) -> Adjust:
    select = checked_prefixes(request.select, "--select")
    ignore = checked_prefixes(request.ignore, "--ignore")

    def adjusted(settings: Settings) -> Settings:
        configured = settings.selection
        return replace(settings, selection=Selection(select or configured.select, ignore or configured.ignore))

    return adjusted


def _of_files(request: CheckRequest, configurations: Configurations, terms: Terms) -> _Checked:
    paths = request.paths or (os.curdir,)
    discovery = discover(paths, configurations, request.exclude)
    if not discovery.files and not discovery.problems:
        write_problem("no Python files found; name files or directories that hold some")
    settings = in_play(discovery, configurations, paths)
    for each in settings:
        terms.baselines.under(each)
    shows_progress = sys.stderr.isatty() and not request.quiet
    options = Options(
        jobs=request.jobs, terms=terms, use_cache=not request.no_cache, follow=bool(request.since)
    )
    done = run(discovery.files, options, with_progress_bar if shows_progress else without_progress_bar)
    if request.since:
        from flake8_client_pool.scan.since import added_since

        done = added_since(request.since, done, discovery.files, options)
    if request.show_fixes and request.output_format in FORMATS_WITH_FIXES:
        from flake8_client_pool.scan.fixing import with_fixes

        files = {file.path: file for file in discovery.files}
        done = replace(done, results=with_fixes(done.results, files, request.jobs))
    done = with_gone(done, settings, terms, paths, discovery.files)
    done = with_remarks(done, settings, discovery.files)
    return replace(done, problems=(*discovery.problems, *done.problems)), Sources()


def _of_standard_input(request: CheckRequest, configurations: Configurations, terms: Terms) -> _Checked:
    if len(request.paths) > 1:
        raise ClientPoolError("- stands for standard input and cannot be named along with other paths")
    if request.since:
        raise ClientPoolError("--since compares the work tree and cannot be used with standard input")
    data = sys.stdin.buffer.read()
    path = request.stdin_filename or STANDARD_INPUT
    location = os.path.abspath(path).replace(os.sep, "/")
    settings = configurations.at(os.path.dirname(location))
    if Exclusion(request.exclude).covers(location, settings):
        return Run((), 0), Sources()
    return run_on_content(SourceFile(path, location, len(data), settings), data, terms), Sources({path: data})


def _write(request: CheckRequest, done: Run, sources: Sources) -> None:
    if request.output_format in MACHINE_FORMATS:
        text = _for_machines(request, done, sources)
    else:
        text = _for_people(request, done, colour=not request.output_file and shows_colour(sys.stdout))
    if request.output_file:
        write_file(request.output_file, text)
    else:
        write_out(text)


def _for_machines(request: CheckRequest, done: Run, sources: Sources) -> str:
    from flake8_client_pool.output.published import Report

    here = os.getcwd().replace(os.sep, "/")
    report = Report(run=done, shown=_shown(request), top=work_tree_of(here) or here, sources=sources)
    if request.output_format == "github":
        from flake8_client_pool.frontends.job_summary import add_to_job_summary

        add_to_job_summary(report)
    return MACHINE_FORMATS[request.output_format](report)


def _for_people(request: CheckRequest, done: Run, *, colour: bool) -> str:
    from flake8_client_pool.output.text import TextOptions, to_text

    options = TextOptions(
        colour=colour, statistics=request.statistics, quiet=request.quiet, shown=_shown(request)
    )
    return to_text(done, options)


def _shown(request: CheckRequest) -> frozenset[str]:
    shown = {Status.ERROR}
    if request.pending:
        shown |= {Status.PENDING, Status.BASELINED}
    return frozenset(shown | {Status.SUPPRESSED} if request.show_suppressed else shown)
