"""What a function's parameter may stand for inside the function."""

from typing import TYPE_CHECKING

from flake8_client_pool.syntax.scopes import place_of
from flake8_client_pool.syntax.source import Node
from flake8_client_pool.syntax.values import Class, Instance, Qualified, Values

if TYPE_CHECKING:
    from flake8_client_pool.syntax.names import Names

# What may stand around a type in an annotation: `Optional[type[Client]]`, `type[Client] | None`.
_AROUND_TYPES = frozenset(("type", "type_parameter", "binary_operator", "union_type"))
_GENERIC = frozenset(("generic_type", "subscript"))
_TYPE_OF = frozenset(("type", "Type", "typing.Type", "t.Type", "builtins.type"))


def parameter_values(names: "Names", name: Node, parameter: Node) -> Values:
    """Tell what a parameter may stand for: its default, the class that `type[...]` names, or the object itself."""
    values = names.evaluate(parameter.field("value"))
    if annotation := parameter.field("type"):
        values += _annotated(names, annotation)
    return values or _receiver(names, name, parameter)


def _annotated(names: "Names", annotation: Node) -> Values:
    """Tell what an annotation makes of a parameter: `type[Client]` the class, `Client` an object of it."""
    parts = annotation.named_children()
    if annotation.kind() in ("identifier", "attribute"):
        classes = (value for value in names.evaluate(annotation) if isinstance(value, Qualified | Class))
        return tuple(Instance(value) for value in classes if names.modules.constructor_of(value))
    if annotation.kind() in _GENERIC:
        return tuple(value for part in parts[1:] for value in _argument(names, parts[0].text(), part))
    if annotation.kind() in _AROUND_TYPES:
        return tuple(value for part in parts for value in _annotated(names, part))
    return ()


def _argument(names: "Names", origin: str, argument: Node) -> Values:
    return names.evaluate(_innermost(argument)) if origin in _TYPE_OF else _annotated(names, argument)


def _innermost(annotation: Node) -> Node:
    while annotation.kind() in ("type_parameter", "type") and annotation.named_children():
        annotation = annotation.named_children()[0]
    return annotation


def _receiver(names: "Names", name: Node, parameter: Node) -> Values:
    """Tell what the first parameter of a method is: the object, or the class."""
    if parameter.kind() != "parameters" or next(iter(parameter.named_children())) != name:
        return ()
    function = parameter.parent()
    if function is None:
        return ()
    place = place_of(function)
    if place.scopes[0].kind() != "class_definition":
        return ()
    decorators = decorators_of(function)
    if "staticmethod" in decorators:
        return ()
    owner = Class(names, place.scopes[0])
    return (owner,) if "classmethod" in decorators else (Instance(owner),)


def decorators_of(definition: Node) -> tuple[str, ...]:
    """Give the source of a definition's decorators, without the `@`."""
    above = definition.parent()
    if above is None or above.kind() != "decorated_definition":
        return ()
    return tuple(part.text()[1:].strip() for part in above.children() if part.kind() == "decorator")
