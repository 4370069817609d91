"""Ask about each change before it is made, with the diff."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from flake8_client_pool.fixes.differences import patch, patch_of_new
from flake8_client_pool.frontends.writing import write_out
from flake8_client_pool.scan.fixing import FixedFile, Task, Workbench

if TYPE_CHECKING:
    from flake8_client_pool.fixes.outcomes import Outcome
    from flake8_client_pool.model import Finding

_CHOICES = click.Choice(["y", "n", "a", "q"])
_QUESTION = "Make this change? (y)es, (n)o, (a)ll that follow, (q)uit"


class _Answers:
    """What was answered so far, where it holds for all that follows."""

    def __init__(self) -> None:
        self.for_all = ""

    def accepts(self, fixed: FixedFile) -> bool:
        if self.for_all:
            return self.for_all == "a"
        patches = [patch(fixed.file.path, fixed.before, fixed.after)]
        patches += [patch_of_new(file.path, content) for file, content in fixed.new_files.items()]
        write_out(b"".join(patches).decode("utf-8", "backslashreplace"))
        answer: str = click.prompt(_QUESTION, type=_CHOICES, show_choices=False)
        self.for_all = answer if answer in ("a", "q") else ""
        return answer in ("y", "a")


class Asking:
    """Fixes what the user agrees to; an answer for all that follows holds to the end."""

    def __init__(self) -> None:
        """Begin without any answer."""
        self._answers = _Answers()

    def accepted(self, workbench: Workbench, tasks: list[Task], *, unsafe: bool) -> Iterator[FixedFile]:
        """Fix file by file; each question shows the change of one finding alone."""
        for task in tasks:
            yield _accepted(workbench, task, self._answers, unsafe=unsafe)


def _accepted(workbench: Workbench, task: Task, answers: _Answers, *, unsafe: bool) -> FixedFile:
    agreed: list[Finding] = []
    others: dict[Finding, Outcome] = {}
    for finding in task.findings:
        alone = workbench.fixed(replace(task, findings=(finding,)), unsafe=unsafe)
        outcome = alone.outcomes[0][1]
        if outcome.status != "fixed":
            others[finding] = outcome
        elif answers.accepts(alone):
            agreed.append(finding)
        else:
            others[finding] = replace(outcome, status="skipped", reason="declined", new_file=None)
    done = workbench.fixed(replace(task, findings=tuple(agreed)), unsafe=unsafe)
    made = {**others, **dict(done.outcomes)}
    return replace(done, outcomes=tuple((finding, made[finding]) for finding in task.findings))
