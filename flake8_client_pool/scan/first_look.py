"""What a first configuration is made of: the pool module that a repository has, and parts to move one by one."""

import os
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flake8_client_pool.kinds import KINDS
from flake8_client_pool.policy.baseline import relative_path
from flake8_client_pool.policy.patterns import pattern_of
from flake8_client_pool.policy.settings import DEFAULT_POOL_MODULE, Phase
from flake8_client_pool.scan.discovery import SourceFile
from flake8_client_pool.scan.run import Result
from flake8_client_pool.syntax.decoding import UndecodableSourceError, decode
from flake8_client_pool.syntax.regular_files import content_of

MOST_PHASES = 8

_GETTERS = frozenset(kind.getter for kind in KINDS)
_FUNCTION = re.compile(r"^(?:async )?def (get_\w+)\(", re.MULTILINE)
_NAME = re.compile(r"\w+")
_IMPORT = re.compile(r"^\s*(?:from|import)\s+(\w+)", re.MULTILINE)
_OF_TESTS = re.compile(r"(^|/)(tests?|testing)(/|$)|(^|/)(test_[^/]*|[^/]*_test|conftest)\.py$")
_PACKAGE = "/__init__.py"
_SOURCES = "src/"
_NAMED = 2


@dataclass(frozen=True, slots=True)
class Group:
    """Files that could be moved together: a directory, or files that lie beside directories.

    Attributes:
        paths: the directory, or the files, relative to the top, with `/`.
        findings: how many findings they have.
        importers: how many files elsewhere import what is in the directory.
    """

    paths: tuple[str, ...]
    findings: int
    importers: int = 0

    @property
    def is_of_tests(self) -> bool:
        """Whether these are tests."""
        return all(map(_OF_TESTS.search, self.paths))


def texts_of(files: Iterable[SourceFile], directory: str) -> Mapping[str, str]:
    """Read sources, by their paths from an absolute directory; what cannot be read is empty."""
    return {relative_path(file.location, directory): _text(file.location) for file in files}


def _text(path: str) -> str:
    try:
        return decode(content_of(path))
    except (OSError, UndecodableSourceError):
        return ""


def pool_module(texts: Mapping[str, str], builders: frozenset[str]) -> str:
    """Name the module of a repository that clients should come from.

    That is the one with most of the known getters, `get_bigquery_client` and its like, which builds clients itself and
    is asked by others; a package counts with what its `__init__.py` takes from such modules. Where there is none it is
    `shared_clients`.

    Args:
        texts: the sources by their paths from the top.
        builders: the paths of those files that build a client.
    """
    defined = {path: _getters_in(texts[path]) for path in builders if not _OF_TESTS.search(path)}
    found = {path: getters for path, getters in defined.items() if _is_asked(path, getters, texts)}
    for package in {f"{os.path.dirname(path)}{_PACKAGE}" for path in found} & texts.keys():
        beside = [getters for path, getters in found.items() if f"{os.path.dirname(path)}{_PACKAGE}" == package]
        offered = frozenset(_NAME.findall(texts[package])).intersection(*[frozenset().union(*beside)])
        if offered:
            found[package] = offered | found.get(package, frozenset())
    named = {name: getters for path, getters in found.items() if (name := _dotted(path, texts))}
    ranked = sorted(named, key=lambda name: (-len(named[name]), name.count("."), name))
    return ranked[0] if ranked else DEFAULT_POOL_MODULE


def _is_asked(path: str, getters: frozenset[str], texts: Mapping[str, str]) -> bool:
    return any(getter in text for other, text in texts.items() if other != path for getter in getters)


def _getters_in(text: str) -> frozenset[str]:
    return _GETTERS.intersection(_FUNCTION.findall(text))


def _dotted(path: str, texts: Mapping[str, str]) -> str:
    """Write a path as the name by which a module is imported; empty where it has none."""
    if f"src{_PACKAGE}" not in texts:
        path = path.removeprefix(_SOURCES)
    parts = path.removesuffix(_PACKAGE).removesuffix(".py").split("/")
    return ".".join(parts) if all(part.isidentifier() for part in parts) else ""


def phases(results: Iterable[Result], texts: Mapping[str, str]) -> tuple[tuple[Phase, int], ...]:
    """Propose phases, each with the number of its findings, for results with paths from the top.

    What others import comes first, then the directories with the fewest findings, tests last. Beyond a handful, those
    with few findings go together.
    """
    counts = Counter(result.path for result in results)
    ordered = sorted(groups(counts, texts), key=lambda group: (group.is_of_tests, -group.importers, group.findings))
    enough = -(-sum(counts.values()) // MOST_PHASES)
    merged: list[list[Group]] = []
    for group in ordered:
        if len(ordered) > MOST_PHASES and merged and _fits(group, merged[-1], enough):
            merged[-1].append(group)
        else:
            merged.append([group])
    return tuple((_phase(part), sum(group.findings for group in part)) for part in merged)


def _fits(group: Group, others: list[Group], enough: int) -> bool:
    same = group.is_of_tests == others[0].is_of_tests
    return same and group.findings + sum(each.findings for each in others) <= enough


def groups(counts: Counter[str], texts: Mapping[str, str]) -> list[Group]:
    """Group files with findings by directory, the outermost below which there is a choice."""
    tests = {path: count for path, count in counts.items() if _OF_TESTS.search(path.split("/", 1)[0])}
    code = {path: count for path, count in counts.items() if path not in tests}
    imported = Counter[str]()
    for path, text in texts.items():
        imported.update(set(_IMPORT.findall(text)) - {path.removeprefix(_SOURCES).split("/", 1)[0]})
    found = [*_split(code, ""), *_split(tests, "", descend=False)]
    return [_with_importers(paths, below, imported) for paths, below in found]


def _split(counts: Mapping[str, int], base: str, *, descend: bool = True) -> list[tuple[tuple[str, ...], int]]:
    folders = Counter[str]()
    beside: dict[str, int] = {}
    for path, count in counts.items():
        first, slash, _ = path.removeprefix(base).partition("/")
        if slash:
            folders[f"{base}{first}"] += count
        else:
            beside[path] = count
    if descend and len(folders) == 1 and not beside:
        inner = _split(counts, f"{next(iter(folders))}/")
        if len(inner) > 1:
            return inner
    files = [(tuple(sorted(beside)), sum(beside.values()))] if beside else []
    return [*(((folder,), count) for folder, count in folders.items()), *files]


def _with_importers(paths: tuple[str, ...], findings: int, imported: Counter[str]) -> Group:
    names = {path.removeprefix(_SOURCES) for path in paths}
    return Group(paths, findings, max((imported[name] for name in names), default=0))


def _phase(part: Iterable[Group]) -> Phase:
    paths = tuple(path for group in part for path in group.paths)
    more = f" and {len(paths) - _NAMED} more" if len(paths) > _NAMED else ""
    return Phase((", ".join(paths[:_NAMED]) + more).strip(), tuple(map(pattern_of, paths)))
