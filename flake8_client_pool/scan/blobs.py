"""What each content of a file in git's store holds: every one is read once, whatever paths and commits it is in.

Names are followed within the file alone. What they mean elsewhere would hang on the other files of each commit, and one
content would have as many answers as there are commits that have it.
"""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from flake8_client_pool.engine import Engine
from flake8_client_pool.kinds import ClientKind
from flake8_client_pool.policy.settings import Settings
from flake8_client_pool.scan.cache import fingerprint
from flake8_client_pool.scan.git_history import at_hand, contents
from flake8_client_pool.scan.inspection import stand_in
from flake8_client_pool.scan.kept import CACHE_DIRECTORY, keep, kept
from flake8_client_pool.scan.workers import processes
from flake8_client_pool.syntax.decoding import UndecodableSourceError, decode

if TYPE_CHECKING:
    from concurrent.futures import Executor

_BLOBS_WORTH_PROCESSES = 400
_BLOBS_IN_A_SHARE = 150
_FILE = "history-"
_ANYWHERE = "/file.py"


class Count(NamedTuple):
    """How many clients of a kind a content takes from the pool, or builds."""

    kind: str
    pooled: bool
    number: int


Tally = tuple[Count, ...]
Told = tuple[str, Tally | None]
"""The name of a content, and what it holds; None where this clone lacks it."""

Watch = Callable[[Iterable[Told], int], Iterator[Told]]


@dataclass(frozen=True, slots=True)
class Means:
    """What the counting has to work with.

    Attributes:
        jobs: how many processes may work.
        watch: gets the contents as they are counted, and their number, and passes them on.
        executor: gets the work in the place of processes, where there is one; it has to see the same store.
    """

    jobs: int
    watch: Watch
    executor: "Executor | None" = None


@dataclass(frozen=True, slots=True)
class Share:
    """Contents for one task, with all that a process, or another machine with the same store, has to know."""

    directory: str
    blobs: tuple[str, ...]
    kinds: tuple[ClientKind, ...]
    pool_module: str


def tallied(share: Share) -> list[Told]:
    """Count what every content of a share holds."""
    engine = Engine.in_file(share.kinds, share.pool_module)
    return [
        (blob, None if data is None else _tally(engine, data)) for blob, data in contents(share.directory, share.blobs)
    ]


def _tally(engine: Engine, data: bytes) -> Tally:
    try:
        text = decode(data)
    except UndecodableSourceError:
        text = stand_in(data)
        data = text.encode()
    found = Counter((use.kind, use.pooled) for use in engine.client_uses(_ANYWHERE, data, text))
    return tuple(Count(kind, pooled, number) for (kind, pooled), number in sorted(found.items()))


def tallies(directory: str, blobs: Sequence[str], settings: Settings, means: Means) -> dict[str, Tally]:
    """Count what each of some contents in the store of `directory` holds.

    What an earlier run found out is kept in the cache of `settings`. Contents that this clone lacks are missing from
    the answer. Contents that lie side by side in `blobs` had best be alike: git stores them as differences.

    Raises:
        ClientPoolError: git cannot read its store, or a worker process ended before its time.
    """
    file = os.path.join(directory, CACHE_DIRECTORY, f"{_FILE}{fingerprint(settings)}.json")
    known = _known(file)
    new = [blob for blob in dict.fromkeys(blobs) if blob not in known]
    if new := at_hand(directory, new):
        found = means.watch(_told(_shares(directory, new, settings), means), len(new))
        known |= {blob: tally for blob, tally in found if tally is not None}
        keep(file, known)
    return {blob: known[blob] for blob in blobs if blob in known}


def _known(file: str) -> dict[str, Tally]:
    loaded: Any = kept(file)
    try:
        entries = loaded.items()
        return {blob: tuple(Count(kind, bool(pooled), int(n)) for kind, pooled, n in tally) for blob, tally in entries}
    except (AttributeError, TypeError, ValueError):
        return {}


def _shares(directory: str, blobs: Sequence[str], settings: Settings) -> list[Share]:
    starts = range(0, len(blobs), _BLOBS_IN_A_SHARE)
    kinds = settings.active_kinds
    return [
        Share(directory, tuple(blobs[start : start + _BLOBS_IN_A_SHARE]), kinds, settings.pool_module)
        for start in starts
    ]


def _told(shares: list[Share], means: Means) -> Iterator[Told]:
    if means.executor:
        yield from _told_by(means.executor, shares)
    elif means.jobs == 1 or sum(len(share.blobs) for share in shares) < _BLOBS_WORTH_PROCESSES:
        yield from chain.from_iterable(map(tallied, shares))
    else:
        with processes(means.jobs) as executor:
            yield from _told_by(executor, shares)


def _told_by(executor: "Executor", shares: Iterable[Share]) -> Iterator[Told]:
    from concurrent.futures import as_completed

    for future in as_completed([executor.submit(tallied, share) for share in shares]):
        yield from future.result()
