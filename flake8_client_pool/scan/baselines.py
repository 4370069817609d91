"""The baselines of a run: each read once, with the renames that git knows."""

import os
from dataclasses import replace

from flake8_client_pool.policy.baseline import NAME, Baseline, read_baseline
from flake8_client_pool.policy.settings import Settings
from flake8_client_pool.scan.git import renamed_since_change_of


class Baselines:
    """Answers which baseline holds under which settings: the one beside the configuration."""

    def __init__(self, *, ignored: bool = False) -> None:
        """Have read none yet; with `ignored` none ever holds."""
        self._ignored = ignored
        self._read: dict[str, Baseline | None] = {}

    def under(self, settings: Settings) -> Baseline | None:
        """Return the baseline for the files under `settings`; None when there is none.

        Raises:
            BaselineError: it is damaged, in conflict or too new.
        """
        if self._ignored or not settings.source:
            return None
        if settings.root not in self._read:
            self._read[settings.root] = _with_renames(read_baseline(os.path.join(settings.root, NAME)), settings.root)
        return self._read[settings.root]


def _with_renames(baseline: Baseline | None, root: str) -> Baseline | None:
    """Ask git where the files went that are no longer where the baseline has them."""
    if baseline is None:
        return None
    gone = frozenset(path for path in baseline.paths if not os.path.lexists(f"{root}/{path}"))
    renames = renamed_since_change_of(baseline.file) if gone else {}
    return replace(baseline, gone=gone, renames={old: new for old, new in renames.items() if old in gone})
