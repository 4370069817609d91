"""What a file does to a client that it will only borrow: closing or changing it would strike all who share it."""

import re
from functools import lru_cache, partial

from flake8_client_pool.fixes.doubts.fates import PARTS, Fate, Kind
from flake8_client_pool.fixes.doubts.following import Following
from flake8_client_pool.rules.getter_call import NotPooledError
from flake8_client_pool.rules.getter_definitions import Getter
from flake8_client_pool.rules.uses import Use
from flake8_client_pool.syntax.names import Names

# Where none of these occurs nobody needs to be followed, which takes time.
_MAY_CHANGE = re.compile(
    r"\b(?:setattr|delattr|del)\b|(?<!\bself)(?<!\bcls)\.\w+[\w.\[\]'\"]*\s*(?::[^=\n]+)?[-+*/|&]*=(?!=)"
)
_MAY_CLOSE = re.compile(
    r"\.\s*(?:close|stop|shutdown|__a?exit__)\b|\b(?:a?closing|enter_\w*context|push|callback)\(|\bwith\b(?!\s+open\()"
)
_PARTS = ("vars(", *(f".{part}" for part in PARTS))


def refuse_if_closed(names: Names, use: Use, getter: Getter) -> None:
    """Refuse a client that is closed or changed by what the file does with it.

    Raises:
        NotPooledError: sharing the client would do harm.
    """
    at_risk = partial(_is_at_risk, names.source.text, protected=getter.protects)
    start = "".join(use.node.text().split())
    is_built = use.node.kind() == "call"
    for fate, name in Following(names, use.node, Kind.CLIENT if is_built else Kind.MAKER, at_risk).fates():
        if fate is Fate.CHANGED or not getter.protects:
            what = f"it is {fate.value} here" if is_built and name == start else f"{name} is {fate.value}"
            raise NotPooledError(f"{what}, and {getter.name}() gives a client that others use")


@lru_cache(maxsize=4)
def _is_at_risk(text: str, *, protected: bool) -> bool:
    if any(part in text for part in _PARTS) or _MAY_CHANGE.search(text):
        return True
    return not protected and ("getattr(" in text or _MAY_CLOSE.search(text) is not None)
