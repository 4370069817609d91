"""What may happen to a client at one place: it is closed, or changed for all who share it."""

from dataclasses import dataclass
from enum import Enum, auto

from flake8_client_pool.syntax.scopes import PATTERNS
from flake8_client_pool.syntax.source import Node, string_of

_CLOSING = frozenset(("close", "stop", "shutdown", "__exit__", "__aexit__"))
_CLOSING_CALLS = frozenset(("closing", "aclosing", "enter_context", "enter_async_context", "push", "callback"))
_CHANGING_CALLS = frozenset(("setattr", "delattr"))
# What a client holds and shares with all who use it.
PARTS = (
    "_http",
    "_http_internal",
    "_connection",
    "_extra_headers",
    "default_query_job_config",
    "default_load_job_config",
    "_default_query_job_config",
    "_default_load_job_config",
    "__dict__",
)
# The methods of such parts, and of what they hold, that change nothing.
_LOOKING = frozenset(("get", "items", "keys", "values", "copy", "to_api_repr", "api_request", "build_api_url"))
_LOOKING_PREFIX = "get_"
# These give parts of a session that may be changed in their turn.
_GIVING_PARTS = frozenset(("get_adapter", "get_connection"))
_ASKING = frozenset(("request", "post", "put", "patch", "delete", "head", "options"))
ASSIGNING = frozenset(("assignment", "augmented_assignment"))
_ASSIGNED = frozenset((*ASSIGNING, "delete_statement", "for_statement"))
_INSIDE = frozenset(("attribute", "subscript"))


class Kind(Enum):
    """What an expression has to do with the client."""

    CLIENT = auto()
    CONTAINER = auto()
    PART = auto()
    MANAGER = auto()
    MAKER = auto()
    MAKER_OF_CONTAINER = auto()
    MAKER_OF_MANAGER = auto()


HELD = frozenset((Kind.CLIENT, Kind.CONTAINER))
_FOLLOWED = HELD | {Kind.PART}


class Fate(Enum):
    """What may happen to a client."""

    CLOSED = "closed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Held:
    """An expression, and what it has to do with the client."""

    node: Node
    kind: Kind


def is_part(parent: Node, node: Node, kind: Kind) -> bool:
    """Tell whether an expression takes a part out of a client, or out of such a part."""
    if kind is Kind.PART:
        return parent.kind() in _INSIDE and parent.child(0) == node
    attribute = parent.field("attribute") if kind in HELD and parent.kind() == "attribute" else None
    return attribute is not None and attribute.text() in PARTS


def fate_at(held: Held) -> Fate | None:
    """Tell what happens to a client where an expression that has to do with it stands; None for nothing."""
    node, parent = held.node, held.node.parent()
    if parent is None or held.kind not in _FOLLOWED:
        return None
    what = parent.kind()
    if what in _INSIDE and parent.child(0) == node:
        if held.kind is Kind.PART:
            return Fate.CHANGED if _is_target(parent) or _changes(parent) else None
        return _fate_of_attribute(parent) if what == "attribute" else None
    if what in ("with_item", "as_pattern"):
        return Fate.CLOSED if held.kind in HELD else None
    return _fate_of_argument(parent, node, held.kind) if what == "argument_list" else None


def _fate_of_argument(arguments: Node, node: Node, kind: Kind) -> Fate | None:
    call = arguments.parent()
    function = call.field("function") if call and call.kind() == "call" else None
    name = function.text().rpartition(".")[2] if function else ""
    first, *others = arguments.named_children()
    if name in _CHANGING_CALLS and first == node:
        return Fate.CHANGED
    closes = name in _CLOSING_CALLS or (name == "getattr" and any(string_of(each) in _CLOSING for each in others))
    return Fate.CLOSED if closes and kind in HELD else None


def _changes(attribute: Node) -> bool:
    """Tell whether a method of a part is called that may change it."""
    name, above = attribute.field("attribute"), attribute.parent()
    is_called = above is not None and above.kind() == "call" and above.field("function") == attribute
    return is_called and name is not None and not _only_looks(name.text())


def _only_looks(method: str) -> bool:
    looks = method in _LOOKING | _ASKING or method.startswith(_LOOKING_PREFIX)
    return looks and method not in _GIVING_PARTS


def _fate_of_attribute(attribute: Node) -> Fate | None:
    """Tell what happens where an attribute of a client is named: `client.close()`, `client.project = ...`."""
    name, above = attribute.field("attribute"), attribute.parent()
    if name and name.text() == "transport" and above and above.kind() == "attribute":
        name, above = above.field("attribute"), above.parent()
    if name and name.text() in _CLOSING and above and above.kind() in ("call", "argument_list"):
        return Fate.CLOSED
    return Fate.CHANGED if _is_target(attribute) else None


def _is_target(target: Node) -> bool:
    """Tell whether something is assigned or deleted, by itself, as a part of it, or among others."""
    while (outer := target.parent()) and (
        outer.kind() in PATTERNS or (outer.child(0) == target and outer.kind() in _INSIDE)
    ):
        target = outer
    return bool(outer and outer.kind() in _ASSIGNED and target not in (outer.field("right"), outer.field("body")))
