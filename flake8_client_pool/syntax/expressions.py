"""What an expression may stand for, one entry for each kind of expression."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from flake8_client_pool.syntax.scopes import FUNCTIONS, place_of
from flake8_client_pool.syntax.source import Node, string_of
from flake8_client_pool.syntax.values import Class, Function, Instance, Qualified, Value, Values

if TYPE_CHECKING:
    from flake8_client_pool.syntax.names import Names


def evaluate(names: "Names", expression: Node) -> Values:
    """Tell what an expression may stand for; empty for the kinds that cannot be a client, its class or its module."""
    how = _HOW.get(expression.kind())
    return how(names, expression) if how else ()


def called(names: "Names", function: Value, call: Node | None) -> Values:
    """Tell what the call of a value gives."""
    if isinstance(function, Function):
        return _returned(function)
    if isinstance(function, Class):
        return (Instance(function),)
    if isinstance(function, Qualified):
        if names.modules.constructors.get(function.name):
            return (Instance(function),)
        special = _SPECIAL_FUNCTIONS.get(function.name)
        arguments = _positional(call) if special and call else []
        return special(names, arguments) if special and arguments else ()
    return ()


def _identifier(names: "Names", expression: Node) -> Values:
    return names.lookup(expression)


def _attribute(names: "Names", expression: Node) -> Values:
    attribute = expression.field("attribute")
    return names.modules.attribute(names.evaluate(expression.field("object")), attribute.text()) if attribute else ()


def _call(names: "Names", expression: Node) -> Values:
    functions = names.evaluate(expression.field("function"))
    return _union(called(names, function, expression) for function in functions)


def _inner(names: "Names", expression: Node) -> Values:
    inner = expression.named_children()
    return names.evaluate(inner[0]) if inner else ()


def _either(names: "Names", expression: Node) -> Values:
    first, *_, last = expression.named_children()
    return _union(map(names.evaluate, (first, last)))


def _value(names: "Names", expression: Node) -> Values:
    return names.evaluate(expression.field("value"))


def _right(names: "Names", expression: Node) -> Values:
    return names.evaluate(expression.field("right"))


def _function(names: "Names", expression: Node) -> Values:
    return (Function(names, expression),)


_HOW: dict[str, Callable[["Names", Node], Values]] = {
    "identifier": _identifier,
    "attribute": _attribute,
    "call": _call,
    "parenthesized_expression": _inner,
    "await": _inner,
    "conditional_expression": _either,
    "boolean_operator": _either,
    "named_expression": _value,
    "assignment": _right,
    "lambda": _function,
}


def _import_module(names: "Names", arguments: list[Node]) -> Values:
    module = string_of(arguments[0])
    return names.modules.module(names, module) if module and not module.startswith(".") else ()


def _dunder_import(names: "Names", arguments: list[Node]) -> Values:
    module = string_of(arguments[0])
    if not module:
        return ()
    return names.modules.module(names, module if len(arguments) > 1 else module.partition(".")[0])


def _getattr(names: "Names", arguments: list[Node]) -> Values:
    name = string_of(arguments[1]) if len(arguments) > 1 else None
    return names.modules.attribute(names.evaluate(arguments[0]), name) if name else ()


_SPECIAL_FUNCTIONS: dict[str, Callable[["Names", list[Node]], Values]] = {
    "importlib.import_module": _import_module,
    "builtins.__import__": _dunder_import,
    "builtins.getattr": _getattr,
}


def _positional(call: Node) -> list[Node]:
    """List the arguments of a call, `fromlist=` of an import included, without comments."""
    arguments = call.field("arguments")
    return [part for part in arguments.named_children() if part.kind() != "comment"] if arguments else []


def _returned(function: Function) -> Values:
    """Tell what a function returns, whichever of its return statements runs."""
    node = function.node
    if node.kind() == "lambda":
        return function.names.evaluate(node.field("body"))
    returns = node.find_all(kind="return_statement")
    own = [each for each in returns if _function_around(each) == node]
    return _union(_inner(function.names, each) for each in own)


def _function_around(node: Node) -> Node:
    return next(scope for scope in place_of(node).scopes if scope.kind() in FUNCTIONS)


def _union(groups: Iterable[Values]) -> Values:
    return tuple(dict.fromkeys(value for group in groups for value in group))
