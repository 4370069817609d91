"""One file on its way: in each round all changes are made that do not get in each other's way."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from flake8_client_pool.fixes.draft_imports import DraftImports
from flake8_client_pool.fixes.drafts import Disjoint, Draft, FaultError
from flake8_client_pool.fixes.emptying_fixture import with_fixture
from flake8_client_pool.fixes.imports.extension import NoPlaceError
from flake8_client_pool.fixes.imports.placement import Where
from flake8_client_pool.fixes.layout import layout_of
from flake8_client_pool.fixes.outcomes import FileFix, NewFile, Outcome, Place, fault_in
from flake8_client_pool.fixes.proposals import Proposal
from flake8_client_pool.model import Applicability
from flake8_client_pool.rules import client_built_over_base, pools_not_emptied
from flake8_client_pool.rules.pooled_tests import EMPTYING_FUNCTION
from flake8_client_pool.syntax.names import Names

if TYPE_CHECKING:
    from flake8_client_pool.fixes.file_fix import FileFixer

_MOST_ROUNDS = 50
_NO_FIX = "there is no fix for this rule"
_GONE = "it is not there any more: the file was changed since it was checked; run again"


class Rounds:
    """Changes one file until no change is left that can be made."""

    def __init__(self, fixer: "FileFixer", path: str, text: str, words: tuple[str, ...]) -> None:
        """Begin with the content of the file at an absolute path; `words` are the identifiers that matter in it."""
        self._fixer = fixer
        self._path = path
        self._before = self._text = text
        self._words = words
        self._outcomes: dict[Place, Outcome] = {}

    def run(self, places: set[Place], *, unsafe: bool) -> FileFix:
        """Fix what can be fixed of the findings at some places."""
        now = {place: place for place in places if place[1]}
        for _ in range(_MOST_ROUNDS):
            draft = self._round(now, unsafe=unsafe) if now else None
            if draft is None:
                break
            self._text = draft.text
            now = {
                (draft.place(start), kind, code): origin
                for (start, kind, code), origin in now.items()
                if origin not in self._outcomes or self._outcomes[origin].status == "skipped"
            }
        for place in [place for place in places if place[2] == pools_not_emptied.RULE.code]:
            self._empty_pools(place, unsafe=unsafe)
        for place in places - self._outcomes.keys():
            self._outcomes[place] = Outcome(place, "skipped", _GONE if place[1] else _NO_FIX)
        return FileFix(self._before, self._text, tuple(self._outcomes[place] for place in sorted(places)))

    def _round(self, now: dict[Place, Place], *, unsafe: bool) -> Draft | None:
        """Make one round; `now` leads from the places in today's text to those at the beginning. None at the end."""
        names, found = self._fixer.propose(self._path, self._text, self._words)
        asked = [(each, now[place]) for each in found if (place := _place(each)) in now]
        wanted = self._sorted_out(asked, unsafe=unsafe)
        while chosen := _compatible(wanted):
            if draft := self._applied(chosen, names):
                self._resolve_others(chosen, now)
                return draft
            wanted = [each for each in wanted if each not in chosen]
        return None

    def _resolve_others(self, chosen: list[tuple[Proposal, Place]], now: Mapping[Place, Place]) -> None:
        """Note what one change does for all findings about the same call."""
        about: dict[tuple[int, str], list[Place]] = {}
        for (start, kind, _), place in now.items():
            about.setdefault((start, kind), []).append(place)
        for proposal, origin in chosen:
            done = self._outcomes.get(origin)
            if done and done.status == "fixed":
                others = about[proposal.start, proposal.kind]
                self._outcomes.update({other: replace(done, place=other) for other in others})

    def _empty_pools(self, place: Place, *, unsafe: bool) -> None:
        self._outcomes[place] = Outcome(place, "skipped", "the pool has no function to empty it")
        if module := self._fixer.pool_to_empty(self._path):
            doubt = self._fixer.doubt_about_emptying(self._path)
            level = Applicability.UNSAFE if doubt else Applicability.SAFE
            if doubt and not unsafe:
                self._outcomes[place] = Outcome(place, "skipped", f"unsafe: {doubt}", level)
                return
            try:
                new_file = self._with_fixture(module)
                getter = f"{module}.{EMPTYING_FUNCTION}"
                self._outcomes[place] = Outcome(place, "fixed", doubt, level, getter, new_file=new_file)
            except NoPlaceError as reason:
                self._outcomes[place] = Outcome(place, "skipped", str(reason))
            except FaultError as fault:
                self._outcomes[place] = _failed(place, str(fault))

    def _with_fixture(self, module: str) -> NewFile | None:
        """Add the fixture to the file, or to a new one that is returned."""
        conftest, newline = self._fixer.conftest_for(self._path), layout_of(self._text).newline
        is_new = conftest != self._path
        text = with_fixture("" if is_new else self._text, module, self._fixer.order(conftest), newline)
        if fault := fault_in(text):
            raise FaultError(fault)
        if is_new:
            return NewFile(conftest, text)
        self._text = text
        return None

    def _sorted_out(self, asked: list[tuple[Proposal, Place]], *, unsafe: bool) -> list[tuple[Proposal, Place]]:
        """Note why some proposals are not followed, and return the others."""
        wanted: list[tuple[Proposal, Place]] = []
        for proposal, origin in asked:
            if proposal.getter is None:
                self._outcomes[origin] = Outcome(origin, "skipped", proposal.reason)
            elif proposal.applicability is Applicability.UNSAFE and not unsafe:
                reason = f"unsafe: {proposal.reason}"
                self._outcomes[origin] = Outcome(origin, "skipped", reason, Applicability.UNSAFE)
            elif self._outcomes.get(origin, Outcome(origin, "skipped")).status != "failed":
                wanted.append((proposal, origin))
        return wanted

    def _applied(self, chosen: list[tuple[Proposal, Place]], names: Names) -> Draft | None:
        """Make the changes of a round; should the text not parse then, find out which of them are at fault."""
        try:
            draft = self._drafted(chosen, names, Draft(self._text))
            if draft is None or not fault_in(draft.text, draft.changed):
                return draft
        except SyntaxError:
            pass
        return self._drafted(chosen, names, Draft(self._text, proves_each=True))

    def _drafted(self, chosen: list[tuple[Proposal, Place]], names: Names, draft: Draft) -> Draft | None:
        """Make changes in a draft; those without a place for their import are left out."""
        fixer, proposed = self._fixer, [proposal for proposal, _ in chosen]
        imports = DraftImports(draft, fixer.order(self._path), fixer.mending_elsewhere(self._path), proposed)
        done = [each for each in chosen if self._is_imported(imports, *each)]
        try:
            draft.apply_from_start(edit for proposal, _ in done for edit in proposal.edits)
            imports.remove_unused([each for each, _ in done], names, partial(self._fixer.is_needed, self._path))
        except FaultError as fault:
            self._outcomes |= {origin: _failed(origin, str(fault)) for _, origin in done}
            return Draft(self._text)
        self._outcomes |= {origin: _fixed(proposal, origin) for proposal, origin in done}
        return draft if done else None

    def _is_imported(self, imports: DraftImports, proposal: Proposal, origin: Place) -> bool:
        try:
            return imports.make(proposal)
        except NoPlaceError as reason:
            self._outcomes[origin] = Outcome(origin, "skipped", str(reason))
        except FaultError as fault:
            self._outcomes[origin] = _failed(origin, str(fault))
        return False


def _compatible(wanted: list[tuple[Proposal, Place]]) -> list[tuple[Proposal, Place]]:
    """Choose the changes that can be made at once: the others wait for the next round.

    Two wait for each other when they change the same code, or when one function would come by the same getter in
    two ways: a local import makes the name local in all of the function.
    """
    chosen: list[tuple[Proposal, Place]] = []
    edits = Disjoint()
    ways: dict[tuple[str, int], tuple[Where, int]] = {}
    for proposal, origin in sorted(wanted, key=_early_first):
        placed, getter = proposal.placement, proposal.getter
        if placed is None or getter is None:
            continue
        offset = 0 if placed.where is Where.MODULE else placed.offset
        way = ways.get((getter.name, proposal.function), (placed.where, offset))
        if way == (placed.where, offset) and edits.take(proposal.edits):
            ways[getter.name, proposal.function] = way
            chosen.append((proposal, origin))
    return chosen


def _early_first(each: tuple[Proposal, Place]) -> tuple[bool, int]:
    """Sort first what runs when the module is imported: its import has to stand above it."""
    proposal, (start, _, _) = each
    return proposal.function >= 0, start


def _place(proposal: Proposal) -> Place:
    return proposal.start, proposal.kind, proposal.code


def _failed(place: Place, reason: str) -> Outcome:
    return Outcome(place, "failed", reason)


def _fixed(proposal: Proposal, place: Place) -> Outcome:
    getter = None if proposal.code == client_built_over_base.RULE.code else proposal.getter
    return Outcome(
        place,
        "fixed",
        proposal.reason,
        proposal.applicability,
        getter=f"{getter.module}.{getter.name}" if getter else "",
        factory=proposal.factory,
        missing_in=getter.missing_in if getter else (),
        seen_by=proposal.seen_by,
    )
