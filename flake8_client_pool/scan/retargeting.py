"""The tests of fixed modules: which of their patches are to follow, and whether they share clients from now on."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from flake8_client_pool.engine import PATCHING_WORDS
from flake8_client_pool.model import Finding
from flake8_client_pool.policy.selection import CONSTRUCTOR_PATCHED_CODE, POOLS_NOT_EMPTIED_CODE
from flake8_client_pool.policy.settings import Settings
from flake8_client_pool.policy.verdict import Status
from flake8_client_pool.scan.bench import Bench, Terms
from flake8_client_pool.scan.discovery import SourceFile
from flake8_client_pool.scan.fixing import FixedFile, Task, Workbench, workbench_for
from flake8_client_pool.syntax.decoding import UndecodableSourceError, decode
from flake8_client_pool.syntax.regular_files import content_of


class Followers:
    """The tests among some files, seen as they are once other files are fixed."""

    def __init__(self, files: Iterable[SourceFile], fixed: Iterable[FixedFile]) -> None:
        """Look for tests among `files`; `fixed` is what the fix makes of some of them, not yet written."""
        self._fixed = {each.file.location: each for each in fixed}
        self._files = tuple(files)
        self._texts = {
            location: each.after for location, each in self._fixed.items() if each.after != each.before
        }
        self._benches: dict[int, tuple[Settings, Bench]] = {}

    def tasks(self) -> list[Task]:
        """Find the patches that are to follow, and the test trees that run pooled code by now, a task a file."""
        found = ((file, tuple(self._findings(file))) for file in self._files)
        return [Task(file, findings) for file, findings in found if findings]

    def workbench(self, tasks: list[Task]) -> Workbench:
        """Prepare to fix the tests as they are now."""
        return workbench_for(tasks, self._texts)

    def joined(self, followed: Iterable[FixedFile]) -> list[FixedFile]:
        """Join what becomes of the tests with what the fix made of all files, in the order of their paths."""
        all_files = dict(self._fixed)
        for each in followed:
            earlier = self._fixed.get(each.file.location)
            all_files[each.file.location] = (
                replace(each, before=earlier.before, outcomes=(*earlier.outcomes, *each.outcomes)) if earlier else each
            )
        return sorted(all_files.values(), key=lambda each: each.file.path)

    def _findings(self, file: SourceFile) -> Iterable[Finding]:
        codes = set(self._codes(file))
        data = self._content(file.location) if codes else b""
        if POOLS_NOT_EMPTIED_CODE not in codes and not any(word.encode() in data for word in PATCHING_WORDS):
            return ()
        try:
            verdict = self._bench(file.settings).verdict(file.location, data, decode(data))
        except UndecodableSourceError:
            return ()
        counting = (each.finding for each in verdict.judged if each.status is not Status.SUPPRESSED)
        return [finding for finding in counting if finding.code in codes]

    def _codes(self, file: SourceFile) -> Iterator[str]:
        """Name the rules by which there may be something to find in a file that was not found before."""
        if file.settings.looks_for_patches:
            yield CONSTRUCTOR_PATCHED_CODE
        known = self._fixed.get(file.location)
        is_known = known and any(finding.code == POOLS_NOT_EMPTIED_CODE for finding, _ in known.outcomes)
        if self._texts and not is_known and self._bench(file.settings).engine.begins_tests(file.location):
            yield POOLS_NOT_EMPTIED_CODE

    def _content(self, location: str) -> bytes:
        if location in self._texts:
            return self._texts[location]
        try:
            return content_of(location)
        except OSError:
            return b""

    def _bench(self, settings: Settings) -> Bench:
        if id(settings) not in self._benches:
            self._benches[id(settings)] = settings, Bench(settings, Terms(), self._texts)
        return self._benches[id(settings)][1]
