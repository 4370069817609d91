"""From a name at a place in one file to what it may stand for there."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from flake8_client_pool.syntax.bindings import NameUse, binder_of, matching_part, uses_of
from flake8_client_pool.syntax.expressions import evaluate
from flake8_client_pool.syntax.flow import Binding, reaching
from flake8_client_pool.syntax.imports import imported
from flake8_client_pool.syntax.parameters import parameter_values
from flake8_client_pool.syntax.scopes import place_of
from flake8_client_pool.syntax.source import Node, Source, start_of, string_of
from flake8_client_pool.syntax.values import Class, Function, Qualified, Values

if TYPE_CHECKING:
    from flake8_client_pool.syntax.modules import Modules

_PARAMETERS = frozenset(
    ("parameters", "lambda_parameters", "typed_parameter", "default_parameter", "typed_default_parameter"),
)
_DISPLAYS = frozenset(("tuple", "list", "set", "expression_list"))


class Names:
    """Looks names of one file up.

    Attributes:
        source: the file.
        modules: the other files, for names that come from there.
    """

    def __init__(self, source: Source, modules: "Modules") -> None:
        """Look names of `source` up, following `modules`."""
        self.source = source
        self.modules = modules
        self._uses: dict[str, NameUse] = {}

    def uses(self, name: str) -> NameUse:
        """Give all bindings of a name in this file."""
        if name not in self._uses:
            self._uses[name] = uses_of(self.source, name)
        return self._uses[name]

    def evaluate(self, expression: Node | None) -> Values:
        """Tell what an expression may stand for; empty when that cannot be a client, its class or its module."""
        return self.modules.remembering(self, expression, evaluate) if expression else ()

    def lookup(self, node: Node) -> Values:
        """Tell what an identifier may stand for at its place."""
        for scope, _, here, _ in self.binding_scopes(node.text(), node):
            if here or scope.kind() not in ("class_definition", "module"):
                return self.values_of(here)
        return self._unbound(node.text())

    def binding_scopes(self, name: str, at: Node) -> Iterator[tuple[Node, list[Binding], list[Binding], bool]]:
        """Go outward from a place through the scopes that bind a name and can be seen from there.

        Each comes with all its bindings of the name, those that reach the place, and whether it is the innermost.
        """
        use, place, position = self.uses(name), place_of(at), start_of(at)
        for depth, scope in enumerate(place.scopes):
            bindings = use.by_scope.get(scope)
            if (depth and scope.kind() == "class_definition") or not bindings or scope in use.elsewhere:
                continue
            innermost = depth == 0
            seen_from = (position, place.branches) if innermost else (None, ())
            yield scope, bindings, reaching(bindings, *seen_from), innermost

    def exported(self, name: str) -> Values | None:
        """Tell what a name of the module stands for once the module has run; None when it has no such name."""
        bindings = self.uses(name).by_scope.get(self.module_node)
        if bindings:
            return self.values_of(reaching(bindings, None, ()))
        return self._from_wildcard_imports(name)

    def listed(self) -> frozenset[str] | None:
        """Give the names in `__all__`; None where the module has none that is a plain list or tuple."""
        bindings = self.uses("__all__").by_scope.get(self.module_node, [])
        values = [binder.field("right") for each in bindings if (binder := binder_of(each.name))]
        if len(values) != 1 or values[0] is None or values[0].kind() not in ("list", "tuple"):
            return None
        return frozenset(text for part in values[0].named_children() if (text := string_of(part)))

    @property
    def module_node(self) -> Node:
        """The scope of the module itself."""
        return self.source.root

    def values_of(self, bindings: list[Binding]) -> Values:
        """Tell what a name with these bindings may stand for: each of them counts."""
        return tuple(dict.fromkeys(value for binding in bindings for value in self.bound(binding.name)))

    def bound(self, name: Node) -> Values:
        """Tell what one binding gives its name."""
        parent = name.parent()
        kind = parent.kind() if parent else ""
        if parent is None:
            return ()
        if kind == "function_definition":
            return (Function(self, parent),)
        if kind == "class_definition":
            return (Class(self, parent),)
        if kind in ("aliased_import", "dotted_name"):
            return imported(self, name)
        if kind in _PARAMETERS:
            return parameter_values(self, name, parent)
        return self._assigned(name)

    def _assigned(self, name: Node) -> Values:
        binder = binder_of(name)
        kind = binder.kind() if binder else ""
        if binder is None:
            return ()
        if kind == "assignment":
            return self.evaluate(matching_part(binder.field("left"), binder.field("right"), name))
        if kind == "named_expression":
            return self.evaluate(binder.field("value"))
        if kind in ("for_statement", "for_in_clause") and binder.field("left") == name:
            return self._each_of(binder.field("right"))
        if kind == "as_pattern_target" and (pattern := binder.parent()):
            return self.evaluate(pattern.child(0))
        return ()

    def _each_of(self, iterable: Node | None) -> Values:
        """Tell what a loop over a display may give: `for make in (bigquery.Client, storage.Client)`."""
        parts = iterable.named_children() if iterable and iterable.kind() in _DISPLAYS else []
        return tuple(dict.fromkeys(value for part in parts for value in self.evaluate(part)))

    def _unbound(self, name: str) -> Values:
        values = self._from_wildcard_imports(name)
        return (Qualified(f"builtins.{name}"),) if values is None else values

    def _from_wildcard_imports(self, name: str) -> Values | None:
        for module in reversed(self.source.wildcard_imports):
            values = self.modules.wildcard(self, module, name)
            if values is not None:
                return values
        return None
