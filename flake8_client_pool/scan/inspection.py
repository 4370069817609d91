"""From one file to its judged findings, in whichever process that happens."""

from codecs import BOM_UTF8
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from flake8_client_pool.model import Finding, Span
from flake8_client_pool.policy.baseline import Entry as BaselineEntry
from flake8_client_pool.policy.judgement import is_judged_always
from flake8_client_pool.policy.selection import UNREADABLE_CODE
from flake8_client_pool.policy.verdict import Judged
from flake8_client_pool.scan.bench import Benches, Terms
from flake8_client_pool.scan.cache import Cache, Entry
from flake8_client_pool.scan.census import Census, census
from flake8_client_pool.scan.discovery import SourceFile, explained
from flake8_client_pool.scan.records import Record, from_record, to_record
from flake8_client_pool.scan.sight import NOTHING_SEEN, Seen
from flake8_client_pool.scan.states import States, digest
from flake8_client_pool.syntax.decoding import UndecodableSourceError, decode
from flake8_client_pool.syntax.regular_files import content_of

_EXCERPT_BEFORE = 60
_EXCERPT_LENGTH = 200

Followed = tuple[str, ...]


class Excerpt(NamedTuple):
    """The source line of a finding, cut where it is very long, and the column of the place in it, from 1."""

    text: str
    column: int


class Weight(NamedTuple):
    """What was made of a finding: its status, the name of its phase, and why it is suppressed."""

    status: str
    phase: str
    reason: str


class Inspection(NamedTuple):
    """What one file gave, in plain values that cross processes quickly.

    `number` is the file's position in the plan; `problem` says why the file could not be checked, `vanished`
    that this is so because it is no longer there; `entry` is for the cache, where something new was found
    out, and `seen` what the process saw besides since it last said so, by the roots of settings. `followed`
    names the other paths that had a part in it; `fixed` and `former` are those of the verdict; `census` says
    where its clients come from, where the plan asks for it.
    """

    number: int
    records: tuple[tuple[Record, Excerpt, Weight], ...] = ()
    problem: str = ""
    vanished: bool = False
    entry: Entry | None = None
    seen: Mapping[str, Seen] | None = None
    followed: tuple[str, ...] = ()
    fixed: tuple[BaselineEntry, ...] = ()
    former: str = ""
    census: Census = Census()


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All that a process needs to know to inspect its share of the files.

    `caches` are the loaded caches by the root of their settings, none of them where no cache is wanted, and
    `settled` their entries that need no further proof, by the numbers of the files; `started` is the time of
    the run in nanoseconds since the epoch. With `follow` the inspections say which other paths had a part in
    them, with `census` where clients come from.
    """

    files: tuple[SourceFile, ...]
    caches: Mapping[str, Cache]
    started: int
    settled: Mapping[int, Entry] = field(default_factory=dict)
    terms: Terms = field(default_factory=Terms)
    follow: bool = False
    census: bool = False


class Inspector:
    """Inspects files of one plan; engines and what they remember serve all of them."""

    def __init__(self, plan: Plan) -> None:
        """Prepare for `plan`; engines are made when the first file needs them."""
        self._plan = plan
        self._states = States(plan.started)
        self._benches = Benches(plan.terms)
        self._told: dict[str, Seen] = {}

    def inspect(self, number: int, data: bytes | None = None) -> Inspection:
        """Read, analyse and judge one file of the plan; `data` stands for what would be read."""
        settled = self._plan.settled.get(number)
        if settled and settled[1] is None and not self._plan.census:
            return self._judged(number, "", ()) if self._expects(number) else Inspection(number)
        try:
            if data is None:
                data = content_of(self._plan.files[number].location)
        except OSError as error:
            return Inspection(number, problem=explained(error), vanished=isinstance(error, FileNotFoundError))
        try:
            return self._inspect_content(number, data)
        except Exception as error:  # noqa: BLE001 - a fault of ours in one file must not cost the others
            reason = f"internal error, {type(error).__name__}: {error}; please report it with this file"
            return Inspection(number, problem=" ".join(reason.split()))

    def _expects(self, number: int) -> bool:
        file = self._plan.files[number]
        return self._benches.under(file.settings).judge.expects(file.location)

    def newly_seen(self) -> Mapping[str, Seen]:
        """Tell what the engines saw of the file system since this was asked last, by the roots of settings."""
        seen = {settings.root: bench.seen for settings, bench in self._benches.made()}
        before, self._told = self._told, seen
        return {root: _without(each, before.get(root, NOTHING_SEEN)) for root, each in seen.items()}

    def _inspect_content(self, number: int, data: bytes) -> Inspection:
        file = self._plan.files[number]
        try:
            text = decode(data)
        except UndecodableSourceError as error:
            return self._undecodable(number, stand_in(data), error)
        settled = self._plan.settled.get(number)
        if settled and settled[0] == digest(data):
            followed = self._plan.caches[file.settings.root].followed(settled)
            return self._judged(number, text, map(from_record, settled[2]), followed=followed)
        findings, entry, followed = self._found(file, data, text)
        return self._judged(number, text, findings, entry, followed)

    def _undecodable(self, number: int, text: str, error: UndecodableSourceError) -> Inspection:
        """Report why a file cannot be decoded, and check `text`, which is what can be read of it."""
        file = self._plan.files[number]
        engine = self._benches.under(file.settings).engine
        words = engine.words(file.location, text.encode())
        if not words:
            return self._judged(number, text, [_undecodable(error)])
        analysis = engine.analyze(file.location, text, words)
        findings = [each for each in analysis.findings if each.code != UNREADABLE_CODE]
        return self._judged(number, text, [_undecodable(error), *findings], followed=analysis.followed)

    def _judged(
        self,
        number: int,
        text: str,
        findings: Iterable[Finding],
        entry: Entry | None = None,
        followed: Iterable[str] = (),
    ) -> Inspection:
        file, findings = self._plan.files[number], tuple(findings)
        bench = self._benches.under(file.settings)
        verdict = bench.judge.judge(file.location, text, findings)
        lines = text.split("\n") if verdict.judged else []
        return Inspection(
            number,
            tuple(_weighed(judged, lines) for judged in verdict.judged),
            entry=entry,
            followed=tuple(followed) if self._plan.follow and verdict.judged else (),
            fixed=verdict.fixed,
            former=verdict.former,
            census=census(bench.engine, file.location, text, findings) if self._plan.census else Census(),
        )

    def _found(self, file: SourceFile, data: bytes, text: str) -> tuple[tuple[Finding, ...], Entry | None, Followed]:
        engine = self._benches.under(file.settings).engine
        cache = self._plan.caches.get(file.settings.root)
        words = engine.words(file.location, data)
        if not cache:
            if not words:
                return (), None, ()
            analysis = engine.analyze(file.location, text, words)
            return analysis.findings, None, analysis.followed
        content = digest(data)
        if not words:
            return (), cache.entry_without_words(content, judged=is_judged_always(data)), ()
        if (known := cache.find(file.location, content, words, self._states)) is not None:
            return known, None, cache.followed_by(file.location)
        analysis = engine.analyze(file.location, text, words)
        records = [to_record(finding) for finding in analysis.findings]
        entry = cache.entry(content, words, records, analysis.followed, self._states)
        return analysis.findings, entry, analysis.followed


def _without(seen: Seen, told: Seen) -> Seen:
    return seen[0] - told[0], seen[1] - told[1]


def _weighed(judged: Judged, lines: list[str]) -> tuple[Record, Excerpt, Weight]:
    weight = Weight(judged.status, judged.phase, judged.reason)
    return to_record(judged.finding), _excerpt(lines, judged.finding.span), weight


def _excerpt(lines: list[str], span: Span) -> Excerpt:
    start = 0 if span.column <= _EXCERPT_LENGTH else span.column - _EXCERPT_BEFORE
    line = lines[span.line - 1] if span.line <= len(lines) else ""
    return Excerpt(line[start : start + _EXCERPT_LENGTH].rstrip(), span.column - start)


def stand_in(data: bytes) -> str:
    """Read bytes as far as they are a text, its lines as `decode` gives them."""
    text = data.removeprefix(BOM_UTF8).decode("utf-8", "replace").replace("\0", "\N{REPLACEMENT CHARACTER}")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _undecodable(error: UndecodableSourceError) -> Finding:
    return Finding(
        code=UNREADABLE_CODE,
        kind="",
        message=f"this file cannot be read as Python: {error.reason}",
        span=Span(0, 0, error.line, error.column, error.line, error.column + 1),
        scope="",
        logical_line=(error.line, error.line),
    )
