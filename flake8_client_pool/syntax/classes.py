"""What the attributes of a repository's own classes stand for: class body, `self.name = ...`, base classes."""

from collections.abc import Iterator

from flake8_client_pool.syntax.flow import reaching
from flake8_client_pool.syntax.scopes import Role, role_of
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
    arguments = owner.node.field("superclasses")
    bases = arguments.named_children() if arguments else []
    plain = [base for base in bases if base.kind() in ("identifier", "attribute", "call")]
    return tuple(value for base in plain for value in owner.names.evaluate(base))


def own_attribute(owner: Class, name: str) -> Values | None:
    """Tell what a class itself makes of an attribute; None when it does not mention it."""
    names = owner.names
    bindings = names.uses(name).by_scope.get(owner.node, [])
    values = names.values_of(reaching(bindings, None, ()))
    assigned = [right for node in names.source.identifiers(name) if (right := _assigned_to(owner, node))]
    if not bindings and not assigned:
        return None
    return tuple(dict.fromkeys((*values, *(value for right in assigned for value in names.evaluate(right)))))


def _assigned_to(owner: Class, attribute: Node) -> Node | None:
    """Find what is assigned where an identifier stands in `self.name = value` of a class."""
    if role_of(attribute) is not Role.ATTRIBUTE:
        return None
    target = attribute.parent()
    assignment = target.parent() if target else None
    if target is None or assignment is None or assignment.kind() != "assignment":
        return None
    if assignment.field("left") != target:
        return None
    receivers = owner.names.evaluate(target.field("object"))
    return assignment.field("right") if owner in receivers or Instance(owner) in receivers else None
