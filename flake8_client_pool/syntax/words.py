"""Which files can build a client at all: a test on bytes, asked of every file, before any is parsed."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from os.path import abspath, dirname

from flake8_client_pool.constructors import Constructors
from flake8_client_pool.syntax.import_graph import ImportGraph
from flake8_client_pool.syntax.repository import Repository

_FROM_IMPORT = re.compile(rb"from[ \t]+([\w.]+)[ \t]+import[ \t]*(\([^)]*\)|[^\n#;]*)")
_IMPORT = re.compile(rb"import[ \t]+([\w.]+(?:[ \t]*,[ \t]*[\w.]+)*)")
_WORD = re.compile(rb"\w+")
_ALIAS = re.compile(rb"[ \t]+as[ \t]+(\w+)")
_ASSIGNED = re.compile(rb"[ \t]*(?:(?:self|cls)\.)?(\w+)[ \t]*(?::[^=\n]+)?=(?!=)")
_DEFINED = re.compile(rb"(?:class|def)[ \t]+(\w+)")


@dataclass(frozen=True, slots=True)
class _Summary:
    """What the bytes of a module and of all that it imports say: is a client's library named, which names are given."""

    has_root: bool
    names: frozenset[bytes]


class Words:
    """Tells from the bytes of a file which identifiers in it could have to do with a client.

    A construction holds one of the words that end the known constructors' names, or a name that another module
    of the repository gave to one: `from .clients import Warehouse`. Names of the second kind are found in the
    bytes of the imported modules; what a name really is, the parsed file decides later.
    """

    def __init__(self, constructors: Constructors, repository: Repository) -> None:
        """Prepare the tests for a table of constructors."""
        self._repository = repository
        words = constructors.words | constructors.factories
        self._word = _any_of(words)
        self._known = frozenset(word.encode() for word in words)
        self._root = _any_of(constructors.roots)
        self._located: dict[tuple[str, bytes], str | None] = {}
        self._imports: dict[str, frozenset[str]] = {}
        self._graph = ImportGraph(self._imports_of, self._sum_up)

    def of(self, path: str, data: bytes) -> tuple[str, ...]:
        """Name the identifiers in a file that could have to do with a client; empty when none is built there."""
        found = set(self._word.findall(data))
        imported = [self._graph.summary(each) for each in self._imported_modules(dirname(abspath(path)), data)]
        if given := frozenset[bytes]().union(*(each.names for each in imported)):
            found |= given & set(_WORD.findall(data))
        if not found or not (self._root.search(data) or any(each.has_root for each in imported)):
            return ()
        return tuple(sorted(word.decode() for word in found))

    def _sum_up(self, modules: list[str], imported: list[_Summary]) -> _Summary:
        """Find the names of their own that modules give to a client's class, or to a name that was given so."""
        names = frozenset[bytes]().union(*(each.names for each in imported))
        has_root = any(each.has_root for each in imported)
        texts = [self._read(module) for module in modules]
        new = (self._known | names) if names else self._known
        while new:
            found = {name for text in texts for name in self._names_given(text, new)}
            new = found - names - self._known
            names |= new
        return _Summary(has_root or any(map(self._root.search, texts)), names)

    def _names_given(self, text: bytes, words: frozenset[bytes]) -> Iterable[bytes]:
        if words is self._known:
            return _names_given(text, self._word) if self._word.search(text) else ()
        present = words & set(_WORD.findall(text))
        return _names_given(text, _any_of(word.decode() for word in present)) if present else ()

    def _imports_of(self, module: str) -> frozenset[str]:
        if module not in self._imports:
            self._imports[module] = self._imported_modules(dirname(module), self._read(module))
        return self._imports[module]

    def _read(self, module: str) -> bytes:
        return self._repository.read(module) if module.endswith(".py") else b""

    def _imported_modules(self, folder: str, data: bytes) -> frozenset[str]:
        """Find the modules of the repository that a file names in its imports; those in strings count too."""
        found: set[str] = set()
        for module, names in _FROM_IMPORT.findall(data):
            if path := self._locate(folder, module):
                found.add(path)
                if path.endswith("__init__.py") or not path.endswith(".py"):
                    found |= self._submodules(path.removesuffix("__init__.py").rstrip("/"), names)
        for modules in _IMPORT.findall(data):
            found |= {path for module in modules.split(b",") if (path := self._locate(folder, module.strip()))}
        return frozenset(found)

    def _submodules(self, package: str, names: bytes) -> set[str]:
        entries = self._repository.entries(package)
        found = {name.decode() for name in _WORD.findall(names)}
        return {f"{package}/{name}.py" for name in found if f"{name}.py" in entries} | {
            f"{package}/{name}/__init__.py" for name in found & entries
        }

    def _locate(self, folder: str, module: bytes) -> str | None:
        key = (folder, module)
        if key not in self._located:
            dotted = module.decode("utf-8", "replace")
            self._located[key] = (
                self._repository.relative(folder, dotted)
                if dotted.startswith(".")
                else self._repository.find(dotted, folder)
            )
        return self._located[key]


def _names_given(data: bytes, pattern: re.Pattern[bytes]) -> Iterator[bytes]:
    """Find the names that a module may give to a word that `pattern` finds.

    These are the left sides of `Name = Client`, `Client as Name`, `class Name(Client)`, `def name(): return Client`.
    """
    for match in pattern.finditer(data):
        start = data.rfind(b"\n", 0, match.start()) + 1
        before, behind = data[start : match.start()], data[match.end() : match.end() + 1]
        if alias := _ALIAS.match(data, match.end()):
            yield alias[1]
        elif behind not in (b"(", b".") and not _in_text(before):
            yield from _left_sides(data, start, match.start(), before)


def _in_text(before: bytes) -> bool:
    """Tell whether what follows stands in a comment or a string, unless it is all of the string."""
    quotes = before.count(b'"') + before.count(b"'")
    return b"#" in before or (quotes % 2 == 1 and not before.endswith((b'"', b"'")))


def _left_sides(data: bytes, line: int, word: int, before: bytes) -> Iterable[bytes]:
    if assigned := _ASSIGNED.match(before):
        return (assigned[1],)
    if before.lstrip().startswith(b"return"):
        return _DEFINED.findall(data[max(0, data.rfind(b"def ", 0, line)) : line])[:1]
    header = data[max(0, data.rfind(b"class ", 0, word)) : word]
    return () if b":" in header else _DEFINED.findall(header)[:1]


def _any_of(words: Iterable[str]) -> re.Pattern[bytes]:
    return re.compile(rb"\b(?:" + "|".join(sorted(words)).encode() + rb")\b")
