"""What all Google clients share: the class looked up when it is needed, the defaults found once."""

import copy
import dataclasses
import os
from collections.abc import Mapping
from typing import Any

from shared_clients import _credentials, _imports
from shared_clients._hooks import Arguments
from shared_clients._sharing import derives_from, is_of_library
from shared_clients.errors import MissingLibraryError, UnpoolableArgumentError

__all__ = ["LIBRARY", "REFUSED", "Service"]

LIBRARY = "google"
REFUSED = {
    "project": "give it as project_id",
    "_http": "a session belongs to one caller; set the pool's sizes with shared_clients.configure(), "
    "or build a client of your own",
    "transport": "a transport belongs to one client; set an endpoint through client_options, "
    "or build a client of your own",
}
_PROJECT_VARIABLES = ("GOOGLE_CLOUD_PROJECT", "GCLOUD_PROJECT")
# With one of these the library makes the credentials itself, and refuses to be given others.
_BRING_CREDENTIALS = ("credentials_file", "api_key")


@dataclasses.dataclass(frozen=True)
class Service:
    """A client class of a Google library.

    Attributes:
        extra: The extra of this distribution that installs the library.
        module: The module in which users find the class, and in which their tests patch it.
        class_name: The class.
        emulator: Environment variable with which the library talks to an emulator, without credentials.
        emulator_project: The project that the library then takes where none is set.
        has_project: Whether a client belongs to a project.

    """

    extra: str
    module: str
    class_name: str
    emulator: str | None = None
    emulator_project: str | None = None
    has_project: bool = True

    def find_class(self) -> Any:  # noqa: ANN401 - a class of the library, or whatever a test put in its place
        """Return what the library's module holds under the class's name now.

        Raises:
            MissingLibraryError: The library is not installed.

        """
        try:
            module = _imports.load(self.module)
        except ImportError as error:
            if error.name is None or not f"{self.module}.".startswith(f"{error.name}."):
                raise
            raise MissingLibraryError(
                f"{self.module} is not installed; install flake8-client-pool[{self.extra}]",
                name=error.name,
            ) from None
        return getattr(module, self.class_name)

    def is_real(self) -> bool:
        """Tell whether the class is the library's, or derived from it, and neither a mock nor a fake."""
        found = self.find_class()
        # A mock may claim to be a class; only its type cannot lie.
        return issubclass(type(found), type) and is_of_library(found, LIBRARY)

    def build(self, **arguments: object) -> Any:  # noqa: ANN401
        """Build a client; arguments that are None stay out, so that a patched class sees what callers gave.

        The result is a client of the class, or what a mock returns.
        """
        given = {name: value for name, value in arguments.items() if value is not None}
        return self.find_class()(**given)

    def prepare(self, given: Arguments) -> Arguments:
        """Fill in project and credentials, found once a process, and unify what has several forms.

        With a mock in the place of the class nothing is looked up: a test needs neither credentials nor a
        project, and the mock is called with what the caller gave.
        """
        if not self.is_real():
            return given
        arguments = {name: _own_copy(name, value) for name, value in given.items()}
        if not arguments.get("client_options", True):
            del arguments["client_options"]
        _credentials.share_token(arguments.get("credentials"))
        project = self.resolved_project(arguments)
        if self._finds_credentials(arguments):
            arguments |= self._credentials(arguments)
        return {"project_id": project, **arguments} if self.has_project and project else arguments

    def is_anonymous(self, arguments: Arguments) -> bool:
        """Tell whether the library needs no credentials, and hence no project, for a client."""
        emulated = self.emulator is not None and bool(os.environ.get(self.emulator))
        return emulated or arguments.get("use_auth_w_custom_endpoint") is False

    def _finds_credentials(self, arguments: Arguments) -> bool:
        brought = any(name in _options(arguments) for name in _BRING_CREDENTIALS) or "api_key" in arguments
        return "credentials" not in arguments and not brought and not self.is_anonymous(arguments)

    def _credentials(self, arguments: Arguments) -> Arguments:
        found, _ = _credentials.default_credentials(_options(arguments).get("scopes"))
        # Of what a test's google.auth.default() returns, the library takes what it is not given by a caller.
        return {"credentials": found} if derives_from(found, LIBRARY) else {}

    def resolved_project(self, arguments: Arguments) -> str | None:
        """Resolve the project as the libraries do (`google.cloud.client._ClientProjectMixin`); None if given."""
        if not self.has_project or arguments.get("project_id") is not None:
            return None
        own = getattr(arguments.get("credentials"), "project_id", None)
        project = _environment_project() or own
        if project is None and self.is_anonymous(arguments):
            return self.emulator_project
        return project or _credentials.default_credentials()[1]


def _environment_project() -> str | None:
    return next((os.environ[name] for name in _PROJECT_VARIABLES if name in os.environ), None)


def _options(arguments: Arguments) -> Mapping[str, Any]:
    options = arguments.get("client_options", {})
    return options if isinstance(options, Mapping) else {}


def _own_copy(name: str, value: Any) -> object:  # noqa: ANN401 - an argument of any constructor
    """Copy what the libraries change or keep, so that a caller's later change reaches no shared client."""
    if name == "client_options":
        if not isinstance(value, Mapping) and not derives_from(value, LIBRARY):
            raise UnpoolableArgumentError(
                f"the argument 'client_options' is of type {type(value).__name__}; give a dictionary such as "
                '{"api_endpoint": "..."}, or google.api_core.client_options.ClientOptions'
            )
        options = value if isinstance(value, Mapping) else vars(value)
        return {option: setting for option, setting in options.items() if setting is not None}
    return copy.copy(value) if name in ("client_info", "extra_headers") else value
