"""The text of a first configuration, and of the hook that a commit is checked by."""

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from flake8_client_pool.policy.configuration import table_in
from flake8_client_pool.policy.errors import ClientPoolError
from flake8_client_pool.policy.schema import Place, settings_from
from flake8_client_pool.policy.settings import Phase

HOOKS_FILE = ".pre-commit-config.yaml"
# In the order in which one that exists already is taken.
PREFERRED = ("pyproject.toml", "setup.cfg", "tox.ini")

_REPOS = re.compile(r"^repos:[ \t]*(?P<value>\[[ \t]*\])?[ \t]*(#.*)?$", re.MULTILINE)
_ITEM = re.compile(r"^(?P<indent>[ ]*)-(?=\s)", re.MULTILINE)
_NEXT_KEY = re.compile(r"^[^\s#-]", re.MULTILINE)
# What an ini file takes for the end of a value in a list, or for a comment; a pattern can do without it.
_DIVIDERS = re.compile(r"[,\n]")
_LINE_OF_A_COMMENT = re.compile(r"^[#;]")
_HOOK = "client-pool-check"
_ALL_FILES = r"\.py$"
_LOCAL_HOOK = f"""\
- repo: local
  hooks:
    - id: {_HOOK}
      name: client-pool check
      entry: client-pool check
      language: system
      types: [python]
      files: {_ALL_FILES}
      require_serial: true
"""


def file_for(directory: str) -> str:
    """Choose the file for a configuration in a directory: the first that is there, or pyproject.toml."""
    return next((name for name in PREFERRED if os.path.isfile(os.path.join(directory, name))), PREFERRED[0])


def with_configuration(text: str, file: str, pool_module: str, phases: Iterable[Phase]) -> str:
    """Add a first configuration to the `text` of the configuration file named `file`, at its end.

    Raises:
        ClientPoolError: the file cannot take it there, or would not be read as it is meant.
    """
    is_toml = file.endswith(".toml")
    written = tuple(phases if is_toml else map(_in_ini, phases))
    changed = _appended(text, (_toml if is_toml else _ini)(pool_module, written))
    table = table_in(changed, file)
    if table is None:
        raise ClientPoolError(f"{file}: cannot take a section at its end; name another file with --file")
    settings = settings_from(table, Place(file), "")
    if (settings.pool_module, settings.phases) != (pool_module, written):
        raise ClientPoolError(f"{file}: cannot hold all names of the directories; use --file pyproject.toml")
    return changed


def _in_ini(phase: Phase) -> Phase:
    undivided = (_DIVIDERS.sub("?", path) for path in phase.paths)
    return replace(phase, paths=tuple(_LINE_OF_A_COMMENT.sub(r"[\g<0>]", path) for path in undivided))


def _toml(pool_module: str, phases: Iterable[Phase]) -> str:
    phases = tuple(phases)
    lines = ["[tool.client-pool]", f"pool-module = {_quoted(pool_module)}", *(["phase = 0"] if phases else [])]
    for phase in phases:
        paths = ", ".join(map(_quoted, phase.paths))
        lines += ["", "[[tool.client-pool.phases]]", f"name = {_quoted(phase.name)}", f"paths = [{paths}]"]
    return "\n".join([*lines, ""])


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _ini(pool_module: str, phases: Iterable[Phase]) -> str:
    phases = tuple(phases)
    lines = ["[client-pool]", f"pool-module = {pool_module}", *(["phase = 0"] if phases else [])]
    for phase in phases:
        lines += ["", f"[client-pool:phase:{phase.name}]", "paths =", *(f"    {path}" for path in phase.paths)]
    return "\n".join([*lines, ""])


def _appended(text: str, section: str) -> str:
    line_end = "\r\n" if "\r\n" in text else "\n"
    before = text.rstrip("\r\n")
    return (f"{before}{line_end}{line_end}" if before else "") + section.replace("\n", line_end)


def hook_entry(installed_from: str | None, below: str = "") -> str:
    """Write the hook's entry for a list of repositories.

    Args:
        installed_from: the content of the distribution's direct_url.json (PEP 610), None where there is none. Installed
            from git, the same commit is pinned; otherwise the hook runs the command that is installed.
        below: the directory whose files are checked, by its path from the top of the work tree; empty for all.
    """
    origin = json.loads(installed_from) if installed_from else {}
    revision = origin.get("vcs_info", {}).get("commit_id")
    files = _quoted(f"^{re.escape(below)}/.*\\.py$") if below else ""
    if not revision:
        return _LOCAL_HOOK.replace(_ALL_FILES, files) if files else _LOCAL_HOOK
    of_files = f"      files: {files}\n" if files else ""
    return f"- repo: {_quoted(origin['url'])}\n  rev: {revision}\n  hooks:\n    - id: {_HOOK}\n{of_files}"


def with_hook(text: str, entry: str) -> str:
    """Add a hook's entry to the text of a .pre-commit-config.yaml, behind the last one, unless it has the hook.

    All other lines stay as they are, comments included.

    Raises:
        ClientPoolError: the text is no YAML, or has no list of repositories to which a line can be added.
    """
    before, added = _parsed(text) or {}, _parsed(entry)
    repositories = before.get("repos") if isinstance(before, dict) else None
    if any(_is_covered(hook, added[0]["hooks"][0]) for hook in _hooks_in(repositories)):
        return text
    changed = _inserted(text, entry)
    if not isinstance(before, dict) or not _reads(changed, {**before, "repos": [*(repositories or ()), *added]}):
        raise ClientPoolError(f"{HOOKS_FILE}: has no list `repos:` with a line for each, to which a hook can be added")
    return changed


def _parsed(text: str) -> Any:  # noqa: ANN401 - YAML holds anything
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        return YAML(typ="safe", pure=True).load(text)
    except (YAMLError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise ClientPoolError(f"{HOOKS_FILE}: no hook can be added, since it is not valid YAML: {reason}") from error


def _reads(text: str, expected: object) -> bool:
    try:
        return bool(_parsed(text) == expected)
    except ClientPoolError:
        return False


def _hooks_in(repositories: object) -> Iterator[dict[str, Any]]:
    for repository in repositories if isinstance(repositories, list) else ():
        hooks = repository.get("hooks") if isinstance(repository, dict) else None
        yield from (hook for hook in hooks or () if isinstance(hook, dict))


def _is_covered(hook: Mapping[str, Any], added: Mapping[str, Any]) -> bool:
    """Tell whether a hook is there already; in one repository each directory may have one of its own."""
    return hook.get("id") == _HOOK and hook.get("files") in (None, _ALL_FILES, added.get("files"))


def _inserted(text: str, entry: str) -> str:
    line_end = "\r\n" if "\r\n" in text else "\n"
    lines = text.replace("\r\n", "\n").rstrip("\n") + "\n"
    start = _REPOS.search(lines)
    if start is None:
        return f"{lines.lstrip()}repos:\n{_indented(entry, '  ')}".replace("\n", line_end)
    item = _ITEM.search(lines, start.end())
    if start["value"]:
        value = start.start("value")
        lines = f"{lines[:value].rstrip()}{lines[value + len(start['value']):]}"
    end = _end_of_list(lines, start.end())
    indent = item["indent"] if item and not start["value"] else "  "
    return f"{lines[:end]}{_indented(entry, indent)}{lines[end:]}".replace("\n", line_end)


def _end_of_list(lines: str, start: int) -> int:
    """Find the end of the last line of the list that begins above the offset `start`."""
    following = _NEXT_KEY.search(lines, start)
    if following is None:
        return len(lines)
    inside = lines[: following.start()].split("\n")[:-1]
    while inside and (not inside[-1].strip() or inside[-1].startswith("#")):
        inside.pop()
    return len("\n".join(inside)) + 1


def _indented(text: str, indent: str) -> str:
    return "".join(f"{indent}{line}\n" for line in text.splitlines())
