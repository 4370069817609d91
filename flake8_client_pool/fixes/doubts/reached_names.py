"""Which names a file reads or replaces on what may be any module: a fixture's, one from `sys.modules`, an attribute."""

import re
import string
from collections.abc import Iterator
from enum import Enum, auto

FROM_IMPORT = re.compile(rb"from[ \t]+\.*([\w.]*)[ \t]+import[ \t]*(\([^)]*|[^\n(]*)")
_IMPORT = re.compile(rb"^[ \t]*import[ \t]+([^\n#;]+)", re.MULTILINE)
_BOUND = re.compile(rb"(\w+)(?:[.\w]*[ \t]+as[ \t]+(\w+))?")
_LIBRARY = b"google"
_DOTTED = (string.ascii_letters + string.digits + "_.").encode() + bytes(range(128, 256))
_LONGEST_CHAIN = 100
_ENDS_OF_CALLS = (b")", b"]")
_SELF = (b"self", b"cls")
_PLAIN = frozenset((b"google.cloud", *_SELF))
# What gives a name a value, of whatever sort: an assignment, an argument, a property.
_GIVEN = rb"\bdef NAME\b|\bNAME\s*(?::[^=\n]+)?=(?!=)"
IS_SET = re.compile(rb"[ \t]*=(?!=)")
_QUOTES = (b"'", b'"')
_NOT_AN_OBJECT = (*_QUOTES, b"from ")
# What reads an attribute by its name in a string.
_READING_WORDS = (b"getattr", b"hasattr", b"attrgetter", b"vars(", b"__dict__")
_READ_BY_STRING = (
    rb"(?:getattr|hasattr|attrgetter)\([^'\"]{0,200}['\"]NAME\b"
    rb"|(?:vars\([^()]*\)|__dict__)\s*(?:\[|\.get\()\s*['\"]NAME['\"]"
)


class Reach(Enum):
    """What a file does with a name of what may be any module."""

    READ = auto()
    SET = auto()


def reach(data: bytes, name: bytes, places: list[tuple[int, int]]) -> Reach | None:
    """Tell what a file does with a name of objects of which it does not say right there what they are.

    `places` are the spans of `.name`. What is plainly the library's own, or of a module that the file imports under the
    name that stands before the dot, does not count, nor does an attribute of `self`, nor one of what is itself an
    attribute that the file gives to nothing: `job.settings.name`.
    """
    doubtful = list(_doubtful(data, places))
    if any(IS_SET.match(data, end) for end in doubtful):
        return Reach.SET
    return Reach.READ if doubtful or _is_read_by_string(data, name) else None


def _doubtful(data: bytes, places: list[tuple[int, int]]) -> Iterator[int]:
    """Give where the names end that are taken of what a file does not import by its name."""
    known: frozenset[bytes] | None = None
    for start, end in places:
        head, chain = chain_before(data, start)
        if chain in _PLAIN or head.endswith(_NOT_AN_OBJECT) or not _may_be_a_module(data, chain):
            continue
        root = chain.partition(b".")[0]
        known = _imported(data) if root and known is None else known
        if root not in (known or ()) if root else head.endswith(_ENDS_OF_CALLS):
            yield end


def chain_before(data: bytes, start: int) -> tuple[bytes, bytes]:
    """Split what stands before a place into the dotted name that ends there and some of what is before that."""
    before = data[max(0, start - _LONGEST_CHAIN) : start]
    head = before.rstrip(_DOTTED)
    return head, before[len(head) :]


def _may_be_a_module(data: bytes, chain: bytes) -> bool:
    """Tell whether the last part of a dotted name may be what the file puts there, or a base puts into `self`."""
    owner, _, last = chain.rpartition(b".")
    return not owner or owner in _SELF or _is_given(data, last)


def _is_given(data: bytes, name: bytes) -> bool:
    return re.search(_GIVEN.replace(b"NAME", re.escape(name)), data) is not None


def is_of_base(data: bytes, places: list[tuple[int, int]]) -> bool:
    """Tell whether a name is taken of an attribute of `self` that the file does not set: a base may do so elsewhere."""
    chains = (chain_before(data, start)[1].rpartition(b".") for start, _ in places)
    return any(owner in _SELF and not _is_given(data, last) for owner, _, last in chains)


def _imported(data: bytes) -> frozenset[bytes]:
    """Give the names that stand for a module that a file imports by its name, and those of the library."""
    lists = [*_IMPORT.findall(data)]
    lists += [names for module, names in FROM_IMPORT.findall(data) if module.startswith(_LIBRARY)]
    return frozenset((_LIBRARY, *(alias or name for names in lists for name, alias in _BOUND.findall(names))))


def _is_read_by_string(data: bytes, name: bytes) -> bool:
    if not any(quote + name in data for quote in _QUOTES) or not any(word in data for word in _READING_WORDS):
        return False
    return re.search(_READ_BY_STRING.replace(b"NAME", re.escape(name)), data) is not None
