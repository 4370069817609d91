"""Fix one file: changes at the places, imports made and removed, in rounds until nothing changes."""

import ast
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from functools import partial
from os.path import abspath, dirname

from flake8_client_pool.constructors import Constructors, PoolGetters
from flake8_client_pool.fixes.cycles import ImportedByPool
from flake8_client_pool.fixes.drafts import Draft, overlap
from flake8_client_pool.fixes.emptying_fixture import with_fixture
from flake8_client_pool.fixes.import_insertion import NoPlaceError, Wanted, at_module_level, beside, in_front_of
from flake8_client_pool.fixes.layout import Layout, layout_of
from flake8_client_pool.fixes.leaving_out import left_out
from flake8_client_pool.fixes.ordering import Sections
from flake8_client_pool.fixes.outcomes import FileFix, Outcome, Place, fault_in
from flake8_client_pool.fixes.outside_uses import OutsideUses
from flake8_client_pool.fixes.placement import Where
from flake8_client_pool.fixes.proposals import Proposal, Surroundings, proposals
from flake8_client_pool.fixes.retargeting import Retargeter
from flake8_client_pool.fixes.unused_imports import Imported, removals
from flake8_client_pool.kinds import ClientKind
from flake8_client_pool.model import Applicability, Edit
from flake8_client_pool.rules import client_class_handed_on, constructor_patched, pools_not_emptied
from flake8_client_pool.rules.client_built_over_base import overridings
from flake8_client_pool.rules.getters import Getters
from flake8_client_pool.rules.taking import Takers
from flake8_client_pool.rules.uses import Uses, names_taken
from flake8_client_pool.syntax.modules import Modules
from flake8_client_pool.syntax.repository import Repository
from flake8_client_pool.syntax.words import Words

_MOST_ROUNDS = 50


class FileFixer:
    """Fixes files one by one; what it reads of the repository on the way serves all of them."""

    def __init__(
        self,
        kinds: Iterable[ClientKind],
        pool_module: str,
        outside: OutsideUses,
        texts: Mapping[str, bytes] | None = None,
    ) -> None:
        """Prepare to replace clients of `kinds` by those of `pool_module`.

        `outside` knows who needs which names; `texts` stand for the content of the files at some absolute paths.
        """
        repository = Repository(texts)
        self._repository = repository
        constructors = Constructors(kinds)
        self._modules = Modules(constructors, repository)
        self._words = Words(constructors, repository, partial(names_taken, self._modules))
        self._getters = Getters(repository, pool_module)
        self._getter_modules = Modules(PoolGetters(constructors, pool_module), repository)
        self._cycles = ImportedByPool(repository)
        self._outside = outside
        self._retargeter = Retargeter(Takers(self._modules, pool_module), self._getters)

    def fix(self, path: str, data: bytes, text: str, places: Collection[Place], *, unsafe: bool) -> FileFix:
        """Fix the findings at some places of one file, all that can be.

        Args:
            path: where the file lies.
            data: its content.
            text: its content, decoded.
            places: the findings to fix.
            unsafe: whether to apply changes after which the program may behave differently.
        """
        try:
            layout_of(text)
        except SyntaxError:
            reason = "the file does not parse; mend the syntax first"
            return FileFix(text, text, tuple(Outcome(place, "skipped", reason) for place in sorted(places)))
        if any(code == constructor_patched.RULE.code for _, _, code in places):
            names = self._modules.open(path, text, (), whole=True)
            return self._retargeter.fix(names, places, lambda name: self.is_needed(abspath(path), name), unsafe=unsafe)
        rounds = _Rounds(self, abspath(path), text, self._words.of(path, data))
        return rounds.run(set(places), unsafe=unsafe)

    def propose(self, path: str, text: str, words: tuple[str, ...]) -> list[Proposal]:
        """Propose a change for each finding of a file."""
        uses = Uses(self._modules.open(path, text, words, whole=True), words)
        root = self._repository.root(dirname(path))
        surroundings = Surroundings(self._getters, self._cycles, self._outside, root)
        found = list(proposals(uses, surroundings, client_class_handed_on.RULE.code))
        return [*left_out(found, overridings(uses, self._getter_modules), text), *found]

    def pool_to_empty(self, path: str) -> str:
        """Name the module from which a file can import the function that empties the pools."""
        return self._getters.module_with(pools_not_emptied.EMPTYING_FUNCTION, dirname(path))

    def sections(self, path: str) -> Sections:
        """Tell how the imports of a file are sorted."""
        return Sections(self._repository.root(dirname(path)))

    def is_needed(self, path: str, name: str) -> bool:
        """Tell whether another file of the repository needs a name of the module at `path`."""
        return bool(self._outside.of(path, name)) or path.endswith("/__init__.py")


class _Rounds:
    """One file on its way: in each round all changes are made that do not get in each other's way."""

    def __init__(self, fixer: FileFixer, path: str, text: str, words: tuple[str, ...]) -> None:
        self._fixer = fixer
        self._path = path
        self._before = self._text = text
        self._words = words
        self._outcomes: dict[Place, Outcome] = {}

    def run(self, places: set[Place], *, unsafe: bool) -> FileFix:
        """Go on until a round changes nothing; `places` are those still to be fixed, in today's text."""
        now = {place: place for place in places}
        for _ in range(_MOST_ROUNDS):
            if not now:
                break
            found = self._fixer.propose(self._path, self._text, self._words)
            asked = [(each, now[place]) for each in found if (place := _place(each)) in now]
            wanted = self._sorted_out(asked, unsafe=unsafe)
            chosen = _compatible(wanted)
            if not chosen:
                break
            draft = self._applied(chosen)
            if draft is None:
                break
            self._resolve_others(chosen, now)
            self._text = draft.text
            now = {
                (draft.place(start), kind, code): origin
                for (start, kind, code), origin in now.items()
                if origin not in self._outcomes or self._outcomes[origin].status == "skipped"
            }
        for place in [place for place in places if place[2] == pools_not_emptied.RULE.code]:
            self._empty_pools(place)
        for place in places - self._outcomes.keys():
            self._outcomes[place] = Outcome(place, "skipped", "there is no fix for this rule")
        return FileFix(self._before, self._text, tuple(self._outcomes[place] for place in sorted(places)))

    def _resolve_others(self, chosen: list[tuple[Proposal, Place]], now: Mapping[Place, Place]) -> None:
        """Note what one change does for all findings about the same call."""
        for proposal, origin in chosen:
            done = self._outcomes.get(origin)
            for (start, kind, _), other in now.items():
                if done and done.status == "fixed" and (start, kind) == (proposal.start, proposal.kind):
                    self._outcomes[other] = replace(done, place=other)

    def _empty_pools(self, place: Place) -> None:
        module = self._fixer.pool_to_empty(self._path)
        text = with_fixture(self._text, module)
        if fault := fault_in(text):
            self._outcomes[place] = _failed(place, fault)
            return
        self._text = text
        self._outcomes[place] = Outcome(
            place, "fixed", "", Applicability.SAFE, f"{module}.{pools_not_emptied.EMPTYING_FUNCTION}"
        )

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

    def _applied(self, chosen: list[tuple[Proposal, Place]]) -> Draft | None:
        """Make the changes of a round; those without a place for their import are left out."""
        draft = Draft(self._text)
        local: set[tuple[str, int]] = set()
        done = [each for each in chosen if self._import_made(draft, *each, local)]
        draft.apply_from_start(edit for proposal, _ in done for edit in proposal.edits)
        for name, offset in sorted({imported for each, _ in done for imported in _imports(each)}):
            self._remove_import(draft, name, offset)
        broken = fault_in(draft.text)
        for proposal, origin in done:
            self._outcomes[origin] = _failed(origin, broken) if broken else _fixed(proposal, origin)
        return None if broken or not done else draft

    def _import_made(self, draft: Draft, proposal: Proposal, origin: Place, local: set[tuple[str, int]]) -> bool:
        """Make the import that a change needs; False, and the reason noted, where there is no place for it.

        Where there is none at module level the function imports for itself. `local` holds the getters for which,
        and the functions in which, this has happened: other places in them see it in the next round.
        """
        key = (proposal.getter.name if proposal.getter else "", proposal.function)
        if key in local:
            return False
        try:
            edit = self._import_edit(draft, proposal)
        except NoPlaceError as reason:
            if proposal.function < 0:
                self._outcomes[origin] = Outcome(origin, "skipped", str(reason))
                return False
            local.add(key)
            return self._import_made_in_front(draft, proposal, origin)
        draft.apply((edit,) if edit else ())
        return True

    def _import_made_in_front(self, draft: Draft, proposal: Proposal, origin: Place) -> bool:
        layout = layout_of(draft.text)
        try:
            statement = _statement_at(layout, draft.place(proposal.placement.statement if proposal.placement else 0))
            draft.apply((in_front_of(layout, statement, _wanted(proposal)),))
        except NoPlaceError as reason:
            self._outcomes[origin] = Outcome(origin, "skipped", str(reason))
            return False
        return True

    def _import_edit(self, draft: Draft, proposal: Proposal) -> Edit | None:
        getter, placed = proposal.getter, proposal.placement
        if getter is None or placed is None or placed.where is Where.NOWHERE:
            return None
        layout = layout_of(draft.text)
        wanted = _wanted(proposal)
        sections = self._fixer.sections(self._path)
        offset = draft.place(placed.offset) if placed.offset >= 0 else len(draft.text)
        if placed.where is Where.MODULE:
            anchor = None if placed.anchor is None else draft.place(placed.anchor)
            return at_module_level(layout, wanted, sections, offset, anchor)
        statement = _statement_at(layout, offset)
        if placed.where is Where.BESIDE and isinstance(statement, ast.Import | ast.ImportFrom):
            return beside(layout, statement, wanted, sections)
        return in_front_of(layout, statement, wanted)

    def _remove_import(self, draft: Draft, name: str, offset: int) -> None:
        layout = layout_of(draft.text)
        imported = Imported(draft.place(offset), name)
        draft.apply(removals(layout, imported, lambda each: self._fixer.is_needed(self._path, each)))


def _compatible(wanted: list[tuple[Proposal, Place]]) -> list[tuple[Proposal, Place]]:
    """Choose the changes that can be made at once: the others wait for the next round.

    Two wait for each other when they change the same code, or when one function would come by the same getter in
    two ways: a local import makes the name local in all of the function.
    """
    chosen: list[tuple[Proposal, Place]] = []
    edits: list[Edit] = []
    ways: dict[tuple[str, int], tuple[Where, int]] = {}
    for proposal, origin in sorted(wanted, key=_early_first):
        placed, getter = proposal.placement, proposal.getter
        if placed is None or getter is None or overlap([*edits, *proposal.edits]):
            continue
        offset = 0 if placed.where is Where.MODULE else placed.offset
        way = ways.setdefault((getter.name, proposal.function), (placed.where, offset))
        if way == (placed.where, offset):
            chosen.append((proposal, origin))
            edits += proposal.edits
    return chosen


def _early_first(each: tuple[Proposal, Place]) -> tuple[bool, int]:
    """Sort first what runs when the module is imported: its import has to stand above it."""
    proposal, (start, _, _) = each
    return proposal.function >= 0, start


def _wanted(proposal: Proposal) -> Wanted:
    getter, placed = proposal.getter, proposal.placement
    if getter is None or placed is None:
        return Wanted("", "", own=False)
    alias = placed.called if placed.called != getter.name else ""
    return Wanted(getter.module, getter.name, own=getter.in_repository, alias=alias)


def _place(proposal: Proposal) -> Place:
    return proposal.start, proposal.kind, proposal.code


def _imports(proposal: Proposal) -> list[tuple[str, int]]:
    """List the imports that a change may leave unused: the name, and the offset of the statement."""
    placed = proposal.placement
    return [(placed.root, offset) for offset in placed.imports] if placed else []


def _failed(place: Place, reason: str) -> Outcome:
    return Outcome(place, "failed", reason)


def _fixed(proposal: Proposal, place: Place) -> Outcome:
    getter = proposal.getter
    return Outcome(
        place,
        "fixed",
        proposal.reason,
        proposal.applicability,
        getter=f"{getter.module}.{getter.name}" if getter else "",
        factory=proposal.factory,
        missing_in=getter.missing_in if getter else (),
    )


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
