"""The commands of `client-pool` and their options."""

from typing import Any

import click

from flake8_client_pool import __version__
from flake8_client_pool.frontends.writing import write_out
from flake8_client_pool.output.formats import CHECK_FORMATS
from flake8_client_pool.output.report.formats import FORMATS, PAGE
from flake8_client_pool.policy.first_configuration import PREFERRED


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def commands() -> None:
    """Find Google Cloud clients that are built where a pool should be asked for one."""


def _split(_context: click.Context, _parameter: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(part.strip() for value in values for part in value.split(",") if part.strip())


def _jobs(_context: click.Context, _parameter: click.Parameter, value: str) -> int:
    if value == "auto":
        from flake8_client_pool.scan.workers import available_processors

        return available_processors()
    if not value.isdecimal() or not int(value):
        raise click.BadParameter(f"{value!r} is neither auto nor a number from 1 upward")
    return int(value)


@commands.command()
@click.argument("paths", nargs=-1)
@click.option(
    "--select",
    multiple=True,
    callback=_split,
    metavar="CODES",
    help="Count only codes that begin so: CPL101,CPL9.",
)
@click.option("--ignore", multiple=True, callback=_split, metavar="CODES", help="Do not count codes that begin so.")
@click.option("--exclude", multiple=True, callback=_split, metavar="PATTERNS", help="Leave out files and directories.")
@click.option("--format", "output_format", type=click.Choice(CHECK_FORMATS), default="text", help="What to write.")
@click.option("--output-file", default="", metavar="FILE", help="Write there instead of to standard output.")
@click.option("--config", default="", metavar="FILE", help="Use this configuration for every file.")
@click.option("--isolated", is_flag=True, help="Use no configuration: building is allowed nowhere.")
@click.option("--ignore-noqa", is_flag=True, help="Count findings that a comment suppresses, too.")
@click.option("--statistics", is_flag=True, help="Show how many findings each code has.")
@click.option("--quiet", "-q", is_flag=True, help="Show the findings' lines and nothing more.")
@click.option("--exit-zero", is_flag=True, help="Exit with 0 even when something was found.")
@click.option("--jobs", "-j", default="auto", callback=_jobs, metavar="N", help="Number of processes, or auto.")
@click.option("--no-cache", is_flag=True, help="Neither read nor write the cache.")
@click.option("--stdin-filename", default="", metavar="NAME", help="What standard input is to be called.")
@click.option("--pending", is_flag=True, help="Show what is pending and what the baseline knows, too.")
@click.option("--show-fixes", is_flag=True, help="With json, rdjson or sarif: work out each fix, too.")
@click.option("--show-suppressed", is_flag=True, help="Show what comments suppress, with their reasons.")
@click.option("--ci/--no-ci", default=None, help="Fail for an outdated baseline; default: as CI=true says.")
@click.option("--since", default="", metavar="REV", help="Count only what was added since the merge base.")
def check(**options: Any) -> int:  # noqa: ANN401 - click gives each option the type that it declares
    """Check files, and all Python files in directories; - stands for standard input.

    Exits with 0 when nothing was found, 1 for findings, 2 when the check could not be done or not completely.
    """
    from flake8_client_pool.frontends.check import CheckRequest, check

    return check(CheckRequest(**options))


@commands.command()
@click.argument("paths", nargs=-1)
@click.option("--diff", is_flag=True, help="Write nothing; print a patch that `git apply` takes.")
@click.option("--unsafe", is_flag=True, help="Make changes, too, after which the program may behave differently.")
@click.option("--interactive", "-i", is_flag=True, help="Ask about each change, with the diff.")
@click.option(
    "--select", multiple=True, callback=_split, metavar="CODES", help="Fix only codes that begin so."
)
@click.option(
    "--exclude", multiple=True, callback=_split, metavar="PATTERNS", help="Leave out files and directories."
)
@click.option(
    "--format", "output_format", type=click.Choice(["text", "json"]), default="text", help="What to write."
)
@click.option("--isolated", is_flag=True, help="Use no configuration: building is allowed nowhere.")
@click.option("--config", default="", metavar="FILE", help="Use this configuration for every file.")
@click.option(
    "--jobs", "-j", default="auto", callback=_jobs, metavar="N", help="Number of processes, or auto."
)
def fix(**options: Any) -> int:  # noqa: ANN401 - click gives each option the type that it declares
    """Take clients from the pool where they are built directly, imports included.

    Exits with 0 when nothing is left that a check fails for, 1 when such findings remain, 2 when it could not be done
    or not completely.
    """
    from flake8_client_pool.frontends.fix import FixRequest, fix

    return fix(FixRequest(**options))


@commands.command()
@click.argument("directories", nargs=-1)
@click.option("--check", is_flag=True, help="Exit with 1 when a phase that the gate reaches has errors.")
@click.option("--advance", is_flag=True, help="Raise phase in the configuration when the next one is clean.")
@click.option("--format", "output_format", type=click.Choice(["text", "json"]), default="text", help="What to write.")
@click.option("--config", default="", metavar="FILE", help="Use this configuration for every file.")
@click.option("--jobs", "-j", default="auto", callback=_jobs, metavar="N", help="Number of processes, or auto.")
def phases(**options: Any) -> int:  # noqa: ANN401 - as above
    """Show how far the phases have come, and what holds the next one back.

    The phases are those of the configuration that holds in each directory, by default in this one.
    """
    from flake8_client_pool.frontends.phases import PhasesRequest, phases

    return phases(PhasesRequest(**options))


@commands.command()
@click.argument("directories", nargs=-1)
@click.option("--update", is_flag=True, help="Remove what is fixed; nothing is added.")
@click.option("--allow-growth", metavar="REASON", help="With --update: add what is new, and keep the reason.")
@click.option("--config", default="", metavar="FILE", help="Use this configuration for every file.")
@click.option("--jobs", "-j", default="auto", callback=_jobs, metavar="N", help="Number of processes, or auto.")
def baseline(**options: Any) -> int:  # noqa: ANN401 - as above
    """Write down what is known in phases that are still to come, so that nothing can be added there.

    The baseline lies beside the configuration that holds in each directory, by default in this one.
    """
    from flake8_client_pool.frontends.baseline import BaselineRequest, baseline

    return baseline(BaselineRequest(**options))


@commands.command()
@click.argument("directory", default=".")
@click.option("--file", type=click.Choice(PREFERRED), help="Configure there.")
@click.option("--pool-module", default="", metavar="MODULE", help="Where clients are to come from.")
@click.option("--hook/--no-hook", default=True, help="Whether to add the commit hook.")
@click.option("--yes", "-y", is_flag=True, help="Write without asking.")
@click.option("--jobs", "-j", default="auto", callback=_jobs, metavar="N", help="Number of processes, or auto.")
def init(**options: Any) -> int:  # noqa: ANN401 - as above
    """Gate a repository: a first configuration with phases, a baseline and the commit hook.

    Shows what it would write and asks. A configuration that is there stays as it is.
    """
    from flake8_client_pool.frontends.init import InitRequest, init

    return init(InitRequest(**options))


@commands.command()
@click.argument("directory", default="")
@click.option("--format", "output_format", type=click.Choice([*FORMATS, PAGE]), default="table", help="What to write.")
@click.option("--output", default="", metavar="FILE", help="Write there instead of to standard output.")
@click.option("--update", default="", metavar="FILE.md", help="Rewrite the part of a document between its markers.")
@click.option("--check", is_flag=True, help="With --update: write nothing; exit with 1 when the document is stale.")
@click.option("--since", default="", metavar="REV", help="Say in Markdown what changed since the merge base.")
@click.option(
    "--history", is_flag=False, flag_value="", metavar="[REV..REV]", help="Report how the figures came to be, from git."
)
@click.option("--per", type=click.Choice(["day", "commit"]), help="With --history: what a row is, a day if not given.")
@click.option("--repos", default="", metavar="FILE", help="Compare the checkouts that a file lists, one a line.")
@click.option("--dask", default="", metavar="ADDRESS", help="Hand the work to the Dask cluster of this scheduler.")
@click.option("--depth", type=click.IntRange(min=1), help="How many folders deep to tell directories apart.")
@click.option("--config", default="", metavar="FILE", help="Use this configuration for every file.")
@click.option("--jobs", "-j", default="auto", callback=_jobs, metavar="N", help="Number of processes, or auto.")
def report(**options: Any) -> int:  # noqa: ANN401 - as above
    """Report how far a directory has come: pool calls, direct constructions, adoption.

    Exits with 0, with 1 when --check finds a stale document, with 2 when the figures could not be had or written.
    """
    from flake8_client_pool.frontends.report import ReportRequest, show

    return show(ReportRequest(**options))


@commands.command()
def rules() -> None:
    """List the rules."""
    from flake8_client_pool.frontends.rule_pages import listed

    write_out(listed())


@commands.command()
@click.argument("code")
def explain(code: str) -> None:
    """Explain one rule: why it matters, with examples and the fix."""
    from flake8_client_pool.frontends.rule_pages import explained

    write_out(explained(code))


@commands.command()
@click.argument("path", default=".")
@click.option("--config", default="", metavar="FILE", help="Use this configuration for every file.")
@click.option("--isolated", is_flag=True, help="Use no configuration.")
def config(path: str, config: str, *, isolated: bool) -> None:
    """Print what is in force for a file or directory, and where it comes from."""
    from flake8_client_pool.frontends.settings_page import settings_page

    write_out(settings_page(path, config, isolated=isolated))


@commands.command()
@click.option("--stdio", is_flag=True, expose_value=False, help="Clients may say so; there is no other way.")
def lsp() -> None:
    """Serve an editor by the Language Server Protocol, over standard input and output.

    Needs the extra: pip install '.[lsp]' in a clone of this project
    """
    from importlib.util import find_spec

    from flake8_client_pool.policy.errors import ClientPoolError

    if not find_spec("pygls"):
        raise ClientPoolError("the language server needs pygls; run pip install '.[lsp]' in a clone of this project")
    from flake8_client_pool.frontends.lsp.server import serve

    serve()
