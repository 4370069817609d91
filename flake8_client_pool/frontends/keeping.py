"""Put what a fix makes of the files in their place, as far as that may be."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from flake8_client_pool.fixes.outcomes import Outcome
from flake8_client_pool.fixes.writing import NotWrittenError, create_file, replace_file
from flake8_client_pool.frontends.writing import write_problem
from flake8_client_pool.output.summary import number
from flake8_client_pool.scan.discovery import SourceFile
from flake8_client_pool.scan.fixing import FixedFile
from flake8_client_pool.scan.workers import raising_on_termination


class Keeper:
    """Writes files, or only says which could be written."""

    def __init__(self, paths: Iterable[str], *, writes: bool) -> None:
        """Prepare to change files, but none that lies outside of `paths`."""
        self._given = [os.path.realpath(path) for path in paths]
        self._writes = writes
        self._changed = 0

    @contextmanager
    def telling_when_interrupted(self) -> Iterator[None]:
        """Say what was changed already should the process be stopped."""
        try:
            with raising_on_termination():
                yield
        except (KeyboardInterrupt, SystemExit):
            if self._writes:
                done = f"{number(self._changed, 'file')} changed already" if self._changed else "no file was changed"
                write_problem(f"stopped; {done}; run again for the rest")
            raise

    def kept(self, fixed: FixedFile) -> FixedFile:
        """Write one file and those that are made beside it; what cannot be written is reported as it is."""
        fixed = self._with_new_files(fixed)
        if fixed.before == fixed.after:
            return fixed
        if self._is_outside(fixed.file):
            return _not_written(fixed, "it is a link to a file outside of what is to be fixed")
        if not self._writes:
            return fixed
        try:
            replace_file(fixed.file.location, fixed.before, fixed.after)
        except NotWrittenError as error:
            return _not_written(fixed, str(error))
        self._changed += 1
        return fixed

    def _with_new_files(self, fixed: FixedFile) -> FixedFile:
        for file, content in fixed.new_files.items():
            if self._is_outside(file):
                return fixed.without_new_files("skipped", f"{file.path} would lie outside of what is to be fixed")
            try:
                if self._writes:
                    create_file(file.location, content)
                    self._changed += 1
            except NotWrittenError as error:
                return fixed.without_new_files("failed", f"{file.path}: {error}")
        return fixed

    def _is_outside(self, file: SourceFile) -> bool:
        """Tell whether a file, or that to which it is a link, lies beyond the paths that were given."""
        target = os.path.realpath(file.location)
        return not any(target == path or target.startswith(os.path.join(path, "")) for path in self._given)


def _not_written(fixed: FixedFile, reason: str) -> FixedFile:
    outcomes = tuple(
        (finding, replace(outcome, status="failed", reason=reason) if _is_in_file(outcome) else outcome)
        for finding, outcome in fixed.outcomes
    )
    return replace(fixed, after=fixed.before, outcomes=outcomes)


def _is_in_file(outcome: Outcome) -> bool:
    return outcome.status == "fixed" and outcome.new_file is None
