"""Which names of a module other files of the repository read or replace: tests that patch them, re-exports."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from os.path import basename, dirname

_STAR = re.compile(rb"from[ \t]+\.*([\w.]*)[ \t]+import[ \t]*\(?[ \t]*\*")
_ALIAS = re.compile(rb"(\w+)[ \t]+as[ \t]+(\w+)")
_LOADS_BY_PATH = re.compile(rb"spec_from_file_location|run_path|SourceFileLoader")


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

    def add(self, module: bytes, mention: Mention) -> None:
        self.by_module.setdefault(module.decode(), []).append(mention)


class OutsideUses:
    """Answers, from the bytes of all files, who needs a module's name; in doubt somebody does."""

    def __init__(self, paths: Sequence[str]) -> None:
        """Prepare to look through the files at `paths`; they are read when the first question comes."""
        self._paths = paths
        self._known: dict[str, _Mentions] = {}

    def of(self, path: str, name: str) -> list[Mention]:
        """List the other files that read or replace the name `name` of the module at `path`."""
        mentions = self._mentions(name)
        module = module_word(path)
        found = [*mentions.by_module.get(module, ()), *mentions.by_module.get("*" + module, ())]
        word = re.escape(module.encode())
        dotted = re.compile(rb"(?:\.|import[ \t]+)" + word + rb"\b")
        file = re.compile(rb"\b" + word + rb"\.py\b")
        found += [Mention(other, replaced=True) for other in mentions.computed if dotted.search(self._texts[other])]
        found += [Mention(other, replaced=True) for other in mentions.by_path if file.search(self._texts[other])]
        found += [Mention(other) for other in self._stars.get(module, ())]
        return [mention for mention in dict.fromkeys(found) if mention.path != path]

    @cached_property
    def _texts(self) -> dict[str, bytes]:
        return {path: data for path in self._paths if (data := _read(path))}

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
        patterns = _Patterns(name)
        mentions = _Mentions()
        for path, data in self._texts.items():
            if name in data:
                patterns.search(path, data, mentions)
        return mentions


class _Patterns:
    def __init__(self, name: bytes) -> None:
        word = re.escape(name)
        self._attribute = re.compile(rb"(\w+)\." + word + rb"\b(['\"]?)")
        self._from = re.compile(rb"from[ \t]+\.*([\w.]*)[ \t]+import[ \t]*(\([^)]*?\b" + word + rb"\b|[^\n(]*?\b" + word + rb"\b)")
        self._set = re.compile(rb"(?:patch\.object|\bobject|setattr)\(\s*(?:\w+\.)*(\w+)\s*,\s*['\"]" + word + rb"['\"]")
        self._computed = re.compile(rb"(?:\}|['\"])\." + word + rb"\b")

    def search(self, path: str, data: bytes, mentions: _Mentions) -> None:
        aliases: dict[bytes, list[bytes]] = {}
        for original, alias in _ALIAS.findall(data):
            aliases.setdefault(alias, []).append(original)
        found = [(module, bool(quote)) for module, quote in self._attribute.findall(data)]
        found += [(module.rpartition(b".")[2], False) for module, _ in self._from.findall(data)]
        found += [(module, True) for module in self._set.findall(data)]
        for module, replaced in found:
            for each in (module, *aliases.get(module, ())):
                mentions.add(each, Mention(path, replaced))
        if self._computed.search(data):
            mentions.computed.append(path)
        if _LOADS_BY_PATH.search(data):
            mentions.by_path.append(path)


def module_word(path: str) -> str:
    """Give the last part of the name by which a file is imported."""
    name = basename(path).removesuffix(".py")
    return basename(dirname(path)) if name == "__init__" else name


def _read(path: str) -> bytes:
    try:
        with open(path, "rb") as stream:
            return stream.read()
    except OSError:
        return b""


def described(mentions: Iterable[Mention], root: str) -> str:
    """Name the first of some files that mention a name, relative to the folder `root`."""
    return next((mention.path.removeprefix(f"{root}/") for mention in mentions), "")
