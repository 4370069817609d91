"""What can be set, from `configure(...)` or from the environment variables `SHARED_CLIENTS_<NAME>`."""

import dataclasses
import logging
import os
import threading
from collections.abc import Callable, Iterable, Mapping
from typing import TypedDict, Unpack

from shared_clients.errors import ConfigurationError

__all__ = ["Settings", "configure", "current"]

_LOGGER = logging.getLogger("shared_clients")
ENVIRONMENT_PREFIX = "SHARED_CLIENTS_"
ALL_CALLS = 100
_SWITCH = {"on": ALL_CALLS, "true": ALL_CALLS, "off": 0, "false": 0}
_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


@dataclasses.dataclass(frozen=True)
class Settings:
    """All settings of the pools, validated; the environment variable of each is its name in capitals.

    Attributes:
        pooling: Percentage of getter calls that the pools serve, 0 to 100. The others get a client of their
            own, built as if there were no pool. `"on"` and `"off"` are taken for 100 and 0.
        max_clients: Most clients that each pool keeps; the least recently used is dropped. None: no bound.
        pool_maxsize: Most connections that an HTTP client opens to one host; further threads wait for one.
        pool_connections: Number of hosts for which an HTTP client keeps connections.
        http_timeout: Seconds that `get_http_session` waits for a connection, and for each read.
        http_retries: Times that `get_http_session` tries again.
        http_backoff: Seconds that the first of those waits lasts at the most; each further one doubles.
        close_timeout: Seconds that closing all clients, also at exit, waits for messages under way.
        log_level: Level of the logger `shared_clients`; None leaves it as the process has it.

    """

    pooling: int = ALL_CALLS
    max_clients: int | None = None
    pool_maxsize: int = 64
    pool_connections: int = 16
    http_timeout: float = 30.0
    http_retries: int = 3
    http_backoff: float = 0.5
    close_timeout: float = 10.0
    log_level: str | None = None


def _percentage(value: object) -> int:
    text = str(value).strip().lower().removesuffix("%")
    percentage = _SWITCH.get(text)
    return _whole(0, ALL_CALLS)(text) if percentage is None else percentage


def _whole(least: int, most: int | None = None) -> Callable[[object], int]:
    def parse(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int | str):
            raise ValueError  # noqa: TRY004 - the caller turns it into the one error that users see
        number = int(value)
        if number < least or (most is not None and number > most):
            raise ValueError
        return number

    return parse


def _seconds(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError  # noqa: TRY004 - the caller turns it into the one error that users see
    number = float(value)
    if not 0 <= number < float("inf"):
        raise ValueError
    return number


def _positive_seconds(value: object) -> float:
    number = _seconds(value)
    if not number:
        raise ValueError
    return number


def _level(value: object) -> str | None:
    level = str(value).upper()
    if level not in _LEVELS:
        raise ValueError
    return level


class Changes(TypedDict, total=False):
    """What `configure` takes."""

    pooling: int | str
    max_clients: int | None
    pool_maxsize: int
    pool_connections: int
    http_timeout: float
    http_retries: int
    http_backoff: float
    close_timeout: float
    log_level: str | None


_MAY_BE_NONE = ("max_clients", "log_level")

# Per setting: how a value is read, and what the error says it should have been.
_FIELDS: Mapping[str, tuple[Callable[[object], object], str]] = {
    "pooling": (_percentage, "'on', 'off' or a percentage from 0 to 100"),
    "max_clients": (_whole(1), "a whole number from 1"),
    "pool_maxsize": (_whole(1), "a whole number from 1"),
    "pool_connections": (_whole(1), "a whole number from 1"),
    "http_timeout": (_positive_seconds, "seconds, more than 0"),
    "http_retries": (_whole(0), "a whole number from 0"),
    "http_backoff": (_seconds, "seconds, from 0"),
    "close_timeout": (_seconds, "seconds, from 0"),
    "log_level": (_level, "one of " + ", ".join(_LEVELS)),
}


def _validated(name: str, value: object, origin: str) -> object:
    read, expected = _FIELDS[name]
    if value is None and name in _MAY_BE_NONE:
        return None
    try:
        return read(value)
    except ValueError:
        raise ConfigurationError(f"{origin} is {value!r}; give {expected}") from None


def variable(name: str) -> str:
    """Name the environment variable of a setting."""
    return ENVIRONMENT_PREFIX + name.upper()


def _argument(name: str) -> str:
    return f"configure({name}=...)"


def _changed(settings: Settings, changes: Mapping[str, object], origin: Callable[[str], str]) -> Settings:
    valid = {name: _validated(name, value, origin(name)) for name, value in changes.items()}
    return dataclasses.replace(settings, **valid)  # type: ignore[arg-type]  # _FIELDS holds each one's type


def from_environment(environment: Mapping[str, str]) -> Settings:
    """Read the settings that an environment holds; an empty variable counts as not set.

    Raises:
        ConfigurationError: A variable has a value that makes no sense.

    """
    texts = {name: environment.get(variable(name), "").strip() for name in _FIELDS}
    return _changed(Settings(), {name: text for name, text in texts.items() if text}, variable)


def unknown_variables(environment: Mapping[str, str]) -> str | None:
    """Say which variables look like settings and are none; None where there are no such.

    They are not refused: a service must still start when it goes back to a release that lacks a setting.
    """
    known = [variable(name) for name in _FIELDS]
    unknown = [name for name in environment if name.startswith(ENVIRONMENT_PREFIX) and name not in known]
    return f"there is no setting {_listed(unknown)}; there are {_listed(known)}" if unknown else None


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)


def _warn_of_unknown(environment: Mapping[str, str]) -> None:
    if complaint := unknown_variables(environment):
        _LOGGER.warning("a misspelt environment variable changes nothing: %s", complaint)


class _Current:
    """The settings in force, and who must hear of a change; the environment is read when first asked."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.settings: Settings | None = None
        self.listeners: list[Callable[[], None]] = []
        self._level_before: int | None = None

    def get(self) -> Settings:
        settings = self.settings
        if settings is None:
            with self.lock:
                settings = self.settings or from_environment(os.environ)
                if self.settings is None:
                    self._set_log_level(settings.log_level)
                    _warn_of_unknown(os.environ)
                    self.settings = settings
        return settings

    def set(self, settings: Settings | None) -> None:
        with self.lock:
            self.settings = settings
            self._set_log_level(None if settings is None else settings.log_level)
        for listener in self.listeners:
            listener()

    def _set_log_level(self, level: str | None) -> None:
        if level is not None and self._level_before is None:
            self._level_before = _LOGGER.level
        if level is not None:
            _LOGGER.setLevel(level)
        elif self._level_before is not None:
            _LOGGER.setLevel(self._level_before)
            self._level_before = None

    def renew_lock(self) -> None:
        self.lock = threading.RLock()


_current = _Current()
os.register_at_fork(after_in_child=_current.renew_lock)


def current() -> Settings:
    """Return the settings in force: the environment's, read at the first call, with what `configure` changed.

    Raises:
        ConfigurationError: An environment variable has a value that makes no sense.

    """
    return _current.get()


def chosen() -> Settings | None:
    """Return the settings in force, or None while nobody has asked for any."""
    return _current.settings


def restore(settings: Settings | None) -> None:
    """Put other settings in force; None reads the environment again. For tests."""
    _current.set(settings)


def on_change(listener: Callable[[], None]) -> None:
    """Have a function called after each change of the settings."""
    _current.listeners.append(listener)


def configure(**changes: Unpack[Changes]) -> Settings:
    """Change settings for the clients handed out from now on.

    The pools let go of the clients that they keep, because those were built under the old settings. Whoever
    uses one keeps a working client.

    Args:
        **changes: Fields of `Settings`.

    Returns:
        The settings now in force.

    Raises:
        ConfigurationError: A value makes no sense, or there is no such setting.

    """
    unknown = sorted(changes.keys() - _FIELDS.keys())
    if unknown:
        raise ConfigurationError(
            f"configure() knows no setting {_listed(unknown)}; there are {_listed(_FIELDS)}"
        )
    with _current.lock:
        settings = _changed(current(), changes, _argument)
        _current.set(settings)
    return settings
