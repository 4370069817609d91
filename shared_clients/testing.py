"""What a user's tests need; a pytest plugin, on wherever this distribution is installed.

Before and after each test the pools let go of their clients, settings and credentials, so that the mock of one test
never reaches the next. In pytest's configuration, `shared_clients_reset` names functions that do the same
for pools of your own, one `module:function` a line. The fixtures `override_client`, `no_real_clients` and
`instant_retries` are for tests that ask for them; `override_client` and `empty_pools` can also be called.
"""

import importlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import TypeVar

import pytest

from shared_clients import _credentials, _registry, settings
from shared_clients._delays import DELAYS
from shared_clients.errors import ConfigurationError

__all__ = ["empty_pools", "override_client"]

_L = TypeVar("_L")
_OPTION = "shared_clients_reset"
_HELP = "Functions, module:function, that empty your own client pools between tests."
_INSTEAD = "patch the library's class, or give the getter a fake with override_client"
_ATTEMPTS = 5
_RESETS = pytest.StashKey[list[Callable[[], object]]]()
_SETTINGS = pytest.StashKey[settings.Settings | None]()


@contextmanager
def override_client(getter: Callable[..., object], fake: object) -> Iterator[None]:
    """Have a getter return `fake`, whatever its arguments, wherever it was imported.

    Args:
        getter: A getter of this package, such as `get_bigquery_client`.
        fake: Returned by every call of it.

    Raises:
        TypeError: `getter` is no getter of a pool.

    """
    pool = next((pool for pool in _registry.pools() if pool.get is getter), None)
    if pool is None:
        raise TypeError(
            f"{getter!r} is no getter of shared_clients; give a function such as get_bigquery_client"
        )
    with pool.substituted(fake):
        yield


def empty_pools() -> None:
    """Let go of all clients and credentials, and count from zero; who holds a client keeps a working one."""
    for pool in _registry.pools():
        pool.start_over()
    _credentials.forget()


@pytest.fixture(name="override_client")
def _override_client() -> Iterator[Callable[[Callable[..., object], object], None]]:
    """Return a function that has a getter return a fake until the test ends."""
    with ExitStack() as overrides:
        yield lambda getter, fake: overrides.enter_context(override_client(getter, fake))


@pytest.fixture
def no_real_clients() -> Iterator[None]:
    """Fail a test in which a getter would build a client of the real library."""
    refused: list[str] = []

    def refuse(what: str) -> None:
        refused.append(f"{what}, and no_real_clients forbids it; {_INSTEAD}")
        pytest.fail(refused[-1])

    def refuse_client(pool: _registry.PoolLike) -> None:
        if pool.is_real():
            refuse(f"a real {pool.name} client would have been built")

    def refuse_look_up() -> None:
        refuse("credentials would have been looked up for a real client")

    look_ups = _credentials.look_up_listeners
    with _listening(_registry.build_listeners, refuse_client), _listening(look_ups, refuse_look_up):
        yield
    if refused:  # the test may have caught the failure, or it happened in another thread
        pytest.fail(refused[0])


@contextmanager
def _listening(listeners: list[_L], listener: _L) -> Iterator[None]:
    listeners.append(listener)
    try:
        yield
    finally:
        listeners.remove(listener)


@pytest.fixture
def instant_retries() -> Iterator[None]:
    """Have the retries of `shared_clients` try again at once, five times in all."""
    with DELAYS.skipped(_ATTEMPTS):
        yield


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the setting that names functions which empty other pools."""
    parser.addini(_OPTION, _HELP, type="linelist", default=[])


def pytest_configure(config: pytest.Config) -> None:
    """Find the functions that the configuration names, so that a wrong name is said before any test runs."""
    try:
        config.stash[_RESETS] = [_find(name) for name in config.getini(_OPTION)]
    except ConfigurationError as error:
        raise pytest.UsageError(str(error)) from error


def _find(name: str) -> Callable[[], object]:
    module, _, function = name.partition(":")
    try:
        found: Callable[[], object] = getattr(importlib.import_module(module), function)
    except (ImportError, AttributeError, ValueError) as error:
        raise ConfigurationError(f"{_OPTION}: {name!r} names no function ({error})") from error
    if not callable(found):
        raise ConfigurationError(f"{_OPTION}: {name!r} names no function, but {found!r}")
    return found


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Empty the pools of what was fetched since collection began, and note the settings before a test."""
    item.stash[_SETTINGS] = settings.chosen()
    _empty_all(item.config)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    """When all fixtures of a test are undone, empty the pools and put back the settings that it changed."""
    try:
        yield
    finally:
        settings.restore(item.stash.get(_SETTINGS, None))
        _empty_all(item.config)


def _empty_all(config: pytest.Config) -> None:
    empty_pools()
    for reset in config.stash[_RESETS]:
        reset()
