"""Leave out a line that builds a client over the pooled one of a base."""

import ast
from collections.abc import Iterable
from dataclasses import replace

from flake8_client_pool.fixes.doubts.dependence import dependence
from flake8_client_pool.fixes.imports.placement import Where
from flake8_client_pool.fixes.layout import Layout, layout_of
from flake8_client_pool.fixes.proposals import Proposal
from flake8_client_pool.model import Applicability, Edit
from flake8_client_pool.rules.client_built_over_base import RULE, Overriding
from flake8_client_pool.syntax.source import start_of


def left_out(
    found: Iterable[Proposal], overridings: Iterable[Overriding], text: str, words: tuple[str, ...]
) -> list[Proposal]:
    """Propose to leave out each client that is built over a base's, given what was `found` to propose for its call.

    Every call holds one of `words`.
    """
    by_call = {(each.start, each.code): each for each in found}
    return [
        _left_out(by_call[start_of(each.use.node), each.use.construction.kind.code], each, layout_of(text, words))
        for each in overridings
    ]


def _left_out(found: Proposal, overriding: Overriding, layout: Layout) -> Proposal:
    found = replace(found, code=RULE.code)
    if found.getter is None or found.placement is None:
        return found
    edit = _removal(layout, start_of(overriding.use.node))
    if edit is None:
        return replace(found, getter=None, reason="the statement does more than this, or shares its line with another")
    doubt = found.reason or dependence(overriding, found.getter)
    return replace(
        found,
        reason=doubt,
        applicability=Applicability.UNSAFE if doubt else Applicability.SAFE,
        placement=replace(found.placement, where=Where.NOWHERE),
        edits=(edit,),
    )


def _removal(layout: Layout, offset: int) -> Edit | None:
    statements = ((body, each) for body in layout.bodies for each in body)
    for body, statement in statements:
        if not isinstance(statement, ast.Assign | ast.AnnAssign) or statement.value is None:
            continue
        if layout.start(statement.value) == offset and layout.stands_alone(statement) and not _is_chained(statement):
            if len(body) == 1:
                return Edit(layout.start(statement), layout.end(statement), "pass")
            last = statement.end_lineno or statement.lineno
            return Edit(layout.line_start(statement.lineno), layout.line_start(last + 1), "")
    return None


def _is_chained(statement: ast.Assign | ast.AnnAssign) -> bool:
    return isinstance(statement, ast.Assign) and len(statement.targets) > 1
