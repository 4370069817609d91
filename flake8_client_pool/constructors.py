"""The known clients turned around: from a qualified name to what a call of it builds."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from flake8_client_pool.kinds import ClientKind


@dataclass(frozen=True, slots=True)
class Construction:
    """What a call of a qualified name builds.

    Attributes:
        kind: the kind of the client.
        constructor: the qualified name of the class, or of the function that builds one.
        factory: the class method that is called instead of the class, or empty.
        method: the client's own method of the same signature where a function builds a client for one call.
    """

    kind: ClientKind
    constructor: str
    factory: str = ""
    method: str = ""


class Constructors:
    """Every qualified name that builds a client, and the words by which a file can be told to hold one."""

    def __init__(self, kinds: Iterable[ClientKind]) -> None:
        """Index `kinds`."""
        self.kinds = tuple(kinds)
        self._by_name = {name: construction for kind in self.kinds for name, construction in _names(kind)}

    def get(self, name: str) -> Construction | None:
        """Tell what a call of a qualified name builds, or None."""
        return self._by_name.get(name)

    def in_module(self, _path: str, _name: str) -> str:
        """Give the qualified name of what a module of the repository has under a name; empty where it is not known."""
        return ""

    def is_getter(self, _name: str) -> bool:
        """Tell whether a qualified name is a getter of the pool module: among constructors, none is."""
        return False

    def ending_in(self, name: str) -> Construction | None:
        """Tell what a call of a name builds of which only the last parts are known: `bigquery.Client`."""
        found = [what for full, what in self._by_name.items() if full.endswith(f".{name}") and _is_class(what)]
        kinds = {what.kind.name for what in found}
        return found[0] if len(kinds) == 1 else None

    def classes_in(self, module: str) -> list[Construction]:
        """List the clients' classes of a qualified module, unless it also has functions that build a client a call."""
        if self.leads_to_method(module):
            return []
        return [what for name, what in self._by_name.items() if name.rpartition(".")[0] == module and _is_class(what)]

    def class_of(self, name: str) -> Construction | None:
        """Tell what a qualified name builds if it is a client's class itself, and no function or class method."""
        found = self.get(name)
        return found if found and _is_class(found) else None

    def leads_to_method(self, name: str) -> bool:
        """Tell whether `name` is a module whose functions build a client for one call."""
        return name in self._method_modules

    def is_known(self, name: str) -> bool:
        """Tell whether a qualified name is a constructor or a module or package above one."""
        return name in self._by_name or name in self._prefixes

    @cached_property
    def words(self) -> frozenset[str]:
        """The identifiers of which each construction holds one, unless a name of the repository stands for it."""
        last = {name.rpartition(".")[2] for name, what in self._by_name.items() if not what.method}
        return frozenset(last | {module.rpartition(".")[2] for module in self._method_modules})

    @cached_property
    def factories(self) -> frozenset[str]:
        """The names of all class methods that build a client."""
        return frozenset(factory for kind in self.kinds for factory in kind.factories)

    @cached_property
    def roots(self) -> frozenset[str]:
        """The first parts of all qualified names: a file that names none of them gets its clients from another."""
        return frozenset(name.partition(".")[0] for name in self._by_name)

    @cached_property
    def module_names(self) -> frozenset[str]:
        """The names under which the constructors' modules are most often used, worth a look in the first pass.

        A module below another that has the same constructor is left out: `client` is a name for anything.
        """
        modules = {name.rpartition(".")[0] for name, what in self._by_name.items() if not what.factory}
        upper = {module for module in modules if modules.isdisjoint(_parents(module))}
        return frozenset(module.rpartition(".")[2] for module in upper) | self.roots

    @cached_property
    def _prefixes(self) -> frozenset[str]:
        return frozenset(prefix for name in self._by_name for prefix in _parents(name))

    @cached_property
    def _method_modules(self) -> frozenset[str]:
        return frozenset(name.rpartition(".")[0] for name, what in self._by_name.items() if what.method)


class PoolGetters(Constructors):
    """The getters of a pool module beside the constructors: what is followed to its calls takes from the pool.

    The same resolution serves both, so that a getter is seen behind whatever a constructor would be seen behind. The
    words are those of the getters alone.
    """

    def __init__(self, constructors: Constructors, pool_module: str) -> None:
        """Index the getters of all kinds in `constructors`, in `pool_module` and in every module below it."""
        super().__init__(
            replace(kind, constructors=(f"{pool_module}.{kind.getter}",), factories=(), methods={})
            for kind in constructors.kinds
        )
        self._pool = pool_module
        self._constructors = constructors

    def get(self, name: str) -> Construction | None:
        """Tell which client a call of a qualified name takes from the pool, or builds; None when neither."""
        if self.is_getter(name):
            return super().get(f"{self._pool}.{name.rpartition('.')[2]}")
        return self._constructors.get(name)

    def is_getter(self, name: str) -> bool:
        """Tell whether a qualified name is a getter of the pool module, or of a module below it."""
        module, _, function = name.rpartition(".")
        return function in self.roots and self._is_inside(module)

    def in_module(self, path: str, name: str) -> str:
        """Give the qualified name of a getter in the pool module; empty for all else, and in other modules."""
        dotted = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        return f"{self._pool}.{name}" if name in self.roots and f".{self._pool}." in f"{dotted}." else ""

    def class_ending_in(self, name: str) -> bool:
        """Tell whether a client's class may be meant by the last parts of its name: `bigquery.Client`."""
        return self._constructors.ending_in(name) is not None

    def is_known(self, name: str) -> bool:
        """Tell whether a qualified name is the pool module, in it, or known to the constructors."""
        return self._is_inside(name) or self._constructors.is_known(name)

    @cached_property
    def roots(self) -> frozenset[str]:
        """The getters: a file that names none of them, and imports none that does, takes nothing from the pool."""
        return frozenset(kind.getter for kind in self.kinds)

    def _is_inside(self, module: str) -> bool:
        return module == self._pool or module.startswith(f"{self._pool}.")


def _is_class(construction: Construction) -> bool:
    return not construction.factory and not construction.method


def _names(kind: ClientKind) -> Iterator[tuple[str, Construction]]:
    for constructor in kind.constructors:
        yield constructor, Construction(kind, constructor)
        for factory in kind.factories:
            yield f"{constructor}.{factory}", Construction(kind, constructor, factory=factory)
    for function, method in kind.methods.items():
        yield function, Construction(kind, function, method=method)


def _parents(name: str) -> Iterator[str]:
    while "." in name:
        name = name.rpartition(".")[0]
        yield name
