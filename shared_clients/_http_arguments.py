"""What `get_http_session` takes: which values make sense, and which of several forms keys a session."""

import math
from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import Any

from shared_clients.errors import ConfigurationError

__all__ = ["valid"]


def _positive_seconds(value: Any) -> bool:  # noqa: ANN401 whatever the caller gave
    match value:
        case tuple((connect, read)):
            parts = [part for part in (connect, read) if part is not None]
        case _:
            parts = [value]
    return bool(parts) and all(_at_least(0, part) and part > 0 for part in parts)


def _at_least(least: float, value: Any) -> bool:  # noqa: ANN401 whatever the caller gave
    return isinstance(value, int | float) and not isinstance(value, bool) and least <= value < math.inf


def _whole(least: int, value: Any) -> bool:  # noqa: ANN401 whatever the caller gave
    return isinstance(value, int) and _at_least(least, value)


def _names(value: Any) -> bool:  # noqa: ANN401 whatever the caller gave
    is_collection = isinstance(value, Collection) and not isinstance(value, str | bytes)
    return is_collection and all(isinstance(name, str) for name in value)


def _mapping(value: Any) -> bool:  # noqa: ANN401 whatever the caller gave
    return isinstance(value, Mapping)


def _headers(value: Any) -> bool:  # noqa: ANN401 whatever the caller gave
    return _mapping(value) and all(isinstance(name, str) and _line(text) for name, text in value.items())


def _proxies(value: Any) -> bool:  # noqa: ANN401 whatever the caller gave
    return _mapping(value) and all(isinstance(name, str) and _text(proxy) for name, proxy in value.items())


def _text(value: Any) -> bool:  # noqa: ANN401 whatever the caller gave
    return isinstance(value, str) and bool(value)


def _two(is_right: Callable[[Any], bool], value: Any) -> bool:  # noqa: ANN401 whatever the caller gave
    return isinstance(value, tuple) and len(value) == 2 and all(map(is_right, value))  # noqa: PLR2004 - two


def _auth(value: Any) -> bool:  # noqa: ANN401 whatever the caller gave
    return callable(value) or _two(lambda part: isinstance(part, str | bytes), value)


def _verify(value: Any) -> bool:  # noqa: ANN401 whatever the caller gave
    return isinstance(value, bool) or _text(value)


def _cert(value: Any) -> bool:  # noqa: ANN401 whatever the caller gave
    return _text(value) or _two(_text, value)


def _line(value: Any) -> bool:  # noqa: ANN401 whatever the caller gave
    text = value.decode("latin-1") if isinstance(value, bytes) else value
    return isinstance(text, str) and not text[:1].isspace() and not {"\r", "\n"} & set(text)


# Per argument: what it must be, as a test and in words.
_CHECKS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "timeout": (_positive_seconds, "seconds, more than 0 and finite, or a tuple (connect, read) of seconds"),
    "max_retries": (partial(_whole, 0), "a whole number from 0"),
    "backoff_factor": (partial(_at_least, 0), "seconds, from 0"),
    "pool_connections": (partial(_whole, 1), "a whole number from 1"),
    "pool_maxsize": (partial(_whole, 1), "a whole number from 1"),
    "allowed_methods": (_names, 'the names of methods in a list, tuple or set, such as ["GET", "POST"]'),
    "headers": (_headers, 'names and values, each a line of text, in a dictionary, such as {"X-Team": "blue"}'),
    "auth": (_auth, "a tuple of two texts, user and password, or a requests.auth.AuthBase"),
    "verify": (_verify, "True, False, or the path of a bundle of certificates as a text"),
    "cert": (_cert, "the path of a certificate as a text, or a tuple of two, certificate and key"),
    "proxies": (_proxies, 'proxies by scheme in a dictionary, such as {"https": "http://proxy:3128"}'),
}


def _float(value: Any) -> object:  # noqa: ANN401 seconds, or two of them
    return tuple(part and float(part) for part in value) if isinstance(value, tuple) else float(value)


class _HeaderName(str):
    """A name as it was given, equal to itself in capitals."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, str) and self.lower() == other.lower()

    def __hash__(self) -> int:
        return hash(self.lower())


# Per argument that has several forms: the one that keys and builds a session.
_UNIFIED: dict[str, Callable[[Any], object]] = {
    "timeout": _float,
    "backoff_factor": float,
    "allowed_methods": lambda value: frozenset(method.upper() for method in value),
    "headers": lambda value: {_HeaderName(name): text for name, text in value.items()},
}
_MAY_BE_SECRET = ("auth", "headers", "proxies")


def valid(name: str, value: Any) -> object:  # noqa: ANN401 whatever the caller gave
    """Return an argument in the form that keys and builds a session.

    Raises:
        ConfigurationError: It makes no sense.

    """
    check, expected = _CHECKS.get(name, (None, ""))
    if check is not None and not check(value):
        shown = f"of type {type(value).__name__}" if name in _MAY_BE_SECRET else repr(value)
        raise ConfigurationError(f"get_http_session({name}=...) is {shown}; give {expected}")
    return _UNIFIED[name](value) if name in _UNIFIED else value
