"""Which clients a class gives to the classes that derive from it, and how each class comes by its own."""

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from flake8_client_pool.model import ClassClient, ClientUse, Coverage, Span
from flake8_client_pool.rules.hiding import Hidden, hidden_by, hides, is_private, method_around
from flake8_client_pool.rules.places import scope_among
from flake8_client_pool.syntax.classes import assigned_values, body_attribute, own_attribute, with_bases
from flake8_client_pool.syntax.expressions import called
from flake8_client_pool.syntax.names import Names
from flake8_client_pool.syntax.scopes import PATTERNS
from flake8_client_pool.syntax.source import Node, start_of
from flake8_client_pool.syntax.values import Class, Function, Instance, Qualified, Value, Values


@dataclass(frozen=True, slots=True)
class Given:
    """A client that a class has for those that derive from it.

    Attributes:
        kind: the name of the client's kind.
        pooled: whether it can only come from the pool.
        attribute: the attribute or property that holds it, or the method that returns it.
        sources: the members of the class without which it would not be there: itself, or the methods that set it.
        owner: the dotted name of the class in its module.
        path: the file of the class.
    """

    kind: str
    pooled: bool
    attribute: str
    sources: frozenset[str]
    owner: str
    path: str


class Givers:
    """Answers what classes give, each looked at once; names are followed by modules that know the getters."""

    def __init__(self) -> None:
        """Know no class yet."""
        self._known: dict[tuple[str, int], tuple[Given, ...]] = {}
        self._hidden: dict[tuple[str, int], Hidden] = {}

    def by_bases(self, owner: Class, own: Collection[str]) -> Iterator[Given]:
        """Tell what the bases of a class give, those of the nearest base first, then what it mentions, then the pool's.

        Args:
            owner: the class.
            own: the kinds of clients that it gets itself, so that it can hide none of them.
        """
        between: list[Hidden] = []
        for base in with_bases(owner):
            if base != owner:
                first = sorted(self._by(base), key=lambda each: (not _mentions(owner, each.attribute), not each.pooled))
                for each in first:
                    hiding = between[1:] if each.kind in own else between
                    if not any(hides(hidden, each.attribute, each.sources) for hidden in hiding):
                        yield each
            between.append(self._hidden_by(base))

    def _by(self, owner: Class) -> tuple[Given, ...]:
        key = (owner.names.source.path, start_of(owner.node))
        if key not in self._known:
            self._known[key] = tuple(_given(owner))
        return self._known[key]

    def _hidden_by(self, owner: Class) -> Hidden:
        key = (owner.names.source.path, start_of(owner.node))
        if key not in self._hidden:
            self._hidden[key] = hidden_by(owner)
        return self._hidden[key]


def _mentions(owner: Class, attribute: str) -> bool:
    return re.search(rf"\.{attribute}\b", owner.node.text()) is not None


def _given(owner: Class) -> Iterator[Given]:
    attributes = dict.fromkeys((*_members(owner.node), *_attributes(owner.node)))
    owner.names.source.collect(attributes)
    for attribute in attributes:
        clients = {} if is_private(attribute) else kinds_of(owner.names, own_attribute(owner, attribute) or ())
        for kind, pooled in clients.items():
            sources = frozenset(_sources(owner, attribute))
            yield Given(kind, pooled, attribute, sources, class_name(owner.node), owner.names.source.path)


def _sources(owner: Class, attribute: str) -> Iterator[str]:
    """Name the methods that set an attribute to a client, or itself where the body of the class or another does."""
    if kinds_of(owner.names, body_attribute(owner, attribute)):
        yield attribute
    for value in assigned_values(owner, attribute):
        if kinds_of(owner.names, owner.names.evaluate(value)):
            yield method_around(value, owner) or attribute


def _members(definition: Node) -> Iterator[str]:
    """Name the methods of a class, and what its body assigns."""
    body = definition.field("body")
    for statement in body.named_children() if body else ():
        inner = statement.field("definition") if statement.kind() == "decorated_definition" else statement.child(0)
        assigned = inner.field("left") if inner and inner.kind() == "assignment" else None
        whole = statement if statement.kind() == "function_definition" else inner
        name = assigned or (whole.field("name") if whole else None)
        if name and name.kind() == "identifier":
            yield name.text()


def _attributes(definition: Node) -> Iterator[str]:
    """Name the attributes of any object that the methods of a class assign."""
    for assignment in definition.find_all(kind="assignment"):
        left = assignment.field("left")
        targets = left.named_children() if left and left.kind() in PATTERNS else [left]
        for target in targets:
            name = target.field("attribute") if target and target.kind() == "attribute" else None
            if name:
                yield name.text()


def kinds_of(names: Names, values: Values) -> dict[str, bool]:
    """Tell which kinds of clients some values hold or return, and of each whether all of them are the pool's."""
    found: dict[str, bool] = {}
    for value in values:
        for result in called(value.names, value, None) if isinstance(value, Function) else (value,):
            if client := client_of(names, result):
                kind, pooled = client
                found[kind] = found.get(kind, True) and pooled
    return found


def client_of(names: Names, value: Value) -> tuple[str, bool] | None:
    """Tell which kind of client a value is, and whether it comes from the pool; None for all else."""
    constructors = names.modules.constructors
    if not isinstance(value, Instance):
        return None
    name = value.of.name if isinstance(value.of, Qualified) else names.modules.constructor_of(value.of)
    made = constructors.get(name)
    return (made.kind.name, constructors.is_getter(name)) if made else None


def class_name(definition: Node) -> str:
    """Give the dotted name of a class in its module."""
    name = definition.field("name")
    return ".".join(filter(None, (scope_among(definition.ancestors()), name.text() if name else "")))


def class_clients(names: Names, uses: Iterable[ClientUse], givers: Givers) -> Iterator[ClassClient]:
    """Tell how each class of a file comes by its clients, in the order of the text.

    Args:
        names: the file, whose names are followed by modules that know the pool's getters.
        uses: the places in it that get a client.
        givers: what the classes of the repository give.
    """
    classes = names.source.root.find_all(kind="class_definition")
    by_class = _by_class(uses, [names.source.span(node) for node in classes])
    for position, node in enumerate(classes):
        own = by_class.get(position, {})
        given: dict[str, Given] = {}
        for each in givers.by_bases(Class(names, node), own):
            given.setdefault(each.kind, each)
        for kind in dict.fromkeys((*own, *given)):
            yield _class_client(class_name(node), node, kind, own.get(kind, frozenset()), given.get(kind))


def _by_class(uses: Iterable[ClientUse], classes: list[Span]) -> dict[int, dict[str, frozenset[bool]]]:
    """Group the uses by the innermost class around each and by kind: whether any is pooled, any not."""
    found: dict[int, dict[str, frozenset[bool]]] = {}
    for use in uses:
        around = [position for position, span in enumerate(classes) if span.start <= use.span.start < span.end]
        if around:
            of_class = found.setdefault(max(around, key=lambda position: classes[position].start), {})
            of_class[use.kind] = of_class.get(use.kind, frozenset()) | {use.pooled}
    return found


def _class_client(name: str, node: Node, kind: str, own: frozenset[bool], given: Given | None) -> ClassClient:
    named = given if given and (given.pooled or not own) else None
    return ClassClient(
        name=name,
        line=node.range().start.line + 1,
        kind=kind,
        coverage=_coverage(own, given),
        base=named.owner if named else "",
        base_path=named.path if named else "",
        attribute=named.attribute if named else "",
    )


def _coverage(own: frozenset[bool], given: Given | None) -> Coverage:
    is_given = given is not None and given.pooled
    if False in own:
        return Coverage.OVERRIDDEN if is_given else Coverage.NONE
    if own:
        return Coverage.DIRECT
    return Coverage.INHERITED if is_given else Coverage.NONE
