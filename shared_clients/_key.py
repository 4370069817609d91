"""What makes two requests ask for the same client."""

import dataclasses
import marshal
from collections.abc import Hashable, Mapping
from collections.abc import Set as AbstractSet
from typing import Any

__all__ = ["Key", "Same", "content_of", "freeze", "is_settled"]

_NUMBERS = (bool, int, float)
_PLAIN = (str, bytes, *_NUMBERS, type(None))
_SETTLED = (str, *_NUMBERS, type(None))
_BY_ATTRIBUTES = ("google.api_core.client_options", "google.api_core.client_info", "google.api_core.gapic_v1")
_WITHOUT_HIDDEN_STATE = (*_BY_ATTRIBUTES, "google.cloud.bigquery.job")


class Same:
    """Equal to itself alone, whatever the object in it thinks of equality; holds that object strongly.

    A key made from `id()` would let a new object take over the client of one that was collected.
    """

    __slots__ = ("value",)

    def __init__(self, value: object) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and other.value is self.value

    def __hash__(self) -> int:
        return id(self.value)

    def __repr__(self) -> str:
        return f"<{type(self.value).__name__}>"


@dataclasses.dataclass(frozen=True)
class Key:
    """A pool's name and the arguments of one of its clients, by value, credentials by identity.

    The options may hold an API key, so that they do not show in the representation.
    """

    pool: str
    project: Hashable
    options: frozenset[tuple[str, Hashable]] = dataclasses.field(repr=False)

    @classmethod
    def of(cls, pool: str, arguments: Mapping[str, object]) -> "Key":
        """Make the key of a client that is built from these arguments."""
        options = ((name, _freeze_argument(name, value)) for name, value in arguments.items())
        project = freeze(arguments.get("project_id"))
        return cls(pool, project, frozenset(option for option in options if option[0] != "project_id"))


def _freeze_argument(name: str, value: object) -> Hashable:
    if name == "credentials":
        return Same(value)
    return (type(value), value) if type(value) in _NUMBERS else freeze(value)


def freeze(value: object) -> Hashable:
    """Return a hashable stand-in that is equal for equal settings, in whichever containers they come.

    Containers and the settings objects of the Google libraries go by what they hold; of any other object
    nothing is known, so it goes by identity. Numbers in a container compare as Python compares them; as an
    argument of their own 1, 1.0 and True are told apart.
    """
    if isinstance(value, _PLAIN):
        return value
    if isinstance(value, Mapping):
        return ("mapping", _freeze_items(value))
    if isinstance(value, AbstractSet):
        return ("set", frozenset(freeze(item) for item in value))
    if isinstance(value, list | tuple):
        return ("sequence", tuple(freeze(item) for item in value))
    return _freeze_object(value)


def _freeze_items(mapping: Mapping[Any, object]) -> Hashable:
    return frozenset((freeze(name), freeze(value)) for name, value in mapping.items())


def _freeze_object(value: object) -> Hashable:
    represent = getattr(type(value), "to_api_repr", None)
    if represent is not None:
        return (type(value).__qualname__, freeze(represent(value)))
    if type(value).__module__.startswith(_BY_ATTRIBUTES):
        return (
            "mapping",
            _freeze_items({name: item for name, item in vars(value).items() if item is not None}),
        )
    return Same(value)


def is_settled(arguments: Mapping[str, object]) -> bool:
    """Tell whether Python's own equality of these arguments agrees with that of their keys, now and later.

    Only such arguments may stand in a look-up table: an options object could change after it was looked up,
    and credentials with an equality of their own could stand for others.
    """
    return all(_is_settled(name, value) for name, value in arguments.items())


def _is_settled(name: str, value: object) -> bool:
    kind = type(value)
    if name == "credentials":
        return kind.__eq__ is object.__eq__ and kind.__hash__ is object.__hash__
    if isinstance(value, tuple) and kind.__eq__ is tuple.__eq__:
        return all(type(item) in _PLAIN for item in value)
    return kind in _SETTLED


def content_of(arguments: Mapping[str, object]) -> Hashable:
    """Return what the arguments of a call hold now, for those that may change; None where that is not plain.

    Equal contents mean equal keys. The contrary does not hold: a dictionary in another order has another
    content, and only takes longer to find.
    """
    try:
        return tuple([(name, *_content(name, value)) for name, value in arguments.items()])
    except (TypeError, ValueError):
        return None


def _content(name: str, value: object) -> tuple[type, object]:
    kind = type(value)
    if _is_settled(name, value):
        return kind, value
    if name == "credentials":
        raise ValueError(name)
    # In the version that knows no references to what was written before, equal values give equal bytes; it
    # refuses all but plain ones. Nothing else is as fast.
    plain: Any = vars(value) if kind.__module__.startswith(_WITHOUT_HIDDEN_STATE) else value
    return kind, marshal.dumps(plain, 2)
