"""What `client-pool baseline` does, once its options are read."""

import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from flake8_client_pool.frontends.exit_codes import FOUND_NOTHING
from flake8_client_pool.frontends.writing import write_file, write_out, write_problem
from flake8_client_pool.policy.baseline import NAME, Baseline, Entry, entry_of, relative_path, written
from flake8_client_pool.policy.errors import ClientPoolError
from flake8_client_pool.policy.ratchet import counted
from flake8_client_pool.policy.selection import UNREADABLE_CODE
from flake8_client_pool.policy.verdict import Status
from flake8_client_pool.scan.baselines import Baselines
from flake8_client_pool.scan.survey import Survey, survey

Entries = Mapping[Entry, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselineRequest:
    """The options of `client-pool baseline`, as given; `allow_growth` is None or the reason."""

    directories: tuple[str, ...]
    config: str
    jobs: int
    update: bool = False
    allow_growth: str | None = None


def baseline(request: BaselineRequest) -> int:
    """Write or update the baseline of the configuration that holds in each directory; return the exit code.

    Raises:
        ClientPoolError: a baseline cannot be read or written, or the request contradicts itself.
    """
    if request.allow_growth is not None and not request.update:
        raise ClientPoolError("--allow-growth REASON lets entries into an existing baseline; add --update")
    if request.allow_growth is not None and not request.allow_growth.strip():
        raise ClientPoolError("--allow-growth needs a reason, which the baseline keeps beside the entries; write one")
    for directory in request.directories or (os.curdir,):
        (prune if request.update else _begin)(request, directory)
    return FOUND_NOTHING


def _begin(request: BaselineRequest, directory: str) -> None:
    surveyed = survey(directory, request.config, request.jobs)
    settings = surveyed.settings
    file = os.path.join(settings.root, NAME)
    if os.path.lexists(file):
        raise ClientPoolError(
            f"{file}: exists already; client-pool baseline --update removes what is fixed, and "
            "--update --allow-growth REASON lets new entries in"
        )
    if settings.is_strict_everywhere:
        raise ClientPoolError(
            f"{settings.source}: the gate is strict everywhere, so nothing can be pending; a baseline is for phases "
            "that it has not reached, or for unphased = pending"
        )
    entries = {entry: ("",) * count for entry, count in _pending(surveyed).items()}
    _write(file, entries)
    write_out(f"{file}: {counted(_size(entries))} known.\n")


def prune(request: BaselineRequest, directory: str) -> None:
    """Remove from a baseline what is fixed, and let in what is new where the request gives a reason for it.

    Raises:
        ClientPoolError: there is no baseline, or it cannot be read or written.
    """
    surveyed = survey(directory, request.config, request.jobs)
    settings = surveyed.settings
    known = Baselines().under(settings)
    if known is None:
        raise ClientPoolError(f"{settings.root}: there is no {NAME} to update; client-pool baseline writes one")
    pending = _pending(surveyed)
    kept = _kept(known, pending, surveyed)
    added = pending - Counter({entry: len(reasons) for entry, reasons in known.current.items()})
    grown = dict(kept)
    if request.allow_growth is not None:
        reason = " ".join(request.allow_growth.split())
        for entry, count in added.items():
            grown[entry] = (*grown.get(entry, ()), *((reason,) * count))
    if settings.is_strict_everywhere and not grown:
        os.unlink(known.file)
    elif grown != known.entries:
        _write(known.file, grown)
    _report(known, kept, grown, added)


def _pending(surveyed: Survey) -> Counter[Entry]:
    locations = {file.path: file.location for file in surveyed.files}
    root = surveyed.settings.root
    return Counter(
        entry_of(result.finding, relative_path(locations[result.path], root))
        for result in surveyed.run.others
        if result.status == Status.PENDING
    )


def _kept(known: Baseline, pending: Counter[Entry], surveyed: Survey) -> dict[Entry, tuple[str, ...]]:
    """Choose the entries that are still found, or may be, in a file that cannot be read just now."""
    root = surveyed.settings.root
    locations = {file.path: file.location for file in surveyed.files}
    unreadable = {
        relative_path(locations[result.path], root)
        for result in surveyed.run.judged
        if result.finding.code == UNREADABLE_CODE
    }
    kept = {
        entry: reasons if entry.path in unreadable else tuple(sorted(reasons))[: pending[entry]]
        for entry, reasons in known.current.items()
    }
    return {entry: reasons for entry, reasons in kept.items() if reasons}


def _write(file: str, entries: Entries) -> None:
    write_file(file, written(entries), "make the directory writable")


def _size(entries: Entries) -> int:
    return sum(map(len, entries.values()))


def _report(known: Baseline, kept: Entries, grown: Entries, added: Counter[Entry]) -> None:
    removed = _size(known.entries) - _size(kept)
    let_in = _size(grown) - _size(kept)
    changes = [f"{removed:,} removed", *([f"{let_in:,} let in"] if let_in else [])]
    if known.renames:
        changes.append(f"{len(known.renames):,} renamed")
    left = f"{counted(_size(grown))} known" if os.path.exists(known.file) else "nothing is left, so the file is gone"
    write_out(f"{known.file}: {', '.join(changes)}; {left}.\n")
    if added and not let_in:
        write_problem(
            f"not let in, and still errors: {counted(added.total())} in pending places; client-pool check "
            "shows them, --allow-growth REASON lets them in"
        )
