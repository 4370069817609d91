"""What a repository tells pytest: where its tests lie, what they are called, and what is loaded for them."""

import shlex
import tomllib
from collections.abc import Callable, Iterator, Mapping
from configparser import ConfigParser
from configparser import Error as IniError
from contextlib import suppress
from dataclasses import dataclass
from os.path import dirname, join

from flake8_client_pool.syntax.decoding import UndecodableSourceError, decode
from flake8_client_pool.syntax.repository import Repository

_Options = Mapping[str, object]

# What cannot be read is no configuration, as pytest itself will say.
_UNREADABLE = (UndecodableSourceError, IniError, tomllib.TOMLDecodeError, ValueError, RecursionError)


@dataclass(frozen=True, slots=True)
class PytestConfiguration:
    """The options that matter here.

    Attributes:
        path: the file that has them; its folder is pytest's `rootdir`.
        testpaths: the patterns of folders in which pytest looks when nothing is named.
        python_files: the patterns of the names of test modules.
        norecursedirs: the patterns of folders in which pytest does not look, beside those that it never looks in.
        plugins: the modules that `addopts` loads with `-p`.
        usefixtures: the fixtures that every test uses.
    """

    path: str
    testpaths: tuple[str, ...] = ()
    python_files: tuple[str, ...] = ("test_*.py", "*_test.py")
    norecursedirs: tuple[str, ...] = ()
    plugins: tuple[str, ...] = ()
    usefixtures: tuple[str, ...] = ()

    @property
    def folder(self) -> str:
        """The folder from which the patterns count."""
        return dirname(self.path)


def configuration_in(repository: Repository, folder: str) -> PytestConfiguration | None:
    """Read the configuration of pytest in one folder, as pytest does from the first file that has one."""
    entries = repository.entries(folder)
    for name, read in _FILES.items():
        if name in entries:
            path = join(folder, name)
            with suppress(*_UNREADABLE):
                if (options := read(decode(repository.read(path)))) is not None:
                    return _configuration(path, options)
    return None


def _configuration(path: str, options: _Options) -> PytestConfiguration:
    given = PytestConfiguration(path)
    return PytestConfiguration(
        path,
        _listed(options, "testpaths"),
        _listed(options, "python_files") or given.python_files,
        _listed(options, "norecursedirs"),
        tuple(_plugins(_listed(options, "addopts"))),
        _listed(options, "usefixtures"),
    )


def _listed(options: _Options, name: str) -> tuple[str, ...]:
    value = options.get(name)
    if isinstance(value, str):
        return tuple(shlex.split(value))
    return tuple(map(str, value)) if isinstance(value, list) else ()


def _plugins(arguments: tuple[str, ...]) -> Iterator[str]:
    for place, argument in enumerate(arguments):
        if argument == "-p":
            yield from arguments[place + 1 : place + 2]
        elif argument.startswith("-p"):
            yield argument.removeprefix("-p")


def _in_ini(section: str) -> Callable[[str], _Options | None]:
    def read(text: str) -> _Options | None:
        parser = ConfigParser(interpolation=None, strict=False, allow_no_value=True)
        parser.read_string(text)
        return parser[section] if parser.has_section(section) else None

    return read


def _in_toml(*tables: str) -> Callable[[str], _Options | None]:
    def read(text: str) -> _Options | None:
        found: object = tomllib.loads(text)
        for table in tables:
            found = found.get(table) if isinstance(found, dict) else None
        return found if isinstance(found, dict) else None

    return read


def _in_project(text: str) -> _Options | None:
    return _in_toml("tool", "pytest", "ini_options")(text) or _in_toml("tool", "pytest")(text)


# In the order in which pytest looks: https://docs.pytest.org/en/stable/reference/customize.html
_FILES: Mapping[str, Callable[[str], _Options | None]] = {
    "pytest.toml": _in_toml("pytest"),
    ".pytest.toml": _in_toml("pytest"),
    "pytest.ini": _in_ini("pytest"),
    ".pytest.ini": _in_ini("pytest"),
    "pyproject.toml": _in_project,
    "tox.ini": _in_ini("pytest"),
    "setup.cfg": _in_ini("tool:pytest"),
}
PYTEST_FILES = frozenset(_FILES)
