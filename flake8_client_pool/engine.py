"""The one door to the analysis: a source goes in, findings come out."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from os.path import abspath, basename, dirname
from typing import TYPE_CHECKING, TypeVar

from flake8_client_pool.constructors import Constructors, PoolGetters
from flake8_client_pool.kinds import ClientKind
from flake8_client_pool.model import ClassClient, ClientUse, Finding
from flake8_client_pool.syntax.repository import NoRepository, Repository
from flake8_client_pool.syntax.words import Words

if TYPE_CHECKING:
    from flake8_client_pool.rules.getter_definitions import Getter
    from flake8_client_pool.rules.getters import Getters
    from flake8_client_pool.rules.pooled_bases import Givers
    from flake8_client_pool.rules.pooled_tests import PooledTests
    from flake8_client_pool.rules.taking import Takers
    from flake8_client_pool.syntax.modules import Modules

Answer = TypeVar("Answer")

# Where a test tree begins is looked at even where no client is built in the file.
_WORDS_OF_TESTS = ("pytest",)
_CLASS = re.compile(rb"^[ \t]*class[ \t]", re.MULTILINE)
PATCHING_WORDS = frozenset(("patch", "setattr"))


@dataclass(frozen=True, slots=True)
class Analysis:
    """What one file gave.

    `followed` names the other paths that had a part in it, whether something lies there or not: a cached result
    holds only as long as each of them is as it was.
    """

    findings: tuple[Finding, ...]
    followed: tuple[str, ...]


class Engine:
    """Analyses files one by one and remembers what it read of other files of the repository on the way."""

    def __init__(
        self,
        kinds: tuple[ClientKind, ...],
        pool_module: str,
        repository: Repository | None = None,
        *,
        patches: bool = False,
        pooled_in_tests: tuple[ClientKind, ...] | None = None,
    ) -> None:
        """Prepare to look for every one of `kinds`; messages name `pool_module` as the getters' home.

        Other files are found in `repository`, which is that on the disk unless another is given. With `patches` tests
        are looked at that patch constructors. Test trees in which nothing empties the pool are looked for if their code
        takes clients of the kinds `pooled_in_tests`, which are all of `kinds` unless others are given.
        """
        self._constructors = Constructors(kinds)
        self._repository = repository or Repository()
        self._patches = patches
        self._pooled_in_tests = kinds if pooled_in_tests is None else pooled_in_tests
        self._pool_module = pool_module
        self._words = Words(self._constructors, self._repository, self._names_taken)

    @classmethod
    def in_file(cls, kinds: tuple[ClientKind, ...], pool_module: str) -> "Engine":
        """Make an engine that follows names within each file and no further, for texts without a tree around them.

        What it does not see: a client's class, or a getter, that comes by way of another module of the repository.
        It touches no disk, and one path serves as well as another.
        """
        return cls(kinds, pool_module, NoRepository())

    @property
    def codes(self) -> frozenset[str]:
        """The codes of the findings that say that a client is built directly."""
        return frozenset(kind.code for kind in self._constructors.kinds)

    @property
    def seen(self) -> tuple[frozenset[str], frozenset[str]]:
        """The folders and the files that any answer so far may hang on, besides the files that were asked about."""
        return self._repository.listed, frozenset(self._repository.opened)

    def words(self, path: str, data: bytes) -> tuple[str, ...]:
        """Name the identifiers in a file that could have to do with a client: empty when none can be built there.

        This is a test on bytes, without a parse, meant to be asked of every file.
        """
        found = self._words.of(path, data)
        if self._patches and any(word.encode() in data for word in PATCHING_WORDS):
            found = tuple(sorted({*found, *PATCHING_WORDS}))
        return (*found, *_WORDS_OF_TESTS) if self.begins_tests(path) else found

    def begins_tests(self, path: str) -> bool:
        """Tell whether a file stands for a test tree that could run pooled code."""
        path = abspath(path)
        if not self._pooled_in_tests or "test" not in basename(path):
            return False
        return self._pooled_tests.begin_at(path) and self._repository.sees(self._pool_module, dirname(path))

    def analyze(self, path: str, text: str, words: tuple[str, ...]) -> Analysis:
        """Find every fault in one file, in the order of its places; `words` is the answer of `words`."""
        return _excerpt_first(lambda whole: self._analyze(path, text, words, whole=whole))

    def client_uses(self, path: str, data: bytes, text: str) -> tuple[ClientUse, ...]:
        """List every place in a file that gets a client, from the pool or directly, in the order of the text.

        This is `pool_calls` together with what `analyze` reports as built directly, without the messages and so in
        less time; `data` holds the bytes of `text`.
        """
        words = self._words.of(path, data)
        built = self._uses(self._modules, path, text, words, pooled=False) if words else ()
        return tuple(sorted((*built, *self.pool_calls(path, data, text)), key=lambda use: use.span.start))

    def pool_calls(self, path: str, data: bytes, text: str) -> tuple[ClientUse, ...]:
        """List every call of one of the pool's getters in a file, resolved as constructions are."""
        words = self._getter_words.of(path, data)
        return self._uses(self._getter_modules, path, text, words, pooled=True) if words else ()

    def class_clients(
        self, path: str, data: bytes, text: str, uses: tuple[ClientUse, ...]
    ) -> tuple[ClassClient, ...]:
        """Tell how each class in a file comes by its clients, from the pool, through a base class, or not.

        `uses` are the places in the file that get a client, as `client_uses` lists them.
        """
        if not _CLASS.search(data) or not (uses or self._getter_words.reach(path, data)):
            return ()
        from flake8_client_pool.rules.pooled_bases import class_clients

        names = self._getter_modules.open(path, text, (), whole=True)
        return tuple(class_clients(names, uses, self._givers))

    def _uses(
        self, modules: "Modules", path: str, text: str, words: tuple[str, ...], *, pooled: bool
    ) -> tuple[ClientUse, ...]:
        from flake8_client_pool.rules.uses import Uses, client_uses

        uses = _excerpt_first(lambda whole: Uses(modules.open(path, text, words, whole=whole), words))
        return client_uses(uses, pooled=pooled)

    def getter(self, path: str, finding: Finding) -> "Getter | None":
        """Give the getter that a file at `path` would ask instead of doing what was found; None where there is none."""
        from flake8_client_pool.rules.getters import NoGetterError

        kind = next((kind for kind in self._constructors.kinds if kind.name == finding.kind), None)
        try:
            return self._getters.find(kind, dirname(abspath(path))) if kind else None
        except NoGetterError:
            return None

    def _analyze(self, path: str, text: str, words: tuple[str, ...], *, whole: bool) -> Analysis:
        from flake8_client_pool.rules import (
            client_built_directly,
            client_built_over_base,
            client_class_handed_on,
            constructor_patched,
            pools_not_emptied,
            source_not_parsed,
        )
        from flake8_client_pool.rules.uses import Uses

        may_patch = self._patches and not PATCHING_WORDS.isdisjoint(words)
        names = self._modules.open(path, text, words, whole=whole or may_patch)
        uses = Uses(names, words)
        findings = [
            *client_built_directly.check(uses, self._getters),
            *client_built_over_base.check(uses, self._getter_modules),
            *client_class_handed_on.check(uses, self._getters),
            *(pools_not_emptied.check(names.source, self._pooled_tests) if self.begins_tests(path) else ()),
            *source_not_parsed.check(names.source),
        ]
        if may_patch:
            findings += constructor_patched.check(names, self._takers, self._getters)
        findings.sort(key=lambda finding: (finding.span.start, finding.code))
        return Analysis(tuple(findings), tuple(sorted(self._repository.followed)))

    def _names_taken(self, path: str, words: frozenset[bytes]) -> frozenset[bytes]:
        from flake8_client_pool.rules.uses import names_taken

        return names_taken(self._modules, path, words)

    @cached_property
    def _getters(self) -> "Getters":
        from flake8_client_pool.rules.getters import Getters

        return Getters(self._repository, self._pool_module)

    @cached_property
    def _pooled_tests(self) -> "PooledTests":
        from flake8_client_pool.rules.pooled_tests import PooledTests

        return PooledTests(self._pooled_in_tests, self._getters, self._repository)

    @cached_property
    def _takers(self) -> "Takers":
        from flake8_client_pool.rules.taking import Takers

        return Takers(self._modules, self._pool_module)

    @cached_property
    def _modules(self) -> "Modules":
        # The parser is loaded when the first file needs it: most that a commit hook is given do not.
        from flake8_client_pool.syntax.modules import Modules

        return Modules(self._constructors, self._repository)

    @cached_property
    def _getter_modules(self) -> "Modules":
        from flake8_client_pool.syntax.modules import Modules

        return Modules(self._pool_getters, self._repository)

    @cached_property
    def _givers(self) -> "Givers":
        from flake8_client_pool.rules.pooled_bases import Givers

        return Givers()

    @cached_property
    def _getter_words(self) -> Words:
        return Words(self._pool_getters, self._repository, self._getters_taken)

    @cached_property
    def _pool_getters(self) -> PoolGetters:
        return PoolGetters(self._constructors, self._pool_module)

    def _getters_taken(self, path: str, words: frozenset[bytes]) -> frozenset[bytes]:
        from flake8_client_pool.rules.uses import names_taken

        return names_taken(self._getter_modules, path, words)


def _excerpt_first(answer: Callable[[bool], Answer]) -> Answer:
    """Answer from an excerpt of a file where that is enough, else from the whole of it."""
    from flake8_client_pool.syntax.source import WholeSourceNeededError

    try:
        return answer(False)  # noqa: FBT003 - the one argument of a callable has no name
    except WholeSourceNeededError:
        return answer(True)  # noqa: FBT003
