"""The command line's way in and out: from an argument list to an exit code."""

import os
import sys
from typing import NoReturn

from flake8_client_pool.frontends.exit_codes import COULD_NOT_RUN, FOUND_NOTHING, INTERRUPTED


def main() -> NoReturn:
    """Run `client-pool` with the arguments of this process, and end it.

    The exit code is 0 when nothing was found, 1 for findings, 2 when the run could not be done or not
    completely.
    """
    try:
        code = _run()
    except BrokenPipeError:
        # Whoever read the output has seen enough; Python would complain when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = FOUND_NOTHING
    except KeyboardInterrupt:
        print("client-pool: interrupted", file=sys.stderr)
        code = INTERRUPTED
    sys.exit(code)


def _run() -> int:
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
