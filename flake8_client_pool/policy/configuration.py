"""Find the settings for a file: those of the nearest configuration upward."""

import os
import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from flake8_client_pool.policy.errors import ConfigurationError
from flake8_client_pool.policy.schema import Place, settings_from
from flake8_client_pool.policy.settings import DEFAULT_POOL_MODULE, Settings, files_of

SECTION = "client-pool"
_KIND_SECTION = f"{SECTION}:kind:"
_PHASE_SECTION = f"{SECTION}:phase:"
# What an ini file writes as sections of its own, by the key that a TOML file has for it.
_SECTIONS_OF_KEYS = {"kinds": _KIND_SECTION, "phases": _PHASE_SECTION}

_HEADER = re.compile(rb"^\[+[ \t]*([^\]\r\n]+?)[ \t]*\]", re.MULTILINE)
_TABLE_OF_TOOLS = "tool."
_SEPARATORS = re.compile(r"[.:]")
# Below this a name is that of another tool: client_pool has 0.91, connection-pool 0.77.
_LIKENESS = 0.88
_LENGTHS = range(len(SECTION) - 2, len(SECTION) + 3)

Adjust = Callable[[Settings], Settings]

_Tables = Mapping[str, Any] | None


def _ini_table(content: str, file: str) -> _Tables:
    import configparser

    class CaseKeepingParser(configparser.RawConfigParser):
        def optionxform(self, optionstr: str) -> str:
            return optionstr

    parser = CaseKeepingParser(default_section="")
    try:
        parser.read_string(content, file)
    except configparser.Error as error:
        raise ConfigurationError(f"{file}: not a valid ini file: {' '.join(str(error).split())}") from error
    ours = {name: dict(parser[name]) for name in parser.sections() if _SEPARATORS.split(name)[0] == SECTION}
    return _assembled(ours, file) if ours else None


def _assembled(sections: dict[str, dict[str, str]], file: str) -> Mapping[str, Any]:
    """Make one table of the sections of an ini file."""
    for name in sections:
        if name != SECTION and not name.startswith((_KIND_SECTION, _PHASE_SECTION)):
            raise ConfigurationError(
                f"{file}: unknown section [{name}]; a kind's section is [{_KIND_SECTION}NAME], "
                f"a phase's [{_PHASE_SECTION}NAME]"
            )
    table: dict[str, Any] = dict(sections.get(SECTION, {}))
    for key, section in _SECTIONS_OF_KEYS.items():
        if key in table:
            raise ConfigurationError(
                f"{file}: unknown key {key!r}; in an ini file a {key[:-1]}'s section is [{section}NAME]"
            )
    kinds = dict(_named(_KIND_SECTION, sections))
    phases = [{"name": name, **phase} for name, phase in _named(_PHASE_SECTION, sections)]
    return {**table, **({"kinds": kinds} if kinds else {}), **({"phases": phases} if phases else {})}


def _named(prefix: str, sections: dict[str, dict[str, str]]) -> list[tuple[str, dict[str, str]]]:
    return [(name.removeprefix(prefix), each) for name, each in sections.items() if name.startswith(prefix)]


def _toml_table(content: str, file: str) -> _Tables:
    import tomllib

    try:
        table = tomllib.loads(content)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{file}: not a valid TOML file: {error}") from error
    tool = table.get("tool", {})
    ours = tool.get(SECTION) if isinstance(tool, dict) else None
    if ours is not None and not isinstance(ours, dict):
        raise ConfigurationError(f"{file}: tool.{SECTION}: expected a table, found {ours!r}")
    return ours


FILES: Mapping[str, Callable[[str, str], _Tables]] = {
    "setup.cfg": _ini_table,
    "tox.ini": _ini_table,
    "pyproject.toml": _toml_table,
}


def read_settings(file: str) -> Settings | None:
    """Read the settings in `file`, an absolute path; None when it has no section for them.

    A name that ends in `.toml` is read as pyproject.toml is, any other as setup.cfg.

    Raises:
        ConfigurationError: the file cannot be read, or what it says cannot be followed.
    """
    try:
        with open(file, "rb") as stream:
            data = stream.read()
        _check_sections(data, file)
        if SECTION.encode() not in data:
            return None
        content = data.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise ConfigurationError(f"{file}: cannot be read as a configuration: {reason}") from error
    table = table_in(content, file)
    if table is None:
        return None
    place = Place(file, f"tool.{SECTION}" if file.endswith(".toml") else SECTION)
    return settings_from(table, place, os.path.dirname(file))


def _check_sections(data: bytes, file: str) -> None:
    """Refuse a section that can only be meant for this tool, since nobody else would say that it is ignored."""
    prefix = _TABLE_OF_TOOLS if file.endswith(".toml") else ""
    for header in _HEADER.findall(data):
        name = " ".join(header.decode("utf-8", "replace").split())
        unquoted = re.sub(r"[\"' ]", "", name)
        tool = _SEPARATORS.split(unquoted.removeprefix(_TABLE_OF_TOOLS))[0]
        is_right = tool == SECTION and unquoted.startswith(prefix or SECTION)
        if len(tool) in _LENGTHS and not is_right and _is_like_ours(tool.lower()):
            raise ConfigurationError(f"{file}: unknown section [{name}]; did you mean [{prefix}{SECTION}]?")


def _is_like_ours(tool: str) -> bool:
    import difflib

    return difflib.SequenceMatcher(None, tool, SECTION).ratio() >= _LIKENESS


def table_in(content: str, file: str) -> Mapping[str, Any] | None:
    """Return what the `content` of a configuration `file` says, in the shape of a TOML file; None when nothing.

    Raises:
        ConfigurationError: the content is not what the file's name says.
    """
    return (_toml_table if file.endswith(".toml") else _ini_table)(content, file)


class Configurations:
    """Answers which settings hold in a directory, and reads every file once."""

    def __init__(self, file: str = "", *, isolated: bool = False, adjust: Adjust = lambda settings: settings) -> None:
        """Prepare to look upward, or to answer with the settings of `file`, or, `isolated`, with none at all.

        `adjust` changes all settings before they are given out, for what the command line has to say.

        Raises:
            ConfigurationError: `file` cannot be read or followed, or has no section for this tool, or is named
                although the check is to be `isolated`.
        """
        if isolated and file:
            raise ConfigurationError(
                f"--isolated uses no configuration, and --config {file} names one; leave one of them out"
            )
        self._adjust = adjust
        self._nearest = cache(self._search)
        self._fixed: Settings | None = None
        if isolated:
            self._fixed = adjust(Settings(root="/"))
        elif file:
            self._fixed = adjust(_settings_required(file))

    def at(self, directory: str) -> Settings:
        """Return the settings for the files in an absolute `directory`.

        Raises:
            ConfigurationError: a file on the way upward cannot be followed, or two in one directory compete.
        """
        return self._fixed or self._nearest(directory)

    def _search(self, directory: str) -> Settings:
        found = [settings for name in FILES if (settings := _settings_in(directory, name))]
        if len(found) > 1:
            files = " and ".join(settings.source for settings in found)
            raise ConfigurationError(f"{files}: both configure {SECTION}; keep one of them")
        if found:
            return self._adjust(found[0])
        parent = os.path.dirname(directory)
        if parent == directory or os.path.lexists(os.path.join(directory, ".git")):
            return self._defaults_below(parent, directory)
        return self._nearest(parent)

    def _defaults_below(self, parent: str, directory: str) -> Settings:
        if parent != directory:
            outer = self._nearest(parent)
            if outer.source:
                return outer
        return self._adjust(Settings(root=directory, pool_paths=files_of(DEFAULT_POOL_MODULE)))


def _settings_required(file: str) -> Settings:
    settings = read_settings(os.path.abspath(file))
    if settings is None:
        raise ConfigurationError(f"{file}: has no section [{SECTION}] or [tool.{SECTION}]; add one")
    return settings


def _settings_in(directory: str, name: str) -> Settings | None:
    file = os.path.join(directory, name)
    return read_settings(file) if os.path.isfile(file) else None
