"""What of its bases a class takes away from its objects: members that it replaces, attributes that it sets to None."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from flake8_client_pool.syntax.scopes import place_of
from flake8_client_pool.syntax.source import Node, start_of
from flake8_client_pool.syntax.values import Class

_INITIALIZER = "__init__"
_EMPTY = "None"


@dataclass(frozen=True, slots=True)
class Hidden:
    """What a class hides of its bases.

    Attributes:
        members: the methods that it replaces without calling on, and the names that its body sets to None.
        emptied: the attributes that are None when its constructor has run.
    """

    members: frozenset[str]
    emptied: frozenset[str]


def hides(hidden: Hidden, attribute: str, sources: frozenset[str]) -> bool:
    """Tell whether an attribute of a base, there because of its members `sources`, is hidden."""
    members = hidden.members | ({_INITIALIZER} if attribute in hidden.emptied else set())
    return bool(sources) and sources <= members


def hidden_by(owner: Class) -> Hidden:
    """Find what a class hides of its bases."""
    body = owner.node.field("body")
    statements = body.named_children() if body else []
    return Hidden(frozenset(_replaced(statements)), frozenset(_emptied(statements)))


def is_private(attribute: str) -> bool:
    """Tell whether Python gives an attribute another name in each class: `__client`."""
    return attribute.startswith("__") and not attribute.endswith("__")


def method_around(node: Node, owner: Class) -> str:
    """Name the method of a class in which a node stands; empty outside of it."""
    scopes = place_of(node).scopes
    name = scopes[scopes.index(owner.node) - 1].field("name") if owner.node in scopes[1:] else None
    return name.text() if name else ""


def _replaced(statements: list[Node]) -> Iterator[str]:
    for statement in statements:
        method = _method(statement)
        name = method.field("name") if method else None
        if name and not re.search(rf"\.{name.text()}\b", statement.text()) and not _returns(statement):
            yield name.text()
        assigned = re.fullmatch(rf"(\w+)\s*(?::[^=]*)?=\s*{_EMPTY}", statement.text())
        if assigned:
            yield assigned[1]


def _method(statement: Node) -> Node | None:
    inner = statement.field("definition") if statement.kind() == "decorated_definition" else statement
    return inner if inner and inner.kind() == "function_definition" else None


def _returns(method: Node) -> bool:
    """Tell whether a method returns something: it may be a client of another's."""
    return any(each.named_children() for each in method.find_all(kind="return_statement"))


def _emptied(statements: list[Node]) -> Iterator[str]:
    constructors = [method for each in statements if (method := _method(each)) and _is_constructor(method)]
    for constructor in constructors:
        called_on = constructor.text().find(f".{_INITIALIZER}(")
        for assignment in constructor.find_all(kind="assignment"):
            left, right = assignment.field("left"), assignment.field("right")
            name = left.field("attribute") if left and left.kind() == "attribute" else None
            is_later = start_of(assignment) > start_of(constructor) + called_on
            if name and right and right.text() == _EMPTY and is_later and not place_of(assignment).branches:
                yield name.text()


def _is_constructor(method: Node) -> bool:
    name = method.field("name")
    return name is not None and name.text() == _INITIALIZER
