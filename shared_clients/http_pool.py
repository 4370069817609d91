"""The shared HTTP sessions, and the verbs of `requests` on the default one.

One session is shared by all threads, and all callers who ask for the same settings. This is safe because
connections are kept in urllib3's thread-safe pools and because nothing in the session can change: headers,
credentials, proxies and hooks are fixed when it is built, and it keeps no cookies. A response still has its
cookies, a request takes `cookies=`, and a chain of redirects keeps those that are set on the way.
"""

from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any, NoReturn

from shared_clients import _http, _imports, settings
from shared_clients._hooks import Arguments, Hooks
from shared_clients._http_arguments import valid
from shared_clients._pool import Pool
from shared_clients._sharing import SharedClient
from shared_clients.errors import MissingLibraryError, SharedStateError

if TYPE_CHECKING:
    import requests
    from requests.auth import AuthBase

    from shared_clients._http_session import Timeout

__all__ = [
    "delete",
    "get",
    "get_http_session",
    "head",
    "options",
    "patch",
    "post",
    "put",
    "request",
]

LIBRARY = "requests"


class SharedSession(SharedClient):
    """A session whose settings stay as they were built."""

    def __setattr__(self, name: str, value: object) -> NoReturn:
        from shared_clients._http_session import ADVICE

        raise SharedStateError(f"{name} cannot be changed here: {ADVICE}")

    def __delattr__(self, name: str) -> NoReturn:
        from shared_clients._http_session import ADVICE

        raise SharedStateError(f"{name} cannot be removed here: {ADVICE}")

    def mount(self, prefix: str, adapter: object) -> NoReturn:
        """Refuse an adapter that every caller would use."""
        del adapter
        from shared_clients._http_session import ADVICE

        raise SharedStateError(f"the adapter of {prefix} cannot be changed here: {ADVICE}")


def _session_class() -> Any:  # noqa: ANN401 a class, or the mock that a test put in its place
    try:
        found = _imports.load(LIBRARY).Session
    except ImportError as error:
        if error.name != LIBRARY:  # it is there, and something that it needs is not
            raise
        raise MissingLibraryError(
            "requests is not installed; install flake8-client-pool[http]", name=LIBRARY
        ) from None
    _imports.load("shared_clients._http_session")  # so that what is imported from it below is there
    return found


def _is_real() -> bool:
    found = _session_class()
    return issubclass(type(found), type) and any(
        base.__module__.partition(".")[0] == LIBRARY for base in found.__mro__
    )


def _prepare(given: Arguments) -> Arguments:
    if not _is_real():
        return given
    return _defaults() | {name: valid(name, value) for name, value in given.items()}


def _defaults() -> dict[str, Any]:
    from shared_clients._http_session import IDEMPOTENT

    now = settings.current()
    return {
        "timeout": now.http_timeout,
        "max_retries": now.http_retries,
        "backoff_factor": now.http_backoff,
        "pool_connections": now.pool_connections,
        "pool_maxsize": now.pool_maxsize,
        "allowed_methods": IDEMPOTENT,
    }


def _warm(session: "requests.Session") -> None:
    from shared_clients._http_session import fix

    fix(session)


POOL: "Pool[requests.Session]" = Pool(
    "http",
    Hooks(
        library=LIBRARY,
        prepare=_prepare,
        is_real=_is_real,
        warm=_warm,
        close=_http.close,
        renew=_http.renew_session,
        connections=_http.session_connections_in_use,
        mixin=SharedSession,
    ),
)


@POOL.getter
def get_http_session(
    *,
    timeout: "Timeout | None" = None,
    max_retries: int | None = None,
    backoff_factor: float | None = None,
    allowed_methods: Collection[str] | None = None,
    pool_connections: int | None = None,
    pool_maxsize: int | None = None,
    headers: Mapping[str, str | bytes] | None = None,
    auth: "tuple[str, str] | AuthBase | None" = None,
    proxies: Mapping[str, str] | None = None,
    verify: bool | str = True,
    cert: str | tuple[str, str] | None = None,
) -> "requests.Session":
    """Return the session that this process shares for these settings, across threads.

    Args:
        timeout: Seconds to wait for a connection and for each read, or both apart as a tuple, for requests
            that give no `timeout`; one that gives `(None, None)` waits for ever. None: `http_timeout`.
        max_retries: Times that a request is tried again after a failed connection, a 429 or a 503; the last
            response is returned as it is. None: the setting `http_retries`.
        backoff_factor: Seconds that the first wait lasts at the most; each further one doubles. `Retry-After`
            is waited for on top, and past a minute the response is returned instead. None: `http_backoff`.
        allowed_methods: The methods that are tried again; None: the idempotent ones.
        pool_connections: Number of hosts for which connections are kept.
        pool_maxsize: Number of connections kept for each host; more are opened when threads need them.
        headers: Sent with every request, on top of those of `requests`.
        auth: Basic credentials, compared by value, or an `AuthBase`, by identity.
        proxies: Proxy by scheme or by scheme and host.
        verify: Whether to check certificates, or the path of a bundle to check them against.
        cert: Path of a client certificate, or paths of a certificate and its key.

    Returns:
        A session ready to use from any thread. What would change it for everyone raises `SharedStateError`.

    Raises:
        MissingLibraryError: `requests` is not installed.
        ConfigurationError: An argument has a value that makes no sense.

    """
    return _build(**locals())


def _build(**arguments: Any) -> "requests.Session":  # noqa: ANN401 those of get_http_session
    session: requests.Session = _session_class()()
    if _is_real():
        from shared_clients._http_session import equip

        given = {name: value for name, value in arguments.items() if value is not None}
        session.headers.update(given.pop("headers", {}))
        session.proxies.update(given.pop("proxies", {}))
        for name in ("auth", "verify", "cert"):
            setattr(session, name, given.pop(name, None))
        equip(session, **(_defaults() | given))
    return session


# Per verb: the arguments that `requests` takes by position after the URL.
_VERBS: Mapping[str, tuple[str, ...]] = {
    "delete": (),
    "get": ("params",),
    "head": (),
    "options": (),
    "patch": ("data",),
    "post": ("data", "json"),
    "put": ("data",),
}


def _verb(name: str) -> "Callable[..., requests.Response]":
    def send(url: str | bytes, *values: object, **arguments: object) -> "requests.Response":
        if len(values) > len(_VERBS[name]):
            raise TypeError(f"{name}() takes {len(_VERBS[name])} arguments by position after the URL")
        named = dict(zip(_VERBS[name], values, strict=False))
        response: requests.Response = getattr(get_http_session(), name)(url, **named, **arguments)
        return response

    send.__name__ = send.__qualname__ = name
    send.__doc__ = f"Send a {name.upper()} through the default session; takes what `requests.{name}` takes."
    return send


def _request(method: str, url: str | bytes, **arguments: Any) -> "requests.Response":  # noqa: ANN401
    """Send a request through the default session; takes what `requests.request` takes."""
    return get_http_session().request(method, url, **arguments)


if TYPE_CHECKING:  # the very signatures of the installed `requests`, or of the stubs for an older one
    from requests import delete, get, head, options, patch, post, put, request
else:
    request = _request
    delete, get, head, options, patch, post, put = map(_verb, _VERBS)
