"""The one door to the analysis: a source goes in, findings come out."""

from dataclasses import dataclass

from flake8_client_pool.constructors import Constructors
from flake8_client_pool.kinds import ClientKind
from flake8_client_pool.model import Finding
from flake8_client_pool.rules import client_built_directly, client_class_handed_on, source_not_parsed
from flake8_client_pool.rules.getters import Getters
from flake8_client_pool.rules.uses import Uses
from flake8_client_pool.syntax.modules import Modules
from flake8_client_pool.syntax.repository import Repository
from flake8_client_pool.syntax.source import WholeSourceNeededError
from flake8_client_pool.syntax.words import Words


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
        constructors = Constructors(kinds)
        repository = Repository()
        self._getters = Getters(repository, pool_module)
        self._words = Words(constructors, repository)
        self._modules = Modules(constructors, repository)

    def words(self, path: str, data: bytes) -> tuple[str, ...]:
        """Name the identifiers in a file that could have to do with a client: empty when none can be built there.

        This is a test on bytes, without a parse, meant to be asked of every file.
        """
        return self._words.of(path, data)

    def analyze(self, path: str, text: str, words: tuple[str, ...]) -> Analysis:
        """Find every fault in one file, in the order of its places; `words` is the answer of `words`."""
        try:
            return self._analyze(path, text, words, whole=False)
        except WholeSourceNeededError:
            return self._analyze(path, text, words, whole=True)

    def _analyze(self, path: str, text: str, words: tuple[str, ...], *, whole: bool) -> Analysis:
        names = self._modules.open(path, text, words, whole=whole)
        uses = Uses(names, words)
        findings = [
            *client_built_directly.check(uses, self._getters),
            *client_class_handed_on.check(uses, self._getters),
            *source_not_parsed.check(names.source),
        ]
        findings.sort(key=lambda finding: (finding.span.start, finding.code))
        return Analysis(tuple(findings), tuple(sorted(self._modules.repository.followed)))
