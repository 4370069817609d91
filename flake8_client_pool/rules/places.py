"""Where a finding stands: its scope, and the logical line that a suppression comment belongs to."""

from flake8_client_pool.constructors import Construction
from flake8_client_pool.model import Finding
from flake8_client_pool.syntax.source import Node, Source, folded

_DEFINITIONS = frozenset(("function_definition", "class_definition"))


def finding_at(
    source: Source, node: Node, *, code: str, message: str, construction: Construction | None = None
) -> Finding:
    """Make the finding for a node; `construction` says what a call of it builds, where it is about one."""
    ancestors = node.ancestors()
    return Finding(
        code=code,
        kind=construction.kind.name if construction else "",
        message=message,
        span=source.span(node),
        scope=scope_among(ancestors),
        logical_line=_logical_line(node, ancestors),
        symbol=construction.constructor if construction else "",
        call=folded(node),
    )


def scope_among(ancestors: list[Node]) -> str:
    """Name the innermost function or class among the ancestors of a node, dotted; the ancestors go outward."""
    names = [each.field("name") for each in ancestors if each.kind() in _DEFINITIONS]
    return ".".join(name.text() for name in reversed(names) if name)


def _logical_line(node: Node, ancestors: list[Node]) -> tuple[int, int]:
    """Find the lines from the start of the statement to its end, or to its block where the node stands before it."""
    inner = node
    for outer in ancestors:
        if outer.kind() in ("block", "module"):
            break
        if outer.kind() == "decorated_definition":
            break
        if any(child.kind() == "block" for child in outer.children()):
            header = outer.range().start.line + 1
            return header, _line_before_block(outer)
        inner = outer
    place = inner.range()
    return place.start.line + 1, place.end.line + 1


def _line_before_block(statement: Node) -> int:
    colon = [child for child in statement.children() if child.kind() == ":"]
    return int(colon[-1].range().end.line) + 1 if colon else int(statement.range().start.line) + 1
