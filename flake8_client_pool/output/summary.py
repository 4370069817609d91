"""The figures under a run's results."""

from collections import Counter
from collections.abc import Iterable, Iterator

from flake8_client_pool.policy.verdict import Status
from flake8_client_pool.scan.run import Result, Run

ERRORS: frozenset[str] = frozenset({Status.ERROR})


def counted_by(values: Iterable[str]) -> dict[str, int]:
    """Count equal values, in the order of the alphabet."""
    return dict(sorted(Counter(values).items()))


def codes(results: Iterable[Result]) -> dict[str, int]:
    """Count results by code."""
    return counted_by(result.finding.code for result in results)


def shown(run: Run, statuses: frozenset[str]) -> tuple[Result, ...]:
    """Choose the findings that have one of some statuses, in the order of paths and places."""
    return run.results if statuses == ERRORS else tuple(each for each in run.judged if each.status in statuses)


def in_words(run: Run) -> str:
    """Sum a run up in one line."""
    files = number(run.files, "file")
    rest = "".join(f"; {part}" for part in _rest(run))
    if not run.results:
        return f"Nothing found in {files}{rest}."
    touched = len({result.path for result in run.results})
    return f"Found {number(len(run.results), 'finding')} in {touched} of {files}{rest}."


def _rest(run: Run) -> Iterator[str]:
    """Name the findings that do not count."""
    counts = {
        "pending": run.count(Status.PENDING),
        "known to the baseline": run.count(Status.BASELINED),
        "suppressed by comments": run.count(Status.SUPPRESSED),
        "there before": len(run.earlier),
    }
    return (f"{number(count, 'finding')} {what}" for what, count in counts.items() if count)


def number(count: int, thing: str) -> str:
    """Write how many things there are."""
    return f"{count:,} {thing}" if count == 1 else f"{count:,} {thing}s"
