"""What machines outside are told of a finding: its file as the repository has it, and a fingerprint that lasts."""

import hashlib
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from flake8_client_pool.policy.baseline import entry_of, relative_path
from flake8_client_pool.scan.run import Result, Run
from flake8_client_pool.scan.sources import Sources

_FINGERPRINT_LENGTH = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A run, and how it is to be written.

    Attributes:
        run: what was found.
        shown: the statuses of the findings to show.
        top: the absolute directory that consumers' paths are relative to: the top of the repository.
        sources: the texts of the checked files.
    """

    run: Run
    shown: frozenset[str]
    top: str
    sources: Sources = field(default_factory=Sources)

    def published(self, statuses: frozenset[str] | None = None) -> Iterator[tuple[Result, str, str]]:
        """Give each result to show, with its path from the top and its fingerprint.

        A fingerprint is that of file, scope, code and call, as in the baseline; of several that are alike, each
        also counts those before it, earlier ones too. So neither lines nor layout matter, and no two are the same.
        """
        counts = Counter[str]()
        for result in self.run.found:
            path = self.path(result.path)
            alike = "\0".join(entry_of(result.finding, path))
            counts[alike] += 1
            if result.status in (self.shown if statuses is None else statuses):
                yield result, path, _fingerprint(f"{alike}\0{counts[alike]}")

    def path(self, path: str) -> str:
        """Return a path as the repository has it."""
        return relative_path(os.path.abspath(path).replace(os.sep, "/"), self.top)


def _fingerprint(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:_FINGERPRINT_LENGTH]
