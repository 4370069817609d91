"""Which codes count: chosen by prefix, as in flake8."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from flake8_client_pool.kinds import KINDS, ClientKind
from flake8_client_pool.policy.errors import ConfigurationError

BARE_PREFIX = "CPL"
USER_KIND_CODE = "CPL100"
HANDED_ON_CODE = "CPL110"
BUILT_OVER_BASE_CODE = "CPL202"
CONSTRUCTOR_PATCHED_CODE = "CPL301"
POOLS_NOT_EMPTIED_CODE = "CPL302"
UNREADABLE_CODE = "CPL900"
UNUSED_SUPPRESSION_CODE = "CPL901"
UNREASONED_SUPPRESSION_CODE = "CPL902"
FORBIDDEN_SUPPRESSION_CODE = "CPL903"
OUTDATED_BASELINE_CODE = "CPL904"
CODES = tuple(
    sorted(
        {
            *(kind.code for kind in KINDS),
            USER_KIND_CODE,
            HANDED_ON_CODE,
            BUILT_OVER_BASE_CODE,
            CONSTRUCTOR_PATCHED_CODE,
            POOLS_NOT_EMPTIED_CODE,
            UNREADABLE_CODE,
            UNUSED_SUPPRESSION_CODE,
            UNREASONED_SUPPRESSION_CODE,
            FORBIDDEN_SUPPRESSION_CODE,
            OUTDATED_BASELINE_CODE,
        }
    )
)
# About the suppressions and the baseline themselves: a comment that hid these would hide how much is hidden.
UNSUPPRESSIBLE_CODES = frozenset(
    {UNREASONED_SUPPRESSION_CODE, FORBIDDEN_SUPPRESSION_CODE, OUTDATED_BASELINE_CODE}
)
# Rules about clients of whatever kind.
_ABOUT_ANY_KIND = (HANDED_ON_CODE, BUILT_OVER_BASE_CODE, CONSTRUCTOR_PATCHED_CODE)
OFF_UNLESS_SELECTED = frozenset(kind.code for kind in KINDS if not kind.default) | {CONSTRUCTOR_PATCHED_CODE}

_PREFIX = re.compile(r"CPL[0-9]{0,3}")


@dataclass(frozen=True, slots=True)
class Selection:
    """The codes that count.

    `select` empty stands for every code that is on by default. Where a code is both selected and ignored the
    longer prefix wins, and ignoring wins a tie. A code that is off by default needs a prefix with a digit in
    it: `CPL` alone, which many flake8 configurations hold to let the plugin in, does not turn it on.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()

    def includes(self, code: str) -> bool:
        """Tell whether findings with `code` count."""
        selected = _longest(code, self.select)
        ignored = _longest(code, self.ignore)
        if code in OFF_UNLESS_SELECTED and selected <= len(BARE_PREFIX):
            return False
        if not self.select:
            return not ignored
        return selected > ignored

    def reaches(self, prefix: str) -> bool:
        """Tell whether any code that begins with `prefix` counts, or would if there were one."""
        candidates = [code for code in CODES if code.startswith(prefix)] or [prefix]
        return any(map(self.includes, candidates))

    def kinds(self, kinds: Iterable[ClientKind]) -> tuple[ClientKind, ...]:
        """Choose the kinds that have to be looked for so that every included code can be found."""
        any_kind = any(map(self.includes, _ABOUT_ANY_KIND))
        return tuple(kind for kind in kinds if self.includes(kind.code) or (any_kind and kind.default))


def checked_prefixes(prefixes: Iterable[str], place: str) -> tuple[str, ...]:
    """Return `prefixes` as they are.

    Raises:
        ConfigurationError: one of them begins no code; `place` says where it was found.
    """
    prefixes = tuple(prefixes)
    for prefix in prefixes:
        if not _PREFIX.fullmatch(prefix) or not any(code.startswith(prefix) for code in CODES):
            raise ConfigurationError(f"{place}: {prefix!r} begins no code; the codes are {', '.join(CODES)}")
    return prefixes


def _longest(code: str, prefixes: tuple[str, ...]) -> int:
    return max((len(prefix) for prefix in prefixes if code.startswith(prefix)), default=0)
