"""Which bindings of a name a place can rely on."""

from dataclasses import dataclass

from flake8_client_pool.syntax.flow import Binding
from flake8_client_pool.syntax.names import Names
from flake8_client_pool.syntax.scopes import FUNCTIONS, Place, Role
from flake8_client_pool.syntax.source import Node, start_of

IMPORTS = frozenset(("import_statement", "import_from_statement"))


@dataclass(frozen=True, slots=True)
class Standing:
    """What a name is at a place.

    Attributes:
        scope: the scope that binds it; None where none does.
        bindings: all bindings in that scope.
        reaching: those that the place may see.
        is_inner: whether that scope is the innermost around the place.
    """

    scope: Node | None
    bindings: tuple[Binding, ...] = ()
    reaching: tuple[Binding, ...] = ()
    is_inner: bool = False

    @property
    def is_local(self) -> bool:
        """Whether a function binds the name."""
        return self.scope is not None and self.scope.kind() in FUNCTIONS

    @property
    def is_module(self) -> bool:
        """Whether the module binds the name."""
        return self.scope is not None and self.scope.kind() == "module"


def standing(names: Names, name: str, at: Node) -> Standing:
    """Find the scope that gives a name its meaning at a place, and the bindings that count there."""
    for scope, bindings, here, innermost in names.binding_scopes(name, at):
        return Standing(scope, tuple(bindings), tuple(here), innermost)
    return Standing(None)


def import_of(binding: Binding) -> Node | None:
    """Find the import statement that makes a binding; None where another construct does."""
    for above in binding.name.ancestors()[:3]:
        if above.kind() in IMPORTS:
            return above
    return None


def always_runs_before(binding: Binding, place: Place, at: Node, *, inner: bool) -> bool:
    """Tell whether a binding has run whenever a place is reached.

    `inner` says that the binding's scope is the innermost around the place. In an outer function the binding has to
    stand before the place; at module level all that is not under a condition has run before a function is called.
    """
    if binding.deferred:
        return False
    if inner:
        return binding.position <= start_of(at) and binding.branches == place.branches[: len(binding.branches)]
    return not binding.branches


def is_free(names: Names, name: str) -> bool:
    """Tell whether nothing in a file binds or mentions a name other than as an attribute or keyword."""
    use = names.uses(name)
    return not use.by_scope and not use.elsewhere


def is_declared_global(names: Names, name: str) -> bool:
    """Tell whether a function of the file rebinds the module's name."""
    return Role.GLOBAL in names.uses(name).elsewhere.values()
