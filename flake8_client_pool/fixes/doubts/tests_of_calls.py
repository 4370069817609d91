"""Which tests look at how a module builds its clients: with a pool they are built elsewhere, and less often."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from flake8_client_pool.fixes.doubts.outside_uses import OutsideUses
from flake8_client_pool.kinds import ClientKind
from flake8_client_pool.rules.looks import WORDS, Look, What, looks
from flake8_client_pool.rules.patches import Patch, patches
from flake8_client_pool.rules.taking import Takers
from flake8_client_pool.syntax.modules import Modules

_PATCHING = (b"patch", b"setattr")


@dataclass(frozen=True, slots=True)
class TestOfCalls:
    """The path of a test, and what it looks at there."""

    __test__ = False

    path: str
    look: Look


class TestsOfCalls:
    """Reads the tests that replace clients' classes, each once, when the first question comes."""

    __test__ = False

    def __init__(self, modules: Modules, takers: Takers, outside: OutsideUses) -> None:
        """Read the tests among the files of `outside`, and tell by `takers` which modules they are about."""
        self._modules = modules
        self._takers = takers
        self._outside = outside

    def look_at(self, path: str, kind: ClientKind, gives_the_same: Callable[[str], bool]) -> TestOfCalls | None:
        """Find a test that looks at how the module at a path builds clients of a kind; None for none.

        `gives_the_same` tells whether the pool gives the class the same arguments as the module, or the same for one
        keyword alone, so that it does no harm to look at them.
        """
        for test in self._found.get((path, kind.name), ()):
            if test.look.what is What.NUMBER or test.look.names_none or not gives_the_same(test.look.keyword):
                return test
        return None

    @cached_property
    def _found(self) -> dict[tuple[str, str], list[TestOfCalls]]:
        words = tuple(f"{word}{quote}".encode() for word in self._modules.constructors.words for quote in "\"'")
        looking = (*map(str.encode, WORDS), *(word + b"," for word in words))
        found: dict[tuple[str, str], list[TestOfCalls]] = defaultdict(list)
        for path in self._outside.holding(_PATCHING, words, looking):
            for patch, look in self._looks(path):
                kind = patch.construction.kind
                for module in self._takers.nearest_building(patch.module or path, kind):
                    found[module, kind.name].append(TestOfCalls(path, look))
        return found

    def _looks(self, path: str) -> Iterator[tuple[Patch, Look]]:
        names = self._modules.names(path)
        if names:
            for patch in (each for each in patches(names) if not each.library):
                yield from ((patch, look) for look in looks(names, patch))
