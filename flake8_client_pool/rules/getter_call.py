"""From the call that builds a client to the call that takes it from the pool."""

from flake8_client_pool.kinds import ClientKind
from flake8_client_pool.model import Edit
from flake8_client_pool.rules.uses import Use
from flake8_client_pool.syntax.source import Node, end_of, start_of


class NotPooledError(ValueError):
    """A call that the getter cannot stand for; its text says why, in a few words."""


def getter_edits(use: Use) -> tuple[Edit, ...]:
    """Say how the text of a call must change to take the client from the pool.

    Raises:
        NotPooledError: the getter cannot give what the call builds.
    """
    construction = use.construction
    function = use.node.field("function")
    if function is None:
        raise NotPooledError("the call is not complete")
    if use.derived:
        raise NotPooledError("it builds a class of its own")
    if construction.factory:
        raise NotPooledError(f"{construction.factory}() makes its own credentials")
    getter = construction.kind.getter
    if construction.method:
        return (Edit(start_of(function), end_of(function), f"{getter}().{construction.method}"),)
    replaced = Edit(start_of(function), end_of(function), getter)
    return (replaced, *_argument_edits(construction.kind, _arguments(use.node)))


def _arguments(call: Node) -> list[Node]:
    arguments = call.field("arguments")
    if arguments is None or arguments.kind() != "argument_list":
        raise NotPooledError("its argument is a generator")
    return [part for part in arguments.named_children() if part.kind() != "comment"]


def _argument_edits(kind: ClientKind, arguments: list[Node]) -> list[Edit]:
    edits = [_argument_edit(kind, position, argument) for position, argument in enumerate(arguments)]
    return [edit for edit in edits if edit]


def _argument_edit(kind: ClientKind, position: int, argument: Node) -> Edit | None:
    if argument.kind() in ("list_splat", "dictionary_splat"):
        raise NotPooledError(f"{argument.text()} hides its arguments")
    if argument.kind() == "keyword_argument":
        return _keyword_edit(kind, argument)
    if position >= kind.positional:
        raise NotPooledError(f"it takes {kind.positional} positional arguments, not {position + 1}")
    name = _getter_keyword(kind, list(kind.arguments)[position])
    return None if position == 0 and name == "project_id" else Edit(start_of(argument), start_of(argument), f"{name}=")


def _keyword_edit(kind: ClientKind, argument: Node) -> Edit | None:
    name = argument.field("name")
    if name is None:
        raise NotPooledError("the call is not complete")
    keyword = _getter_keyword(kind, name.text())
    return None if keyword == name.text() else Edit(start_of(name), end_of(name), keyword)


def _getter_keyword(kind: ClientKind, parameter: str) -> str:
    keyword = kind.arguments.get(parameter)
    if not keyword:
        raise NotPooledError(f"{kind.getter}() does not take {parameter}")
    return keyword


def applied(edits: tuple[Edit, ...], node: Node) -> str:
    """Give the text of a node after edits inside it."""
    text, offset = node.text(), start_of(node)
    for edit in sorted(edits, key=lambda each: each.start, reverse=True):
        text = text[: edit.start - offset] + edit.text + text[edit.end - offset :]
    return text
