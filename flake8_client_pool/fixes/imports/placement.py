"""Where the import for a fixed call goes, and what the getter is called there."""

from dataclasses import dataclass
from enum import Enum, auto

from flake8_client_pool.fixes.imports.getter_names import free_alias, may_come_with_a_star, visible
from flake8_client_pool.fixes.imports.visibility import (
    Standing,
    always_runs_before,
    import_of,
    is_declared_global,
    standing,
)
from flake8_client_pool.rules.getter_call import NotPooledError
from flake8_client_pool.rules.getter_definitions import Getter
from flake8_client_pool.syntax.flow import Binding
from flake8_client_pool.syntax.names import Names
from flake8_client_pool.syntax.scopes import FUNCTIONS, PATTERNS, place_of
from flake8_client_pool.syntax.source import Node, start_of
from flake8_client_pool.syntax.values import Qualified, Value

_BLOCKS = frozenset(("block", "module"))


class Where(Enum):
    """The places for an import."""

    NOWHERE = auto()
    MODULE = auto()
    BESIDE = auto()
    IN_FRONT = auto()


@dataclass(frozen=True, slots=True)
class Placement:
    """How a call comes by its getter.

    Attributes:
        where: whether an import is needed, and at which kind of place.
        called: the name of the getter at the place of the call.
        offset: the place: of the import to stand beside, or of the statement to stand in front of; at module level
            the place before which the import has to run.
        statement: the offset of the statement that the call is part of.
        root: the name that the call's expression begins with.
        anchor: the offset of the import that gave that name; None where it was none.
        imports: the offsets of all imports that bind that name there.
    """

    where: Where
    called: str
    offset: int
    statement: int
    root: str
    anchor: int | None = None
    imports: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Beyond:
    """What other files have to do with the place of an import.

    Attributes:
        in_cycle: whether the pool module imports the file.
        taken: whether the getter's name has another meaning in a file that imports all names of this one.
        apart: whether the function is run from its source alone, so that it sees only what it imports itself.
    """

    in_cycle: bool
    taken: bool
    apart: bool


def root_of(function: Node) -> Node:
    """Find the name that a dotted expression begins with.

    Raises:
        NotPooledError: the expression is more than a dotted name.
    """
    node = function
    while node.kind() == "attribute":
        inner = node.field("object")
        if inner is None:
            break
        node = inner
    if node.kind() != "identifier" or node.text() in ("self", "cls"):
        raise NotPooledError(f"what {' '.join(function.text().split())} stands for is decided elsewhere")
    return node


def placement(names: Names, call: Node, function: Node, getter: Getter, beyond: Beyond) -> Placement:
    """Decide how a call comes by its getter.

    Raises:
        NotPooledError: there is no safe way.
    """
    root = root_of(function)
    origin = standing(names, root.text(), root)
    sites = _sites(names, origin, root)
    _refuse_alternatives(names, sites, function)
    local = _local_standing(names, call, getter)
    imports = tuple(start_of(each) for binding in origin.bindings if (each := import_of(binding))) if sites else ()
    statement = start_of(_statement_of(call, place_of(call).scopes[0]))
    called, is_taken = visible(names, call, getter, sites, apart=beyond.apart)
    if called:
        return Placement(Where.NOWHERE, called, 0, statement, root.text(), _anchor(sites), imports)
    if is_taken or beyond.taken or may_come_with_a_star(names, getter):
        alias = free_alias(names, call, getter)
        return Placement(Where.IN_FRONT, alias, statement, statement, root.text(), _anchor(sites), imports)
    in_function = beyond.in_cycle or beyond.apart
    where, offset = _place(call, origin, sites, in_cycle=in_function, shadowed=local)
    return Placement(where, getter.name, offset, statement, root.text(), _anchor(sites), imports)


def _anchor(sites: list[Binding]) -> int | None:
    statements = [statement for site in sites if (statement := import_of(site))]
    return start_of(statements[0]) if statements else None


def _sites(names: Names, origin: Standing, root: Node) -> list[Binding]:
    """List the imports that give a name; refuse one that may stand for something else."""
    sites = [binding for binding in origin.reaching if import_of(binding)]
    others = [binding for binding in origin.reaching if not import_of(binding)]
    if origin.scope is not None and not origin.reaching:
        raise NotPooledError(f"{root.text()} is bound only later")
    if not sites and len(others) == 1 and origin.is_module and not others[0].branches:
        aliased = _dotted_name_of(others[0])
        if aliased and not is_declared_global(names, root.text()):
            inner = root_of(aliased)
            _refuse_alternatives(names, _sites(names, standing(names, inner.text(), inner), inner), aliased)
            return []
    if any(not _is_fallback(binding) for binding in others):
        raise NotPooledError(f"{root.text()} may stand for another class here")
    return sites


def _dotted_name_of(binding: Binding) -> Node | None:
    """Find the dotted name that an assignment gives another name for; None where it is anything else."""
    parent = binding.name.parent()
    value = parent.field("right") if parent and parent.kind() == "assignment" else None
    return value if value and value.kind() in ("identifier", "attribute") else None


def _refuse_alternatives(names: Names, sites: list[Binding], function: Node) -> None:
    """Refuse an expression whose first name is imported in several ways that do not all lead to one class."""
    if len(sites) > 1 and len({_classes(names, site, function) for site in sites}) > 1:
        raise NotPooledError(f"{root_of(function).text()} may stand for another class here")


def _classes(names: Names, site: Binding, function: Node) -> frozenset[str | Value]:
    """Tell what a dotted expression stands for where its first name comes from one of its imports."""
    values = names.bound(site.name)
    for part in function.text().split(".")[1:]:
        values = names.modules.attribute(values, part.strip())
    get = names.modules.constructors.get
    built = [(value, get(value.name) if isinstance(value, Qualified) else None) for value in values]
    return frozenset(what.kind.name + what.factory if what else value for value, what in built)


def _is_fallback(binding: Binding) -> bool:
    """Tell whether a name is bound to None: `a = None`, `a = b = None`, `a, b = None, None`."""
    target, parent = binding.name, binding.name.parent()
    place = None
    if parent and parent.kind() in PATTERNS:
        place = parent.named_children().index(target)
        target, parent = parent, parent.parent()
    value = parent.field("right") if parent and parent.kind() == "assignment" else None
    while value and value.kind() == "assignment":
        value = value.field("right")
    if place is not None and value and value.kind() in ("expression_list", "tuple", "list"):
        values = value.named_children()
        value = values[place] if len(values) == len(target.named_children()) else None
    return value is not None and value.kind() == "none"


def _local_standing(names: Names, call: Node, getter: Getter) -> bool:
    """Tell whether a function around a call imports the getter somewhere, so that its name is local there."""
    return standing(names, getter.name, call).is_local


def _place(call: Node, origin: Standing, sites: list[Binding], *, in_cycle: bool, shadowed: bool) -> tuple[Where, int]:
    statement = import_of(sites[0]) if sites else None
    runs_at_import = not any(each.kind() in FUNCTIONS for each in place_of(call).scopes)
    if in_cycle and not any(each.kind() == "function_definition" for each in place_of(call).scopes):
        raise NotPooledError("the pool module imports this file, and the client is built when it is imported")
    beside = not in_cycle or origin.is_local
    if beside and statement and len(sites) == 1 and _stands_beside(call, origin, sites[0]):
        return Where.BESIDE, start_of(statement)
    conditional = origin.is_module and any(site.branches for site in sites) and not _is_type_checking(sites)
    if origin.is_local or conditional or in_cycle or shadowed:
        return Where.IN_FRONT, start_of(_statement_of(call, place_of(call).scopes[0]))
    return Where.MODULE, start_of(call) if runs_at_import else -1


def _stands_beside(call: Node, origin: Standing, site: Binding) -> bool:
    """Tell whether an import for the getter runs whenever it stands next to the import of the client's library."""
    if origin.is_module and not site.branches:
        return False
    place = place_of(call)
    return always_runs_before(site, place, call, inner=origin.is_inner) or (
        origin.is_local and len(origin.bindings) == 1
    )


def _is_type_checking(sites: list[Binding]) -> bool:
    conditions = [branch.statement.field("condition") for site in sites for branch in site.branches]
    return all(condition is not None and "TYPE_CHECKING" in condition.text() for condition in conditions)


def _statement_of(call: Node, scope: Node) -> Node:
    """Find the statement that a call is part of, in the scope in which it runs."""
    inner = call
    for outer in call.ancestors():
        if outer.kind() in _BLOCKS:
            return inner
        inner = outer
    return scope
