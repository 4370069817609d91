"""Ask about each change before it is made, with the diff."""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from flake8_client_pool.fixes.differences import patch, patch_of_new
from flake8_client_pool.frontends.writing import write_out, write_problem
from flake8_client_pool.model import Applicability
from flake8_client_pool.output.summary import number
from flake8_client_pool.output.text import printable
from flake8_client_pool.scan.fixing import FixedFile, Task, Workbench

if TYPE_CHECKING:
    from flake8_client_pool.fixes.outcomes import Outcome
    from flake8_client_pool.model import Finding

_QUESTION = "Make this change? (y)es, (n)o, (a)ll that follow, (q)uit: "
_ANSWERS: Mapping[str, str] = {answer: answer[0] for answer in ("y", "yes", "n", "no", "a", "all", "q", "quit")}


class Asking:
    """Fixes what the user agrees to; an answer for all that follows holds to the end."""

    def __init__(self) -> None:
        """Begin without any answer."""
        self._for_all = ""

    def accepted(self, workbench: Workbench, tasks: list[Task], *, unsafe: bool) -> Iterator[FixedFile]:
        """Fix file by file; each question shows what one more change adds to those that were agreed to."""
        for task in tasks:
            yield _Questions(self, workbench, task, unsafe=unsafe).answered()

    def agrees(self, change: str, doubt: str) -> bool:
        """Ask about a change, unless an earlier answer holds; the end of the input is taken for the wish to quit."""
        if not self._for_all:
            write_out(change)
            answer = _answer(f"Unsafe: {printable(doubt)}\n{_QUESTION}" if doubt else _QUESTION)
            self._for_all = answer if answer in ("a", "q") else ""
            return answer in ("y", "a")
        return self._for_all == "a"


class _Questions:
    """The changes of one file: those that were agreed to, and what became of the other findings."""

    def __init__(self, asking: Asking, workbench: Workbench, task: Task, *, unsafe: bool) -> None:
        self._asking = asking
        self._workbench = workbench
        self._task = task
        self._unsafe = unsafe
        self._agreed: tuple[Finding, ...] = ()
        self._others: dict[Finding, Outcome] = {}

    def answered(self) -> FixedFile:
        done = self._with(())
        try:
            for finding in self._task.findings:
                done = self._asked(done, finding)
        except (KeyboardInterrupt, SystemExit):
            if self._agreed:
                agreed = number(len(self._agreed), "change")
                write_problem(f"{self._task.file.path}: {agreed} agreed to and not made")
            raise
        made = {**self._others, **dict(done.outcomes)}
        return replace(done, outcomes=tuple((finding, made[finding]) for finding in self._task.findings))

    def _asked(self, done: FixedFile, finding: "Finding") -> FixedFile:
        """Ask about one finding, and give what is made of the file now."""
        further = self._with((finding,))
        outcome = dict(further.outcomes)[finding]
        if outcome.status != "fixed":
            self._others[finding] = outcome
            return done
        change = _shown(done, further)
        doubt = outcome.reason if outcome.applicability is Applicability.UNSAFE else ""
        # What was agreed to may have changed this place already.
        if change and not self._asking.agrees(change, doubt):
            self._others[finding] = replace(outcome, status="skipped", reason="declined", new_file=None)
            return done
        self._agreed += (finding,)
        return further

    def _with(self, more: tuple["Finding", ...]) -> FixedFile:
        return self._workbench.fixed(replace(self._task, findings=(*self._agreed, *more)), unsafe=self._unsafe)


def _shown(done: FixedFile, further: FixedFile) -> str:
    """Show what comes to a file, and beside it, in a way that does nothing to a terminal."""
    patches = [patch(further.file.path, done.after, further.after)]
    new = {file: content for file, content in further.new_files.items() if file not in done.new_files}
    patches += [patch_of_new(file.path, content) for file, content in new.items()]
    lines = b"".join(patches).decode("utf-8", "backslashreplace").split("\n")
    return "\n".join(printable(line.removesuffix("\r")) for line in lines)


def _answer(question: str) -> str:
    write_out(question)
    while given := sys.stdin.readline():
        if answer := _ANSWERS.get(given.strip().lower()):
            return answer
        write_out(f"Answer y, n, a or q.\n{question}")
    return "q"
