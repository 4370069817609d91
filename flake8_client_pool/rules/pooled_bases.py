"""Which clients a class gives to the classes that derive from it, and how each class comes by its own."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from flake8_client_pool.model import ClassClient, ClientUse, Coverage
from flake8_client_pool.rules.places import scope_among
from flake8_client_pool.syntax.classes import own_attribute, with_bases
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
        owner: the dotted name of the class in its module.
        path: the file of the class.
    """

    kind: str
    pooled: bool
    attribute: str
    owner: str
    path: str


class Givers:
    """Answers what classes give, each looked at once; names are followed by modules that know the getters."""

    def __init__(self) -> None:
        """Know no class yet."""
        self._known: dict[tuple[str, int], tuple[Given, ...]] = {}

    def by_bases(self, owner: Class) -> Iterator[Given]:
        """Tell what the bases of a class give, those of the nearest base first."""
        for base in with_bases(owner):
            if base != owner:
                yield from self._by(base)

    def _by(self, owner: Class) -> tuple[Given, ...]:
        key = (owner.names.source.path, start_of(owner.node))
        if key not in self._known:
            self._known[key] = tuple(_given(owner))
        return self._known[key]


def _given(owner: Class) -> Iterator[Given]:
    attributes = dict.fromkeys((*_members(owner.node), *_attributes(owner.node)))
    owner.names.source.collect(attributes)
    for attribute in attributes:
        for kind, pooled in kinds_of(owner.names, own_attribute(owner, attribute) or ()).items():
            yield Given(kind, pooled, attribute, class_name(owner.node), owner.names.source.path)


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
    classes = {class_name(node): node for node in names.source.root.find_all(kind="class_definition")}
    by_class = _by_class(uses, classes)
    for name, node in classes.items():
        given: dict[str, Given] = {}
        for each in givers.by_bases(Class(names, node)):
            given.setdefault(each.kind, each)
        own = by_class.get(name, {})
        for kind in dict.fromkeys((*own, *given)):
            yield _class_client(name, node, kind, own.get(kind, frozenset()), given.get(kind))


def _by_class(uses: Iterable[ClientUse], classes: Iterable[str]) -> dict[str, dict[str, frozenset[bool]]]:
    """Group the uses by the innermost class around each and by kind: whether any is pooled, any not."""
    found: dict[str, dict[str, frozenset[bool]]] = {}
    for use in uses:
        around = [name for name in classes if f"{use.scope}.".startswith(f"{name}.")]
        if around:
            of_class = found.setdefault(max(around, key=len), {})
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
