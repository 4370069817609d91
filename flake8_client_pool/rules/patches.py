"""Where a test puts a stand-in in the place of a client's class, and through which module it reaches for it."""

from collections.abc import Iterator
from dataclasses import dataclass
from os.path import abspath, dirname

from flake8_client_pool.constructors import Construction
from flake8_client_pool.syntax.names import Names
from flake8_client_pool.syntax.scopes import Role, role_of
from flake8_client_pool.syntax.source import Node, string_of
from flake8_client_pool.syntax.values import ModuleFile, Qualified, Values

_WORDS = ("patch", "setattr")
# What `patch` itself takes, by position, behind what it aims at.
_BY_STRING, _BY_OBJECT = 1, 2


@dataclass(frozen=True, slots=True)
class Patch:
    """A call that puts a stand-in in the place of a client's class.

    Attributes:
        call: the call.
        target: the string that names the class, or the expression whose attribute it is.
        attribute: the string that names the attribute; None where `target` is a string.
        owner: the module's name in `target` where that is an expression; None where it is not one's own module.
        construction: what the class builds.
        module: the path of the module through which the class is reached; empty for the library itself.
        prefix: the dotted name of that module, where `target` is a string.
        stand_in: what is put there, where the call says so.
        keywords: the call's other keyword arguments.
    """

    call: Node
    target: Node
    attribute: Node | None
    owner: Node | None
    construction: Construction
    module: str
    prefix: str
    stand_in: Node | None
    keywords: tuple[Node, ...]


def patches(names: Names) -> Iterator[Patch]:
    """Find all patches of clients' classes in a file."""
    for word in _WORDS:
        for node in names.source.identifiers(word):
            call = _call_of(node)
            patch = _patch(names, call, is_setter=word == "setattr") if call else None
            if patch:
                yield patch


def _call_of(node: Node) -> Node | None:
    """Find the call of `patch`, `patch.object`, `mock.patch`, `mocker.patch.object` or `monkeypatch.setattr`."""
    expression: Node | None = node
    parent = node.parent()
    if role_of(node) is Role.ATTRIBUTE:
        expression = parent
    elif node.text() == "setattr" or role_of(node) is not Role.USE:
        return None
    above = expression.parent() if expression else None
    if above and above.kind() == "attribute" and (name := above.field("attribute")) and name.text() == "object":
        expression, above = above, above.parent()
    if above and expression and above.kind() == "call" and above.field("function") == expression:
        return above
    return None


def _patch(names: Names, call: Node, *, is_setter: bool) -> Patch | None:
    arguments = call.field("arguments")
    parts = [part for part in arguments.named_children() if part.kind() != "comment"] if arguments else []
    given = [part for part in parts if part.kind() != "keyword_argument"]
    keywords = tuple(part for part in parts if part.kind() == "keyword_argument")
    if not given or any("splat" in part.kind() for part in parts):
        return None
    function = call.field("function")
    by_object = given[0].kind() != "string"
    if not is_setter and by_object != bool(function and function.text().endswith(".object")):
        return None
    behind = _BY_OBJECT if by_object else _BY_STRING
    attribute = given[1] if by_object and len(given) > 1 else None
    aim = _of_expression(names, given[0], attribute) if by_object else _of_string(names, given[0])
    if aim is None:
        return None
    named = [part.field("value") for part in keywords if _keyword(part) == "new"]
    stand_in = given[behind] if len(given) > behind else next(iter(named), None)
    others = tuple(part for part in keywords if _keyword(part) != "new")
    return Patch(call, given[0], attribute, aim.owner, aim.construction, aim.module, aim.prefix, stand_in, others)


def _keyword(argument: Node) -> str:
    name = argument.field("name")
    return name.text() if name else ""


@dataclass(frozen=True, slots=True)
class _Aim:
    construction: Construction
    module: str = ""
    prefix: str = ""
    owner: Node | None = None


def _of_string(names: Names, target: Node) -> _Aim | None:
    dotted = string_of(target) or ""
    constructors = names.modules.constructors
    if dotted.rpartition(".")[2] not in constructors.words:
        return None
    if known := constructors.class_of(dotted):
        return _Aim(known)
    parts = dotted.split(".")
    folder = dirname(abspath(names.source.path))
    for cut in range(len(parts) - 1, 0, -1):
        prefix = ".".join(parts[:cut])
        path = names.modules.repository.find(prefix, folder)
        if path and path.endswith(".py"):
            names.modules.repository.note(prefix, folder)
            found = _inside(names, (ModuleFile(path),), parts[cut:])
            return _Aim(found, path, prefix) if found else None
    return None


def _of_expression(names: Names, target: Node, attribute: Node | None) -> _Aim | None:
    name = string_of(attribute) if attribute else None
    if name not in names.modules.constructors.words:
        return None
    values = names.evaluate(target)
    if module := _module_of(values):
        found = _inside(names, values, [name])
        return _Aim(found, module, owner=target) if found else None
    owner, last = (target.field("object"), target.field("attribute")) if target.kind() == "attribute" else (None, None)
    if owner and last and (module := _module_of(names.evaluate(owner))):
        found = _inside(names, (ModuleFile(module),), [last.text(), name])
        return _Aim(found, module, owner=owner) if found else None
    found = _known(names, names.modules.attribute(values, name))
    return _Aim(found) if found else None


def _module_of(values: Values) -> str:
    return next((value.path for value in values if isinstance(value, ModuleFile) and value.path.endswith(".py")), "")


def _inside(names: Names, values: Values, path: list[str]) -> Construction | None:
    """Tell what a dotted path from a module leads to, also where the module no longer has its first name."""
    first, *rest = path
    values = names.modules.attribute(values, first)
    if not values and rest:
        return names.modules.constructors.ending_in(".".join(path))
    for part in rest:
        values = names.modules.attribute(values, part)
    return _known(names, values)


def _known(names: Names, values: Values) -> Construction | None:
    constructors = names.modules.constructors
    found = (constructors.class_of(value.name) for value in values if isinstance(value, Qualified))
    return next((each for each in found if each), None)
