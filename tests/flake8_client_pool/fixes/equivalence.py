"""What a fix may not change: sources, compared as syntax trees without the changed places."""

import ast
from collections.abc import Collection

from flake8_client_pool.kinds import KINDS
from flake8_client_pool.model import Span

_GETTERS = {kind.getter for kind in KINDS}
_GETTERS |= {name.replace("get_", "get_pooled_", 1) for name in _GETTERS}
_RENAMED = {old: new for kind in KINDS for old, new in kind.arguments.items() if new}
_CLIENT = ast.Name("client")


def rest_of(text: str, places: Collection[Span] = ()) -> str:
    """Describe a source without its imports, its calls of getters, and what stands at `places`."""
    spans = {(each.line, each.column, each.end_line, each.end_column) for each in places}
    return ast.dump(_Blinded(text, spans).visit(ast.parse(text)))


class _Blinded(ast.NodeTransformer):
    def __init__(self, text: str, spans: Collection[tuple[int, int, int, int]]) -> None:
        self._lines = text.encode().split(b"\n")
        self._spans = spans

    def visit(self, node: ast.AST) -> ast.AST:
        if isinstance(node, ast.Import | ast.ImportFrom):
            return ast.Pass()
        if isinstance(node, ast.expr) and (_is_getter(node) or (self._spans and self._span(node) in self._spans)):
            return _CLIENT
        if isinstance(node, ast.keyword) and node.arg in _RENAMED:
            node.arg = _RENAMED[node.arg]
        found: ast.AST = self.generic_visit(node)
        for name in ("body", "orelse", "finalbody"):
            body = getattr(found, name, None)
            if isinstance(body, list):
                body[:] = [each for each in body if not isinstance(each, ast.Pass)]
        return found

    def _span(self, node: ast.expr) -> tuple[int, int, int, int]:
        end_line, end = node.end_lineno or 0, node.end_col_offset or 0
        return node.lineno, self._column(node.lineno, node.col_offset), end_line, self._column(end_line, end)

    def _column(self, line: int, offset: int) -> int:
        return len(self._lines[line - 1][:offset].decode()) + 1


def _is_getter(node: ast.expr) -> bool:
    function = node.func if isinstance(node, ast.Call) else node
    return isinstance(function, ast.Name) and function.id in _GETTERS
