"""Getters whose clients belong to an event loop, and the places where one is sure to run."""

import ast

from flake8_client_pool.kinds import ClientKind
from flake8_client_pool.rules.getter_definitions import Getter
from flake8_client_pool.rules.getters import BUNDLED_POOL
from flake8_client_pool.syntax.scopes import COMPREHENSIONS, place_of
from flake8_client_pool.syntax.source import Node

_BOUND_BY_THE_BUNDLED_POOL = "firestore_async"
# What runs at once where it stands.
_PASSED_THROUGH = (COMPREHENSIONS - {"generator_expression"}) | {"class_definition"}


def needs_a_loop(kind: ClientKind, getter: Getter) -> bool:
    """Tell whether a getter fails where no event loop runs: the bundled one, or one that asks that or the loop."""
    if getter.module == BUNDLED_POOL:
        return kind.name == _BOUND_BY_THE_BUNDLED_POOL
    nodes = ast.walk(getter.definition) if getter.definition and kind.name == _BOUND_BY_THE_BUNDLED_POOL else ()
    names = (getattr(node, "attr", getattr(node, "id", "")) for node in nodes)
    return any(name in ("get_running_loop", getter.name) for name in names)


def runs_in_a_loop(node: Node) -> bool:
    """Tell whether what stands at a place runs in a coroutine, neither before it nor in a function inside it."""
    scopes = (scope for scope in place_of(node).scopes if scope.kind() not in _PASSED_THROUGH)
    function = next(scopes)
    first = function.child(0)
    return function.kind() == "function_definition" and first is not None and first.kind() == "async"
