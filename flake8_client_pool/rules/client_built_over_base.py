"""A class builds a client over the one that its base takes from the pool."""

from collections.abc import Iterator
from dataclasses import dataclass

from flake8_client_pool.model import Finding
from flake8_client_pool.rules.hiding import is_private
from flake8_client_pool.rules.places import finding_at
from flake8_client_pool.rules.pooled_bases import class_name, kinds_of
from flake8_client_pool.rules.rule import Example, Rule
from flake8_client_pool.rules.uses import Use, Uses
from flake8_client_pool.syntax.classes import own_attribute, with_bases
from flake8_client_pool.syntax.modules import Modules
from flake8_client_pool.syntax.scopes import place_of
from flake8_client_pool.syntax.source import Node, start_of
from flake8_client_pool.syntax.values import Class

_POOLED_BASE = (
    "from shared_clients import get_bigquery_client\n\n\nclass Base:\n    def __init__(self):\n"
    "        self.rows = []\n        self.client = get_bigquery_client({arguments})\n"
)
_JOB = (
    "from google.cloud import bigquery\n\nfrom base import Base\n\n\nclass Job(Base):\n    def __init__(self):\n"
    "        super().__init__()\n        self.client = bigquery.Client({arguments})\n"
)

RULE = Rule(
    code="CPL202",
    name="client-built-over-base",
    summary="a class builds a client over the one that its base takes from the pool",
    explanation=(
        "A base class has taken the client from the pool, and the class that derives from it puts one of its own in\n"
        "the same attribute: the pooled client is asked for in vain, and the class does not profit from the base.\n"
        "\n"
        "Leave the line out. The fix that does so is safe where the base sets the attribute in its own `__init__`,\n"
        "which has run before the line, and gives the getter the same arguments, and where neither the class nor any\n"
        "base sets it again, so that nothing can depend on the line. The finding stands beside the one that says that\n"
        "the client is built directly, and goes with it."
    ),
    examples=(
        Example(
            source=_JOB.format(arguments=""),
            findings=((9, 23, "CPL101"), (9, 23, "CPL202")),
            fixed="from base import Base\n\n\nclass Job(Base):\n    def __init__(self):\n        super().__init__()\n",
            files={"base.py": _POOLED_BASE.format(arguments="")},
        ),
        Example(
            source=_JOB.format(arguments="project='shop'"),
            findings=((9, 23, "CPL101"), (9, 23, "CPL202")),
            fixed="from base import Base\n\n\nclass Job(Base):\n    def __init__(self):\n        super().__init__()\n",
            files={"base.py": _POOLED_BASE.format(arguments="'warehouse'")},
        ),
        Example(
            source=_JOB.format(arguments="").replace("bigquery", "storage"),
            findings=((9, 23, "CPL103"),),
            fixed=(
                "from shared_clients import get_storage_client\n\nfrom base import Base\n\n\nclass Job(Base):\n"
                "    def __init__(self):\n        super().__init__()\n        self.client = get_storage_client()\n"
            ),
            files={"base.py": _POOLED_BASE.format(arguments="")},
        ),
        Example(
            source=_JOB.format(arguments=""),
            findings=((9, 23, "CPL101"),),
            fixed=(
                "from shared_clients import get_bigquery_client\n\nfrom base import Base\n\n\nclass Job(Base):\n"
                "    def __init__(self):\n        super().__init__()\n        self.client = get_bigquery_client()\n"
            ),
            files={
                "base.py": "from google.cloud import bigquery\n\n\nclass Base:\n    client = bigquery.Client()\n",
            },
        ),
        Example(
            source=_JOB.format(arguments="").replace("client =", "__client ="),
            findings=((9, 25, "CPL101"),),
            fixed=(
                "from shared_clients import get_bigquery_client\n\nfrom base import Base\n\n\nclass Job(Base):\n"
                "    def __init__(self):\n        super().__init__()\n        self.__client = get_bigquery_client()\n"
            ),
            files={"base.py": _POOLED_BASE.format(arguments="").replace("client =", "__client =")},
        ),
        Example(
            source="from base import Base\n\n\nclass Job(Base):\n    def run(self):\n        return self.client\n",
            files={"base.py": _POOLED_BASE.format(arguments="")},
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Overriding:
    """A client that a class builds over that of its base.

    Attributes:
        use: the call that builds it.
        attribute: the attribute that both set.
        owner: the class, in a tree whose names are followed to the pool's getters.
        base: the nearest of its bases that takes the client from the pool, likewise.
    """

    use: Use
    attribute: str
    owner: Class
    base: Class


def overridings(uses: Uses, modules: Modules) -> Iterator[Overriding]:
    """Find every client of a file that is built over that of a base; `modules` know the pool's getters."""
    targets = [(use, *target) for use in uses.built if not use.derived and (target := _target(use.node))]
    if not targets:
        return
    names = modules.beside(uses.source.path, uses.source.text)
    classes = {start_of(node): node for node in names.source.root.find_all(kind="class_definition")}
    for use, attribute, definition in targets:
        node = classes.get(uses.source.span(definition).start)
        owner = Class(names, node) if node else None
        base = _pooled_base(owner, attribute, use.construction.kind.name) if owner else None
        if owner and base:
            yield Overriding(use, attribute, owner, base)


def _target(call: Node) -> tuple[str, Node] | None:
    """Give the attribute that a call is assigned to, and the class of the object, where that has bases."""
    assignment = call.parent()
    if assignment is None or assignment.kind() != "assignment" or assignment.field("right") != call:
        return None
    target = assignment.field("left")
    name = target.field("attribute") if target and target.kind() == "attribute" else None
    scopes = place_of(call).scopes
    definition = scopes[1] if len(scopes) > 1 and scopes[1].kind() == "class_definition" else None
    if target is None or name is None or definition is None or not definition.field("superclasses"):
        return None
    if is_private(name.text()):
        return None
    receiver = target.field("object")
    return (name.text(), definition) if receiver and receiver.text() == _first_parameter(scopes[0]) else None


def _first_parameter(function: Node) -> str:
    parameters = function.field("parameters")
    return parameters.named_children()[0].text() if parameters and parameters.named_children() else ""


def _pooled_base(owner: Class, attribute: str, kind: str) -> Class | None:
    """Find the nearest base that has such a client under a name, if it takes it from the pool."""
    for base in with_bases(owner):
        found = kinds_of(base.names, own_attribute(base, attribute) or ()) if base != owner else {}
        if kind in found:
            return base if found[kind] else None
    return None


def check(uses: Uses, modules: Modules) -> Iterator[Finding]:
    """Report every client that is built over that of a base."""
    for each in overridings(uses, modules):
        kind = each.use.construction.kind
        yield finding_at(
            uses.source,
            each.use.node,
            code=RULE.code,
            message=(
                f"{class_name(each.owner.node)} builds a {kind.title} over {each.attribute}, which "
                f"{class_name(each.base.node)} takes from the pool; leave the line out where that one "
                f"serves, or take this one from {kind.getter}"
            ),
            construction=each.use.construction,
        )
