"""The parameters of a getter: what a call gives of them, and what it must not give."""

import inspect
from collections.abc import Callable, Mapping
from typing import NamedTuple

from shared_clients.errors import UnpoolableArgumentError

__all__ = ["Call", "Parameters"]


class Call(NamedTuple):
    """What a getter was called with; `project_id` is None also for one that takes no project."""

    project_id: str | None
    options: Mapping[str, object]

    @property
    def arguments(self) -> dict[str, object]:
        """All arguments by name."""
        return {"project_id": self.project_id, **self.options}


class Parameters:
    """What a getter takes: the parameters of the function that builds its clients, and no others.

    Args:
        build: That function.
        refused: Per argument that no client can be keyed by, what to do instead (the end of a sentence).

    """

    def __init__(self, build: Callable[..., object], refused: Mapping[str, str]) -> None:
        self._name = build.__name__
        self._refused = refused
        parameters = inspect.signature(build).parameters.values()
        self._defaults = {parameter.name: parameter.default for parameter in parameters}

    def given(self, call: Call) -> dict[str, object]:
        """Return the arguments of a call by name, without those that are the default.

        Raises:
            UnpoolableArgumentError: By one of them no client can be shared.
            TypeError: The getter does not take one of them.

        """
        arguments, defaults = call.arguments, self._defaults
        given = {name: value for name, value in arguments.items() if value is not defaults.get(name)}
        for name in sorted(given.keys() - defaults.keys()):
            self._refuse(name)
        return given

    def _refuse(self, name: str) -> None:
        advice = self._refused.get(name)
        if advice is None:
            known = ", ".join(self._defaults)
            raise TypeError(f"{self._name}() takes no argument {name!r}; it takes {known}")
        raise UnpoolableArgumentError(
            f"{self._name}() cannot share a client by its argument {name!r}: {advice}",
        )
