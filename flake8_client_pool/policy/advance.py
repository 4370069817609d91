"""Raise `phase` in a configuration's text, and change nothing else in it."""

import re

from flake8_client_pool.policy.configuration import SECTION, table_in
from flake8_client_pool.policy.errors import ConfigurationError

_BYTE_ORDER_MARK = "\ufeff"
_SECTION = re.compile(r"\[(?P<name>[^\]]+)\]")
_PHASE = re.compile(r"(phase[ \t]*[=:][ \t]*)\d+")


def with_phase(text: str, file: str, phase: int) -> str:
    """Return the `text` of the configuration `file` with another number in `phase`; layout and comments stay.

    Raises:
        ConfigurationError: the number does not stand where it can be changed without changing more.
    """
    mark = _BYTE_ORDER_MARK if text.startswith(_BYTE_ORDER_MARK) else ""
    text = text.removeprefix(mark)
    is_toml = file.endswith(".toml")
    changed = (_toml_with_phase if is_toml else _ini_with_phase)(text, phase)
    if _without_phase(changed, file) != _without_phase(text, file) or _phase_in(changed, file) != phase:
        raise ConfigurationError(
            f"{file}: phase cannot be changed here without changing more; write phase = {phase} by hand"
        )
    return mark + changed


def _toml_with_phase(text: str, phase: int) -> str:
    import tomlkit

    document = tomlkit.parse(text)
    table = document.unwrap()["tool"][SECTION]
    if "phase" in table:
        document["tool"][SECTION]["phase"] = phase
    return tomlkit.dumps(document)


def _ini_with_phase(text: str, phase: int) -> str:
    section = ""
    lines = text.splitlines(keepends=True)
    for number, line in enumerate(lines):
        if header := _SECTION.match(line):
            section = header["name"]
        elif section == SECTION and _PHASE.match(line):
            lines[number] = _PHASE.sub(rf"\g<1>{phase}", line, count=1)
    return "".join(lines)


def _phase_in(text: str, file: str) -> int:
    return int((table_in(text, file) or {}).get("phase", -1))


def _without_phase(text: str, file: str) -> dict[str, object]:
    return {key: value for key, value in (table_in(text, file) or {}).items() if key != "phase"}
