"""What is in force for a file."""

from dataclasses import dataclass, field

from flake8_client_pool.kinds import KINDS, ClientKind
from flake8_client_pool.policy.patterns import ANYWHERE
from flake8_client_pool.policy.selection import CONSTRUCTOR_PATCHED_CODE, POOLS_NOT_EMPTIED_CODE, Selection

DEFAULT_POOL_MODULE = "shared_clients"


@dataclass(frozen=True, slots=True)
class Phase:
    """One part of a repository, which the gate reaches as a whole.

    Attributes:
        name: what people call it.
        paths: patterns of its files, from the configuration's directory downward.
        owner: who brings it there; empty where the configuration does not say.
        due: the day by which the gate is to reach it, as YYYY-MM-DD; empty where there is none.
    """

    name: str
    paths: tuple[str, ...]
    owner: str = ""
    due: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The configuration of one part of a repository.

    Attributes:
        root: the absolute directory that patterns are relative to.
        source: the file that the settings were read from; empty when there is none.
        given: the keys that the file sets; all others have their defaults.
        pool_module: the dotted name of the module that clients are to come from.
        pool_paths: patterns of the files that may build clients.
        exclude: patterns of the files that are not checked.
        selection: the codes that count.
        kinds: the user's own kinds.
        phases: the parts of the repository in the order in which the gate reaches them.
        phase: how many of them it has reached.
        strict_unphased: whether what is in no phase counts as reached.
        strict_overdue: whether a phase whose day has passed counts as reached.
        reasons_required: whether a suppression comment must say why.
        suppression_forbidden: whether comments may not suppress anything that the gate has reached.
    """

    root: str
    source: str = ""
    given: frozenset[str] = frozenset()
    pool_module: str = DEFAULT_POOL_MODULE
    pool_paths: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    selection: Selection = field(default_factory=Selection)
    kinds: tuple[ClientKind, ...] = ()
    phases: tuple[Phase, ...] = ()
    phase: int = 0
    strict_unphased: bool = True
    strict_overdue: bool = False
    reasons_required: bool = False
    suppression_forbidden: bool = False

    @property
    def is_strict_everywhere(self) -> bool:
        """Whether the gate has reached all there is, so that nothing can be pending."""
        return self.phase == len(self.phases) and self.strict_unphased

    @property
    def active_kinds(self) -> tuple[ClientKind, ...]:
        """The kinds that the engine has to look for."""
        return self.selection.kinds((*KINDS, *self.kinds))

    @property
    def kinds_pooled_in_tests(self) -> tuple[ClientKind, ...]:
        """The kinds that make a test tree one that runs pooled code: all, or none where nobody asks for such trees."""
        return (*KINDS, *self.kinds) if self.selection.includes(POOLS_NOT_EMPTIED_CODE) else ()

    @property
    def looks_for_patches(self) -> bool:
        """Whether the engine has to look for tests that patch a constructor."""
        return self.selection.includes(CONSTRUCTOR_PATCHED_CODE)


def files_of(module: str) -> tuple[str, ...]:
    """Patterns of the files that make up a dotted `module`, wherever in the repository it stands.

    Services that are deployed on their own often carry a copy of the pool module below their directory, where
    it has the same dotted name: each copy is the pool of its service and has to build the clients.
    """
    path = module.replace(".", "/")
    return (f"{ANYWHERE}{path}", f"{ANYWHERE}{path}.py")
