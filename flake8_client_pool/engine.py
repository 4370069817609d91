"""The one door to the analysis: a source goes in, findings come out."""

from dataclasses import dataclass

from flake8_client_pool.kinds import ClientKind
from flake8_client_pool.model import Finding


@dataclass(frozen=True, slots=True)
class Analysis:
    """What one file gave.

    `followed` names the other files whose content, or absence, had a part in it: a cached result holds only as
    long as each of them is as it was.
    """

    findings: tuple[Finding, ...]
    followed: tuple[str, ...]


class Engine:
    """Analyses files one by one and remembers what it read of other files of the repository on the way."""

    def __init__(self, kinds: tuple[ClientKind, ...], pool_module: str) -> None:
        """Prepare to look for every one of `kinds`; messages name `pool_module` as the getters' home."""

    def words(self, path: str, data: bytes) -> tuple[str, ...]:
        """Name the identifiers in a file that could have to do with a client: empty when none can be built there.

        This is a test on bytes, without a parse, meant to be asked of every file.
        """
        raise NotImplementedError

    def analyze(self, path: str, text: str, words: tuple[str, ...]) -> Analysis:
        """Find every fault in one file, in the order of its places; `words` is the answer of `words`."""
        raise NotImplementedError
