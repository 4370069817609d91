"""What an expression may stand for, as far as a client can be concerned."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from flake8_client_pool.syntax.source import Node

if TYPE_CHECKING:
    from flake8_client_pool.syntax.names import Names


@dataclass(frozen=True, slots=True)
class Qualified:
    """Something of another distribution, by its dotted name: `google.cloud.storage.Client`."""

    name: str


@dataclass(frozen=True, slots=True)
class ModuleFile:
    """A module of the same repository: its file, or the folder of a package without `__init__.py`."""

    path: str


@dataclass(frozen=True, slots=True)
class Function:
    """A function or lambda of the same repository."""

    names: "Names"
    node: Node


@dataclass(frozen=True, slots=True)
class Class:
    """A class of the same repository."""

    names: "Names"
    node: Node


@dataclass(frozen=True, slots=True)
class Instance:
    """An object that a class, or a constructor, built."""

    of: Qualified | Class


Value: TypeAlias = Qualified | ModuleFile | Function | Class | Instance
Values: TypeAlias = tuple[Value, ...]
