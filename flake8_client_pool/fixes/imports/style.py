"""How a repository wants its imports sorted, spaced and wrapped."""

from dataclasses import dataclass
from enum import Enum

FUTURE, STANDARD, THIRD_PARTY, FIRST_PARTY, LOCAL = (
    "future",
    "standard-library",
    "third-party",
    "first-party",
    "local-folder",
)
SECTIONS = (FUTURE, STANDARD, THIRD_PARTY, FIRST_PARTY, LOCAL)


class Wrapping(Enum):
    """The layouts of an import that is too long for a line, by the number that isort's `multi_line_output` has."""

    GRID = 0
    VERTICAL = 1
    HANGING_INDENT = 2
    ONE_A_LINE = 3
    VERTICAL_GRID = 4
    VERTICAL_GRID_GROUPED = 5


@dataclass(frozen=True, slots=True)
class ImportStyle:
    """What can change an import that is written; the defaults are ruff's.

    Attributes:
        line_length: the longest line, in code points.
        wrapping: the layout of an import that is too long.
        trailing_comma: whether the last name of a wrapped import has a comma.
        keeps_wrapped: whether an import with such a comma stays on several lines though it would fit on one.
        parentheses: whether a single name that does not fit stands in parentheses, not behind a backslash.
        wrapped_from: how many names are wrapped whatever their length; 0 for none.
        wraps_aliases: whether several names, one of them renamed, are wrapped whatever their length.
        single_line: whether each name has a statement of its own.
        single_line_exclusions: the modules for which that does not hold.
        combines_aliases: whether renamed names stand in one statement with others.
        orders_by_type: whether constants stand above classes, and these above all other names.
        constants: names that count as constants, whatever their case.
        classes: names that count as classes.
        variables: names that count as neither.
        case_sensitive: whether names are sorted by case.
        cased_modules: whether modules are.
        mixes_types: whether `import a` and `from a import b` are sorted as one.
        from_first: whether `from` imports stand above the others.
        lexicographical: whether, mixed so, `from a import b` is sorted as `a.b`.
        sorts_by_length: whether shorter modules stand above.
        sorts_straight_by_length: whether they do so in `import a`.
        closest_first: whether `from .a` stands above `from ..a`.
        sorts_dots: whether the dots of relative imports are sorted as letters are.
        on_top: modules that stand above others.
        order: the sections.
        one_section: whether there are none but that for the future.
        default_section: the section of a module that nothing is known of.
        known: patterns of modules with their sections; the first that fits counts.
        sources: the folders in which first-party modules lie; None for the root of the repository and its `src`.
        own_package: whether the package that a file lies in is first-party, wherever it lies.
        lines_after: the blank lines below the imports; -1 for two above a definition and one above all else.
        lines_between_types: the blank lines between `import a` and `from a import b`.
        no_lines_before: the sections above which no line is blank.
    """

    line_length: int = 88
    wrapping: Wrapping = Wrapping.ONE_A_LINE
    trailing_comma: bool = True
    keeps_wrapped: bool = True
    parentheses: bool = True
    wrapped_from: int = 0
    wraps_aliases: bool = False
    single_line: bool = False
    single_line_exclusions: frozenset[str] = frozenset()
    combines_aliases: bool = False
    orders_by_type: bool = True
    constants: frozenset[str] = frozenset()
    classes: frozenset[str] = frozenset()
    variables: frozenset[str] = frozenset()
    case_sensitive: bool = False
    cased_modules: bool = False
    mixes_types: bool = False
    from_first: bool = False
    lexicographical: bool = False
    sorts_by_length: bool = False
    sorts_straight_by_length: bool = False
    closest_first: bool = False
    sorts_dots: bool = False
    on_top: frozenset[str] = frozenset()
    order: tuple[str, ...] = SECTIONS
    one_section: bool = False
    default_section: str = THIRD_PARTY
    known: tuple[tuple[str, str], ...] = ()
    sources: tuple[str, ...] | None = None
    own_package: bool = True
    lines_after: int = -1
    lines_between_types: int = 0
    no_lines_before: frozenset[str] = frozenset()

    def is_alone(self, module: str) -> bool:
        """Tell whether each name of a module has a statement of its own."""
        return self.single_line and module not in self.single_line_exclusions

    def blank_lines_above(self, *, definition: bool) -> int:
        """Count the blank lines between imports and what follows them."""
        if self.lines_after >= 0:
            return self.lines_after
        return 2 if definition else 1
