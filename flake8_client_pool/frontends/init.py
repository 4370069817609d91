"""What `client-pool init` does, once its options are read."""

import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from importlib.metadata import distribution

import click

from flake8_client_pool.fixes.differences import patch
from flake8_client_pool.frontends.check import CheckRequest, check
from flake8_client_pool.frontends.exit_codes import COULD_NOT_RUN, FOUND_NOTHING, FOUND_SOMETHING
from flake8_client_pool.frontends.writing import write_file, write_out, write_problem
from flake8_client_pool.output.progress import with_progress_bar, without_progress_bar
from flake8_client_pool.output.summary import number
from flake8_client_pool.policy.baseline import NAME, entry_of, relative_path, written
from flake8_client_pool.policy.configuration import Configurations
from flake8_client_pool.policy.errors import ClientPoolError
from flake8_client_pool.policy.first_configuration import (
    HOOKS_FILE,
    file_for,
    hook_entry,
    with_configuration,
    with_hook,
)
from flake8_client_pool.policy.schema import Place, dotted_name
from flake8_client_pool.policy.settings import DEFAULT_POOL_MODULE, Phase, Settings, files_of
from flake8_client_pool.policy.verdict import Status
from flake8_client_pool.scan.baselines import Baselines
from flake8_client_pool.scan.bench import Terms
from flake8_client_pool.scan.discovery import SourceFile, discover
from flake8_client_pool.scan.first_look import phases, pool_module, texts_of
from flake8_client_pool.scan.git import work_tree_of
from flake8_client_pool.scan.run import Options, Result, Run, run

_OUTCOMES = {
    FOUND_NOTHING: "client-pool check passes, as seen above, and refuses what is added.",
    FOUND_SOMETHING: "client-pool check does not pass yet, for what stands above; settle that first.",
    COULD_NOT_RUN: "client-pool check could not be done completely, for what stands above; settle that first.",
}
_NEXT_STEPS = " Commit these files. Next come CI (docs/ci.md) and the first phase (docs/phases.md).\n"
_NOTHING_KNOWN = (
    "There is no client that is built directly, so there is nothing to move, and no phase. Commit these files; "
    "docs/ci.md says how CI keeps it so.\n"
)
_ADD_YOURSELF = "The commit hook was not added. Add this to the list `repos:` in {file}:\n\n"
_EVERYBODY_NEEDS_IT = (
    "The hook has `language: system`: it runs the client-pool that is on the PATH of whoever commits, so install it "
    "for every colleague, and in a CI that runs pre-commit.\n"
)
_TURN_ON = "`pre-commit install`, once in each clone, turns the hook on; install pre-commit first.\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class InitRequest:
    """The options of `client-pool init`; `file` is None and `pool_module` empty where they are to be found."""

    directory: str
    file: str | None
    pool_module: str
    hook: bool
    yes: bool
    jobs: int


@dataclass(frozen=True, slots=True)
class _Change:
    """A file, by its path from the directory, and what is to be in it; `shown` says so where a diff would be long."""

    path: str
    before: str
    after: str
    shown: str = ""


@dataclass(frozen=True, slots=True)
class _Hook:
    """What is to be written for the commit hook, and what whoever has it should know."""

    changes: tuple[_Change, ...] = ()
    advice: str = ""


def init(request: InitRequest) -> int:
    """Write a first configuration, its baseline and the commit hook, and return the exit code.

    Raises:
        ClientPoolError: it is no directory, or the files could not be checked or written, or nobody agreed.
    """
    location = os.path.abspath(request.directory).replace(os.sep, "/")
    if not os.path.isdir(location):
        raise ClientPoolError(f"{request.directory}: is no directory; name the one that is to be gated")
    if request.pool_module:
        dotted_name(request.pool_module, Place("--pool-module"))
    configured = tuple(_configured(request, location))
    hook = _hooked(location) if request.hook else _Hook()
    changes = [*configured, *hook.changes]
    changes = [change for change in changes if change.after != change.before]
    if not changes:
        write_out(hook.advice or "Nothing to write: everything is there.\n")
        return FOUND_NOTHING
    for change in changes:
        write_out(change.shown or _diff(change))
    if not request.yes and not _agreed():
        write_out("Nothing was written.\n")
        return FOUND_NOTHING
    for change in changes:
        write_file(os.path.join(location, change.path), change.after, "make the directory writable")
    write_out("\n$ client-pool check\n")
    outcome = check(CheckRequest(paths=(request.directory,), jobs=request.jobs, ci=False))
    is_clean = outcome == FOUND_NOTHING and not os.path.exists(os.path.join(location, NAME))
    write_out(f"\n{hook.advice}{_NOTHING_KNOWN if is_clean else _OUTCOMES[outcome] + _NEXT_STEPS}")
    return FOUND_NOTHING


def _diff(change: _Change) -> str:
    return patch(change.path, change.before.encode(), change.after.encode()).decode() + "\n"


def _agreed() -> bool:
    try:
        return click.confirm("Write this?")
    except click.Abort as abort:
        write_out("\n")
        raise ClientPoolError("nothing was written, since nobody answered; --yes writes it unasked") from abort


def _configured(request: InitRequest, location: str) -> Iterator[_Change]:
    """Plan a configuration and its baseline; of an existing configuration only the baseline that it lacks."""
    settings = Configurations().at(location)
    if settings.source:
        write_out(f"{settings.source} configures client-pool already and stays as it is.\n")
        if settings.root == location and not settings.is_strict_everywhere:
            yield _baseline(settings, _checked(request, location, settings)[1].others)
        return
    name = request.file or file_for(location)
    module = request.pool_module or _pool_module(request, location)
    settings = replace(settings, root=location, pool_module=module, pool_paths=files_of(module))
    files, done = _checked(request, location, settings)
    proposed = phases(done.results, texts_of(files, location))
    _tell(module, proposed)
    before = _content(location, name)
    after = with_configuration(before, name, module, [phase for phase, _ in proposed])
    yield _Change(name, before, after)
    if proposed:
        yield _baseline(settings, done.results)


def _pool_module(request: InitRequest, location: str) -> str:
    files, done = _checked(request, location, Configurations(isolated=True).at(location))
    builders = frozenset(result.path for result in done.judged if result.finding.kind)
    return pool_module(texts_of(files, location), builders)


def _checked(request: InitRequest, location: str, settings: Settings) -> tuple[tuple[SourceFile, ...], Run]:
    """Check all files below a directory that have no configuration of their own; results have paths from there."""
    configurations = Configurations(adjust=lambda found: found if found.source else settings)
    discovery = discover([location], configurations)
    files = tuple(file for file in discovery.files if file.settings.source == settings.source)
    options = Options(jobs=request.jobs, terms=Terms(baselines=Baselines(ignored=True)), use_cache=False)
    watch = with_progress_bar if sys.stderr.isatty() else without_progress_bar
    done = run(files, options, watch)
    if problem := next((each for each in (*discovery.problems, *done.problems) if each.fatal), None):
        raise ClientPoolError(f"{problem}; without it the baseline would be wrong")
    return files, replace(done, results=_relative(done.results, location), others=_relative(done.others, location))


def _relative(results: Iterable[Result], location: str) -> tuple[Result, ...]:
    return tuple(replace(result, path=relative_path(result.path, location)) for result in results)


def _tell(module: str, proposed: Iterable[tuple[Phase, int]]) -> None:
    own = ", which comes with this linter; --pool-module names another" if module == DEFAULT_POOL_MODULE else ""
    write_out(f"Clients are to come from {module}{own}.\n")
    for place, (phase, count) in enumerate(proposed, 1):
        write_out(f"Phase {place}: {phase.name}, {number(count, 'finding')}\n")
    write_out("\n")


def _baseline(settings: Settings, results: Iterable[Result]) -> _Change:
    known = [result for result in results if result.status in (Status.ERROR, Status.PENDING)]
    entries = Counter(entry_of(result.finding, result.path) for result in known)
    before = _content(settings.root, NAME)
    after = before or written({entry: ("",) * count for entry, count in entries.items()})
    return _Change(NAME, before, after, f"{NAME}: {number(len(known), 'finding')} known.\n")


def _hooked(location: str) -> _Hook:
    """Plan the hook at the top of the work tree, where pre-commit looks for its configuration."""
    top = work_tree_of(location)
    if top is None:
        write_out(f"{location} is in no git repository, so there are no commits to hook; no hook is added.\n")
        return _Hook()
    below = relative_path(location, top) if location != top else ""
    entry = hook_entry(distribution("flake8-client-pool").read_text("direct_url.json"), below)
    before = _content(top, HOOKS_FILE)
    path = os.path.relpath(os.path.join(top, HOOKS_FILE), location)
    try:
        after = with_hook(before, entry)
    except ClientPoolError as error:
        write_problem(str(error))
        return _Hook(advice=f"{_ADD_YOURSELF.format(file=os.path.join(top, HOOKS_FILE))}{entry}\n")
    system = _EVERYBODY_NEEDS_IT if "language: system" in entry else ""
    change = _Change(path, before, after)
    return _Hook((change,), f"{system}{_TURN_ON}" if after != before else "")


def _content(location: str, name: str) -> str:
    path = os.path.join(location, name)
    try:
        with open(path, encoding="utf-8", newline="") as stream:
            return stream.read()
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        reason = (error.strerror or "").lower() if isinstance(error, OSError) else "it is not in UTF-8"
        raise ClientPoolError(f"{path}: cannot be read: {reason}; mend that first") from error
