"""What is in force for a file."""

from dataclasses import dataclass, field

from flake8_client_pool.kinds import KINDS, ClientKind
from flake8_client_pool.policy.patterns import ANYWHERE
from flake8_client_pool.policy.selection import Selection

DEFAULT_POOL_MODULE = "shared_clients"


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
    """

    root: str
    source: str = ""
    given: frozenset[str] = frozenset()
    pool_module: str = DEFAULT_POOL_MODULE
    pool_paths: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    selection: Selection = field(default_factory=Selection)
    kinds: tuple[ClientKind, ...] = ()

    @property
    def active_kinds(self) -> tuple[ClientKind, ...]:
        """The kinds that the engine has to look for."""
        return self.selection.kinds((*KINDS, *self.kinds))


def files_of(module: str) -> tuple[str, ...]:
    """Patterns of the files that make up a dotted `module`, wherever in the repository it stands.

    Services that are deployed on their own often carry a copy of the pool module below their directory, where
    it has the same dotted name: each copy is the pool of its service and has to build the clients.
    """
    path = module.replace(".", "/")
    return (f"{ANYWHERE}{path}", f"{ANYWHERE}{path}.py")
