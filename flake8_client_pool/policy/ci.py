"""Whether this process runs in continuous integration."""

import os

_NO = frozenset({"", "0", "false", "no"})


def runs_in_ci() -> bool:
    """Tell by the variable `CI`, which all common services set to true."""
    return os.environ.get("CI", "").lower() not in _NO
