"""Application-default credentials, found once a process; and one token request where fifty threads start."""

import contextlib
import os
import threading
import types
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from shared_clients import _imports
from shared_clients._sharing import derives_from
from shared_clients._slot import raise_for_one

if TYPE_CHECKING:
    from google.auth.credentials import Credentials

__all__ = ["default_credentials", "forget", "look_up_listeners", "share_token"]

# Broad enough for every service here. Without it each library would copy the credentials with its own
# scopes, and each copy would fetch a token of its own.
CLOUD_PLATFORM = "https://www.googleapis.com/auth/cloud-platform"
_LOCK = "_shared_clients_refresh_lock"
# Called before the environment is searched; one may raise to prevent it.
look_up_listeners: list[Callable[[], None]] = []


class _LookUp:
    """One look-up under way, which others may wait for."""

    def __init__(self) -> None:
        self.finder = threading.get_ident()
        self.done = threading.Event()
        self.found: tuple[Credentials, str | None] | None = None
        self.error: BaseException | None = None

    def run(self, find: "Callable[[], tuple[Credentials, str | None]]") -> "tuple[Credentials, str | None]":
        try:
            self.found = find()
        except BaseException as error:
            self.error = error
            raise
        return self.found

    def wait(self) -> "tuple[Credentials, str | None] | None":
        """Return what was found, None if the finder was interrupted, or raise what it raised."""
        self.done.wait()
        if isinstance(self.error, Exception):
            raise_for_one(self.error)
        return self.found


class _Found:
    """What this process has found. A fork starts a new one, whose lock nobody holds."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.by_scopes: dict[tuple[str, ...], tuple[Credentials, str | None]] = {}
        self.under_way: dict[tuple[str, ...], _LookUp] = {}

    def get(self, scopes: tuple[str, ...]) -> "tuple[Credentials, str | None]":
        found = self.by_scopes.get(scopes)
        while found is None:
            found = self._share(scopes)
        return found

    def _share(self, scopes: tuple[str, ...]) -> "tuple[Credentials, str | None] | None":
        mine = _LookUp()
        with self.lock:
            if scopes in self.by_scopes:
                return self.by_scopes[scopes]
            look_up = self.under_way.setdefault(scopes, mine)
        if look_up is mine:
            return self._lead(scopes, mine)
        if look_up.finder == mine.finder:  # a signal handler in the midst of it, which must not wait for itself
            return self._find(scopes)
        return look_up.wait()

    def _lead(self, scopes: tuple[str, ...], look_up: _LookUp) -> "tuple[Credentials, str | None]":
        try:
            found = look_up.run(lambda: self._find(scopes))
            self.by_scopes[scopes] = found
        finally:
            with self.lock:
                del self.under_way[scopes]
            look_up.done.set()
        return found

    def _find(self, scopes: tuple[str, ...]) -> "tuple[Credentials, str | None]":
        _imports.load("google.auth")
        import google.auth

        if scopes == (CLOUD_PLATFORM,):
            for listener in look_up_listeners:
                listener()
            credentials, project = google.auth.default(scopes=scopes)
        else:
            credentials, project = self.get((CLOUD_PLATFORM,))
            if isinstance(credentials, google.auth.credentials.Scoped):
                scoped: Any = credentials
                credentials = scoped.with_scopes(scopes)
        share_token(credentials)
        return credentials, project


_found = _Found()


def default_credentials(scopes: Sequence[str] | None = None) -> "tuple[Credentials, str | None]":
    """Return the application-default credentials and their project, the same objects at every call.

    Args:
        scopes: OAuth scopes; None for all that the Google Cloud libraries here need.

    Raises:
        google.auth.exceptions.DefaultCredentialsError: There are none.

    """
    return _found.get(tuple(scopes or (CLOUD_PLATFORM,)))


def forget() -> None:
    """Look for the credentials anew at the next call."""
    global _found  # noqa: PLW0603 - replacing the whole is what makes it safe after a fork
    _found = _Found()


os.register_at_fork(after_in_child=forget)


def share_token(credentials: object) -> None:
    """Let one thread fetch a token while the others wait for it, instead of one request for each thread.

    The credentials stay an instance of their class, and pickle as such.
    """
    kind = type(credentials)
    if derives_from(credentials, "google") and _LOCK not in vars(kind) and hasattr(kind, "before_request"):
        patient = _patient_classes.get(kind) or _patient_classes.setdefault(kind, _patient(kind))
        # Past a __setattr__ of its own, such as that of a frozen class. One with slots stays as it is.
        with contextlib.suppress(TypeError):
            object.__setattr__(credentials, "__class__", patient)


_patient_classes: dict[type, type] = {}


def _patient(kind: Any) -> type:  # noqa: ANN401 - any class of google-auth
    def before_request(self: Any, *arguments: object) -> None:  # noqa: ANN401
        if self.valid:
            kind.before_request(self, *arguments)
            return
        with _refresh_lock(self):  # whoever comes second finds the token valid, and fetches none
            kind.before_request(self, *arguments)

    def reduce(self: Any, protocol: int) -> object:  # noqa: ANN401
        twin = kind.__new__(kind)
        vars(twin).update({name: value for name, value in vars(self).items() if not name.startswith(_LOCK)})
        return twin.__reduce_ex__(min(protocol, 1))  # from 2 on, pickle insists on the class of `self`

    names: Mapping[str, object] = {"__module__": kind.__module__, "__qualname__": kind.__qualname__}
    methods: Mapping[str, Callable[..., object]] = {"before_request": before_request, "__reduce_ex__": reduce}
    body = {**names, **methods, _LOCK: True}
    return types.new_class(kind.__name__, (kind,), exec_body=lambda namespace: namespace.update(body))


def _refresh_lock(credentials: object) -> threading.RLock:
    # One for each process: after a fork the parent's may be held by a thread that the child has not.
    lock: threading.RLock = vars(credentials).setdefault(f"{_LOCK}_{os.getpid()}", threading.RLock())
    return lock
