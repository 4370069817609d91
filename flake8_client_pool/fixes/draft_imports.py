"""The imports that the changes of one round need, and those that they leave unused."""

import ast
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial

from flake8_client_pool.fixes.drafts import Draft
from flake8_client_pool.fixes.imports.extension import NoPlaceError, Wanted
from flake8_client_pool.fixes.imports.insertion import at_module_level, beside, in_front_of
from flake8_client_pool.fixes.imports.ordering import ImportOrder
from flake8_client_pool.fixes.imports.path_mending import PathMending
from flake8_client_pool.fixes.imports.placement import Placement, Where
from flake8_client_pool.fixes.imports.unused import Imported, IsNeeded, Removal, removals, unused_beside
from flake8_client_pool.fixes.layout import Layout, layout_of
from flake8_client_pool.fixes.proposals import Proposal
from flake8_client_pool.syntax.names import Names

MendingElsewhere = Callable[[str, str], PathMending | None]


class DraftImports:
    """Makes and removes imports in one draft."""

    def __init__(
        self, draft: Draft, order: ImportOrder, elsewhere: MendingElsewhere, proposed: Iterable[Proposal]
    ) -> None:
        """Prepare for `draft`, whose imports are sorted as `order` says, and for the changes `proposed`.

        `elsewhere` gives, for the pool module and another one, what that does to the import path of the file.
        """
        self._draft = draft
        self._elsewhere = elsewhere
        self._order = order
        self._at_first = draft.text
        self._words = tuple(sorted({word for proposal in proposed for word in _words(proposal)}))
        self._at_module_level: set[Wanted] = set()
        self._in_functions: dict[int, Wanted] = {}

    def make(self, proposal: Proposal) -> bool:
        """Make the import that a change needs; False where the change has to wait for the next round.

        A function gets one import in a round: other places in it see that import in the next one.

        Raises:
            NoPlaceError: there is no place for it.
        """
        placed, wanted = proposal.placement, _wanted(proposal)
        if placed is None or placed.where is Where.NOWHERE:
            return True
        if placed.where is not Where.MODULE:
            return self._make_locally(proposal.function, wanted, placed)
        if self._in_functions.get(proposal.function) == wanted:
            return False
        try:
            self._make_at_module_level(wanted, placed)
        except NoPlaceError:
            if proposal.function < 0:
                raise
            return self._make_locally(proposal.function, wanted, replace(placed, offset=placed.statement))
        return True

    def remove_unused(self, done: list[Proposal], names: Names, is_needed: IsNeeded) -> None:
        """Remove the imports that changes, which are made already, have left without a use.

        `names` looks names up in the text with which the draft began.
        """
        edits = [edit for proposal in done for edit in proposal.edits]
        unused = unused_beside(names, sorted({imported for each in done for imported in _imports(each)}), edits)
        while unused:
            unused = self._remove(unused, is_needed)

    def _remove(self, unused: list[Imported], is_needed: IsNeeded) -> list[Imported]:
        """Remove imports, one of each block, for what goes with one depends on its neighbours; return the others."""
        layout = layout_of(self._draft.text, tuple(sorted({rf"\b{each.name}\b" for each in unused})))
        later: list[Imported] = []
        by_block: dict[tuple[int, int], Removal] = {}
        for each in unused:
            imported = Imported(each.name, self._draft.place(each.offset))
            block = _block_of(layout, imported.offset)
            if block in by_block:
                later.append(each)
            else:
                by_block[block] = removals(layout, imported, is_needed, self._order.style)
        self._draft.apply(edit for removal in by_block.values() for edit in removal)
        return later

    def _make_at_module_level(self, wanted: Wanted, placed: Placement) -> None:
        if wanted in self._at_module_level:
            return
        draft = self._draft
        offset = draft.place(placed.offset) if placed.offset >= 0 else len(draft.text)
        anchor = None if placed.anchor is None else draft.place(placed.anchor)
        # No function has a part in where an import goes in the module.
        mending = PathMending(layout_of(draft.text, ()), partial(self._elsewhere, wanted.module))
        edit = at_module_level(mending, wanted, self._order, offset, anchor)
        self._at_module_level.add(wanted)
        draft.apply((edit,))

    def _make_locally(self, function: int, wanted: Wanted, placed: Placement) -> bool:
        """Make an import in a function; its place is looked up in the text at first, which is parsed but once."""
        if function in self._in_functions:
            return self._in_functions[function] == wanted and placed.where is not Where.MODULE
        layout = layout_of(self._at_first, self._words)
        statement = _statement_at(layout, placed.offset)
        if placed.where is Where.BESIDE and isinstance(statement, ast.Import | ast.ImportFrom):
            edit = beside(layout, statement, wanted, self._order)
        else:
            edit = in_front_of(layout, statement, wanted, self._order)
        self._in_functions[function] = wanted
        self._draft.apply_from_start((edit,))
        return True


def _words(proposal: Proposal) -> tuple[str, ...]:
    """Name what every statement holds that a change, or the import for it, is about."""
    getter, placed = proposal.getter, proposal.placement
    return (getter.name, placed.root) if getter and placed else ()


def _wanted(proposal: Proposal) -> Wanted:
    getter, placed = proposal.getter, proposal.placement
    if getter is None or placed is None:
        return Wanted("", "", own=False)
    alias = placed.called if placed.called != getter.name else ""
    return Wanted(getter.module, getter.name, own=getter.in_repository, alias=alias)


def _imports(proposal: Proposal) -> list[Imported]:
    """List the imports that a change may leave unused."""
    placed = proposal.placement
    return [Imported(placed.root, offset) for offset in placed.imports] if placed else []


def _block_of(layout: Layout, offset: int) -> tuple[int, int]:
    """Identify the run of imports that the one at an offset is part of: by the list of statements, and its place."""
    body, statement = layout.statements.get(offset, ([], None))
    first = body.index(statement) if statement else 0
    while first and isinstance(body[first - 1], ast.Import | ast.ImportFrom):
        first -= 1
    return id(body), first


def _statement_at(layout: Layout, offset: int) -> ast.stmt:
    if offset not in layout.statements:
        raise NoPlaceError("the statement shares its line with another")
    return layout.statements[offset][1]
