"""The order of imports as ruff's I001 wants it: sections, and within them `import` before `from`."""

import ast
import os
import re
import sys
from dataclasses import dataclass

FUTURE, STANDARD, THIRD_PARTY, FIRST_PARTY, LOCAL = range(5)

Import = ast.Import | ast.ImportFrom
Key = tuple[int, int, tuple[tuple[int, int | str], ...]]

_DIGITS = re.compile(r"(\d+)")


@dataclass(frozen=True, slots=True)
class Sections:
    """Tells sections apart; `root` is the folder in which the repository's own packages lie."""

    root: str

    def of(self, module: str, level: int = 0) -> int:
        """Give the section of a module."""
        first = module.partition(".")[0]
        if level:
            return LOCAL
        if first == "__future__":
            return FUTURE
        if first in sys.stdlib_module_names:
            return STANDARD
        return FIRST_PARTY if self.is_own(first) else THIRD_PARTY

    def is_own(self, first: str) -> bool:
        """Tell whether a top-level module is one of the repository's own."""
        places = (os.path.join(self.root, first), os.path.join(self.root, "src", first))
        return any(os.path.isdir(place) or os.path.isfile(f"{place}.py") for place in places)

    def key(self, statement: Import) -> Key:
        """Give the key by which statements are sorted."""
        if isinstance(statement, ast.Import):
            module = statement.names[0].name
            return self.of(module), 0, natural(module)
        return self.key_of_from(statement.module or "", statement.level)

    def key_of_from(self, module: str, level: int = 0) -> Key:
        """Give the key of `from module import ...`."""
        # Relative imports go from the furthest to the nearest package.
        return self.of(module, level), 1, ((0, -level), *natural(module)) if level else natural(module)


def natural(name: str) -> tuple[tuple[int, int | str], ...]:
    """Give a key that sorts `a2` before `a10`, whatever the case."""
    parts = _DIGITS.split(name.lower())
    return tuple((0, int(part)) if part.isdecimal() else (1, part) for part in parts if part)


def member_key(name: str) -> tuple[int, tuple[tuple[int, int | str], ...], str]:
    """Give the key of a name within `from module import ...`: constants, classes, then all others."""
    kind = 0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2
    return kind, natural(name), name
