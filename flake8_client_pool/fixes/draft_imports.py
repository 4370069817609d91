"""The imports that the changes of one round need, and those that they leave unused."""

import ast
from collections.abc import Iterable

from flake8_client_pool.fixes.drafts import Draft
from flake8_client_pool.fixes.import_extension import NoPlaceError, Wanted
from flake8_client_pool.fixes.import_insertion import at_module_level, beside, in_front_of
from flake8_client_pool.fixes.layout import Layout, layout_of
from flake8_client_pool.fixes.ordering import ImportOrder
from flake8_client_pool.fixes.placement import Where
from flake8_client_pool.fixes.proposals import Proposal
from flake8_client_pool.fixes.unused_imports import Imported, IsNeeded, is_used_beside, removals
from flake8_client_pool.model import Edit
from flake8_client_pool.syntax.names import Names


class DraftImports:
    """Makes and removes imports in one draft."""

    def __init__(self, draft: Draft, order: ImportOrder, proposed: Iterable[Proposal]) -> None:
        """Prepare for `draft`, whose imports are sorted as `order` says, and for the changes `proposed`."""
        self._draft = draft
        self._order = order
        self._words = tuple(sorted({word for proposal in proposed for word in _words(proposal)}))
        self._at_module_level: set[Wanted] = set()
        self._in_functions: set[tuple[str, int]] = set()

    def make(self, proposal: Proposal) -> bool:
        """Make the import that a change needs; False where the change has to wait for the next round.

        Where there is no place at module level the function imports for itself: other places in it see that import in
        the next round.

        Raises:
            NoPlaceError: there is no place for it.
        """
        key = (proposal.getter.name if proposal.getter else "", proposal.function)
        if key in self._in_functions:
            return False
        try:
            edit = self._edit(proposal)
        except NoPlaceError:
            if proposal.function < 0:
                raise
            self._in_functions.add(key)
            self._make_in_front(proposal)
            return True
        self._draft.apply((edit,) if edit else ())
        return True

    def remove_unused(self, done: list[Proposal], names: Names, is_needed: IsNeeded) -> None:
        """Remove the imports that changes, which are made already, have left without a use.

        `names` looks names up in the text with which the draft began.
        """
        edits = [edit for proposal in done for edit in proposal.edits]
        for name, offset in sorted({imported for each in done for imported in _imports(each)}):
            if not is_used_beside(names, Imported(offset, name), edits):
                imported = Imported(self._draft.place(offset), name)
                layout = layout_of(self._draft.text, (name,))
                self._draft.apply(removals(layout, imported, is_needed, self._order.style))

    @property
    def _layout(self) -> Layout:
        return layout_of(self._draft.text, self._words)

    def _make_in_front(self, proposal: Proposal) -> None:
        layout = self._layout
        offset = proposal.placement.statement if proposal.placement else 0
        statement = _statement_at(layout, self._draft.place(offset))
        self._draft.apply((in_front_of(layout, statement, _wanted(proposal), self._order),))

    def _edit(self, proposal: Proposal) -> Edit | None:
        getter, placed = proposal.getter, proposal.placement
        wanted = _wanted(proposal)
        if getter is None or placed is None or placed.where is Where.NOWHERE:
            return None
        if placed.where is Where.MODULE and wanted in self._at_module_level:
            return None
        draft = self._draft
        # No function has a part in where an import goes in the module.
        layout = layout_of(draft.text, (wanted.name,)) if placed.where is Where.MODULE else self._layout
        offset = draft.place(placed.offset) if placed.offset >= 0 else len(draft.text)
        if placed.where is Where.MODULE:
            anchor = None if placed.anchor is None else draft.place(placed.anchor)
            edit = at_module_level(layout, wanted, self._order, offset, anchor)
            self._at_module_level.add(wanted)
            return edit
        statement = _statement_at(layout, offset)
        if placed.where is Where.BESIDE and isinstance(statement, ast.Import | ast.ImportFrom):
            return beside(layout, statement, wanted, self._order)
        return in_front_of(layout, statement, wanted, self._order)


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


def _imports(proposal: Proposal) -> list[tuple[str, int]]:
    """List the imports that a change may leave unused: the name, and the offset of the statement."""
    placed = proposal.placement
    return [(placed.root, offset) for offset in placed.imports] if placed else []


def _statement_at(layout: Layout, offset: int) -> ast.stmt:
    found = [statement for body in layout.bodies for statement in body if _begins(layout, statement) == offset]
    if not found:
        raise NoPlaceError("the statement shares its line with another")
    return found[0]


def _begins(layout: Layout, statement: ast.stmt) -> int:
    decorators = getattr(statement, "decorator_list", [])
    first = min([statement.lineno, *(each.lineno for each in decorators)])
    if first == statement.lineno:
        return layout.start(statement)
    line = layout.line(first)
    return layout.line_start(first) + len(line) - len(line.lstrip())
