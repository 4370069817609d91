"""The figures under a run's results."""

from collections import Counter
from collections.abc import Iterable

from flake8_client_pool.scan.run import Result, Run


def counted_by(values: Iterable[str]) -> dict[str, int]:
    """Count equal values, in the order of the alphabet."""
    return dict(sorted(Counter(values).items()))


def codes(results: Iterable[Result]) -> dict[str, int]:
    """Count results by code."""
    return counted_by(result.finding.code for result in results)


def in_words(run: Run) -> str:
    """Sum a run up in one line."""
    files = _number(run.files, "file")
    hidden = f"; {_number(run.suppressed, 'finding')} suppressed by comments" if run.suppressed else ""
    if not run.results:
        return f"Nothing found in {files}{hidden}."
    touched = len({result.path for result in run.results})
    return f"Found {_number(len(run.results), 'finding')} in {touched} of {files}{hidden}."


def _number(count: int, thing: str) -> str:
    return f"{count:,} {thing}" if count == 1 else f"{count:,} {thing}s"
