"""The one door to the analysis: a source goes in, findings come out."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from flake8_client_pool.constructors import Constructors
from flake8_client_pool.kinds import ClientKind
from flake8_client_pool.model import Finding
from flake8_client_pool.syntax.repository import Repository
from flake8_client_pool.syntax.words import Words

if TYPE_CHECKING:
    from flake8_client_pool.rules.getters import Getters
    from flake8_client_pool.syntax.modules import Modules

CONFTEST = "/conftest.py"
# A rule looks at such files even where no client is built in them.
_WORDS_OF_TESTS = ("pytest",)


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

    def __init__(self, kinds: tuple[ClientKind, ...], pool_module: str) -> None:
        """Prepare to look for every one of `kinds`; messages name `pool_module` as the getters' home."""
        self._constructors = Constructors(kinds)
        self._repository = Repository()
        self._pool_module = pool_module
        self._words = Words(self._constructors, self._repository, self._names_taken)

    @property
    def seen(self) -> tuple[frozenset[str], frozenset[str]]:
        """The folders and the files that any answer so far may hang on, besides the files that were asked about."""
        return self._repository.listed, frozenset(self._repository.opened)

    def words(self, path: str, data: bytes) -> tuple[str, ...]:
        """Name the identifiers in a file that could have to do with a client: empty when none can be built there.

        This is a test on bytes, without a parse, meant to be asked of every file.
        """
        return self._words.of(path, data) or (_WORDS_OF_TESTS if path.endswith(CONFTEST) else ())

    def analyze(self, path: str, text: str, words: tuple[str, ...]) -> Analysis:
        """Find every fault in one file, in the order of its places; `words` is the answer of `words`."""
        from flake8_client_pool.syntax.source import WholeSourceNeededError

        try:
            return self._analyze(path, text, words, whole=False)
        except WholeSourceNeededError:
            return self._analyze(path, text, words, whole=True)

    def _analyze(self, path: str, text: str, words: tuple[str, ...], *, whole: bool) -> Analysis:
        from flake8_client_pool.rules import (
            client_built_directly,
            client_class_handed_on,
            pools_not_emptied,
            source_not_parsed,
        )
        from flake8_client_pool.rules.uses import Uses

        names = self._modules.open(path, text, words, whole=whole)
        uses = Uses(names, words)
        findings = [
            *client_built_directly.check(uses, self._getters),
            *client_class_handed_on.check(uses, self._getters),
            *pools_not_emptied.check(names.source, self._getters),
            *source_not_parsed.check(names.source),
        ]
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
    def _modules(self) -> "Modules":
        # The parser is loaded when the first file needs it: most that a commit hook is given do not.
        from flake8_client_pool.syntax.modules import Modules

        return Modules(self._constructors, self._repository)
