"""From one file to its judged findings, in whichever process that happens."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from flake8_client_pool.model import Finding, Span
from flake8_client_pool.policy.judgement import Verdict
from flake8_client_pool.policy.selection import UNREADABLE_CODE
from flake8_client_pool.scan.bench import Benches
from flake8_client_pool.scan.cache import Cache, Entry, States, digest
from flake8_client_pool.scan.discovery import SourceFile, explained
from flake8_client_pool.scan.records import Record, to_record
from flake8_client_pool.syntax.decoding import UndecodableSourceError, decode

_EXCERPT_BEFORE = 60
_EXCERPT_LENGTH = 200


class Excerpt(NamedTuple):
    """The source line of a finding, cut where it is very long, and the column of the place in it, from 1."""

    text: str
    column: int


class Inspection(NamedTuple):
    """What one file gave, in plain values that cross processes quickly.

    `number` is the file's position in the plan; `problem` says why the file could not be checked, `vanished`
    that this is so because it is no longer there; `entry` is for the cache, where something new was found
    out.
    """

    number: int
    records: tuple[tuple[Record, Excerpt], ...] = ()
    suppressed: int = 0
    problem: str = ""
    vanished: bool = False
    entry: Entry | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All that a process needs to know to inspect its share of the files.

    `caches` are the loaded caches by the root of their settings, none of them where no cache is wanted;
    `started` is the time of the run in nanoseconds since the epoch.
    """

    files: tuple[SourceFile, ...]
    caches: Mapping[str, Cache]
    started: int
    honour_noqa: bool = True


class Inspector:
    """Inspects files of one plan; engines and what they remember serve all of them."""

    def __init__(self, plan: Plan) -> None:
        """Prepare for `plan`; engines are made when the first file needs them."""
        self._plan = plan
        self._states = States(plan.started)
        self._benches = Benches(honour_noqa=plan.honour_noqa)

    def inspect(self, number: int, data: bytes | None = None) -> Inspection:
        """Read, analyse and judge one file of the plan; `data` stands for what would be read."""
        try:
            if data is None:
                with open(self._plan.files[number].location, "rb") as stream:
                    data = stream.read()
        except OSError as error:
            return Inspection(number, problem=explained(error), vanished=isinstance(error, FileNotFoundError))
        try:
            return self._inspect_content(number, data)
        except Exception as error:  # noqa: BLE001 - a fault of ours in one file must not cost the others
            reason = f"internal error, {type(error).__name__}: {error}; please report it with this file"
            return Inspection(number, problem=" ".join(reason.split()))

    def _inspect_content(self, number: int, data: bytes) -> Inspection:
        file = self._plan.files[number]
        bench = self._benches.under(file.settings)
        judge = bench.judge
        try:
            text = decode(data)
        except UndecodableSourceError as error:
            stand_in = data.decode("utf-8", "replace")
            return _inspection(number, stand_in, judge.judge(file.location, stand_in, [_undecodable(error)]))
        words = bench.engine.words(file.location, data)
        if not words:
            wanted = judge.wants(data)
            return (
                _inspection(number, text, judge.judge(file.location, text, ()))
                if wanted
                else Inspection(number)
            )
        findings, entry = self._findings(file, data, text, words)
        return _inspection(number, text, judge.judge(file.location, text, findings), entry)

    def _findings(
        self, file: SourceFile, data: bytes, text: str, words: tuple[str, ...]
    ) -> tuple[Iterable[Finding], Entry | None]:
        engine = self._benches.under(file.settings).engine
        cache = self._plan.caches.get(file.settings.root)
        content = digest(data) if cache else ""
        if cache and (known := cache.find(file.location, content, words, self._states)) is not None:
            return known, None
        analysis = engine.analyze(file.location, text, words)
        if not cache:
            return analysis.findings, None
        records = [to_record(finding) for finding in analysis.findings]
        return analysis.findings, cache.entry(content, words, records, analysis.followed, self._states)


def _inspection(number: int, text: str, verdict: Verdict, entry: Entry | None = None) -> Inspection:
    lines = text.split("\n") if verdict.findings else []
    records = tuple((to_record(finding), _excerpt(lines, finding.span)) for finding in verdict.findings)
    return Inspection(number, records, verdict.suppressed, entry=entry)


def _excerpt(lines: list[str], span: Span) -> Excerpt:
    start = 0 if span.column <= _EXCERPT_LENGTH else span.column - _EXCERPT_BEFORE
    line = lines[span.line - 1] if span.line <= len(lines) else ""
    return Excerpt(line[start : start + _EXCERPT_LENGTH].rstrip(), span.column - start)


def _undecodable(error: UndecodableSourceError) -> Finding:
    return Finding(
        code=UNREADABLE_CODE,
        kind="",
        message=f"this file cannot be read as Python: {error.reason}",
        span=Span(0, 0, error.line, error.column, error.line, error.column + 1),
        scope="",
        logical_line=(error.line, error.line),
    )
