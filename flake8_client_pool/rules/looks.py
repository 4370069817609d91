"""What a test looks at of the calls of a class that a stand-in replaces: that which a pool may change."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from flake8_client_pool.rules.getter_call import NotPooledError, arguments_of
from flake8_client_pool.rules.patches import Patch
from flake8_client_pool.rules.stand_ins import is_error, is_mock, parameters_of_stand_in
from flake8_client_pool.syntax.names import Names
from flake8_client_pool.syntax.scopes import FUNCTIONS, place_of
from flake8_client_pool.syntax.source import Node, string_of

_MOST_NAMES = 20
# A class that is called once is called once by an empty pool as well.
_COUNTS_OF_ONE = re.compile(r"(?:==|>=|<=|,)\s*[01]\b|\b[01]\s*(?:==|,)|>\s*0\b")
_LAST_KEYWORDS = re.compile(r"\.call_args(?:\.kwargs|\[1\])\Z")
_SEVERAL = re.compile(r"(?:iter\()?[\[(].*,\s*[^\s\])]", re.DOTALL)


class What(Enum):
    """What of the calls is looked at, in the words of a reason."""

    ARGUMENTS = "with which arguments the client is built"
    NUMBER = "how often clients are built"


_USES = {
    "assert_called_with": (What.ARGUMENTS,),
    "assert_called_once_with": (What.ARGUMENTS,),
    "assert_any_call": (What.ARGUMENTS,),
    "call_args": (What.ARGUMENTS,),
    "assert_has_calls": (What.ARGUMENTS, What.NUMBER),
    "call_args_list": (What.ARGUMENTS, What.NUMBER),
    "mock_calls": (What.ARGUMENTS, What.NUMBER),
}


WORDS = (*_USES, "call_count", "side_effect", "wraps", "new=")
"""A file without any of these, and without a stand-in behind the name of what it patches, looks at nothing."""


@dataclass(frozen=True, slots=True)
class Look:
    """One place in a test that a pool may turn red.

    Attributes:
        line: its line.
        what: what it looks at.
        keyword: the one argument that it looks at, by its name; empty where it may look at all.
        names_none: whether it wants an argument to be None, which a pool may leave out or fill in.
    """

    line: int
    what: What
    keyword: str = ""
    names_none: bool = False


def looks(names: Names, patch: Patch) -> Iterator[Look]:
    """Find the places that look at how a class is called, as far as its stand-in is followed in its file."""
    yield from _given(names, patch)
    for keyword in patch.keywords:
        name, value = keyword.field("name"), keyword.field("value")
        if name and value and name.text() in ("side_effect", "wraps"):
            yield from _effect(value)
    for node in _uses(names, patch):
        parent = node.parent()
        attribute = parent.field("attribute") if parent and parent.field("object") == node else None
        if parent and attribute:
            yield from _of_use(parent, attribute.text())


def _of_use(expression: Node, name: str) -> Iterator[Look]:
    around = expression.parent()
    if around is None:
        return
    if name == "side_effect" and around.kind() == "assignment" and (value := around.field("right")):
        yield from _effect(value)
    elif name == "call_count":
        if not _COUNTS_OF_ONE.search(around.text()):
            yield _look(expression, What.NUMBER)
    else:
        yield from (_look(around, what) for what in _USES.get(name, ()))


def _look(node: Node, what: What) -> Look:
    keyword = _keyword(node) if what is What.ARGUMENTS else ""
    return Look(node.range().start.line + 1, what, keyword, names_none=re.search(r"\bNone\b", node.text()) is not None)


def _keyword(node: Node) -> str:
    """Name the keyword in `call_args.kwargs["keyword"]` or `call_args[1]["keyword"]`; `node` is what it is taken of."""
    above = node.parent()
    if not _LAST_KEYWORDS.search(node.text()) or above is None or above.kind() != "subscript":
        return ""
    index = above.field("subscript")
    return (string_of(index) or "") if index else ""


def _given(names: Names, patch: Patch) -> Iterator[Look]:
    """Look at a stand-in of the test's own: it takes the arguments that it was written for."""
    given = patch.stand_in
    if given and not is_mock(given) and not _takes_anything(names, given):
        yield _look(given, What.ARGUMENTS)


def _effect(value: Node) -> Iterator[Look]:
    if _SEVERAL.match(value.text()) or value.text().startswith("iter("):
        yield _look(value, What.NUMBER)
    elif value.kind() not in ("list", "tuple", "none") and not is_error(value):
        yield _look(value, What.ARGUMENTS)


def _takes_anything(names: Names, value: Node) -> bool:
    """Tell whether a lambda, or a function or class of the same file, takes any keyword."""
    if value.kind() == "lambda":
        parameters = value.field("parameters")
        return parameters is not None and "**" in parameters.text()
    for node in names.source.identifiers(value.text()) if value.kind() == "identifier" else ():
        defined = node.parent()
        if defined and defined.field("name") == node and defined.kind() in ("function_definition", "class_definition"):
            inner = defined if defined.kind() == "function_definition" else _initializer(defined)
            parameters = inner.field("parameters") if inner else None
            return parameters is not None and "**" in parameters.text()
    return False


def _initializer(definition: Node) -> Node | None:
    found = definition.find_all(kind="function_definition")
    return next((each for each in found if (name := each.field("name")) and name.text() == "__init__"), None)


def _uses(names: Names, patch: Patch) -> Iterator[Node]:
    """Give every expression of the file that stands for the stand-in, under all names that it gets there."""
    waiting = list(_names_given(patch.call))
    if patch.stand_in and patch.stand_in.kind() == "identifier":
        waiting.append((place_of(patch.call).scopes[0], patch.stand_in.text()))
    done: set[tuple[Node, str]] = set()
    while waiting and len(done) < _MOST_NAMES:
        scope, name = waiting.pop()
        if (scope, name) in done:
            continue
        done.add((scope, name))
        for node in _mentions(names, scope, name):
            yield node
            waiting += _names_given(node)


def _mentions(names: Names, scope: Node, name: str) -> Iterator[Node]:
    """Find a name in a function or, at other levels, in the file; `self.name` in all of the file."""
    owner, _, last = name.rpartition(".")
    for node in names.source.identifiers(last):
        parent = node.parent()
        if owner:
            if parent and parent.kind() == "attribute" and parent.text() == name:
                yield parent
        elif scope.kind() not in FUNCTIONS or any(above == scope for above in node.ancestors()):
            yield node


def _names_given(value: Node) -> Iterator[tuple[Node, str]]:
    """Give the names, with the scopes in which they hold, that an expression's value goes to next."""
    parent = value.parent()
    if parent is None:
        return
    scope = place_of(value).scopes[0]
    kind = parent.kind()
    if kind == "decorator":
        try:
            yield from parameters_of_stand_in(parent)
        except NotPooledError:
            return
    elif kind == "as_pattern" and (target := _as_target(parent)) != value:
        yield scope, target.text()
    elif kind == "assignment" and parent.field("right") == value and (left := parent.field("left")):
        yield scope, left.text()
    elif kind in ("yield", "return_statement") and (function := scope.field("name")):
        # What a fixture gives is called as it is.
        yield place_of(value).scopes[-1], function.text()
    elif (call := _started(parent, value)) is not None:
        yield from _names_given(call)


def _as_target(pattern: Node) -> Node:
    target = pattern.named_children()[-1]
    inner = target.named_children()
    return inner[0] if target.kind() == "as_pattern_target" and inner else target


def _started(parent: Node, value: Node) -> Node | None:
    """Find the call of `start` on a patch, or of `enter_context` with it."""
    above = parent.parent()
    if above is None:
        return None
    if parent.kind() == "attribute" and parent.field("object") == value:
        name = parent.field("attribute")
        return above if name and name.text() == "start" and above.kind() == "call" else None
    function = above.field("function") if parent.kind() == "argument_list" else None
    entered = function is not None and function.text().endswith("enter_context") and value in arguments_of(above)
    return above if entered else None
