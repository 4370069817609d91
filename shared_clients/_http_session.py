"""What makes a session of `requests` fit to be shared: time limits, retries, and nothing to leak."""

import itertools
import random
import time
from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import Any, NoReturn, Self, cast

import requests
from requests.adapters import HTTPAdapter
from requests.cookies import RequestsCookieJar
from requests.structures import CaseInsensitiveDict
from urllib3 import BaseHTTPResponse
from urllib3.connectionpool import ConnectionPool
from urllib3.exceptions import (
    InvalidHeader,
    MaxRetryError,
    ReadTimeoutError,
    ResponseError,
    SSLError,
)
from urllib3.util.retry import Retry

from shared_clients._delays import DELAYS
from shared_clients.errors import SharedStateError

__all__ = ["ADVICE", "IDEMPOTENT", "Timeout", "equip", "fix"]

Timeout = float | tuple[float | None, float | None]

IDEMPOTENT = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PUT", "TRACE"})
"""https://www.rfc-editor.org/rfc/rfc9110#section-9.2.2"""

ADVICE = (
    "this session is shared by everyone who asks for one with the same settings. Give the setting to the "
    "request, or to get_http_session() for another session, or use a requests.Session of your own"
)
_FIXED_IN_ADAPTERS = ("config", "max_retries", "timeout")  # not what a fork renews
_CHANGES = (
    *("__delitem__", "__iadd__", "__imul__", "__ior__", "__setitem__", "append", "clear", "extend", "insert"),
    *("pop", "popitem", "remove", "reverse", "setdefault", "sort", "update"),
)
LONGEST_RETRY_AFTER_SECONDS = 60
LONGEST_BACKOFF_SECONDS = 60


class JitteredRetry(Retry):
    """Tries again after failed connections, 429 and 503, at random times and not before a server wants it.

    A request whose method is not allowed is never repeated, not even when it was not sent. After a read
    timeout nothing is: the time that the caller gave is over.
    """

    RETRY_AFTER_STATUS_CODES = frozenset({429, 503})

    def increment(
        self,
        method: str | None = None,
        url: str | None = None,
        response: BaseHTTPResponse | None = None,
        error: Exception | None = None,
        _pool: ConnectionPool | None = None,
        _stacktrace: TracebackType | None = None,
    ) -> Self:
        """Count an attempt, or raise what ends the attempts."""
        if isinstance(error, ReadTimeoutError):
            raise error
        if isinstance(error, SSLError) or not self._may_repeat(method) or self._must_stay_away(response):
            reason = error or ResponseError(ResponseError.GENERIC_ERROR)
            raise MaxRetryError(cast("ConnectionPool", _pool), url, reason) from error
        return super().increment(method, url, response, error, _pool, _stacktrace)

    def _may_repeat(self, method: str | None) -> bool:
        allowed = self.allowed_methods
        attempts = len(self.history) + 1
        return (allowed is None or (method or "").upper() in allowed) and (
            DELAYS.attempts is None or attempts < DELAYS.attempts
        )

    def _must_stay_away(self, response: BaseHTTPResponse | None) -> bool:
        return response is not None and (self.get_retry_after(response) or 0) > LONGEST_RETRY_AFTER_SECONDS

    def get_retry_after(self, response: BaseHTTPResponse) -> float | None:
        """Return the seconds that the server asks to wait; None if it asks for none that can be read."""
        try:
            return super().get_retry_after(response)
        except InvalidHeader:
            return None

    def get_backoff_time(self) -> float:
        """Return a random number of seconds, up to a limit that doubles with each attempt (full jitter)."""
        errors = itertools.takewhile(lambda entry: entry.redirect_location is None, reversed(self.history))
        limit = self.backoff_factor * 2.0 ** (len(list(errors)) - 1)
        return random.uniform(0, min(limit, LONGEST_BACKOFF_SECONDS))  # noqa: S311 spreads load, keeps no secret

    def sleep(self, response: BaseHTTPResponse | None = None) -> None:
        """Wait as long as the server asks, and a random time more, so that not all come back at once."""
        asked = self.get_retry_after(response) if response else None
        if DELAYS.attempts is None:
            time.sleep((asked or 0) + self.get_backoff_time())


class Adapter(HTTPAdapter):
    """An adapter whose requests have a time limit unless they bring their own."""

    def __init__(self, timeout: Timeout, **options: Any) -> None:  # noqa: ANN401 as the base class
        self.timeout = timeout
        super().__init__(**options)

    is_fixed = False

    def __setattr__(self, name: str, value: object) -> None:
        if self.is_fixed and name in _FIXED_IN_ADAPTERS:
            raise SharedStateError(f"{name} cannot be changed here: {ADVICE}")
        super().__setattr__(name, value)

    def send(self, *arguments: Any, **options: Any) -> requests.Response:  # noqa: ANN401 as the base class
        """Send a request; the `timeout` None, which stands for none given, is the default."""
        if options.get("timeout") is None:
            options["timeout"] = self.timeout
        return super().send(*arguments, **options)


class FixedHeaders(CaseInsensitiveDict[str | bytes]):
    """Headers that everyone sends and, once made, nobody can change."""

    is_fixed = False

    def __init__(self, headers: Mapping[str, str | bytes]) -> None:
        super().__init__(headers)
        self.is_fixed = True

    def __repr__(self) -> str:
        return repr(list(self))  # a value may be a secret

    def __setitem__(self, name: str, value: str | bytes) -> None:
        self._refuse_when_fixed()
        super().__setitem__(name, value)

    def __delitem__(self, name: str) -> None:
        self._refuse_when_fixed()
        super().__delitem__(name)

    def _refuse_when_fixed(self) -> None:
        if self.is_fixed:
            raise SharedStateError(f"headers cannot be changed here: {ADVICE}")


def _refuse(*_: object, **__: object) -> NoReturn:
    raise SharedStateError(f"what a session holds cannot be changed here: {ADVICE}")


def _fixed(kind: type) -> Any:  # noqa: ANN401 - a class whose objects, once made, nobody can change
    changes = {name: _refuse for name in _CHANGES if hasattr(kind, name)}
    return type(f"Fixed{kind.__name__.title()}", (kind,), changes)


class FixedDict(_fixed(dict)):  # type: ignore[misc]  # a class made by a function
    """Settings by name; a proxy's address, for one, may hold a password, so that values do not show."""

    def __repr__(self) -> str:
        return repr(list(self))


FixedList = _fixed(list)


class NoCookies(RequestsCookieJar):
    """Keeps no cookie of any response, and takes none from a caller; those of a request still go out."""

    def extract_cookies(self, *_: object) -> None:
        """Leave a response's cookies to the response."""

    def set_cookie(self, *_: object, **__: object) -> NoReturn:
        """Refuse a cookie that every caller would send."""
        raise SharedStateError(f"cookies cannot be kept here: {ADVICE}")


def equip(  # noqa: PLR0913 as many as can be set
    session: requests.Session,
    *,
    timeout: Timeout,
    pool_connections: int,
    pool_maxsize: int,
    max_retries: int,
    backoff_factor: float,
    allowed_methods: Iterable[str],
) -> None:
    """Give a session connections, time limits and retries.

    A pool that is full opens further connections and closes them after use. To wait for a free one could
    last for ever here: an unread response with `stream=True` never gives its connection back.
    """
    retries = JitteredRetry(
        total=max_retries,
        status_forcelist=JitteredRetry.RETRY_AFTER_STATUS_CODES,
        allowed_methods=frozenset(method.upper() for method in allowed_methods),
        backoff_factor=backoff_factor,
        raise_on_status=False,
    )
    for scheme in ("https://", "http://"):
        options = {"pool_connections": pool_connections, "pool_maxsize": pool_maxsize, "max_retries": retries}
        session.mount(scheme, Adapter(timeout, **options))


def fix(session: requests.Session) -> None:
    """Make the containers of a session unchangeable."""
    state = vars(session)
    state["headers"] = FixedHeaders(session.headers)
    state["cookies"] = NoCookies()
    state["hooks"] = FixedDict({event: FixedList(hooks) for event, hooks in session.hooks.items()})
    for adapter in session.adapters.values():
        vars(adapter)["is_fixed"] = True
    for name in ("adapters", "params", "proxies"):
        state[name] = FixedDict(state[name])
