"""Why a program may depend on a line that builds a client over that of a base: whatever is not certain counts."""

import ast
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

from flake8_client_pool.fixes.layout import parsed
from flake8_client_pool.kinds import ClientKind
from flake8_client_pool.rules.client_built_over_base import Overriding
from flake8_client_pool.rules.getter_call import NotPooledError, arguments_of, parameter_of
from flake8_client_pool.rules.getter_definitions import Getter
from flake8_client_pool.rules.pooled_bases import class_name, client_of
from flake8_client_pool.syntax.classes import base_expressions, with_bases
from flake8_client_pool.syntax.scopes import place_of
from flake8_client_pool.syntax.source import Node
from flake8_client_pool.syntax.values import Class, Qualified

_INITIALIZER = "__init__"
_SUPER = f"super().{_INITIALIZER}"
# After these the next statement runs, unless an exception leaves the constructor altogether.
_STRAIGHT = (ast.Expr, ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Import, ast.ImportFrom, ast.Pass)
# Bases without a constructor that matters.
_INERT = frozenset(("abc.ABC", "builtins.object", "typing.Generic", "typing.Protocol"))
_ANY = "any attribute"
# Ways to write it.
_WRITERS = frozenset(("setattr", "delattr", "__dict__", "vars"))


def dependence(each: Overriding, getter: Getter) -> str:
    """Say why something may depend on the line; empty where nothing can."""
    try:
        return _dependence(each, getter)
    except SyntaxError:
        return f"{class_name(each.base.node)} or one of its bases cannot be read"
    except NotPooledError as reason:
        return str(reason)


def _dependence(each: Overriding, getter: Getter) -> str:
    base, attribute = class_name(each.base.node), f"self.{each.attribute}"
    family = list(with_bases(each.owner))
    writers = [member for member in family if _writes(member, each.attribute)]
    if other := next((member for member in writers if member not in (each.owner, each.base)), None):
        return f"{class_name(other.node)} sets {attribute} as well"
    taken = _taken_at_first(each.base, each.attribute)
    if taken is None:
        return f"{base} does not set {attribute} in its own {_INITIALIZER}, whatever happens"
    if twice := next((member for member in writers if _writes(member, each.attribute) > 1), None):
        return f"{class_name(twice.node)} changes {attribute} elsewhere, too"
    if not _runs_after_base(each):
        return f"{base}.{_INITIALIZER} may not have run before"
    ours = _arguments(each.use.construction.kind, getter, arguments_of(each.use.node))
    theirs = _getter_arguments(getter, arguments_of(taken))
    if ours != theirs or not all(_is_the_same(each, value, _line(taken)) for value in ours.values()):
        return f"{base} may give other arguments than these"
    return ""


def _writes(owner: Class, name: str) -> int:
    """Count the places in a class that set or delete an attribute, or may."""
    written = _written(owner.names.source.text, _line(owner.node), class_name(owner.node))
    return (
        written[name]
        + written[_ANY]
        + sum(not _is_declaration(binding.name) for binding in owner.names.uses(name).by_scope.get(owner.node, []))
    )


@lru_cache(maxsize=64)
def _written(text: str, line: int, name: str) -> Counter[str]:
    """Count the places in the class on a line that write each attribute, name it in a string, or may write `_ANY`."""
    return Counter(word for node in ast.walk(_class_on(text, line, name)) if (word := _written_by(node)))


def _written_by(node: ast.AST) -> str:
    match node:
        case ast.Attribute(attr=attribute, ctx=ast.Store() | ast.Del()):
            return attribute
        case ast.Attribute(attr=word) | ast.Name(id=word):
            return _ANY if word in _WRITERS else ""
        case ast.Constant(value=str(value)):
            return value
        case _:
            return ""


def _is_declaration(name: Node) -> bool:
    """Tell whether a name in a class body has a type and no value."""
    holder = name.parent()
    return holder is not None and holder.kind() == "assignment" and holder.field("right") is None


@lru_cache(maxsize=8)
def _tree(text: str) -> ast.Module:
    return parsed(text)


def _definition(owner: Class) -> ast.ClassDef:
    return _class_on(owner.names.source.text, _line(owner.node), class_name(owner.node))


@lru_cache(maxsize=64)
def _class_on(text: str, line: int, name: str) -> ast.ClassDef:
    for node in ast.walk(_tree(text)):
        if isinstance(node, ast.ClassDef) and node.lineno == line:
            return node
    raise SyntaxError(name)


def _line(node: Node) -> int:
    return int(node.range().start.line) + 1


def _initializers(owner: Class) -> list[ast.stmt]:
    """List what a class has under the name of the constructor, that of classes inside it included."""
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    nodes = ast.walk(_definition(owner))
    return [node for node in nodes if isinstance(node, functions) and node.name == _INITIALIZER]


def _first_statements(owner: Class) -> Iterator[ast.stmt]:
    """Give the statements that always run when an object is made, in the one constructor that a class itself has."""
    found = _initializers(owner)
    if len(found) != 1 or found[0] not in _definition(owner).body:
        return
    (constructor,) = found
    if not isinstance(constructor, ast.FunctionDef) or constructor.decorator_list:
        return
    for statement in constructor.body:
        if not isinstance(statement, _STRAIGHT):
            return
        yield statement


def _sets(statement: ast.stmt, attribute: str) -> bool:
    """Tell whether a statement sets an attribute of `self`, and nothing else."""
    match statement:
        case ast.Assign(targets=[ast.Attribute(value=ast.Name(), attr=name)]):
            return name == attribute
        case ast.AnnAssign(target=ast.Attribute(value=ast.Name(), attr=name), value=ast.expr()):
            return name == attribute
        case _:
            return False


def _taken_at_first(base: Class, attribute: str) -> Node | None:
    """Find the call of a getter that a class assigns to an attribute whenever an object is made."""
    lines = {each.lineno for each in _first_statements(base) if _sets(each, attribute)}
    for node in base.names.source.identifiers(attribute):
        target = node.parent()
        assignment = target.parent() if target and target.kind() == "attribute" else None
        taken = assignment.field("right") if assignment and assignment.field("left") == target else None
        if assignment and taken and taken.kind() == "call" and _line(assignment) in lines:
            clients = (client_of(base.names, value) for value in base.names.evaluate(taken))
            if any(client and client[1] for client in clients):
                return taken
    return None


def _runs_after_base(each: Overriding) -> bool:
    """Tell whether the constructor of the base has run whenever the line does."""
    before = [member for member in with_bases(each.owner) if member not in with_bases(each.base)]
    function = _line(place_of(each.use.node).scopes[0])
    methods = (method for method in _definition(each.owner).body if isinstance(method, ast.FunctionDef))
    statements = (statement for method in methods if method.lineno == function for statement in method.body)
    return (
        any(_calls_on(statement) and statement.lineno < _line(each.use.node) for statement in statements)
        and all(_has_known_bases(member) for member in before)
        and all(_passes_on(member) for member in before if member != each.owner)
    )


def _calls_on(statement: ast.stmt) -> bool:
    call = statement.value if isinstance(statement, ast.Expr) else None
    return isinstance(call, ast.Call) and ast.unparse(call.func) == _SUPER


def _has_known_bases(owner: Class) -> bool:
    for base in base_expressions(owner):
        values = owner.names.evaluate(base)
        if len(values) != 1:
            return False
        if not isinstance(values[0], Class) and not (isinstance(values[0], Qualified) and values[0].name in _INERT):
            return False
    return True


def _passes_on(owner: Class) -> bool:
    """Tell whether a class lets the constructor of the next one run; a decorator may give it one."""
    if _initializers(owner):
        return any(_calls_on(statement) for statement in _first_statements(owner))
    return not _definition(owner).decorator_list and not owner.names.uses(_INITIALIZER).by_scope.get(owner.node)


def _arguments(kind: ClientKind, getter: Getter, arguments: list[Node]) -> dict[str, str]:
    """Give the text of each argument of a constructor by the getter's keyword for it."""
    names = [parameter_of(kind, position, argument) for position, argument in enumerate(arguments)]
    keywords = [getter.keyword_for(kind, name) or name for name in names]
    return {keyword: _value(argument) for keyword, argument in zip(keywords, arguments, strict=True)}


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


def _is_the_same(each: Overriding, value: str, line: int) -> bool:
    """Tell whether an argument means in the class what it means on a line of the base."""
    match ast.parse(value, mode="eval").body:
        case ast.Constant():
            return True
        case ast.Attribute(value=ast.Name(id="self"), attr=attribute):
            return _is_set_once(each, attribute, line)
        case _:
            return False


def _is_set_once(each: Overriding, attribute: str, line: int) -> bool:
    """Tell whether an attribute is set in one place only: when an object is made, before a line of the base."""
    writers = [member for member in with_bases(each.owner) for _ in range(_writes(member, attribute))]
    if len(writers) != 1 or writers[0] not in with_bases(each.base):
        return False
    setting = [each for each in _first_statements(writers[0]) if _sets(each, attribute)]
    return bool(setting) and (writers[0] != each.base or setting[0].lineno < line)
