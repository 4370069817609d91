"""Let tests patch the getter instead of the class, and remove the imports that only the patches needed."""

import ast
from collections.abc import Collection, Iterator

from flake8_client_pool.fixes.drafts import Disjoint, Draft
from flake8_client_pool.fixes.imports.style import ImportStyle
from flake8_client_pool.fixes.imports.unused import Imported, IsNeeded, removals
from flake8_client_pool.fixes.layout import layout_of
from flake8_client_pool.fixes.outcomes import FileFix, Outcome, Place, fault_in
from flake8_client_pool.model import Applicability
from flake8_client_pool.rules.constructor_patched import RULE, Retargeting, retargetings
from flake8_client_pool.rules.getters import Getters
from flake8_client_pool.rules.taking import Takers
from flake8_client_pool.syntax.names import Names
from flake8_client_pool.syntax.source import start_of

REASON = "the test then says which module's client it replaces; others build their own"


class Retargeter:
    """Rewrites the patches of one file after another."""

    def __init__(self, takers: Takers, getters: Getters) -> None:
        """Decide by `takers` what to patch instead, and by `getters` what assertions about it say."""
        self._takers = takers
        self._getters = getters

    def fix(
        self, names: Names, places: Collection[Place], is_needed: IsNeeded, style: ImportStyle, *, unsafe: bool
    ) -> FileFix:
        """Rewrite the patches at some places of a file; each is rewritten whole or not at all."""
        text = names.source.text
        found = {_place(each): each for each in retargetings(names, self._takers, self._getters)}
        draft = Draft(text, proves_each=True)
        edits = Disjoint()
        done: list[Retargeting] = []
        outcomes: list[Outcome] = []
        for place in sorted(places):
            each = found.get(place)
            outcome = _outcome(place, each, edits, unsafe=unsafe)
            outcomes.append(outcome)
            if each and outcome.status == "fixed":
                done.append(each)
        draft.apply(edit for each in done for edit in each.edits)
        if fault := fault_in(draft.text):
            return FileFix(text, text, tuple(Outcome(place, "failed", fault) for place in sorted(places)))
        for root in sorted({each.root for each in done if each.root}):
            _remove_unused(draft, root, is_needed, style)
        return FileFix(text, draft.text, tuple(outcomes))


def _place(each: Retargeting) -> Place:
    return start_of(each.patch.target), each.patch.construction.kind.name, RULE.code


def _outcome(place: Place, each: Retargeting | None, edits: Disjoint, *, unsafe: bool) -> Outcome:
    if each is None or each.reason:
        return Outcome(place, "skipped", each.reason if each else "the code no longer takes its client from a getter")
    if not unsafe:
        return Outcome(place, "skipped", f"unsafe: {REASON}", Applicability.UNSAFE)
    if not edits.take(each.edits):
        return Outcome(place, "skipped", "another patch has the same stand-in", Applicability.UNSAFE)
    return Outcome(place, "fixed", REASON, Applicability.UNSAFE, getter=each.aim)


def _remove_unused(draft: Draft, root: str, is_needed: IsNeeded, style: ImportStyle) -> None:
    for imported in list(_imports_of(draft.text, root)):
        draft.apply(removals(layout_of(draft.text, (root,)), imported, is_needed, style))


def _imports_of(text: str, name: str) -> Iterator[Imported]:
    layout = layout_of(text, (name,))
    for statement in layout.tree.body:
        if isinstance(statement, ast.Import | ast.ImportFrom):
            bound = {alias.asname or alias.name.partition(".")[0] for alias in statement.names}
            if name in bound:
                yield Imported(name, layout.start(statement))
