"""Leave out a line that builds a client over the pooled one of a base, and say when nothing can depend on it."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import replace

from flake8_client_pool.fixes.layout import Layout, layout_of
from flake8_client_pool.fixes.placement import Where
from flake8_client_pool.fixes.proposals import Proposal
from flake8_client_pool.kinds import ClientKind
from flake8_client_pool.model import Applicability, Edit
from flake8_client_pool.rules.client_built_over_base import RULE, Overriding
from flake8_client_pool.rules.getter_call import NotPooledError, arguments_of, parameter_of
from flake8_client_pool.rules.getter_definitions import Getter
from flake8_client_pool.rules.pooled_bases import class_name, client_of
from flake8_client_pool.syntax.classes import own_attribute, with_bases
from flake8_client_pool.syntax.scopes import place_of
from flake8_client_pool.syntax.source import Node, start_of
from flake8_client_pool.syntax.values import Class

_INITIALIZER = "__init__"


def left_out(found: Iterable[Proposal], overridings: Iterable[Overriding], text: str) -> list[Proposal]:
    """Propose to leave out each client that is built over a base's, given what was `found` to propose for its call."""
    by_call = {(each.start, each.code): each for each in found}
    return [
        _left_out(by_call[start_of(each.use.node), each.use.construction.kind.code], each, layout_of(text))
        for each in overridings
    ]


def _left_out(found: Proposal, overriding: Overriding, layout: Layout) -> Proposal:
    found = replace(found, code=RULE.code)
    if found.getter is None or found.placement is None:
        return found
    edit = _removal(layout, start_of(overriding.use.node))
    if edit is None:
        return replace(found, getter=None, reason="the statement shares its line with another")
    doubt = found.reason or _doubt(overriding, found.getter)
    return replace(
        found,
        reason=doubt,
        applicability=Applicability.UNSAFE if doubt else Applicability.SAFE,
        placement=replace(found.placement, where=Where.NOWHERE),
        edits=(edit,),
    )


def _removal(layout: Layout, offset: int) -> Edit | None:
    statements = ((body, each) for body in layout.bodies for each in body)
    for body, statement in statements:
        if not isinstance(statement, ast.Assign | ast.AnnAssign) or statement.value is None:
            continue
        if layout.start(statement.value) == offset and layout.stands_alone(statement):
            if len(body) == 1:
                return Edit(layout.start(statement), layout.end(statement), "pass")
            last = statement.end_lineno or statement.lineno
            return Edit(layout.line_start(statement.lineno), layout.line_start(last + 1), "")
    return None


def _doubt(each: Overriding, getter: Getter) -> str:
    """Say why something may depend on the line; empty where nothing can."""
    base, attribute = class_name(each.base.node), f"self.{each.attribute}"
    between = next((name for name in _also_setting(each)), "")
    taken = _taken_at_first(each.base, each.attribute)
    if between:
        return f"{between} sets {attribute} as well"
    if taken is None:
        return f"{base} does not set {attribute} in its own {_INITIALIZER}"
    if not _runs_after_base(each):
        return f"{base}.{_INITIALIZER} may not have run before"
    try:
        ours = _arguments(each.use.construction.kind, arguments_of(each.use.node))
        theirs = _getter_arguments(getter, arguments_of(taken))
    except NotPooledError as reason:
        return str(reason)
    if ours != theirs or not all(_is_the_same(each.owner, value) for value in ours.values()):
        return f"{base} may give other arguments than these"
    return ""


def _also_setting(each: Overriding) -> Iterator[str]:
    """Name the classes nearer than the base that set the attribute, to whatever it may be."""
    for nearer in with_bases(each.owner):
        if nearer == each.base:
            return
        if nearer != each.owner and own_attribute(nearer, each.attribute) is not None:
            yield class_name(nearer.node)


def _taken_at_first(base: Class, attribute: str) -> Node | None:
    """Find the call of a getter that a class assigns to an attribute, unconditionally, when an object is made."""
    for node in base.names.source.identifiers(attribute):
        target = node.parent()
        assignment = target.parent() if target and target.kind() == "attribute" else None
        taken = assignment.field("right") if assignment and assignment.field("left") == target else None
        if assignment and taken and taken.kind() == "call" and _is_plain_in_initializer(assignment, base.node):
            clients = (client_of(base.names, value) for value in base.names.evaluate(taken))
            if any(client and client[1] for client in clients):
                return taken
    return None


def _is_plain_in_initializer(node: Node, definition: Node) -> bool:
    place = place_of(node)
    function = place.scopes[0].field("name")
    in_class = len(place.scopes) > 1 and place.scopes[1] == definition
    return in_class and not place.branches and function is not None and function.text() == _INITIALIZER


def _runs_after_base(each: Overriding) -> bool:
    """Tell whether `super().__init__()` has run whenever the line does."""
    line, function = start_of(each.use.node), place_of(each.use.node).scopes[0]
    targets = (name.parent() for name in each.owner.names.source.identifiers(_INITIALIZER))
    calls = (target.parent() for target in targets if target and target.text() == f"super().{_INITIALIZER}")
    earlier = (place_of(call) for call in calls if call and start_of(call) < line)
    return any(not place.branches and start_of(place.scopes[0]) == start_of(function) for place in earlier)


def _arguments(kind: ClientKind, arguments: list[Node]) -> dict[str, str]:
    """Give the text of each argument of a constructor by the getter's keyword for it."""
    names = [parameter_of(kind, position, argument) for position, argument in enumerate(arguments)]
    return {kind.arguments.get(name, name): _value(argument) for name, argument in zip(names, arguments, strict=True)}


def _getter_arguments(getter: Getter, arguments: list[Node]) -> dict[str, str]:
    found: dict[str, str] = {}
    for position, argument in enumerate(arguments):
        keyword = argument.field("name") if argument.kind() == "keyword_argument" else None
        if keyword is None and position >= len(getter.positional):
            raise NotPooledError("the arguments of the base are hidden")
        found[keyword.text() if keyword else getter.positional[position]] = _value(argument)
    return found


def _value(argument: Node) -> str:
    value = argument.field("value") if argument.kind() == "keyword_argument" else argument
    return value.text() if value else ""


def _is_the_same(owner: Class, value: str) -> bool:
    """Tell whether an argument means in the class what it means in its base: a constant, or what the base sets."""
    parsed = ast.parse(value, mode="eval").body
    if isinstance(parsed, ast.Constant):
        return True
    own = isinstance(parsed, ast.Attribute) and isinstance(parsed.value, ast.Name) and parsed.value.id == "self"
    return own and isinstance(parsed, ast.Attribute) and own_attribute(owner, parsed.attr) is None
