"""Where the classes of known clients end up: called on the spot, or handed on to be called later."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from flake8_client_pool.constructors import Construction
from flake8_client_pool.model import ClientUse
from flake8_client_pool.rules.handing_on import is_handed_on
from flake8_client_pool.rules.places import scope_among
from flake8_client_pool.syntax.modules import Modules
from flake8_client_pool.syntax.names import Names
from flake8_client_pool.syntax.scopes import FUNCTIONS, Role, place_of, role_of
from flake8_client_pool.syntax.source import Node, start_of, string_of
from flake8_client_pool.syntax.values import Class, Function, Qualified, Value, Values

_ANNOTATION_PARTS = frozenset(
    ("type", "type_parameter", "generic_type", "subscript", "binary_operator", "union_type"),
)
_UNPACKING = frozenset(("assignment", "for_statement", "for_in_clause"))
_TYPED_PARAMETERS = frozenset(("typed_parameter", "typed_default_parameter"))


@dataclass(frozen=True, slots=True)
class Use:
    """One place that uses a client's class.

    Attributes:
        node: the call that builds a client, or the expression that hands its class on.
        construction: what is built, or would be.
        derived: whether a class of the repository is built that derives from the known one.
    """

    node: Node
    construction: Construction
    derived: bool


class Uses:
    """All uses of known clients' classes in one file.

    Attributes:
        source: the file.
        built: the calls that build a client, in the order of the text.
        handed_on: the expressions that hand a class on to be called later.
        taken: the names that were followed: those asked for, and all that take a class over from them.
    """

    def __init__(self, names: Names, words: tuple[str, ...]) -> None:
        """Follow `words`, and every name that takes a class over from them, to where they are called."""
        self.source = names.source
        self.names = names
        self._built: dict[tuple[Node, str], Use] = {}
        self._handed_on: dict[tuple[Node, str], Use] = {}
        self.taken: set[str] = set(words)
        self._follow_all()
        self.built = _in_order(self._built)
        self.handed_on = _in_order(self._handed_on)

    def _follow_all(self) -> None:
        done: set[str] = set()
        if any(quote + word + quote in self.source.text for word in self.taken for quote in "\"'"):
            self._follow_getattr()
        while waiting := sorted(self.taken - done):
            done.update(waiting)
            self.names.source.collect(waiting)
            for name in waiting:
                for node in self.names.source.identifiers(name):
                    self._begin(node)

    def _begin(self, node: Node) -> None:
        role = role_of(node)
        parent = node.parent()
        if role is Role.USE:
            self._climb(node)
        elif role is Role.ATTRIBUTE and parent:
            self._climb(parent)
        elif role is Role.NOTHING and parent and parent.kind() == "dotted_name":
            self._begin_import(parent)

    def _follow_getattr(self) -> None:
        for node in self.names.source.identifiers("getattr"):
            call = node.parent()
            arguments = call.field("arguments") if call and call.kind() == "call" else None
            parts = arguments.named_children() if arguments else []
            if call and len(parts) > 1 and string_of(parts[1]) in self.taken:
                self._climb(call)

    def _begin_import(self, dotted: Node) -> None:
        """Take the alias of an imported name; or, where a module is imported from, the names that matter."""
        statement = dotted.parent()
        if statement and statement.kind() == "aliased_import":
            self._take_bound(statement.field("alias"))
        elif statement and statement.kind() == "import_from_statement":
            for part in statement.field_children("name"):
                self._take_bound(part.field("alias") or part.child(0))

    def _take_bound(self, name: Node | None) -> None:
        if name and self._matters(self.names.bound(name)):
            self.taken.add(name.text())

    def _climb(self, node: Node) -> None:
        """Follow an expression outward for as long as it stands for a class, or for a function that gives one."""
        following: Node | None = node
        while following and self._matters(values := self.names.evaluate(following)):
            parent = following.parent()
            step = self._STEPS.get(parent.kind()) if parent else None
            following = step(self, parent, following, values) if step and parent else None

    def _matters(self, values: Values) -> bool:
        return any(isinstance(value, Function) or self._construction(value) for value in values) or any(
            isinstance(value, Qualified) and self.names.modules.constructors.leads_to_method(value.name)
            for value in values
        )

    def _construction(self, value: Value) -> Construction | None:
        if isinstance(value, Qualified):
            return self.names.modules.constructors.get(value.name)
        constructor = self.names.modules.constructor_of(value) if isinstance(value, Class) else ""
        return self.names.modules.constructors.get(constructor)

    def _record(self, where: dict[tuple[Node, str], Use], node: Node, values: Values) -> None:
        for value in values:
            if construction := self._construction(value):
                use = Use(node, construction, isinstance(value, Class))
                where.setdefault((node, construction.kind.name), use)

    def _attribute(self, parent: Node, node: Node, _values: Values) -> Node | None:
        return parent if parent.field("object") == node else None

    def _call(self, parent: Node, node: Node, values: Values) -> Node | None:
        if parent.field("function") != node:
            return None
        self._record(self._built, parent, values)
        return parent

    def _outward(self, parent: Node, _node: Node, _values: Values) -> Node | None:
        return parent

    def _argument(self, parent: Node, node: Node, values: Values) -> Node | None:
        above = parent.parent()
        if above and above.kind() == "class_definition":
            self._take(above.field("name"))
        elif is_handed_on(parent, node):
            self._record(self._handed_on, node, values)
        return None

    def _pair(self, parent: Node, node: Node, values: Values) -> Node | None:
        if parent.field("value") == node:
            self._record(self._handed_on, node, values)
        return None

    def _default(self, parent: Node, node: Node, values: Values) -> Node | None:
        if parent.field("value") == node:
            self._record(self._handed_on, node, values)
            self._take(parent.field("name"))
        return None

    def _assignment(self, parent: Node, node: Node, _values: Values) -> Node | None:
        if parent.field("right") != node:
            return None
        self._take_targets(parent.field("left"))
        return parent

    def _elements(self, parent: Node, _node: Node, _values: Values) -> Node | None:
        above = parent.parent()
        if above and above.kind() in _UNPACKING and above.field("right") == parent:
            self._take_targets(above.field("left"))
        return None

    def _named(self, parent: Node, node: Node, _values: Values) -> Node | None:
        if parent.field("value") != node:
            return None
        self._take(parent.field("name"))
        return parent

    def _return(self, parent: Node, _node: Node, _values: Values) -> Node | None:
        scopes = place_of(parent).scopes
        self._take(next((scope.field("name") for scope in scopes if scope.kind() in FUNCTIONS), None))
        return None

    def _lambda(self, parent: Node, node: Node, _values: Values) -> Node | None:
        return parent if parent.field("body") == node else None

    def _annotation(self, parent: Node, _node: Node, _values: Values) -> Node | None:
        """Take the parameter whose annotation is `type[Client]`, or something else around the class."""
        around = parent.ancestors()
        parameter = next((each for each in around if each.kind() not in _ANNOTATION_PARTS), None)
        if parameter and parameter != around[0] and parameter.kind() in _TYPED_PARAMETERS:
            self._take(parameter.field("name") or parameter.child(0))
        return None

    def _take(self, name: Node | None) -> None:
        if name and name.kind() == "identifier":
            self.taken.add(name.text())

    def _take_targets(self, target: Node | None) -> None:
        if target is None:
            return
        if target.kind() == "attribute":
            self._take(target.field("attribute"))
        elif target.kind() == "identifier":
            self._take(target)
        else:
            for part in target.named_children():
                self._take_targets(part)

    _STEPS: ClassVar[dict[str, Callable[["Uses", Node, Node, Values], Node | None]]] = {
        "attribute": _attribute,
        "call": _call,
        "parenthesized_expression": _outward,
        "conditional_expression": _outward,
        "boolean_operator": _outward,
        "await": _outward,
        "argument_list": _argument,
        "keyword_argument": _argument,
        "pair": _pair,
        "default_parameter": _default,
        "typed_default_parameter": _default,
        "assignment": _assignment,
        "expression_list": _elements,
        "tuple": _elements,
        "list": _elements,
        "named_expression": _named,
        "return_statement": _return,
        "lambda": _lambda,
        "type": _annotation,
        "subscript": _annotation,
        "binary_operator": _annotation,
        "union_type": _annotation,
    }


def names_taken(modules: Modules, path: str, words: frozenset[bytes]) -> frozenset[bytes]:
    """Name what takes a client's class over in another module, for the files that import it from there."""
    names = modules.names(path)
    taken = Uses(names, tuple(word.decode() for word in words)).taken if names else ()
    return frozenset(name.encode() for name in taken)


def client_uses(uses: Uses, *, pooled: bool) -> tuple[ClientUse, ...]:
    """Describe the calls that build a client, or those `pooled` ones that call a getter, in plain values."""
    return tuple(
        ClientUse(
            kind=use.construction.kind.name,
            pooled=pooled,
            span=uses.source.span(use.node),
            scope=scope_among(use.node.ancestors()),
        )
        for use in uses.built
        if uses.names.modules.constructors.is_getter(use.construction.constructor) == pooled
    )


def _in_order(uses: dict[tuple[Node, str], Use]) -> list[Use]:
    return sorted(uses.values(), key=lambda use: start_of(use.node))
