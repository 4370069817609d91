"""A progress bar for runs that take long enough to wonder."""

import time
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from rich.progress import Progress

Item = TypeVar("Item")

PATIENCE_SECONDS = 0.7


def with_progress_bar(
    items: Iterable[Item], total: int, doing: str = "Checking", clock: Callable[[], float] = time.monotonic
) -> Iterator[Item]:
    """Pass `items` on; once they take longer than a moment, draw on standard error how many there were."""
    begin = clock()
    bar: Progress | None = None
    try:
        for number, item in enumerate(items, 1):
            yield item
            if bar is None and clock() - begin > PATIENCE_SECONDS:
                bar = _started_bar(doing, total)
            if bar is not None:
                bar.update(bar.task_ids[0], completed=number)
    finally:
        if bar is not None:
            bar.stop()


def _started_bar(doing: str, total: int) -> "Progress":
    from rich.console import Console
    from rich.progress import Progress

    bar = Progress(console=Console(stderr=True), transient=True)
    bar.add_task(doing, total=total)
    bar.start()
    return bar


def without_progress_bar(items: Iterable[Item], _total: int, _doing: str = "") -> Iterator[Item]:
    """Pass `items` on."""
    yield from items
