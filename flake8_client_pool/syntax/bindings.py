"""Where a file binds a name: the scope that each binding belongs to, and from which place on it holds."""

from collections import defaultdict
from dataclasses import dataclass, field

from flake8_client_pool.syntax.flow import Binding
from flake8_client_pool.syntax.scopes import COMPREHENSIONS, FUNCTIONS, PATTERNS, Place, Role, place_of, role_of
from flake8_client_pool.syntax.source import Node, Source, end_of, start_of

_HOLDS_FROM_END = frozenset(("assignment", "augmented_assignment", "named_expression", "class_definition"))


@dataclass(frozen=True, slots=True)
class NameUse:
    """What one file does with one name.

    Attributes:
        by_scope: the bindings, by the scope they belong to.
        elsewhere: scopes that say `global` or `nonlocal`, and look the name up further out.
    """

    by_scope: dict[Node, list[Binding]] = field(default_factory=lambda: defaultdict(list))
    elsewhere: dict[Node, Role] = field(default_factory=dict)


def uses_of(source: Source, name: str) -> NameUse:
    """Collect all bindings of a name in a file."""
    use = NameUse()
    places: list[tuple[Node, Place]] = []
    for node in source.identifiers(name):
        role = role_of(node)
        if role in (Role.BINDING, Role.DELETION):
            places.append((node, place_of(node)))
        elif role in (Role.GLOBAL, Role.NONLOCAL):
            use.elsewhere[place_of(node).scopes[0]] = role
    for node, place in places:
        scope, deferred = _owner(node, place, use)
        branches = () if deferred else place.branches
        use.by_scope[scope].append(Binding(node, _holds_from(node, scope), branches, deferred))
    return use


def _owner(node: Node, place: Place, use: NameUse) -> tuple[Node, bool]:
    scopes = list(place.scopes)
    parent = node.parent()
    if parent and parent.kind() == "named_expression":
        scopes = [scope for scope in scopes if scope.kind() not in COMPREHENSIONS]
    role = use.elsewhere.get(scopes[0])
    if role is Role.GLOBAL:
        return scopes[-1], True
    if role is Role.NONLOCAL:
        return next((scope for scope in scopes[1:] if scope.kind() in FUNCTIONS), scopes[-1]), True
    return scopes[0], False


def binder_of(name: Node) -> Node | None:
    """Find the construct that gives a bound name its value, above the patterns around it."""
    binder = name.parent()
    while binder and binder.kind() in PATTERNS:
        binder = binder.parent()
    return binder


def _holds_from(name: Node, scope: Node) -> int:
    """Find the offset from which on a binding holds: what stands right of `=` does not see it yet."""
    binder = binder_of(name)
    kind = binder.kind() if binder else ""
    if binder is None or kind == "for_in_clause":
        return start_of(scope)
    if kind in _HOLDS_FROM_END:
        return end_of(binder)
    if kind == "for_statement" and (iterable := binder.field("right")):
        return end_of(iterable)
    return end_of(name)


def matching_part(target: Node | None, value: Node | None, name: Node) -> Node | None:
    """Find the part of the right side that a name on the left side takes: `a, b = one, two`."""
    if target is None or value is None or target == name or target.text() == f"({name.text()})":
        return value
    targets, values = target.named_children(), value.named_children()
    if value.kind() not in ("expression_list", "tuple", "list") or len(targets) != len(values):
        return None
    if any(part.kind().startswith("list_splat") for part in (*targets, *values)):
        return None
    return next((part for left, part in zip(targets, values, strict=True) if left == name), None)
