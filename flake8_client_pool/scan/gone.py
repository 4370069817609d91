"""Baseline entries of files that are no longer there, which no inspection of a file can notice."""

import os
from collections.abc import Container, Iterable, Iterator

from flake8_client_pool.model import Finding, Span
from flake8_client_pool.policy.baseline import Baseline
from flake8_client_pool.policy.ratchet import UPDATE, counted
from flake8_client_pool.policy.selection import OUTDATED_BASELINE_CODE
from flake8_client_pool.policy.settings import Settings
from flake8_client_pool.scan.baselines import Baselines
from flake8_client_pool.scan.discovery import SourceFile
from flake8_client_pool.scan.inspection import Excerpt
from flake8_client_pool.scan.run import Outdated, Result


def gone(
    settings: Iterable[Settings], baselines: Baselines, paths: Iterable[str], files: Iterable[SourceFile]
) -> Iterator[Outdated]:
    """List what the baselines under `settings` have of files that are gone from the absolute `paths` or below.

    A file is gone, too, when it is none of the checked `files` under the same configuration where it went to.
    """
    covered = tuple(f"{path.rstrip('/')}/" for path in paths)
    checked = {(file.settings.root, file.location) for file in files}
    for each in {each.root: each for each in settings}.values():
        if baseline := baselines.under(each):
            yield from _gone_from(baseline, each, covered, checked)


def _gone_from(
    baseline: Baseline, settings: Settings, covered: tuple[str, ...], checked: Container[tuple[str, str]]
) -> Iterator[Outdated]:
    for path in sorted(baseline.gone):
        now = baseline.renames.get(path, path)
        places = [os.path.join(settings.root, each) for each in (path, now)]
        if all(f"{place}/".startswith(covered) for place in places) and (settings.root, places[1]) not in checked:
            entries = baseline.by_path[now].entries.elements()
            fixed = [entry for entry in entries if settings.selection.includes(entry.code)]
            if fixed:
                yield Outdated(path, tuple(sorted(fixed)), baseline_file=os.path.relpath(baseline.file))


def as_result(outdated: Outdated) -> Result:
    """Make the error that says so, at the baseline's own file."""
    number = counted(len(outdated.fixed))
    finding = Finding(
        code=OUTDATED_BASELINE_CODE,
        kind="",
        message=f"the baseline still lists {number} of {outdated.path}, which is gone; {UPDATE}",
        span=Span(0, 0, 1, 1, 1, 2),
        scope="",
        logical_line=(1, 1),
    )
    return Result(outdated.baseline_file, finding, Excerpt("", 1))
