"""From a client's class that is handed on to the getter in its place."""

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


def handed_on_edits(use: Use, getter: Getter, name: str) -> tuple[Edit, ...]:
    """Say how to hand a getter on, called `name` there, in the place of a class.

    Raises:
        NotPooledError: it is not known with which arguments it will be called, or it does not take them.
    """
    if use.derived or use.construction.factory or use.construction.method:
        raise NotPooledError("it is not the class itself that is handed on")
    if needs_a_loop(use.construction.kind, getter):
        raise NotPooledError(f"{getter.name}() wants a running event loop where it will be called")
    replaced = Edit(start_of(use.node), end_of(use.node), name)
    parent = use.node.parent()
    if parent and parent.kind() == "keyword_argument":
        keyword = parent.field("name")
        if keyword and keyword.text() in _CALLS_WITHOUT_ARGUMENTS.get(_callee(parent), ()):
            if getter.required:
                raise NotPooledError(f"{getter.name}() wants {min(getter.required)}")
            return (replaced,)
    if parent and (arguments := _of_partial(parent, use.node)) is not None:
        return (replaced, *argument_edits(use.construction.kind, getter, arguments))
    raise NotPooledError("it is not known with which arguments it will be called")


def loses_a_name(use: Use, getter: Getter) -> bool:
    """Tell whether a later call of a `partial` can give an argument that the getter calls otherwise, or does not take.

    The arguments that the class takes by position, and those of a name in the table, can come later.
    """
    parent = use.node.parent()
    kept = _of_partial(parent, use.node) if parent else None
    kind = use.construction.kind
    if kept is None:
        return False
    given = {parameter_of(kind, position, argument) for position, argument in enumerate(kept)}
    later = [name for name in kind.arguments if name not in given and not name.startswith("_")]
    return any(not getter.takes(parameter, parameter) for parameter in later)


def _callee(keyword: Node) -> str:
    arguments = keyword.parent()
    call = arguments.parent() if arguments else None
    function = call.field("function") if call and call.kind() == "call" else None
    return function.text().rpartition(".")[2] if function else ""


def _of_partial(parent: Node, node: Node) -> list[Node] | None:
    """List the arguments that `partial(node, ...)` keeps; None where that is not what stands here."""
    call = parent.parent() if parent.kind() == "argument_list" else None
    function = call.field("function") if call and call.kind() == "call" else None
    if call is None or function is None or function.text() not in ("partial", "functools.partial"):
        return None
    first, *others = arguments_of(call)
    return others if first == node else None
