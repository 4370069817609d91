"""Which bindings of a name reach a place: the last one that always runs, and what may run after it."""

from collections.abc import Sequence
from dataclasses import dataclass

from flake8_client_pool.syntax.scopes import Branch
from flake8_client_pool.syntax.source import Node

_EXCLUSIVE = frozenset(("if_statement", "match_statement"))
_HANDLERS = frozenset(("except_clause", "except_group_clause"))


@dataclass(frozen=True, slots=True)
class Binding:
    """One place that binds a name.

    Attributes:
        name: the identifier that is bound.
        position: the offset from which on the binding holds.
        branches: the branches it lies in, within its scope.
        deferred: whether another function runs it, at a time that is not known.
    """

    name: Node
    position: int
    branches: tuple[Branch, ...]
    deferred: bool = False


def reaching(bindings: Sequence[Binding], position: int | None, branches: tuple[Branch, ...]) -> list[Binding]:
    """Select the bindings that a place may see.

    Args:
        bindings: all bindings of one name in one scope.
        position: the offset of the place; None for the end of the scope, where a nested function looks.
        branches: the branches that the place lies in, within that scope.
    """
    found = [binding for binding in bindings if binding.deferred]
    before = [
        binding
        for binding in sorted(bindings, key=lambda binding: binding.position)
        if not binding.deferred and (position is None or binding.position <= position)
    ]
    for depth in range(len(branches), -1, -1):
        level = [binding for binding in before if _shares(binding, branches, depth)]
        last, complete = _settle(level, depth)
        found += last
        if complete:
            break
    return found


def _shares(binding: Binding, branches: tuple[Branch, ...], depth: int) -> bool:
    """Tell whether the innermost branch that a binding has in common with the place is the one at `depth`."""
    if binding.branches[:depth] != branches[:depth]:
        return False
    if depth == len(branches) or depth == len(binding.branches):
        return True
    ours, theirs = branches[depth], binding.branches[depth]
    return ours != theirs and not _excludes(ours, theirs)


def _excludes(ours: Branch, theirs: Branch) -> bool:
    if ours.statement != theirs.statement:
        return False
    if ours.statement.kind() in _EXCLUSIVE:
        return True
    return theirs.arm.kind() in _HANDLERS and ours.arm.kind() != "finally_clause"


def _settle(bindings: list[Binding], depth: int) -> tuple[list[Binding], bool]:
    """Go back from the last binding to the first that always runs; tell whether there is one."""
    found: list[Binding] = []
    remaining = list(bindings)
    while remaining:
        last = remaining[-1]
        if len(last.branches) == depth:
            return [*found, last], True
        statement = last.branches[depth].statement
        group = [b for b in remaining if len(b.branches) > depth and b.branches[depth].statement == statement]
        inside, complete = _settle_statement(statement, group, depth)
        found += inside
        if complete:
            return found, True
        remaining = [binding for binding in remaining if binding not in group]
    return found, False


def _settle_statement(statement: Node, group: list[Binding], depth: int) -> tuple[list[Binding], bool]:
    found: list[Binding] = []
    complete: list[Node] = []
    for arm in dict.fromkeys(binding.branches[depth].arm for binding in group):
        inside, always = _settle([b for b in group if b.branches[depth].arm == arm], depth + 1)
        found += inside
        if always:
            complete.append(arm)
    return found, _always_binds(statement, complete)


def _always_binds(statement: Node, complete: list[Node]) -> bool:
    """Tell whether every way through a compound statement passes one of its parts in `complete`."""
    kinds = [arm.kind() for arm in complete]
    kind = statement.kind()
    if kind == "with_statement":
        return bool(complete)
    if kind == "if_statement":
        parts = [part.kind() for part in statement.children() if part.kind() in ("block", "elif_clause", "else_clause")]
        return "else_clause" in parts and len(parts) == len(complete)
    if kind == "try_statement":
        handlers = sum(part.kind() in _HANDLERS for part in statement.children())
        handled = sum(part in _HANDLERS for part in kinds)
        return "finally_clause" in kinds or ("block" in kinds and handled == handlers)
    return False
