"""With which arguments a getter calls the class of its client, told from its definition."""

import ast
from collections.abc import Iterator
from functools import lru_cache

from flake8_client_pool.kinds import ClientKind
from flake8_client_pool.rules.getter_call import NotPooledError, arguments_of, parameter_of
from flake8_client_pool.rules.getter_definitions import Definition, Getter
from flake8_client_pool.rules.getters import BUNDLED_POOL
from flake8_client_pool.syntax.source import Node

# From a keyword of the class to the parameter of the getter that it is given; empty for anything else.
_Passed = dict[str, str]


def gives_the_same(kind: ClientKind, getter: Getter, call: Node, keyword: str = "") -> bool:
    """Tell whether a pool whose getter is called in the place of a class calls that class as the call does.

    With a keyword of the class, it is about that argument alone: the pool may add others.

    A pool that cannot be read does not. The values are taken for the same, None excepted: a getter may fill it in.
    """
    try:
        arguments = arguments_of(call)
        given = {parameter_of(kind, place, argument) for place, argument in enumerate(arguments)}
    except NotPooledError:
        return False
    if any(argument.kind() != "keyword_argument" for argument in arguments):
        return False
    # `Service.build` leaves out what is None, and gives all else by keyword.
    if getter.module == BUNDLED_POOL:
        return True
    same = {parameter: getter.keyword_for(kind, parameter) for parameter in given}
    words = frozenset(name.rpartition(".")[2] for name in kind.constructors)
    passed = _passed(getter.definition, words, frozenset(same.values())) if getter.definition else None
    if not keyword or passed is None:
        return passed == same
    return keyword in same and passed.get(keyword) == same[keyword]


@lru_cache(maxsize=64)
def _passed(definition: Definition, words: frozenset[str], known: frozenset[str]) -> _Passed | None:
    """Say what a getter gives a class where it is itself given the parameters `known`; None where that is unknown.

    `words` are the last parts of the class's names.
    """
    calls = [call for call in _calls(definition) if ast.unparse(call.func).rpartition(".")[2] in words]
    if len(calls) != 1 or calls[0].args:
        return None
    passed: _Passed = {}
    for keyword in calls[0].keywords:
        added = _of_dictionary(definition, keyword.value, known) if keyword.arg is None else {
            keyword.arg: _parameter(definition, keyword.value)
        }
        if added is None:
            return None
        passed |= added
    return passed


def _calls(definition: Definition) -> Iterator[ast.Call]:
    return (node for node in ast.walk(definition) if isinstance(node, ast.Call))


def _of_dictionary(definition: Definition, dictionary: ast.expr, known: frozenset[str]) -> _Passed | None:
    """Follow `kwargs = {...}` and `kwargs["name"] = value`, the latter under conditions, too."""
    if not isinstance(dictionary, ast.Name):
        return None
    passed: _Passed = {}
    for node in ast.walk(definition):
        if not isinstance(node, ast.Assign | ast.AnnAssign) or node.value is None:
            continue
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target
        if isinstance(target, ast.Name) and target.id == dictionary.id:
            if not isinstance(node.value, ast.Dict):
                return None
            pairs = zip(node.value.keys, node.value.values, strict=True)
            passed |= {str(getattr(key, "value", "")): _parameter(definition, value) for key, value in pairs}
        elif isinstance(target, ast.Subscript) and ast.unparse(target.value) == dictionary.id:
            parameter = _parameter(definition, node.value)
            if parameter in known or not _is_conditional(definition, node):
                passed[str(getattr(target.slice, "value", ""))] = parameter
    return passed


def _parameter(definition: Definition, value: ast.expr) -> str:
    """Name the parameter that an expression is where it was given; `parameter or default` is, also by another name."""
    own = definition.args
    parameters = {each.arg for each in (*own.posonlyargs, *own.args, *own.kwonlyargs)}
    name = _first_name(value)
    if name in parameters:
        return name
    assigned = (node for node in ast.walk(definition) if isinstance(node, ast.Assign))
    named = [node.value for node in assigned if name in map(_first_name, node.targets)]
    original = _first_name(named[0]) if len(named) == 1 else ""
    return original if original in parameters else ""


def _first_name(value: ast.expr) -> str:
    first = value.values[0] if isinstance(value, ast.BoolOp) and isinstance(value.op, ast.Or) else value
    return first.id if isinstance(first, ast.Name) else ""


def _is_conditional(definition: Definition, statement: ast.stmt) -> bool:
    conditions = (node for node in ast.walk(definition) if isinstance(node, ast.If))
    return any(statement in condition.body for condition in conditions)
