"""Find the settings that say how a repository wants its imports: those for ruff, isort or black."""

import configparser
import os
import tomllib
from collections.abc import Callable, Iterator
from os.path import dirname, join, normpath

from flake8_client_pool.fixes.imports.style import ImportStyle
from flake8_client_pool.fixes.imports.style_tables import Table, black_style, isort_style, ruff_style, table_in
from flake8_client_pool.syntax.repository import Repository

_RULE = "I001"
_MOST_EXTENDED = 10
_KEYS = ("isort", "select", "extend_select", "ignore", "line_length", "src")
_RUFF_FILES = (".ruff.toml", "ruff.toml", "pyproject.toml")
_ISORT_FILES = {
    ".isort.cfg": (("settings",), ("isort",)),
    "pyproject.toml": (("tool", "isort"),),
    "setup.cfg": (("isort",), ("tool:isort",)),
    "tox.ini": (("isort",), ("tool:isort",)),
}


class ImportStyles:
    """The styles that hold in the folders of a repository; each file is read once, and what it gets wrong is ignored.

    ruff's settings count where they select I001 or say how to sort, then isort's, then what else there is of ruff's;
    a repository that has neither shows its line length to black.
    """

    def __init__(self, repository: Repository) -> None:
        """Read what `repository` holds."""
        self._repository = repository
        self._documents: dict[str, Table] = {}
        self._styles: dict[str, ImportStyle] = {}

    def of(self, folder: str) -> ImportStyle:
        """Give the style for the files in a folder."""
        if folder not in self._styles:
            self._styles[folder] = self._style(folder)
        return self._styles[folder]

    def _style(self, folder: str) -> ImportStyle:
        ruff, place = self._nearest(folder, self._ruff)
        isort, place_of_isort = self._nearest(folder, self._isort)
        if isort and not _sorts_imports(ruff):
            return isort_style(isort, place_of_isort)
        if ruff:
            return ruff_style({**ruff, **table_in(ruff, "isort")}, place)
        return black_style(self._nearest(folder, self._black)[0])

    def _nearest(self, folder: str, find: Callable[[str], Table]) -> tuple[Table, str]:
        """Give the settings in the nearest folder upward that has some, and that folder."""
        root = self._repository.root(folder)
        while True:
            table = find(folder)
            if table or folder in (root, dirname(folder)):
                return table, folder
            folder = dirname(folder)

    def _ruff(self, folder: str) -> Table:
        return next(filter(None, map(self._ruff_file, self._present(folder, _RUFF_FILES))), {})

    def _ruff_file(self, path: str, depth: int = 0) -> Table:
        keys = ("tool", "ruff") if path.endswith("pyproject.toml") else ()
        own = table_in(self._document(path), *keys)
        above = own.get("extend")
        if not isinstance(above, str) or depth == _MOST_EXTENDED:
            return _flat(own, dirname(path))
        base = self._ruff_file(normpath(join(dirname(path), os.path.expanduser(above))), depth + 1)
        flat = _flat(own, dirname(path))
        return {**base, **flat, "isort": {**table_in(base, "isort"), **table_in(flat, "isort")}}

    def _isort(self, folder: str) -> Table:
        for path in self._present(folder, tuple(_ISORT_FILES)):
            document = self._document(path)
            tables = [table_in(document, *keys) for keys in _ISORT_FILES[path.rpartition("/")[2]]]
            if found := {key: value for table in tables for key, value in table.items()}:
                return found
        return {}

    def _black(self, folder: str) -> Table:
        present = self._present(folder, ("pyproject.toml",))
        return next((table_in(self._document(path), "tool", "black") for path in present), {})

    def _present(self, folder: str, names: tuple[str, ...]) -> Iterator[str]:
        return (join(folder, name) for name in names if name in self._repository.entries(folder))

    def _document(self, path: str) -> Table:
        if path not in self._documents:
            self._documents[path] = _parsed(self._repository.read(path), path)
        return self._documents[path]


def _flat(ruff: Table, folder: str) -> Table:
    """Give what matters of ruff's settings in a folder as one table; what `lint` holds may stand outside, too."""
    lint = {**ruff, **table_in(ruff, "lint")}
    if isinstance(sources := lint.get("src"), list):
        lint["src"] = [normpath(join(folder, str(each))) for each in sources]
    return {key: lint[key] for key in _KEYS if key in lint}


def _sorts_imports(ruff: Table) -> bool:
    if ruff.get("isort"):
        return True
    selected = [*_codes(ruff, "select"), *_codes(ruff, "extend_select")]
    is_selected = any(code == "ALL" or _RULE.startswith(code) for code in selected)
    return is_selected and not any(_RULE.startswith(code) for code in _codes(ruff, "ignore"))


def _codes(ruff: Table, key: str) -> list[str]:
    codes = ruff.get(key)
    return [str(code) for code in codes if code] if isinstance(codes, list) else []


def _parsed(data: bytes, path: str) -> Table:
    try:
        text = data.decode("utf-8-sig")
        if path.endswith(".toml"):
            return tomllib.loads(text)
        parser = configparser.RawConfigParser(strict=False)
        parser.read_string(text, path)
    except (ValueError, RecursionError, configparser.Error):
        return {}
    return {name: dict(parser[name]) for name in parser.sections()}
