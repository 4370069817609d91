"""Which files can build a client at all: a test on bytes, asked of every file, before any is parsed."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from os.path import abspath, dirname

from flake8_client_pool.constructors import Constructors
from flake8_client_pool.syntax.import_graph import ImportGraph
from flake8_client_pool.syntax.imported_files import ImportedFiles
from flake8_client_pool.syntax.repository import Repository

_NAME_CHARACTERS = frozenset(
    bytes((code,)) for code in range(256) if not chr(code).isascii() or chr(code).isalnum()
) | {b"_"}
_DOTTED = b"".join(_NAME_CHARACTERS | {b"."})
_WORD = re.compile(rb"\w+")
_AS = re.compile(rb"\s+as\s")

NamesTaken = Callable[[str, frozenset[bytes]], frozenset[bytes]]


@dataclass(frozen=True, slots=True)
class _Module:
    """What the bytes of one file say: the words that end a constructor's name, and what it imports.

    `hands_over` tells whether one of the words may stand where it is neither called nor merely mentioned.
    """

    words: frozenset[bytes]
    has_root: bool
    hands_over: bool
    imports: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Summary:
    """What a module and all that it imports say: is a client's library named, which names are given."""

    has_root: bool
    names: frozenset[bytes]


class Words:
    """Tells from the bytes of a file which identifiers in it could have to do with a client.

    A construction holds one of the words that end the known constructors' names, or a name that another module
    of the repository gave to one: `from .clients import Warehouse`. For names of the second kind, the imported
    modules that may give any are parsed: they are few.
    """

    def __init__(self, constructors: Constructors, repository: Repository, names_taken: NamesTaken) -> None:
        """Prepare the tests for a table of constructors.

        `names_taken` names what takes a client's class over in a module, given its path and the words to follow.
        """
        self._repository = repository
        self._names_taken = names_taken
        self._word = _Search(word.encode() for word in constructors.words | constructors.factories)
        self._root = _Search(root.encode() for root in constructors.roots)
        self._imported = ImportedFiles(repository)
        self._modules: dict[str, _Module] = {}
        self._graph: ImportGraph[_Summary] = ImportGraph(lambda module: self._module(module).imports, self._sum_up)

    def of(self, path: str, data: bytes) -> tuple[str, ...]:
        """Name the identifiers in a file that could have to do with a client; empty when none is built there."""
        module = self._read(abspath(path), data)
        imported: list[_Summary] = [self._graph.summary(each) for each in module.imports]
        found: frozenset[bytes] = module.words
        if given := frozenset[bytes]().union(*(each.names for each in imported)):
            found = found.union(given.intersection(_WORD.findall(data)))
        if not found or not (module.has_root or any(each.has_root for each in imported)):
            return ()
        return tuple(sorted(word.decode() for word in found))

    def reach(self, path: str, data: bytes) -> bool:
        """Tell whether any module that a file imports, itself or through others, names what a client comes from."""
        module = self._modules.get(abspath(path)) or self._read(abspath(path), data)
        return any(self._graph.summary(each).has_root for each in module.imports)

    def _sum_up(self, modules: list[str], imported: list[_Summary]) -> _Summary:
        """Find the names of their own that modules give to a client's class, or to a name that was given so."""
        parts = [*imported, *map(self._own_summary, modules)]
        names = new = frozenset[bytes]().union(*(each.names for each in parts))
        while new:
            new = frozenset(name for each in modules for name in self._given_further(each, new)) - names
            names |= new
        return _Summary(any(each.has_root for each in parts), names)

    def _own_summary(self, path: str) -> _Summary:
        module = self._module(path)
        names = self._names_taken(path, module.words) if module.hands_over else frozenset[bytes]()
        return _Summary(module.has_root, names - module.words)

    def _given_further(self, module: str, names: frozenset[bytes]) -> Iterable[bytes]:
        present = names.intersection(_WORD.findall(self._data(module)))
        return self._names_taken(module, present | self._module(module).words) if present else ()

    def _module(self, path: str) -> _Module:
        return self._modules.get(path) or self._read(path, self._data(path))

    def _data(self, path: str) -> bytes:
        return self._repository.read(path) if path.endswith(".py") else b""

    def _read(self, path: str, data: bytes) -> _Module:
        places = self._word.places(data)
        module = self._modules[path] = _Module(
            words=frozenset(data[start:end] for start, end in places),
            has_root=self._root.occurs(data),
            hands_over=any(_may_hand_over(data, *place) for place in places),
            imports=self._imported.by(dirname(path), data),
        )
        return module


class _Search:
    """Looks for whole words in bytes; a plain search for each is several times as fast as one for a pattern."""

    def __init__(self, words: Iterable[bytes]) -> None:
        self._words = sorted(words)
        self._parts = [word for word in self._words if not any(other in word for other in self._words if other != word)]

    def occurs(self, data: bytes) -> bool:
        """Tell whether any of the words is found."""
        return any(True for word in self._words for _ in _places(data, word))

    def places(self, data: bytes) -> list[tuple[int, int]]:
        """Give the start and the end of every word that is found."""
        if not any(part in data for part in self._parts):
            return []
        return [place for word in self._words if word in data for place in _places(data, word)]


def _places(data: bytes, word: bytes) -> Iterator[tuple[int, int]]:
    start = data.find(word)
    while start >= 0:
        end = start + len(word)
        if data[end : end + 1] not in _NAME_CHARACTERS and data[max(start - 1, 0) : start] not in _NAME_CHARACTERS:
            yield start, end
        start = data.find(word, end)


def _may_hand_over(data: bytes, start: int, end: int) -> bool:
    """Tell whether a word may do more than to be called, imported under its own name, annotated or mentioned."""
    if _AS.match(data, end):
        return True
    line = data.rfind(b"\n", 0, start) + 1
    before = data[line:start]
    is_used = data[end : end + 1] in (b"(", b".") or before.lstrip().startswith((b"from ", b"import "))
    return not is_used and b"#" not in before and not _is_annotation(before)


def _is_annotation(before: bytes) -> bool:
    prefix = before.rstrip(_DOTTED).rstrip()
    return prefix.endswith((b"->", b"[", b"|")) or (prefix.endswith(b":") and b"lambda" not in before)
