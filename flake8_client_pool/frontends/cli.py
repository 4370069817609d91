"""The command line's way in and out: from an argument list to an exit code."""

import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from typing import NoReturn

from flake8_client_pool.frontends.exit_codes import COULD_NOT_RUN, FOUND_NOTHING, INTERRUPTED

_ADVICE: Mapping[str, str] = {
    "check": "name a file with --output-file",
    "report": "name a file with --output",
    "fix": "what could be fixed is fixed, unless --diff was given; git diff shows it",
}


def main() -> NoReturn:
    """Run `client-pool` with the arguments of this process, and end it.

    The exit code is 0 when nothing was found, 1 for findings, 2 when the run could not be done or not
    completely.
    """
    try:
        code = _run()
    except BrokenPipeError:
        # Whoever read the output has seen enough.
        _drop_output()
        code = FOUND_NOTHING
    except OSError as error:
        # Only a stream that was open before fails without the name of a file.
        _complain(f"{error.filename or 'standard output'}: cannot be written: {_reason(error)}")
        _drop_output()
        code = COULD_NOT_RUN
    except KeyboardInterrupt:
        print("client-pool: interrupted", file=sys.stderr)
        code = INTERRUPTED
    sys.exit(code)


def _drop_output() -> None:
    """Keep Python from complaining, and from changing the exit code, when it flushes at exit."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _complain(text: str) -> None:
    with suppress(OSError):
        advice = _ADVICE.get(sys.argv[1] if len(sys.argv) > 1 else "", "send it elsewhere")
        print(f"client-pool: {text}; {advice}", file=sys.stderr, flush=True)


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()


def _run() -> int:
    if sys.__stdout__ is None:
        _complain("standard output: cannot be written: it is closed")
        return COULD_NOT_RUN
    import click

    from flake8_client_pool.frontends.commands import commands
    from flake8_client_pool.policy.errors import ClientPoolError

    try:
        code = commands.main(prog_name="client-pool", standalone_mode=False)
    except click.Abort as error:
        raise KeyboardInterrupt from error
    except click.ClickException as error:
        error.show()
        return COULD_NOT_RUN
    except ClientPoolError as error:
        click.echo(f"client-pool: {error}", err=True)
        return COULD_NOT_RUN
    sys.stdout.flush()
    return code or FOUND_NOTHING
