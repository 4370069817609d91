"""From a client's class that is handed on to the getter in its place."""

from itertools import takewhile

from flake8_client_pool.model import Edit
from flake8_client_pool.rules.event_loops import needs_a_loop
from flake8_client_pool.rules.getter_call import NotPooledError, argument_edits, arguments_of, parameter_of
from flake8_client_pool.rules.getter_definitions import Getter
from flake8_client_pool.rules.uses import Use
from flake8_client_pool.syntax.source import Node, end_of, start_of

# Who calls what a keyword hands on without arguments: dataclasses, pydantic, attrs.
_CALLS_WITHOUT_ARGUMENTS = {
    **dict.fromkeys(("field", "Field", "PrivateAttr"), frozenset(("default_factory", "factory"))),
    **dict.fromkeys(("ib", "attrib"), frozenset(("factory",))),
}
_PARTIAL = frozenset(("partial", "functools.partial"))
_DEFAULTING = frozenset(("defaultdict", "collections.defaultdict"))
_TO_THREAD = frozenset(("to_thread", "asyncio.to_thread"))
_SUBMITTING = ".submit"
_IN_EXECUTOR = ".run_in_executor"


def handed_on_edits(use: Use, getter: Getter, name: str) -> tuple[Edit, ...]:
    """Say how to hand a getter on, called `name` there, in the place of a class.

    Raises:
        NotPooledError: it is not known with which arguments it will be called, or it does not take them.
    """
    if use.derived or use.construction.factory or use.construction.method:
        raise NotPooledError("it is not the class itself that is handed on")
    if needs_a_loop(use.construction.kind, getter):
        raise NotPooledError(f"{getter.name}() wants a running event loop where it will be called")
    arguments = arguments_beside(use.node)
    edits = argument_edits(use.construction.kind, getter, arguments)
    if edits and _callee(use.node).endswith(_IN_EXECUTOR):
        raise NotPooledError(f"{getter.name}() takes by keyword what run_in_executor() hands on by position")
    return (Edit(start_of(use.node), end_of(use.node), name), *edits)


def arguments_beside(node: Node) -> list[Node]:
    """List the arguments that a class which is handed on will be called with, as far as they stand there.

    Raises:
        NotPooledError: it is not known which those are.
    """
    parent, callee = node.parent(), _callee(node)
    keyword = parent.field("name") if parent and parent.kind() == "keyword_argument" else None
    if keyword:
        if keyword.text() in _CALLS_WITHOUT_ARGUMENTS.get(callee.rpartition(".")[2], ()):
            return []
    elif callee and (call := parent.parent() if parent else None):
        place = 1 if callee.endswith(_IN_EXECUTOR) else 0
        given, behind = arguments_of(call)[place : place + 1], arguments_of(call)[place + 1 :]
        if given == [node] and callee in _DEFAULTING:
            return []
        if given == [node] and _passes_on(callee):
            return behind
    raise NotPooledError("it is not known with which arguments it will be called")


def loses_an_argument(use: Use, getter: Getter) -> bool:
    """Tell whether a later call of a `partial` can give an argument that the getter calls or places otherwise.

    The arguments that the class takes by position, and those of a name in the table, can come later.
    """
    if _callee(use.node) not in _PARTIAL or _is_called_as_it_is(use.node):
        return False
    kind, kept = use.construction.kind, arguments_beside(use.node)
    given = {parameter_of(kind, position, argument) for position, argument in enumerate(kept)}
    later = [name for name in kind.arguments if name not in given and not name.startswith("_")]
    if any(not getter.takes(parameter, parameter) for parameter in later):
        return True
    # By position comes what follows those that are given so, up to the first that is given by name.
    first = sum(argument.kind() != "keyword_argument" for argument in kept)
    by_place = tuple(takewhile(lambda name: name not in given, list(kind.arguments)[first : kind.positional]))
    return getter.positional[first : first + len(by_place)] != by_place


def _is_called_as_it_is(node: Node) -> bool:
    """Tell whether the `partial` that is given a class goes to one that is known to call it without arguments."""
    arguments = node.parent()
    call = arguments.parent() if arguments else None
    try:
        return call is not None and not arguments_beside(call)
    except NotPooledError:
        return False


def _passes_on(callee: str) -> bool:
    """Tell whether who is called passes on what it is given beside a function to it."""
    return callee in _PARTIAL or callee in _TO_THREAD or callee.endswith((_SUBMITTING, _IN_EXECUTOR))


def _callee(node: Node) -> str:
    """Name what an argument is given to; empty where it is none."""
    parent = node.parent()
    arguments = parent.parent() if parent and parent.kind() == "keyword_argument" else parent
    call = arguments.parent() if arguments and arguments.kind() == "argument_list" else None
    function = call.field("function") if call and call.kind() == "call" else None
    return "".join(function.text().split()) if function else ""
