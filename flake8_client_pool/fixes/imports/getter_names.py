"""What a getter is called at a place: the name under which it is imported already, or one that is free."""

from os.path import abspath, dirname

from flake8_client_pool.fixes.imports.running_early import may_run_before
from flake8_client_pool.fixes.imports.visibility import Standing, always_runs_before, import_of, standing
from flake8_client_pool.fixes.layout import layout_of
from flake8_client_pool.rules.getter_call import NotPooledError
from flake8_client_pool.rules.getter_definitions import Getter
from flake8_client_pool.syntax.flow import Binding
from flake8_client_pool.syntax.names import Names
from flake8_client_pool.syntax.scopes import FUNCTIONS, place_of
from flake8_client_pool.syntax.source import Node, start_of

_GET = "get_"


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


def visible(names: Names, call: Node, getter: Getter, sites: list[Binding], *, apart: bool) -> tuple[str, bool]:
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


def free_alias(names: Names, call: Node, getter: Getter) -> str:
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


def may_come_with_a_star(names: Names, getter: Getter) -> bool:
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
