"""Say whether the pools can be used here, or measure what they save.

Usage: python -m shared_clients [measure]
"""

import sys

from shared_clients._health import check
from shared_clients._measure import measure

_COMMANDS = {(): check, ("measure",): measure}


def main(arguments: list[str]) -> int:
    """Run the command; returns the exit code, 2 for a command that does not exist."""
    command = _COMMANDS.get(tuple(arguments))
    if command is None:
        print(__doc__, file=sys.stderr)  # noqa: T201 - this module is a command
        return 2
    return command()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
