"""The order of imports: sections, and within them `import` and `from`, as a repository wants it."""

import ast
import os
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from flake8_client_pool.fixes.imports.style import FIRST_PARTY, FUTURE, LOCAL, STANDARD, ImportStyle

Import = ast.Import | ast.ImportFrom
Natural = tuple[tuple[int, int | str], ...]
MemberKey = tuple[int, int, Natural, str]

_DIGITS = re.compile(r"(\d+)")


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """What imports are sorted by: the rank of their section, then of their type, then their names."""

    section: int
    type: int
    name: tuple[bool, int, bool, int, Natural]
    member: MemberKey | tuple[()]
    from_other: bool = field(compare=False, default=False)


@dataclass(frozen=True, slots=True)
class ImportOrder:
    """Sorts the imports of one file.

    Attributes:
        style: what the repository wants.
        root: the folder of the repository.
        package: the name of the outermost package that the file lies in; empty where it lies in none.
    """

    style: ImportStyle
    root: str
    package: str = ""

    def section(self, module: str, level: int = 0) -> str:
        """Name the section of a module."""
        first = module.partition(".")[0]
        if level or first == "__future__":
            return LOCAL if level else FUTURE
        if known := next(self._known(module), None):
            return known
        if first in sys.stdlib_module_names:
            return STANDARD
        return FIRST_PARTY if self._is_first_party(first) else self.style.default_section

    def is_own(self, statement: Import) -> bool:
        """Tell whether an import is of the repository's own packages."""
        module, level = _module(statement)
        first = module.partition(".")[0]
        if level or first in sys.stdlib_module_names:
            return bool(level)
        known = next(self._known(module), "")
        return known in (FIRST_PARTY, LOCAL) or self._is_first_party(first) or _holds(_roots(self.root), first)

    def key(self, statement: Import) -> Key:
        """Give the key by which statements are sorted."""
        module, level = _module(statement)
        if isinstance(statement, ast.Import):
            return self._key(module, 0, None)
        return self._key(module, level, min(self.member_key(alias.name) for alias in statement.names))

    def key_of_new(self, module: str, name: str) -> Key:
        """Give the key of `from module import name`, or of `import module` where the name is empty."""
        return self._key(module, 0, self.member_key(name) if name else None)

    def member_key(self, name: str) -> MemberKey:
        """Give the key of a name within `from module import ...`."""
        style = self.style
        rank = _rank_of_type(name, style) if style.orders_by_type else 0
        return rank, len(name) * style.sorts_by_length, natural(name, cased=style.case_sensitive), name

    def blank_lines(self, above: Key, below: Key) -> int:
        """Count the blank lines between two neighbouring imports; a section without any counts as if it were there."""
        if above.section != below.section:
            passed = self._sections[above.section + 1 : below.section + 1]
            return 0 if self.style.no_lines_before.issuperset(passed) else 1
        return self.style.lines_between_types if above.from_other != below.from_other else 0

    @property
    def _sections(self) -> tuple[str, ...]:
        return (FUTURE, "") if self.style.one_section else self.style.order

    def _key(self, module: str, level: int, member: MemberKey | None) -> Key:
        style, is_from = self.style, member is not None
        by_length = style.sorts_by_length or (style.sorts_straight_by_length and not is_from)
        name = f"{module}.{member[-1]}" if member and style.mixes_types and style.lexicographical else module
        distance = 0 if style.sorts_dots else level if style.closest_first else -level
        return Key(
            self._rank(self.section(module, level)),
            0 if style.mixes_types else int(is_from != style.from_first),
            (
                module not in style.on_top,
                (len(module) + level) * by_length,
                not level,
                distance,
                natural("." * level * style.sorts_dots + name, cased=style.cased_modules),
            ),
            member or (),
            from_other=is_from and not style.mixes_types,
        )

    def _rank(self, section: str) -> int:
        if self.style.one_section:
            return int(section != FUTURE)
        order = self.style.order
        return order.index(section) if section in order else order.index(self.style.default_section)

    def _known(self, module: str) -> Iterator[str]:
        parts = module.split(".") if self.style.known else []
        for length in range(len(parts), 0, -1):
            name = ".".join(parts[:length])
            yield from (section for pattern, section in self.style.known if fnmatchcase(name, pattern))

    def _is_first_party(self, first: str) -> bool:
        sources = self.style.sources
        if self.style.own_package and first == self.package:
            return True
        return _holds(_roots(self.root) if sources is None else sources, first)


def _module(statement: Import) -> tuple[str, int]:
    """Give the module of an import and its level."""
    if isinstance(statement, ast.Import):
        return statement.names[0].name, 0
    return statement.module or "", statement.level


def _roots(root: str) -> tuple[str, str]:
    return root, os.path.join(root, "src")


def _holds(folders: tuple[str, ...], first: str) -> bool:
    places = (os.path.join(folder, first) for folder in folders)
    return any(os.path.isdir(place) or os.path.isfile(f"{place}.py") for place in places)


def _rank_of_type(name: str, style: ImportStyle) -> int:
    named = (style.constants, style.classes, style.variables)
    if rank := next((rank for rank, names in enumerate(named, 1) if name in names), 0):
        return rank
    return 1 if name.isupper() and len(name) > 1 else 2 if name[:1].isupper() else 3


def natural(name: str, *, cased: bool = False) -> Natural:
    """Give a key that sorts `a2` before `a10`, by default whatever the case."""
    parts = _DIGITS.split(name if cased else name.lower())
    return tuple((0, int(part)) if part.isdecimal() else (1, part) for part in parts if part)
