"""Where a test puts a stand-in in the place of a client's class, and through which module it reaches for it."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from os.path import abspath, dirname

from flake8_client_pool.constructors import Construction
from flake8_client_pool.syntax.names import Names
from flake8_client_pool.syntax.scopes import Role, role_of
from flake8_client_pool.syntax.source import Node
from flake8_client_pool.syntax.values import ModuleFile, Qualified, Values

_WORDS = ("patch", "setattr")
_STRINGS = ("string", "concatenated_string")
# What the parameters of `patch` and `patch.object`, and of `setattr` with a string and with an object, say.
_PARAMETERS: Mapping[tuple[bool, bool], Mapping[str, str]] = {
    (False, False): {"target": "target", "new": "new"},
    (False, True): {"target": "target", "attribute": "attribute", "new": "new"},
    (True, False): {"target": "target", "name": "new"},
    (True, True): {"target": "target", "name": "attribute", "value": "new"},
}


@dataclass(frozen=True, slots=True)
class Patch:
    """A call that puts a stand-in in the place of a client's class.

    Attributes:
        call: the call.
        target: the string that names the class, or the expression whose attribute it is.
        attribute: the string that names the attribute; None where `target` is a string.
        owner: the module's name in `target` where that is an expression; None where it is not one's own module.
        construction: what the class builds.
        library: the qualified name of the library where that is replaced in a module, and not the class alone.
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
    library: str = ""


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
    target = next((value for part in parts if (value := _value(part)) and _keyword(part) in ("", "target")), None)
    if target is None or any("splat" in part.kind() for part in parts):
        return None
    function = call.field("function")
    by_object = target.kind() not in _STRINGS
    if not is_setter and by_object != bool(function and function.text().endswith(".object")):
        return None
    given, others = _given(parts, _PARAMETERS[is_setter, by_object])
    attribute = given.get("attribute")
    aim = _of_expression(names, target, attribute) if by_object else _of_string(names, target)
    if aim is None:
        return None
    new = given.get("new")
    return Patch(call, target, attribute, aim.owner, aim.construction, aim.module, aim.prefix, new, others, aim.library)


def _given(parts: list[Node], parameters: Mapping[str, str]) -> tuple[dict[str, Node], tuple[Node, ...]]:
    """Sort arguments by what they say, whatever the function calls it; the other keyword arguments beside."""
    by_place = (part for part in parts if part.kind() != "keyword_argument")
    given = dict(zip(parameters.values(), by_place, strict=False))
    by_keyword = [part for part in parts if part.kind() == "keyword_argument"]
    for part in by_keyword:
        if (name := _keyword(part)) in parameters and (value := _value(part)):
            given[parameters[name]] = value
    return given, tuple(part for part in by_keyword if _keyword(part) not in parameters)


def _value(argument: Node) -> Node | None:
    return argument.field("value") if argument.kind() == "keyword_argument" else argument


def _keyword(argument: Node) -> str:
    name = argument.field("name") if argument.kind() == "keyword_argument" else None
    return name.text() if name else ""


def literal_of(node: Node) -> str | None:
    """Give the value of a string literal, in three quotes or several parts, too; None for anything else."""
    if node.kind() not in _STRINGS:
        return None
    try:
        value = ast.literal_eval(f"({node.text()})")
    except (SyntaxError, ValueError):
        return None
    return value if isinstance(value, str) else None


@dataclass(frozen=True, slots=True)
class _Aim:
    construction: Construction
    module: str = ""
    prefix: str = ""
    owner: Node | None = None
    library: str = ""


def _of_string(names: Names, target: Node) -> _Aim | None:
    dotted = literal_of(target) or ""
    constructors = names.modules.constructors
    last = dotted.rpartition(".")[2]
    if last not in constructors.words and last not in constructors.module_names:
        return None
    if known := constructors.class_of(dotted):
        return _Aim(known)
    parts = dotted.split(".")
    repository, folder = names.modules.repository, dirname(abspath(names.source.path))
    # A folder of tests may be called as the package is that it tests.
    for base in dict.fromkeys((folder, repository.root(folder))):
        for cut in range(len(parts) - 1, 0, -1):
            prefix = ".".join(parts[:cut])
            path = repository.find(prefix, base)
            repository.note(prefix, base)
            if path and path.endswith(".py"):
                found, library = _inside(names, (ModuleFile(path),), parts[cut:])
                return _Aim(found, path, prefix, library=library) if found else None
    return None


def _of_expression(names: Names, target: Node, attribute: Node | None) -> _Aim | None:
    name = literal_of(attribute) if attribute else None
    constructors = names.modules.constructors
    if name not in constructors.words and name not in constructors.module_names:
        return None
    values = names.evaluate(target)
    if module := _module_of(values):
        found, library = _inside(names, values, [name])
        return _Aim(found, module, owner=target, library=library) if found else None
    owner, last = (target.field("object"), target.field("attribute")) if target.kind() == "attribute" else (None, None)
    if owner and last and (module := _module_of(names.evaluate(owner))):
        found, _ = _inside(names, (ModuleFile(module),), [last.text(), name])
        return _Aim(found, module, owner=owner) if found else None
    found = _known(names, names.modules.attribute(values, name))
    return _Aim(found) if found else None


def _module_of(values: Values) -> str:
    return next((value.path for value in values if isinstance(value, ModuleFile) and value.path.endswith(".py")), "")


def _inside(names: Names, values: Values, path: list[str]) -> tuple[Construction | None, str]:
    """Tell what a dotted path from a module leads to, also where the module no longer has its first name.

    Where that is a library, it is the first of its classes that counts, with the library's name beside.
    """
    first, *rest = path
    values = names.modules.attribute(values, first)
    if not values and rest:
        return names.modules.constructors.ending_in(".".join(path)), ""
    for part in rest:
        values = names.modules.attribute(values, part)
    known = _known(names, values)
    return (known, "") if known else _library(names, values)


def _library(names: Names, values: Values) -> tuple[Construction | None, str]:
    for value in values:
        if isinstance(value, Qualified) and (classes := names.modules.constructors.classes_in(value.name)):
            return classes[0], value.name
    return None, ""


def _known(names: Names, values: Values) -> Construction | None:
    constructors = names.modules.constructors
    found = (constructors.class_of(value.name) for value in values if isinstance(value, Qualified))
    return next((each for each in found if each), None)
