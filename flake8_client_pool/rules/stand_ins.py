"""What a test does with the stand-in that a patch puts in the place of a client's class."""

import re
from collections.abc import Iterator

from flake8_client_pool.model import Edit
from flake8_client_pool.rules.getter_call import NotPooledError, argument_edits, arguments_of
from flake8_client_pool.rules.getter_definitions import Getter
from flake8_client_pool.rules.patches import Patch
from flake8_client_pool.syntax.names import Names
from flake8_client_pool.syntax.scopes import FUNCTIONS, place_of
from flake8_client_pool.syntax.source import Node, end_of

_ASSERTIONS = frozenset(("assert_called_with", "assert_called_once_with", "assert_any_call"))
# What a stand-in for a function has, and means, just as one for a class.
_ALIKE = frozenset(
    ("return_value", "side_effect", "assert_called", "assert_called_once", "assert_not_called", "called")
) | {"call_count", "reset_mock"}
_SETTINGS = frozenset(("return_value", "name"))
_MOCK = re.compile(r"(?:\w+\.)*(?:Magic|Async)?Mock\(")
_PLAIN_MOCK = re.compile(rf"{_MOCK.pattern}\)")
_ERROR = re.compile(r"[\w.]*(?:Error|Exception|Exists|NotFound|Forbidden|TimeOut|Timeout)(?:\(|\Z)")


def assertion_edits(names: Names, patch: Patch, getter: Getter, *, keeps_arguments: bool) -> list[Edit]:
    """Say how the assertions about a stand-in must change once it stands for the getter.

    Args:
        names: the file.
        patch: the call that makes or places the stand-in.
        getter: what it is to stand for.
        keeps_arguments: whether the getter is called with the arguments that the class would be given.

    Raises:
        NotPooledError: something is done with the stand-in that cannot be followed.
    """
    for keyword in patch.keywords:
        _check_setting(keyword, keeps_arguments=keeps_arguments)
    names_of_it = _names_of_stand_in(patch)
    if patch.stand_in:
        _check_given(patch.stand_in, keeps_arguments=keeps_arguments)
        if patch.stand_in.kind() == "identifier":
            names_of_it.append((place_of(patch.call).scopes[0], patch.stand_in.text()))
    edits: list[Edit] = []
    for scope, name in names_of_it:
        for node in _mentions(names, scope, name):
            edits += _followed(node, patch, getter, keeps_arguments=keeps_arguments)
    return edits


def _check_setting(keyword: Node, *, keeps_arguments: bool) -> None:
    name, value = keyword.field("name"), keyword.field("value")
    setting = name.text() if name else ""
    if setting == "side_effect" and value:
        _check_effect(value, keeps_arguments=keeps_arguments)
    elif setting not in _SETTINGS:
        raise NotPooledError(f"{setting} is meant for the class")


def _check_effect(value: Node, *, keeps_arguments: bool) -> None:
    if not keeps_arguments and value.kind() not in ("list", "none") and not is_error(value):
        raise NotPooledError("side_effect may be a function that takes the class's arguments")


def _check_given(value: Node, *, keeps_arguments: bool) -> None:
    """Refuse a stand-in that may not take the getter's keywords."""
    if keeps_arguments or is_mock(value):
        return
    parameters = value.field("parameters") if value.kind() == "lambda" else None
    if parameters and "**" in parameters.text():
        return
    raise NotPooledError("the stand-in may not take the getter's arguments")


def is_error(value: Node) -> bool:
    """Tell whether an expression is, by its name, an exception or a class of exceptions."""
    return _ERROR.match(value.text()) is not None


def is_mock(value: Node, made: re.Pattern[str] = _MOCK) -> bool:
    """Tell whether an expression makes a mock, or is a name that the function around binds to one and nothing else."""
    if value.kind() != "identifier":
        return made.match(value.text()) is not None
    name = re.escape(value.text())
    bound = re.findall(rf"^[ \t]*{name}[ \t]*=(?!=)[ \t]*(.*)$", place_of(value).scopes[0].text(), re.MULTILINE)
    return bool(bound) and all(made.match(each) for each in bound)


def is_plain_mock(value: Node) -> bool:
    """Tell whether an expression is a mock that was made without any settings."""
    return is_mock(value, _PLAIN_MOCK)


def _names_of_stand_in(patch: Patch) -> list[tuple[Node, str]]:
    """List what the stand-in is called, each name with the scope in which it holds.

    Raises:
        NotPooledError: it is not known what becomes of it.
    """
    parent = patch.call.parent()
    kind = parent.kind() if parent else ""
    if parent is None or kind in ("with_item", "expression_statement", "with_clause"):
        return []
    if kind == "decorator":
        return [] if patch.stand_in else list(parameters_of_stand_in(parent))
    scope = place_of(patch.call).scopes[0]
    if kind == "as_pattern":
        target = parent.named_children()[-1]
        return [(scope, _plain(target))]
    return _assigned(patch.call, parent, scope)


def _assigned(call: Node, parent: Node, scope: Node) -> list[tuple[Node, str]]:
    """Follow `mocker.patch(...)`, `patch(...).start()` and `stack.enter_context(patch(...))` to a name."""
    function = call.field("function")
    value, above = call, parent
    is_started = bool(function and "mocker" in function.text())
    if parent.kind() in ("attribute", "argument_list"):
        outer = parent.parent()
        outer_function = outer.field("function") if outer and outer.kind() == "call" else None
        called = outer_function.text().rpartition(".")[2] if outer_function else ""
        if outer and (holder := outer.parent()) and called in ("start", "enter_context"):
            value, above, is_started = outer, holder, True
    if not is_started:
        raise NotPooledError("the patch is started elsewhere")
    if above.kind() == "expression_statement":
        return []
    if above.kind() == "assignment" and above.field("right") == value and (left := above.field("left")):
        return [(scope, _plain(left))]
    raise NotPooledError("the stand-in is handed on")


def _plain(target: Node) -> str:
    if not target.text().isidentifier():
        raise NotPooledError(f"{target.text()} may be used anywhere")
    return target.text()


def parameters_of_stand_in(decorator: Node) -> Iterator[tuple[Node, str]]:
    """Name the parameters that receive the stand-in of a decorator: the lowest decorator gives the first one.

    Raises:
        NotPooledError: it is not clear which one does.
    """
    decorated = decorator.parent()
    definition = decorated.field("definition") if decorated else None
    if decorated is None or definition is None:
        return
    below = [each for each in _decorators(decorated) if each.range().start.index > decorator.range().start.index]
    index = sum(map(_injects, below))
    if definition.kind() == "function_definition":
        yield definition, _parameter(definition, index)
        return
    body = definition.field("body")
    for part in body.named_children() if body else ():
        method = part.field("definition") if part.kind() == "decorated_definition" else part
        name = method.field("name") if method and method.kind() == "function_definition" else None
        if method and name and name.text().startswith("test"):
            inner = sum(map(_injects, _decorators(part))) if method != part else 0
            yield method, _parameter(method, inner + index)


def _decorators(decorated: Node) -> list[Node]:
    return [child for child in decorated.children() if child.kind() == "decorator"]


def _injects(decorator: Node) -> bool:
    """Tell whether a decorator is a patch that makes its stand-in itself and passes it on."""
    call = decorator.named_children()[0]
    function = call.field("function") if call.kind() == "call" else None
    match = re.search(r"\bpatch(\.object)?\Z", function.text()) if function else None
    if match is None:
        return False
    arguments = [part for part in arguments_of(call) if part.kind() != "keyword_argument"]
    has_new = any(part.text().startswith("new=") for part in arguments_of(call))
    return not has_new and len(arguments) <= (2 if match[1] else 1)


def _parameter(function: Node, index: int) -> str:
    parameters = function.field("parameters")
    found = [part for part in parameters.named_children() if part.kind() != "comment"] if parameters else []
    texts = [part.text() for part in found]
    names = [text for text in texts if text not in ("self", "cls")]
    if index >= len(names) or not names[index].isidentifier():
        raise NotPooledError("it is not clear which parameter is the stand-in")
    return names[index]


def _mentions(names: Names, scope: Node, name: str) -> Iterator[Node]:
    for node in names.source.identifiers(name):
        if scope.kind() not in FUNCTIONS or any(above == scope for above in node.ancestors()):
            yield node


def _followed(node: Node, patch: Patch, getter: Getter, *, keeps_arguments: bool) -> list[Edit]:
    """Say how one use of a stand-in must change; mostly not at all."""
    parent = node.parent()
    if parent is None or node == patch.stand_in or _is_binding(node, parent):
        return []
    if not patch.library:
        return _followed_class(node, parent, patch, getter, keeps_arguments=keeps_arguments)
    word = patch.construction.constructor.rpartition(".")[2]
    used, above = parent.field("attribute"), parent.parent()
    if not used or used.text() != word or above is None or above.kind() != "attribute":
        raise NotPooledError(f"what is done with {parent.text() if used else node.text()} is not followed")
    edits = _followed_class(parent, above, patch, getter, keeps_arguments=keeps_arguments)
    return [Edit(end_of(node), end_of(parent), ""), *edits]


def _followed_class(
    node: Node, parent: Node, patch: Patch, getter: Getter, *, keeps_arguments: bool
) -> list[Edit]:
    attribute = parent.field("attribute") if parent.kind() == "attribute" and parent.field("object") == node else None
    call = parent.parent()
    used = attribute.text() if attribute else ""
    if used in _ASSERTIONS and call and call.kind() == "call":
        return argument_edits(patch.construction.kind, getter, arguments_of(call))
    if used == "side_effect" and call and call.kind() == "assignment" and (value := call.field("right")):
        _check_effect(value, keeps_arguments=keeps_arguments)
    if used not in _ALIKE and not keeps_arguments:
        raise NotPooledError(f"what is done with {parent.text() if attribute else node.text()} is not followed")
    return []


def _is_binding(node: Node, parent: Node) -> bool:
    if parent.kind() in ("as_pattern_target", "parameters", "with_item"):
        return True
    if parent.kind() == "assignment":
        return parent.field("left") == node
    if parent.kind() == "keyword_argument" and parent.field("name") == node:
        return True
    return _is_put_in(parent)


def _is_put_in(parent: Node) -> bool:
    """Tell whether an argument is given to what patches: that is where a stand-in is put in."""
    arguments = parent.parent() if parent.kind() == "keyword_argument" else parent
    call = arguments.parent() if arguments and arguments.kind() == "argument_list" else None
    return call is not None and "patch" in call.text().partition("(")[0]
