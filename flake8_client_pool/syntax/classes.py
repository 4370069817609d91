"""What the attributes of a repository's own classes stand for: class body, `self.name = ...`, base classes."""

from collections.abc import Iterator

from flake8_client_pool.syntax.bindings import matching_part
from flake8_client_pool.syntax.flow import reaching
from flake8_client_pool.syntax.scopes import PATTERNS, Role, role_of
from flake8_client_pool.syntax.source import Node
from flake8_client_pool.syntax.values import Class, Instance, Values


def class_attribute(owner: Class, name: str) -> Values:
    """Tell what an attribute of a class, or of its objects, may stand for: all its assignments count."""
    for each in with_bases(owner):
        found = own_attribute(each, name)
        if found is not None:
            return found
    return ()


def with_bases(owner: Class) -> Iterator[Class]:
    """Give a class and its bases in the repository, the nearest first."""
    waiting, seen = [owner], {owner}
    while waiting:
        current = waiting.pop(0)
        yield current
        for base in bases_of(current):
            if isinstance(base, Class) and base not in seen:
                seen.add(base)
                waiting.append(base)


def bases_of(owner: Class) -> Values:
    """Evaluate the base classes of a class, in their order."""
    classes = [base for base in base_expressions(owner) if base.kind() in ("identifier", "attribute", "call")]
    return tuple(value for base in classes for value in owner.names.evaluate(base))


def base_expressions(owner: Class) -> list[Node]:
    """List what a class derives from: `Base` where it says `Base[int]`."""
    arguments = owner.node.field("superclasses")
    bases = arguments.named_children() if arguments else []
    plain = (base.field("value") if base.kind() == "subscript" else base for base in bases)
    return [base for base in plain if base and base.kind() not in ("keyword_argument", "comment")]


def own_attribute(owner: Class, name: str) -> Values | None:
    """Tell what a class itself makes of an attribute; None when it does not mention it."""
    assigned = assigned_values(owner, name)
    if not owner.names.uses(name).by_scope.get(owner.node) and not assigned:
        return None
    values = (value for right in assigned for value in owner.names.evaluate(right))
    return tuple(dict.fromkeys((*body_attribute(owner, name), *values)))


def body_attribute(owner: Class, name: str) -> Values:
    """Tell what the body of a class itself makes of an attribute."""
    bindings = owner.names.uses(name).by_scope.get(owner.node, [])
    return owner.names.values_of(reaching(bindings, None, ()))


def assigned_values(owner: Class, name: str) -> list[Node]:
    """Find what is assigned to an attribute of the objects of a class, or of itself."""
    return [right for node in owner.names.source.identifiers(name) if (right := _assigned_to(owner, node))]


def _assigned_to(owner: Class, attribute: Node) -> Node | None:
    """Find what is assigned where an identifier stands in `self.name = value`, or in `self.name, other = value, 1`."""
    target = attribute.parent() if role_of(attribute) is Role.ATTRIBUTE else None
    value = _value_for(target) if target else None
    if target is None or value is None:
        return None
    receivers = owner.names.evaluate(target.field("object"))
    return value if owner in receivers or Instance(owner) in receivers else None


def _value_for(target: Node) -> Node | None:
    holder = target.parent()
    assignment = holder.parent() if holder and holder.kind() in PATTERNS else holder
    if assignment is None or assignment.kind() != "assignment" or assignment.field("left") not in (target, holder):
        return None
    return matching_part(assignment.field("left"), assignment.field("right"), target)
