"""An engine and a judge for all files under one configuration."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from flake8_client_pool.policy.judgement import Judge, is_judged_always
from flake8_client_pool.policy.settings import Settings
from flake8_client_pool.policy.verdict import Verdict
from flake8_client_pool.scan.baselines import Baselines
from flake8_client_pool.scan.sight import NOTHING_SEEN, Seen
from flake8_client_pool.syntax.repository import Repository

if TYPE_CHECKING:
    from flake8_client_pool.engine import Engine


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How findings are judged besides the settings.

    Attributes:
        honour_noqa: whether suppression comments count.
        in_ci: whether a baseline that holds more than there is counts as a fault.
        baselines: what is known already.
    """

    honour_noqa: bool = True
    in_ci: bool = False
    baselines: Baselines = field(default_factory=Baselines)


class Bench:
    """Analyses and judges files; the engine remembers what it read of other files on the way."""

    def __init__(self, settings: Settings, terms: Terms, texts: Mapping[str, bytes] | None = None) -> None:
        """Prepare for files under `settings`, to be judged on `terms`; `texts` stand for the content of some files."""
        self._settings = settings
        self._texts = texts
        self.judge = Judge(
            settings,
            honour_noqa=terms.honour_noqa,
            baseline=terms.baselines.under(settings),
            in_ci=terms.in_ci,
        )

    @cached_property
    def engine(self) -> "Engine":
        """The engine, and with it the parser, loaded when they are first needed."""
        from flake8_client_pool.engine import Engine

        settings, repository = self._settings, Repository(self._texts)
        return Engine(
            settings.active_kinds,
            settings.pool_module,
            repository,
            patches=settings.looks_for_patches,
            pooled_in_tests=settings.kinds_pooled_in_tests,
        )

    @property
    def seen(self) -> Seen:
        """What the engine saw of the file system so far."""
        return self.engine.seen if "engine" in self.__dict__ else NOTHING_SEEN

    def verdict(self, location: str, data: bytes, text: str) -> Verdict:
        """Analyse and judge the file at an absolute path with the content `data`, which decodes to `text`."""
        words = self.engine.words(location, data)
        if not words and not is_judged_always(data) and not self.judge.expects(location):
            return Verdict()
        findings = self.engine.analyze(location, text, words).findings if words else ()
        return self.judge.judge(location, text, findings)


class Benches:
    """The benches of one process, each made when the first file needs it."""

    def __init__(self, terms: Terms, texts: Mapping[str, bytes] | None = None) -> None:
        """Have none yet; each will judge on `terms`, with `texts` in the place of the content of some files."""
        self._terms = terms
        self._texts = texts
        self._made: dict[int, tuple[Settings, Bench]] = {}

    def under(self, settings: Settings) -> Bench:
        """Return the bench for `settings`, which are told apart by identity."""
        if id(settings) not in self._made:
            self._made[id(settings)] = settings, Bench(settings, self._terms, self._texts)
        return self._made[id(settings)][1]

    def made(self) -> Iterable[tuple[Settings, Bench]]:
        """List the benches that were needed."""
        return self._made.values()
