"""From the tables of a configuration file to settings, or to an error that says which key is wrong."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flake8_client_pool.kinds import KINDS, ClientKind
from flake8_client_pool.policy.errors import ConfigurationError
from flake8_client_pool.policy.patterns import checked_patterns
from flake8_client_pool.policy.selection import USER_KIND_CODE, Selection, checked_prefixes
from flake8_client_pool.policy.settings import DEFAULT_POOL_MODULE, Phase, Settings, files_of

Table = Mapping[str, Any]

_DOTTED = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")
_NAME = re.compile(r"[^\W\d][\w-]*")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands, for an error's text: the file and the key with its tables."""

    file: str
    key: str = ""

    def __str__(self) -> str:
        return f"{self.file}: {self.key}" if self.key else self.file

    def below(self, key: str) -> "Place":
        """Name a key in the table that stands here."""
        return Place(self.file, f"{self.key}.{key}" if self.key else key)

    def wrong(self, what: str) -> ConfigurationError:
        """Make the error that says `what` is wrong here."""
        return ConfigurationError(f"{self}: {what}")


def strings(value: object, place: Place) -> tuple[str, ...]:
    """Read a list of strings; an ini file writes it in one value, with commas or line breaks between."""
    if isinstance(value, str):
        value = [part.strip() for part in re.split(r"[,\n]", value) if part.strip()]
    if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
        raise place.wrong(f"expected a list of strings, found {value!r}")
    return tuple(value)


def patterns(value: object, place: Place) -> tuple[str, ...]:
    """Read a list of path patterns."""
    return checked_patterns(strings(value, place), str(place))


def dotted_name(value: object, place: Place) -> str:
    """Read the dotted name of a module, class or function."""
    if not isinstance(value, str) or not _DOTTED.fullmatch(value.strip()):
        raise place.wrong(f"expected a dotted name such as shared.clients, found {value!r}")
    return value.strip()


def dotted_names(value: object, place: Place) -> tuple[str, ...]:
    """Read a list of dotted names."""
    return tuple(dotted_name(name, place) for name in strings(value, place))


def text(value: object, place: Place) -> str:
    """Read a text that is not empty."""
    if not isinstance(value, str) or not value.strip():
        raise place.wrong(f"expected a text, found {value!r}")
    return value.strip()


def count(value: object, place: Place) -> int:
    """Read a whole number from zero upward; an ini file writes it in digits."""
    if isinstance(value, str) and value.strip().isdecimal():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise place.wrong(f"expected a whole number from 0 upward, found {value!r}")
    return value


def parameters(value: object, place: Place) -> dict[str, str]:
    """Read how a constructor's parameters map to the getter's, in the constructor's order.

    A table maps one name to another, a list holds names that are the same on both sides, and an ini file
    writes `host, port = port_number`.
    """
    if not isinstance(value, Mapping):
        pairs = [item.partition("=") for item in strings(value, place)]
        value = {theirs.strip(): (ours if equals else theirs).strip() for theirs, equals, ours in pairs}
    for names in value.items():
        if not all(isinstance(name, str) and name.isidentifier() for name in names):
            raise place.wrong(f"expected parameter names, found {names[0]!r} = {names[1]!r}")
    return dict(value)


Reader = Callable[[object, Place], Any]

KIND_KEYS: Mapping[str, Reader] = {
    "title": text,
    "constructors": dotted_names,
    "factories": strings,
    "getter": text,
    "arguments": parameters,
    "positional": count,
}


def kinds(value: object, place: Place) -> tuple[ClientKind, ...]:
    """Read the user's own kinds, a table by name."""
    if not isinstance(value, Mapping):
        raise place.wrong(f"expected a table for each kind, found {value!r}")
    return tuple(_kind(name, table, place.below(name)) for name, table in value.items())


def prefixes(value: object, place: Place) -> tuple[str, ...]:
    """Read the beginnings of codes."""
    return checked_prefixes(strings(value, place), str(place))


CHOICES: Mapping[str, tuple[str, str]] = {
    "unphased": ("pending", "error"),
    "overdue": ("warning", "error"),
    "suppression-reason": ("optional", "required"),
    "suppression-in-reached-phases": ("allowed", "forbidden"),
}


def one_of(words: tuple[str, str]) -> Reader:
    """Make the reader for a choice between two words, of which the second, the stricter one, reads as True."""

    def chosen(value: object, place: Place) -> bool:
        if value not in words:
            raise place.wrong(f"expected {' or '.join(map(repr, words))}, found {value!r}")
        return value == words[1]

    return chosen


def day(value: object, place: Place) -> str:
    """Read a date; TOML has a type for it, and every file may write it as YYYY-MM-DD."""
    import datetime as dt

    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value.isoformat()
    try:
        return dt.date.fromisoformat(text(value, place)).isoformat()
    except ValueError as error:
        raise place.wrong(f"expected a day as YYYY-MM-DD, found {value!r}") from error


PHASE_KEYS: Mapping[str, Reader] = {"name": text, "paths": patterns, "owner": text, "due": day}


def phases(value: object, place: Place) -> tuple[Phase, ...]:
    """Read the phases, a list of tables in the order in which the gate reaches them."""
    if not isinstance(value, list):
        raise place.wrong(f"expected a list of tables, found {value!r}")
    found = tuple(_phase(table, place.below(str(number))) for number, table in enumerate(value, 1))
    names = [phase.name for phase in found]
    if twice := next((name for name in names if names.count(name) > 1), ""):
        raise place.wrong(f"two phases are called {twice!r}; give each a name of its own")
    return found


def _phase(table: object, place: Place) -> Phase:
    if not isinstance(table, Mapping):
        raise place.wrong(f"expected a table, found {table!r}")
    values = _read(table, PHASE_KEYS, place)
    for key in ("name", "paths"):
        if not values.get(key):
            raise place.wrong(f"the phase has no {key}; add the key {key!r}")
    return Phase(**values)


SETTINGS_KEYS: Mapping[str, Reader] = {
    "pool-module": dotted_name,
    "pool-paths": patterns,
    "exclude": patterns,
    "select": prefixes,
    "ignore": prefixes,
    "kinds": kinds,
    "phase": count,
    "phases": phases,
    **{key: one_of(words) for key, words in CHOICES.items()},
}


def settings_from(table: Table, place: Place, root: str) -> Settings:
    """Build the settings that `table`, found at `place`, describes; its patterns are relative to `root`.

    Raises:
        ConfigurationError: a key is unknown, or a value cannot be used; the text names file and key.
    """
    values = _read(table, SETTINGS_KEYS, place)
    _check_reach(values, place)
    module = values.get("pool-module", DEFAULT_POOL_MODULE)
    return Settings(
        root=root,
        source=place.file,
        given=frozenset(values),
        pool_module=module,
        pool_paths=values.get("pool-paths", files_of(module)),
        exclude=values.get("exclude", ()),
        selection=Selection(values.get("select", ()), values.get("ignore", ())),
        kinds=values.get("kinds", ()),
        phases=values.get("phases", ()),
        phase=values.get("phase", 0),
        strict_unphased=values.get("unphased", True),
        strict_overdue=values.get("overdue", False),
        reasons_required=values.get("suppression-reason", False),
        suppression_forbidden=values.get("suppression-in-reached-phases", False),
    )


def _check_reach(values: Mapping[str, Any], place: Place) -> None:
    phases = values.get("phases", ())
    if phases and "phase" not in values:
        raise place.wrong("there are phases, but not how many of them are reached; begin with the key phase = 0")
    if values.get("phase", 0) > len(phases):
        raise place.below("phase").wrong(f"the gate cannot reach phase {values['phase']} of {len(phases)}")


def _read(table: Table, readers: Mapping[str, Reader], place: Place) -> dict[str, Any]:
    for key in table:
        if key not in readers:
            raise place.wrong(f"unknown key {key!r}; {nearest(key, readers)}")
    return {key: readers[key](value, place.below(key)) for key, value in table.items()}


def nearest(word: str, known: Iterable[str]) -> str:
    """Say which of the `known` words is most like `word`, or name all of them."""
    import difflib

    close = difflib.get_close_matches(word, list(known), n=1)
    return f"did you mean {close[0]!r}?" if close else f"known are {', '.join(known)}"


def _kind(name: str, table: object, place: Place) -> ClientKind:
    if not isinstance(table, Mapping):
        raise place.wrong(f"expected a table, found {table!r}")
    if not _NAME.fullmatch(name) or name in {kind.name for kind in KINDS}:
        raise place.wrong(f"{name!r} cannot name a kind: use letters, digits, - and _, and no built-in kind's name")
    values = _read(table, KIND_KEYS, place)
    for key in ("constructors", "getter"):
        if not values.get(key):
            raise place.wrong(f"the kind has no {key}; add the key {key!r}")
    kind = ClientKind(code=USER_KIND_CODE, name=name, **{"title": f"{name} client", **values})
    _check_kind(kind, place)
    return kind


def _check_kind(kind: ClientKind, place: Place) -> None:
    if not kind.getter.isidentifier():
        raise place.below("getter").wrong(f"expected the name of a function of the pool module, found {kind.getter!r}")
    if kind.positional > len(kind.arguments):
        raise place.below("positional").wrong(
            f"{kind.positional} arguments by position, but 'arguments' names {len(kind.arguments)}"
        )
    if bare := next((name for name in kind.constructors if "." not in name), ""):
        raise place.below("constructors").wrong(
            f"{bare!r} names no module and can never be found; write the whole name, such as redis.Redis"
        )
    taken = {name for known in KINDS for name in known.constructors}
    if twice := taken.intersection(kind.constructors):
        raise place.below("constructors").wrong(f"{min(twice)} belongs to a built-in kind; leave it out")
