"""Which names of a module other files of the repository read or replace: tests that patch them, re-exports."""

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from os.path import basename, dirname

from flake8_client_pool.fixes.doubts.handed_on import STAR, imported_words, modules_in_hand
from flake8_client_pool.fixes.doubts.loaded_by_path import is_loaded, loads_by_path
from flake8_client_pool.fixes.doubts.reached_names import FROM_IMPORT, IS_SET, Reach, chain_before, is_of_base, reach
from flake8_client_pool.syntax.regular_files import content_of

_STAR = re.compile(rb"from[ \t]+\.*([\w.]*)[ \t]+import[ \t]*\(?[ \t]*\*")
_ALIAS = re.compile(rb"(\w+)[ \t]+as[ \t]+(\w+)")
_SET = re.compile(rb"(?:\bobject|setattr)\(\s*(?:\w+\.)*(\w+)\s*,\s*['\"](\w+)['\"]")
_WORD = re.compile(rb"\w+")
_LEADING_WORD = re.compile(rb"[\w\x80-\xff]+")
# Where the last part of a module's name stands in a program, and where in a program or a string.
_DOTTED = re.compile(rb"(?:\.|import[ \t]+)([\w\x80-\xff]+)")
_NAMED = re.compile(rb"(?:\.|['\"]|import[ \t]+)([\w\x80-\xff]+)")
_TESTS = ("test", "conftest.py")
_QUOTES = frozenset((b"'", b'"'))
_ALWAYS_KNOWN = frozenset((b"self", b"cls"))
_ENDS_OF_COMPUTED = frozenset((b"}", b"'", b'"'))
# What puts another object in the place of a name, in whatever way it comes by the module.
_REPLACING_WORDS = (b"patch", b"setattr", b"sys.modules")
_REPLACING = re.compile(rb"\b(?:%b)\b" % b"|".join(map(re.escape, _REPLACING_WORDS)))
_SET_ANYHOW = (
    rb"(?:\bobject|setattr)\([^,]{0,200},\s*['\"]NAME['\"]|\bmultiple\([^)]{0,500}\bNAME\s*=(?!=)"
    rb"|%s\.NAME['\"]|[\])]\.NAME[ \t]*=(?!=)|['\"][\w.]+\.NAME['\"]\s*(?::|\]\s*=)"
)
# What every way ends with, and a search finds quickly.
_MAY_SET = rb"NAME(?:['\"]|\s*=(?!=))"


@dataclass(frozen=True, slots=True)
class Mention:
    """A file that reads a name of a module; `replaced` when it puts another object in the name's place."""

    path: str
    replaced: bool = False


@dataclass(slots=True)
class _Mentions:
    """Who mentions one name, by the last part of the module that it is taken from."""

    by_module: dict[str, list[Mention]] = field(default_factory=dict)
    computed: list[str] = field(default_factory=list)
    by_path: list[str] = field(default_factory=list)
    anyhow: list[str] = field(default_factory=list)
    reached: dict[str, Reach] = field(default_factory=dict)
    of_base: list[str] = field(default_factory=list)

    def add(self, module: bytes, mention: Mention) -> None:
        self.by_module.setdefault(module.decode(), []).append(mention)


class OutsideUses:
    """Answers, from the bytes of all files, who needs a module's name; in doubt somebody does."""

    def __init__(self, paths: Sequence[str], texts: Mapping[str, bytes] | None = None) -> None:
        """Prepare to look through the files at `paths`; they are read when the first question comes.

        `texts` stand for the content of the files at some absolute paths.
        """
        self._paths = paths
        self._given = texts or {}
        self._known: dict[str, _Mentions] = {}
        self._found: dict[tuple[str, re.Pattern[bytes]], frozenset[bytes]] = {}
        self._handed_on: dict[str, frozenset[bytes]] = {}

    def of(self, path: str, name: str) -> list[Mention]:
        """List the other files that read or replace the name `name` of the module at `path`."""
        mentions = self._mentions(name)
        module = module_word(path)
        found = [*mentions.by_module.get(module, ()), *mentions.by_module.get("*" + module, ())]
        first = _LEADING_WORD.match(os.fsencode(module))
        word = first[0] if first else b""
        found += [Mention(other, replaced=True) for other in mentions.computed if word in self._words(other, _DOTTED)]
        found += [
            Mention(other, replaced=other in mentions.anyhow or mentions.reached.get(other) is Reach.SET)
            for other in mentions.by_path
            if is_loaded(path, other, self._texts[other])
        ]
        found += [Mention(other, replaced=True) for other in mentions.anyhow if self._may_name(other, word)]
        found += [
            Mention(other, replaced=reached is Reach.SET)
            for other, reached in mentions.reached.items()
            if self._may_have_in_hand(other, word)
            or (other in mentions.of_base and word in imported_words(self._texts[other]))
        ]
        found += [Mention(other) for other in self._stars.get(module, ())]
        others = [mention for mention in dict.fromkeys(found) if mention.path != path]
        sets_itself = path in mentions.anyhow and b"modules[__name__]" in self._texts[path]
        return [*others, Mention(path, replaced=True)] if sets_itself else others

    def _words(self, path: str, pattern: re.Pattern[bytes]) -> frozenset[bytes]:
        """Give the words of a file that stand where a pattern says; each file is searched once for all questions."""
        if (path, pattern) not in self._found:
            self._found[path, pattern] = frozenset(pattern.findall(self._texts[path]))
        return self._found[path, pattern]

    def _may_name(self, path: str, module: bytes) -> bool:
        """Tell whether a file names a module, or may get it from a fixture that does."""
        return any(module in self._words(each, _NAMED) for each in self._with_fixtures(path))

    def _may_have_in_hand(self, path: str, module: bytes) -> bool:
        """Tell whether a name in a file may stand for a module that it has in hand, or a fixture that it may use."""
        return any(module in self._in_hand(each) for each in self._with_fixtures(path))

    def _in_hand(self, path: str) -> frozenset[bytes]:
        if path not in self._handed_on:
            self._handed_on[path] = modules_in_hand(self._texts[path])
        return self._handed_on[path]

    def _with_fixtures(self, path: str) -> list[str]:
        """List a file, and those that hold fixtures for it where it has tests."""
        return [path, *(self._conftests(dirname(path)) if basename(path).startswith(_TESTS) else ())]

    def _conftests(self, folder: str) -> list[str]:
        """List the files that hold fixtures for the tests in a folder."""
        return [path for above, path in self._fixtures.items() if f"{folder}/".startswith(f"{above}/")]

    @cached_property
    def _fixtures(self) -> dict[str, str]:
        return {dirname(path): path for path in self._texts if basename(path) == "conftest.py"}

    def collides(self, path: str, name: str) -> bool:
        """Tell whether a file that imports all names of the module at `path` knows a name by itself."""
        word = re.compile(rb"\b%s\b" % name.encode())
        return any(word.search(self._texts[other]) for other in self._stars.get(module_word(path), ()) if other != path)

    def holding(self, *words: tuple[bytes, ...]) -> Iterator[str]:
        """Give the paths of the files that hold one word of each of some groups."""
        for path, data in self._texts.items():
            if all(any(word in data for word in group) for group in words):
                yield path

    @cached_property
    def _texts(self) -> dict[str, bytes]:
        return {path: data for path in self._paths if (data := self._given.get(path) or _read(path))}

    @cached_property
    def _stars(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for path, data in self._texts.items():
            for module in _STAR.findall(data) if b"*" in data else ():
                found.setdefault(module.rpartition(b".")[2].decode(), []).append(path)
        return found

    def _mentions(self, name: str) -> _Mentions:
        if name not in self._known:
            self._known[name] = self._looked_up(name.encode())
        return self._known[name]

    def _looked_up(self, name: bytes) -> _Mentions:
        mentions = _Mentions()
        for path, data in self._texts.items():
            if name in data:
                _search(path, data, name, mentions)
        return mentions


def _search(path: str, data: bytes, name: bytes, mentions: _Mentions) -> None:
    """Note how one file mentions a name: `module.name`, `from module import name`, `patch.object(module, "name")`."""
    found: list[tuple[bytes, bool]] = []
    places = list(_attributes(data, name))
    found += _taken_of(data, places)
    if any(data[start - 1 : start] in _ENDS_OF_COMPUTED for start, _ in places):
        mentions.computed.append(path)
    if reached := reach(data, name, places):
        mentions.reached[path] = reached
        if is_of_base(data, places):
            mentions.of_base.append(path)
    found += _imported_from(data, name)
    if b"patch" in data or b"setattr" in data:
        found += [(module, True) for module, other in _SET.findall(data) if other == name]
    if any(word in data for word in _REPLACING_WORDS) and _REPLACING.search(data) and _is_replaced(data, name):
        mentions.anyhow.append(path)
    is_read = reached or path in mentions.anyhow or any(quote + name in data for quote in _QUOTES)
    if is_read and loads_by_path(data):
        mentions.by_path.append(path)
    for module, replaced in dict.fromkeys(found):
        for each in (module, *_originals(data, module)):
            mentions.add(each, Mention(path, replaced=replaced))


def _taken_of(data: bytes, places: list[tuple[int, int]]) -> Iterator[tuple[bytes, bool]]:
    """Give the last words before `.name`, and whether it is set there; `places` are its spans.

    In a program a word is a module's name only where the file imports it, or what it is taken of.
    """
    known: frozenset[bytes] | None = None
    for start, end in places:
        head, chain = chain_before(data, start)
        root, word = chain.partition(b".")[0], chain.rpartition(b".")[2]
        if word and root and not head.endswith(tuple(_QUOTES)):
            known = imported_words(data) | _ALWAYS_KNOWN if known is None else known
            word = word if known & {root, word} or STAR in known else b""
        if word:
            yield word, data[end : end + 1] in _QUOTES or bool(IS_SET.match(data, end))


def _is_replaced(data: bytes, name: bytes) -> bool:
    """Tell whether a file puts another object in the place of a name of whatever module or package."""
    return all(re.search(way.replace(b"NAME", re.escape(name)), data) for way in (_MAY_SET, _SET_ANYHOW))


def _originals(data: bytes, alias: bytes) -> list[bytes]:
    """Give the modules that a file imports under another name."""
    if b" as " + alias not in data:
        return []
    return [original for original, other in _ALIAS.findall(data) if other == alias]


def _attributes(data: bytes, name: bytes) -> Iterator[tuple[int, int]]:
    dotted = b"." + name
    start = data.find(dotted)
    while start >= 0:
        end = start + len(dotted)
        if not _WORD.match(data, end):
            yield start, end
        start = data.find(dotted, end)


def _imported_from(data: bytes, name: bytes) -> Iterator[tuple[bytes, bool]]:
    for module, names in FROM_IMPORT.findall(data):
        if name in names and name in _WORD.findall(names):
            yield module.rpartition(b".")[2], False


def module_word(path: str) -> str:
    """Give the last part of the name by which a file is imported."""
    name = basename(path).removesuffix(".py")
    return basename(dirname(path)) if name == "__init__" else name


def _read(path: str) -> bytes:
    try:
        return content_of(path)
    except OSError:
        return b""


def described(mentions: Iterable[Mention], root: str) -> str:
    """Name the first of some files that mention a name, relative to the folder `root`."""
    return next((mention.path.removeprefix(f"{root}/") for mention in mentions), "")
