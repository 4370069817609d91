"""Fix one file: changes at the places, imports made and removed, in rounds until nothing changes."""

from collections.abc import Collection, Iterable, Mapping
from functools import cached_property, partial
from os.path import abspath, dirname
from typing import TYPE_CHECKING

from flake8_client_pool.constructors import Constructors, PoolGetters
from flake8_client_pool.fixes.doubts.outside_uses import OutsideUses
from flake8_client_pool.fixes.doubts.tests_of_calls import TestsOfCalls
from flake8_client_pool.fixes.draft_imports import MendingElsewhere
from flake8_client_pool.fixes.imports.cycles import ImportedByPool
from flake8_client_pool.fixes.imports.mending_modules import MendingModules
from flake8_client_pool.fixes.imports.ordering import ImportOrder
from flake8_client_pool.fixes.layout import layout_of
from flake8_client_pool.fixes.leaving_out import left_out
from flake8_client_pool.fixes.outcomes import FileFix, Outcome, Place, fault_in
from flake8_client_pool.fixes.proposals import Proposal, Surroundings, proposals
from flake8_client_pool.fixes.retargeting import Retargeter
from flake8_client_pool.fixes.rounds import Rounds
from flake8_client_pool.kinds import ClientKind
from flake8_client_pool.rules import client_class_handed_on, constructor_patched
from flake8_client_pool.rules.client_built_over_base import overridings
from flake8_client_pool.rules.getters import Getters
from flake8_client_pool.rules.pooled_tests import PooledTests
from flake8_client_pool.rules.taking import Takers
from flake8_client_pool.rules.uses import Uses, names_taken
from flake8_client_pool.syntax.modules import Modules
from flake8_client_pool.syntax.names import Names
from flake8_client_pool.syntax.repository import Repository
from flake8_client_pool.syntax.source import WholeSourceNeededError
from flake8_client_pool.syntax.words import Words

if TYPE_CHECKING:
    from flake8_client_pool.fixes.imports.style_settings import ImportStyles


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
        self._pooled_tests = PooledTests(constructors.kinds, self._getters, repository)
        self._getter_modules = Modules(PoolGetters(constructors, pool_module), repository)
        self._cycles = ImportedByPool(repository)
        self._mending_modules = MendingModules(repository)
        self._outside = outside
        takers = Takers(self._modules, pool_module)
        self._tests = TestsOfCalls(self._modules, takers, outside)
        self._retargeter = Retargeter(takers, self._getters)

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
            found = self._fixed(path, data, text, places, unsafe=unsafe)
        except SyntaxError:
            if not fault_in(text):
                raise
            return _not_parsed(text, places)
        # What was changed has been proved to parse.
        return _not_parsed(text, places) if found.after == text and fault_in(text) else found

    def _fixed(self, path: str, data: bytes, text: str, places: Collection[Place], *, unsafe: bool) -> FileFix:
        patches = [place for place in places if place[2] == constructor_patched.RULE.code]
        others = set(places).difference(patches)
        location = abspath(path)
        if not patches:
            return Rounds(self, location, text, self._words.of(path, data)).run(others, unsafe=unsafe)
        names = self._modules.open(path, text, (), whole=True)
        style = self.order(location).style
        done = self._retargeter.fix(names, patches, partial(self.is_needed, location), style, unsafe=unsafe)
        rest = Rounds(self, location, done.after, ()).run(others, unsafe=unsafe)
        return FileFix(text, rest.after, (*done.outcomes, *rest.outcomes))

    def propose(self, path: str, text: str, words: tuple[str, ...]) -> tuple[Names, list[Proposal]]:
        """Propose a change for each finding of a file; the names are those of its text.

        Raises:
            SyntaxError: it is no Python.
        """
        try:
            return self._propose(path, text, words, whole=False)
        except WholeSourceNeededError:
            return self._propose(path, text, words, whole=True)

    def _propose(self, path: str, text: str, words: tuple[str, ...], *, whole: bool) -> tuple[Names, list[Proposal]]:
        names = self._modules.open(path, text, words, whole=whole)
        if names.source.unreadable:
            layout_of(text)
        uses = Uses(names, words)
        root = self._repository.root(dirname(path))
        surroundings = Surroundings(self._getters, self._cycles, self._outside, self._tests, root)
        found = list(proposals(uses, surroundings, client_class_handed_on.RULE.code))
        return uses.names, [*left_out(found, overridings(uses, self._getter_modules), text, words), *found]

    def pool_to_empty(self, path: str) -> str:
        """Name the module from which a file can import the function that empties the pools."""
        return self._pooled_tests.emptying_module(path)

    def doubt_about_emptying(self, path: str) -> str:
        """Say why tests of the tree that a file stands for could fail once the pools are emptied after each."""
        return self._pooled_tests.doubt_about_emptying(path)

    def conftest_for(self, path: str) -> str:
        """Name the `conftest.py`, which may not be there yet, of the test tree that a file stands for."""
        return self._pooled_tests.conftest_for(path)

    def order(self, path: str) -> ImportOrder:
        """Tell how the imports of a file are sorted and laid out."""
        folder = dirname(path)
        package = self._repository.package(folder)
        return ImportOrder(self._styles.of(folder), self._repository.root(folder), package)

    def mending_elsewhere(self, path: str) -> MendingElsewhere:
        """Give what tells, by the pool module and another one, what that does to the import path of a file."""
        return partial(self._mending_modules.of, dirname(path))

    @cached_property
    def _styles(self) -> "ImportStyles":
        from flake8_client_pool.fixes.imports.style_settings import ImportStyles

        return ImportStyles(self._repository)

    def is_needed(self, path: str, name: str) -> bool:
        """Tell whether another file of the repository needs a name of the module at `path`."""
        return bool(self._outside.of(path, name)) or path.endswith("/__init__.py")


def _not_parsed(text: str, places: Iterable[Place]) -> FileFix:
    reason = "the file does not parse; mend the syntax first"
    return FileFix(text, text, tuple(Outcome(place, "skipped", reason) for place in sorted(places)))
