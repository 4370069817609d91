"""Where a name stands: the scopes around it, the branches it lies in, and what it does there."""

from dataclasses import dataclass
from enum import Enum, auto

from flake8_client_pool.syntax.source import Node

COMPREHENSIONS = frozenset(
    ("list_comprehension", "set_comprehension", "dictionary_comprehension", "generator_expression"),
)
FUNCTIONS = frozenset(("function_definition", "lambda"))
SCOPES = COMPREHENSIONS | FUNCTIONS | {"class_definition", "module"}
BRANCHES = frozenset(
    (
        "if_statement",
        "for_statement",
        "while_statement",
        "try_statement",
        "match_statement",
        "with_statement",
    ),
)
# Parts of a definition that are evaluated where the definition stands, not inside it.
_OUTSIDE_FUNCTION = frozenset(("identifier", "type", "type_parameter"))


@dataclass(frozen=True, slots=True)
class Branch:
    """A compound statement and the part of it that a place lies in."""

    statement: Node
    arm: Node


@dataclass(frozen=True, slots=True)
class Place:
    """The surroundings of a node, from the inside out.

    Attributes:
        scopes: the scope nodes around it, the innermost first; the module is the last.
        branches: the branches between the innermost scope and the node, the outermost first.
    """

    scopes: tuple[Node, ...]
    branches: tuple[Branch, ...]


def place_of(node: Node) -> Place:
    """Find the scopes around a node as Python sees them: a default value stands outside its function."""
    scopes: list[Node] = []
    branches: list[Branch] = []
    inner = node
    ancestors = node.ancestors()
    for position, outer in enumerate(ancestors):
        kind = outer.kind()
        if kind in SCOPES:
            if _is_inside(kind, outer, inner, ancestors[:position], node):
                scopes.append(outer)
        elif not scopes and kind == "match_statement" and position > 1:
            branches.append(Branch(outer, ancestors[position - 2]))
        elif not scopes and kind in BRANCHES and _is_arm(inner):
            branches.append(Branch(outer, inner))
        inner = outer
    return Place(tuple(scopes), tuple(reversed(branches)))


def _is_arm(part: Node) -> bool:
    return part.kind() == "block" or (part.kind().endswith("_clause") and part.kind() != "with_clause")


def _is_inside(kind: str, scope: Node, part: Node, between: list[Node], node: Node) -> bool:
    if kind == "module":
        return True
    if kind == "class_definition":
        return part.kind() == "block"
    if kind in COMPREHENSIONS:
        return not _is_first_iterable(scope, part, between, node)
    if part.kind() in ("parameters", "lambda_parameters"):
        return _is_parameter_name(between, node)
    return kind == "lambda" or part.kind() not in _OUTSIDE_FUNCTION


def _is_first_iterable(comprehension: Node, clause: Node, between: list[Node], node: Node) -> bool:
    if clause.kind() != "for_in_clause" or clause != _first_clause(comprehension):
        return False
    below = between[-2] if len(between) > 1 else node
    return clause.field("right") == below


def _first_clause(comprehension: Node) -> Node | None:
    return next((child for child in comprehension.children() if child.kind() == "for_in_clause"), None)


def _is_parameter_name(between: list[Node], node: Node) -> bool:
    parameter = between[-2] if len(between) > 1 else node
    if parameter == node:
        return node.kind() == "identifier"
    if parameter.kind() in ("default_parameter", "typed_default_parameter"):
        return parameter.field("name") == node
    return parameter.kind() != "typed_parameter" or all(part.kind() != "type" for part in between)


class Role(Enum):
    """What an identifier does at its place."""

    USE = auto()
    ATTRIBUTE = auto()
    BINDING = auto()
    DELETION = auto()
    GLOBAL = auto()
    NONLOCAL = auto()
    NOTHING = auto()


PATTERNS = frozenset(("pattern_list", "tuple_pattern", "list_pattern", "list_splat_pattern"))
_PARAMETERS = frozenset(
    ("parameters", "lambda_parameters", "dictionary_splat_pattern", "typed_parameter"),
)
# The part of a construct in which an identifier is more than a use, and what it is there.
_BY_FIELD = {
    "attribute": ("attribute", Role.ATTRIBUTE),
    "keyword_argument": ("name", Role.NOTHING),
    "function_definition": ("name", Role.BINDING),
    "class_definition": ("name", Role.BINDING),
    "default_parameter": ("name", Role.BINDING),
    "typed_default_parameter": ("name", Role.BINDING),
    "named_expression": ("name", Role.BINDING),
    "assignment": ("left", Role.BINDING),
    "augmented_assignment": ("left", Role.BINDING),
    "for_statement": ("left", Role.BINDING),
    "for_in_clause": ("left", Role.BINDING),
}
_BY_PARENT = {
    "aliased_import": Role.BINDING,
    "as_pattern_target": Role.BINDING,
    "global_statement": Role.GLOBAL,
    "nonlocal_statement": Role.NONLOCAL,
    "delete_statement": Role.DELETION,
    "keyword_pattern": Role.NOTHING,
    "as_pattern": Role.USE,
}


def role_of(node: Node) -> Role:
    """Tell what an identifier does at its place."""
    parent = node.parent()
    if parent is None:
        return Role.USE
    kind = parent.kind()
    if kind in _BY_FIELD:
        field, role = _BY_FIELD[kind]
        return role if parent.field(field) == node else Role.USE
    return _dotted_role(parent, node) if kind == "dotted_name" else _remaining_role(kind, parent)


def _remaining_role(kind: str, parent: Node) -> Role:
    grandparent = parent.parent()
    above = grandparent.kind() if grandparent else ""
    if kind in _PARAMETERS or kind in PATTERNS:
        return Role.BINDING
    if kind == "expression_list" and above == "delete_statement":
        return Role.DELETION
    if kind == "as_pattern" and above == "case_pattern":
        return Role.BINDING
    if kind == "type" and grandparent and above in ("type_alias_statement", "type_parameter"):
        return _type_role(grandparent, parent)
    return _BY_PARENT.get(kind, Role.USE)


def _type_role(above: Node, annotation: Node) -> Role:
    if above.kind() == "type_alias_statement":
        return Role.BINDING if above.named_children()[0] == annotation else Role.USE
    owner = above.parent()
    return Role.BINDING if owner and owner.kind() != "generic_type" else Role.USE


def _dotted_role(dotted: Node, node: Node) -> Role:
    above = dotted.parent()
    kind = above.kind() if above else ""
    if kind in ("import_statement", "import_from_statement") and above:
        is_module = kind == "import_from_statement" and above.field("module_name") == dotted
        return Role.NOTHING if is_module or dotted.child(0) != node else Role.BINDING
    if kind == "case_pattern":
        return Role.BINDING if len(dotted.children()) == 1 else Role.USE
    return Role.NOTHING
