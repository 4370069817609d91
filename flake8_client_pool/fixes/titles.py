"""What a change is called, for whoever is to choose it."""

from collections.abc import Mapping

from flake8_client_pool.rules import client_built_over_base, constructor_patched, pools_not_emptied

_TITLES: Mapping[str, str] = {
    client_built_over_base.RULE.code: "Leave the line out",
    constructor_patched.RULE.code: "Patch {getter}",
    pools_not_emptied.RULE.code: "Add the fixture that empties the pools",
}


def title_of(code: str, getter: str, doubt: str = "") -> str:
    """Name the fix for findings with a code; `getter` may be dotted, and `doubt` says why the fix is not safe."""
    title = _TITLES.get(code, "Use {getter}").format(getter=getter.rpartition(".")[2])
    return f"{title} (unsafe: {doubt})" if doubt else title
