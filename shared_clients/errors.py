"""The errors that the pools raise; each also derives from the built-in class that a caller would expect."""

__all__ = [
    "ClientConstructionError",
    "ConfigurationError",
    "MisplacedRetryError",
    "MissingLibraryError",
    "NoEventLoopError",
    "PicklingError",
    "SharedClientsError",
    "SharedStateError",
    "UnpoolableArgumentError",
]


class SharedClientsError(Exception):
    """The base of every error of this package."""

    def __init_subclass__(cls) -> None:
        """Show users the name under which they import the class."""
        cls.__module__ = "shared_clients.errors"


class MissingLibraryError(SharedClientsError, ImportError):
    """The library behind a getter is not installed; the text names the extra that brings it."""


class UnpoolableArgumentError(SharedClientsError, TypeError):
    """A getter was given an argument that no shared client can be keyed by; the text says what to do."""


class ConfigurationError(SharedClientsError, ValueError):
    """A setting, from `configure` or the environment, does not exist or has a value that makes no sense."""


class NoEventLoopError(SharedClientsError, RuntimeError):
    """An asynchronous client was asked for where no event loop runs."""


class PicklingError(SharedClientsError, TypeError):
    """A pooled client was pickled; connections do not travel, so a worker calls the getter itself."""


class ClientConstructionError(SharedClientsError, RuntimeError):
    """A client could not be built because building it asked the pool for the same client again."""


class MisplacedRetryError(SharedClientsError, TypeError):
    """A retry of BigQuery jobs stands where it cannot issue the job again; the text says where it belongs."""


class SharedStateError(SharedClientsError, TypeError):
    """A caller changed a shared session for everyone; the text says how to do so for one caller."""
