"""What a file does to a client that it will only borrow: closing or changing it would strike all who share it."""

import re

from flake8_client_pool.rules.getter_call import NotPooledError
from flake8_client_pool.syntax.scopes import FUNCTIONS, place_of
from flake8_client_pool.syntax.source import Node

_CLOSING = r"(?:close|stop|shutdown|__exit__|__aexit__|transport\s*\.\s*close)\s*\("
_CLOSING_CALLS = frozenset(("closing", "aclosing", "enter_context", "enter_async_context", "push", "callback"))
_THROUGH = frozenset(("parenthesized_expression", "conditional_expression", "boolean_operator", "await"))


def refuse_if_closed(call: Node, source: str, getter: str, *, protects: bool) -> None:
    """Refuse a call whose client is closed or changed by the code around it.

    Args:
        call: the call that builds the client.
        source: the text of the file.
        getter: the getter's name, for the reason.
        protects: whether the pool's clients ignore it when a borrower closes them.

    Raises:
        NotPooledError: sharing the client would do harm.
    """
    holder, parent = _outermost(call)
    if not protects and _is_closed_on_the_spot(holder, parent):
        raise NotPooledError(f"it is closed here, and {getter}() gives a client that others use")
    for name in _targets(parent):
        text = _reach(call, source, name)
        if not protects and _closes(text, name):
            raise NotPooledError(f"{name} is closed, and {getter}() gives a client that others use")
        if re.search(rf"{_spaced(name)}\s*\.\s*[A-Za-z_]\w*\s*(?:[-+*/|&]|//|\*\*)?=(?!=)", text):
            raise NotPooledError(f"{name} is changed, and {getter}() gives a client that others use")


def _outermost(call: Node) -> tuple[Node, Node | None]:
    """Find the expression that hands the client's value on unchanged, and what holds it."""
    holder, parent = call, call.parent()
    while parent and parent.kind() in _THROUGH:
        holder, parent = parent, parent.parent()
    return holder, parent


def _is_closed_on_the_spot(holder: Node, parent: Node | None) -> bool:
    if parent is None:
        return False
    kind = parent.kind()
    if kind in ("with_item", "as_pattern"):
        return True
    if kind == "argument_list" and (call := parent.parent()):
        function = call.field("function")
        return function is not None and function.text().rpartition(".")[2] in _CLOSING_CALLS
    attribute = parent.field("attribute") if kind == "attribute" and parent.field("object") == holder else None
    return attribute is not None and re.fullmatch("close|stop|shutdown|transport", attribute.text()) is not None


def _targets(parent: Node | None) -> list[str]:
    """Name what a client is assigned to: `client`, `self.client`."""
    names: list[str] = []
    while parent and parent.kind() in ("assignment", "named_expression"):
        target = parent.field("left") or parent.field("name")
        if target and target.kind() in ("identifier", "attribute"):
            names.append("".join(target.text().split()))
        parent = parent.parent()
    return names


def _reach(call: Node, source: str, name: str) -> str:
    """Give the source in which a name may stand for the client: its function for a local one, else the file."""
    scopes = place_of(call).scopes
    function = next((scope for scope in scopes if scope.kind() in FUNCTIONS), None)
    is_local = "." not in name and function is not None and f"global {name}" not in function.text()
    return function.text() if is_local and function else source


def _closes(text: str, name: str) -> bool:
    spaced = _spaced(name)
    patterns = [
        rf"{spaced}\s*\.\s*{_CLOSING}",
        rf"with(?<!\wwith)\s+(?:[^\n:]*,\s*)?{spaced}\s*(?:,|:|as\b)",
        *(rf"{call}(?<!\w{call})\(\s*{spaced}(?:\.\w+)?\s*[,)]" for call in _CLOSING_CALLS if f"{call}(" in text),
    ]
    return any(re.search(pattern, text) for pattern in patterns)


def _spaced(name: str) -> str:
    """Give a pattern for a dotted name that no other name or dot stands before.

    It begins with the name, for which `re` looks a hundred times faster than for what may stand before it.
    """
    first, *rest = map(re.escape, name.split("."))
    return r"\s*\.\s*".join([rf"{first}(?<![\w.]{first})", *rest])
