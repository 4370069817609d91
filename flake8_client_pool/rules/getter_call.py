"""From the call that builds a client to the call that takes it from the pool."""

from flake8_client_pool.kinds import ClientKind
from flake8_client_pool.model import Edit
from flake8_client_pool.rules.event_loops import needs_a_loop, runs_in_a_loop
from flake8_client_pool.rules.getter_definitions import Getter
from flake8_client_pool.rules.getters import Getters, NoGetterError
from flake8_client_pool.rules.uses import Use
from flake8_client_pool.syntax.source import Node, end_of, start_of


class NotPooledError(ValueError):
    """A call that the getter cannot stand for; its text says why, in a few words."""


def getter_for(use: Use, getters: Getters, folder: str) -> Getter:
    """Find the getter that can stand for a use in a file in `folder`.

    Raises:
        NotPooledError: there is none.
    """
    try:
        return getters.find(use.construction.kind, folder)
    except NoGetterError as error:
        raise NotPooledError(str(error)) from error


def getter_edits(use: Use, getter: Getter, name: str = "") -> tuple[Edit, ...]:
    """Say how the text of a call must change to take the client from the pool.

    Args:
        use: the call.
        getter: what it is to call instead.
        name: what the getter is called at that place, where that is not its own name.

    Raises:
        NotPooledError: the getter cannot give what the call builds.
    """
    construction = use.construction
    function = use.node.field("function")
    if function is None:
        raise NotPooledError("the call is not complete")
    if "#" in function.text():
        raise NotPooledError("a comment that stands inside of the class's name would be lost")
    if use.derived:
        raise NotPooledError("it builds a class of its own")
    if construction.factory:
        raise NotPooledError(f"{construction.factory}() makes its own credentials")
    if needs_a_loop(construction.kind, getter) and not runs_in_a_loop(use.node):
        raise NotPooledError(f"{getter.name}() wants a running event loop, which only an async function is sure of")
    called = name or getter.name
    if construction.method:
        return (Edit(start_of(function), end_of(function), f"{called}().{construction.method}"),)
    replaced = Edit(start_of(function), end_of(function), called)
    return (replaced, *argument_edits(construction.kind, getter, arguments_of(use.node)))


def arguments_of(call: Node) -> list[Node]:
    """List the arguments of a call without comments.

    Raises:
        NotPooledError: its one argument is a generator.
    """
    arguments = call.field("arguments")
    if arguments is None or arguments.kind() != "argument_list":
        raise NotPooledError("its argument is a generator")
    return [part for part in arguments.named_children() if part.kind() != "comment"]


def argument_edits(kind: ClientKind, getter: Getter, arguments: list[Node]) -> list[Edit]:
    """Say how the arguments of a constructor must change to be the getter's.

    Raises:
        NotPooledError: the getter does not take one of them.
    """
    parameters = [parameter_of(kind, position, argument) for position, argument in enumerate(arguments)]
    keywords = [getter.keyword_for(kind, parameter) for parameter in parameters]
    agreeing = _agreeing(getter, keywords)
    for place, (argument, parameter, keyword) in enumerate(zip(arguments, parameters, keywords, strict=True)):
        by_place = place < agreeing and argument.kind() != "keyword_argument"
        if not keyword or not (by_place or getter.takes(keyword, parameter)):
            raise NotPooledError(f"{getter.name}() does not take {parameter}")
    if missing := getter.required.difference(keywords):
        raise NotPooledError(f"{getter.name}() wants {min(missing)}")
    edits = [
        _argument_edit(argument, keyword, stays=place < agreeing)
        for place, (argument, keyword) in enumerate(zip(arguments, keywords, strict=True))
    ]
    return [edit for edit in edits if edit]


def parameter_of(kind: ClientKind, position: int, argument: Node) -> str:
    """Name the constructor's parameter that an argument is for."""
    if argument.kind() in ("list_splat", "dictionary_splat"):
        raise NotPooledError(f"{' '.join(argument.text().split())} hides its arguments")
    if argument.kind() == "keyword_argument":
        name = argument.field("name")
        return name.text() if name else ""
    if position >= kind.positional:
        raise NotPooledError(f"it takes {kind.positional} positional arguments, not {position + 1}")
    return list(kind.arguments)[position]


def _agreeing(getter: Getter, keywords: list[str]) -> int:
    """Count the leading arguments that the getter takes by position as the constructor does."""
    pairs = zip(getter.positional, keywords, strict=False)
    return next((place for place, (ours, theirs) in enumerate(pairs) if ours != theirs), len(getter.positional))


def _argument_edit(argument: Node, keyword: str, *, stays: bool) -> Edit | None:
    name = argument.field("name") if argument.kind() == "keyword_argument" else None
    if name:
        return None if keyword == name.text() else Edit(start_of(name), end_of(name), keyword)
    if stays:
        return None
    if argument.kind() == "named_expression":
        return Edit(start_of(argument), end_of(argument), f"{keyword}=({argument.text()})")
    return Edit(start_of(argument), start_of(argument), f"{keyword}=")


def applied(edits: tuple[Edit, ...], node: Node) -> str:
    """Give the text of a node after edits inside it."""
    text, offset = node.text(), start_of(node)
    for edit in sorted(edits, key=lambda each: each.start, reverse=True):
        text = text[: edit.start - offset] + edit.text + text[edit.end - offset :]
    return text
