"""What a function's parameter may stand for inside the function."""

from typing import TYPE_CHECKING

from flake8_client_pool.syntax.scopes import place_of
from flake8_client_pool.syntax.source import Node
from flake8_client_pool.syntax.values import Class, Instance, Values

if TYPE_CHECKING:
    from flake8_client_pool.syntax.names import Names

_TYPE_OF = frozenset(("type", "Type", "typing.Type", "t.Type", "builtins.type"))


def parameter_values(names: "Names", name: Node, parameter: Node) -> Values:
    """Tell what a parameter may stand for: its default, the class that `type[...]` names, or the object itself."""
    values = names.evaluate(parameter.field("value"))
    if annotated := _annotated_class(parameter.field("type")):
        values += names.evaluate(annotated)
    return values or _receiver(names, name, parameter)


def _annotated_class(annotation: Node | None) -> Node | None:
    """Find `Client` in the annotation `type[Client]`."""
    inner = annotation.named_children()[0] if annotation and annotation.named_children() else None
    if inner is None or inner.kind() not in ("generic_type", "subscript"):
        return None
    origin, *arguments = inner.named_children()
    if origin.text() not in _TYPE_OF or len(arguments) != 1:
        return None
    argument = arguments[0]
    while argument.kind() in ("type_parameter", "type"):
        argument = argument.named_children()[0]
    return argument


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
