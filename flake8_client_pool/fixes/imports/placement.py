"""Where the import for a fixed call goes, and what the getter is called there."""

from dataclasses import dataclass
from enum import Enum, auto
from os.path import abspath, dirname

from flake8_client_pool.fixes.imports.running_early import may_run_before
from flake8_client_pool.fixes.imports.visibility import (
    Standing,
    always_runs_before,
    import_of,
    is_declared_global,
    standing,
)
from flake8_client_pool.fixes.layout import layout_of
from flake8_client_pool.rules.getter_call import NotPooledError
from flake8_client_pool.rules.getter_definitions import Getter
from flake8_client_pool.syntax.flow import Binding
from flake8_client_pool.syntax.names import Names
from flake8_client_pool.syntax.scopes import FUNCTIONS, PATTERNS, place_of
from flake8_client_pool.syntax.source import Node, start_of
from flake8_client_pool.syntax.values import Qualified, Value

_GET = "get_"
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
    called, is_taken = _visible(names, call, getter, sites, apart=beyond.apart)
    if called:
        return Placement(Where.NOWHERE, called, 0, statement, root.text(), _anchor(sites), imports)
    if is_taken or beyond.taken or _may_come_with_a_star(names, getter):
        alias = _free_alias(names, call, getter)
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


def _is_getter_import(names: Names, binding: Binding, getter: Getter) -> bool:
    statement = import_of(binding)
    if statement is None or statement.kind() != "import_from_statement":
        return False
    imported = binding.name.parent()
    original = imported.field("name") if imported and imported.kind() == "aliased_import" else imported
    module = statement.field("module_name")
    if module is None or original is None or original.text() != getter.name:
        return False
    dotted = module.text().replace(" ", "")
    if dotted.startswith("."):
        path = names.modules.repository.relative(dirname(abspath(names.source.path)), dotted) or ""
        dotted = path.removesuffix("/__init__.py").removesuffix(".py").replace("/", ".")
        return f"{dotted}.".endswith((f".{getter.module}.", f".{getter.module.rpartition('.')[0]}."))
    pool = getter.module
    return pool == dotted or dotted.startswith(f"{pool}.") or pool.startswith(f"{dotted}.")


def _visible(names: Names, call: Node, getter: Getter, sites: list[Binding], *, apart: bool) -> tuple[str, bool]:
    """Name the getter at a place where it is imported already, and tell whether its own name is taken there."""
    is_taken = False
    for name in (getter.name, *_aliases(names, getter)):
        found = standing(names, name, call)
        if found.scope is None or (apart and found.is_module):
            continue
        if not all(_is_getter_import(names, binding, getter) for binding in found.bindings):
            is_taken = is_taken or name == getter.name
            continue
        bindings = [each for each in found.bindings if _has_run(names, each, found, call)]
        place = place_of(call)
        if any(always_runs_before(each, place, call, inner=found.is_inner) for each in bindings):
            return name, is_taken
        if any(_goes_with(binding, found, site) for binding in bindings for site in sites):
            return name, is_taken
    return "", is_taken


def _has_run(names: Names, binding: Binding, found: Standing, call: Node) -> bool:
    """Tell whether nothing calls a function of the file so early that an import is still to come."""
    scopes = place_of(call).scopes
    if not found.is_module or not any(each.kind() in FUNCTIONS for each in scopes):
        return binding.position <= start_of(call)
    outermost = scopes[-2]
    if binding.position <= start_of(outermost):
        return True
    name = outermost.field("name")
    return not may_run_before(layout_of(names.source.text), name.text() if name else "", binding.position)


def _free_alias(names: Names, call: Node, getter: Getter) -> str:
    """Give a name that the function around a call can import the getter under where its own name is taken.

    Raises:
        NotPooledError: the call is in no function, or that name is taken, too.
    """
    prefix = _GET if getter.name.startswith(_GET) else ""
    alias = f"{prefix}pooled_{getter.name.removeprefix(_GET)}"
    found = standing(names, alias, call)
    is_free = found.scope is None or all(_is_getter_import(names, binding, getter) for binding in found.bindings)
    if not is_free or not any(each.kind() in FUNCTIONS for each in place_of(call).scopes):
        raise NotPooledError(f"the name {getter.name} is taken here")
    return alias


def _may_come_with_a_star(names: Names, getter: Getter) -> bool:
    """Tell whether a module of the repository, of which a file imports all names, knows the getter's name."""
    repository, folder = names.modules.repository, dirname(abspath(names.source.path))
    for module in (each.text() for each in names.source.wildcard_imports):
        find = repository.relative if module.startswith(".") else None
        path = find(folder, module) if find else repository.find(module, folder)
        data = repository.read(path) if path and path.endswith(".py") else b""
        if module != getter.module and (getter.name.encode() in data or b"import *" in data):
            return True
    return False


def _goes_with(binding: Binding, found: Standing, site: Binding) -> bool:
    """Tell whether a getter is imported in the very block in which the client's library is."""
    statement, other = import_of(binding), import_of(site)
    above = statement.parent() if statement else None
    return bool(above and other and above == other.parent() and found.scope is not None)


def _aliases(names: Names, getter: Getter) -> list[str]:
    if f"{getter.name} as " not in names.source.text:
        return []
    statements = [node.parent() for node in names.source.identifiers(getter.name)]
    aliased = [above.parent() for above in statements if above and above.kind() == "dotted_name"]
    found = [each.field("alias") for each in aliased if each and each.kind() == "aliased_import"]
    return [alias.text() for alias in found if alias]


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
