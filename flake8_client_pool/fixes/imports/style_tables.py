"""What the settings of ruff and of isort mean for the imports that are written."""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from os.path import join
from typing import Any

from flake8_client_pool.fixes.imports.style import (
    FIRST_PARTY,
    LOCAL,
    SECTIONS,
    STANDARD,
    THIRD_PARTY,
    ImportStyle,
    Wrapping,
)

Table = Mapping[str, Any]
Convert = Callable[[object], object]

_SEPARATORS = re.compile(r"[,\n]")
_TRUE = frozenset(("1", "yes", "true", "on", "y", "t"))
_FALSE = frozenset(("0", "no", "false", "off", "n", "f", ""))


def _boolean(value: object) -> bool:
    text = str(value).strip().lower()
    if text not in _TRUE | _FALSE:
        raise ValueError(text)
    return text in _TRUE


def _number(value: object) -> int:
    return int(str(value))


def _names(value: object) -> tuple[str, ...]:
    if not isinstance(value, list | tuple | str):
        raise TypeError(value)
    each = _SEPARATORS.split(value) if isinstance(value, str) else map(str, value)
    return tuple(name.strip() for name in each if name.strip())


def _name_set(value: object) -> frozenset[str]:
    return frozenset(_names(value))


_ISORT_SECTIONS = {"stdlib": STANDARD, "thirdparty": THIRD_PARTY, "firstparty": FIRST_PARTY, "localfolder": LOCAL}


def _section(value: object) -> str:
    name = str(value).strip().lower()
    return _ISORT_SECTIONS.get(name, name)


def _sections(value: object) -> tuple[str, ...]:
    return tuple(map(_section, _names(value)))


def _section_set(value: object) -> frozenset[str]:
    return frozenset(_sections(value))


def _wrapping(value: object) -> Wrapping:
    text = str(value).strip()
    return Wrapping(int(text)) if text.isdecimal() else Wrapping[_WRAPPING_NAMES.get(text.upper(), text.upper())]


_WRAPPING_NAMES = {"VERTICAL_HANGING_INDENT": Wrapping.ONE_A_LINE.name}
_COMMON: Mapping[str, tuple[str, Convert]] = {
    "force_single_line": ("single_line", _boolean),
    "single_line_exclusions": ("single_line_exclusions", _name_set),
    "combine_as_imports": ("combines_aliases", _boolean),
    "order_by_type": ("orders_by_type", _boolean),
    "constants": ("constants", _name_set),
    "classes": ("classes", _name_set),
    "variables": ("variables", _name_set),
    "case_sensitive": ("case_sensitive", _boolean),
    "force_sort_within_sections": ("mixes_types", _boolean),
    "from_first": ("from_first", _boolean),
    "length_sort": ("sorts_by_length", _boolean),
    "length_sort_straight": ("sorts_straight_by_length", _boolean),
    "force_to_top": ("on_top", _name_set),
    "no_sections": ("one_section", _boolean),
    "default_section": ("default_section", _section),
    "lines_after_imports": ("lines_after", _number),
    "lines_between_types": ("lines_between_types", _number),
    "no_lines_before": ("no_lines_before", _section_set),
    "split_on_trailing_comma": ("keeps_wrapped", _boolean),
}
# What a key of ruff's `lint.isort` means; a hyphen there is an underscore here.
_RUFF: Mapping[str, tuple[str, Convert]] = {
    **_COMMON,
    "line_length": ("line_length", _number),
    "detect_same_package": ("own_package", _boolean),
    "force_wrap_aliases": ("wraps_aliases", _boolean),
    "relative_imports_order": ("closest_first", lambda value: value == "closest-to-furthest"),
    "section_order": ("order", _sections),
}
_ISORT: Mapping[str, tuple[str, Convert]] = {
    **_COMMON,
    "force_grid_wrap": ("wrapped_from", _number),
    "include_trailing_comma": ("trailing_comma", _boolean),
    "lexicographical": ("lexicographical", _boolean),
    "line_length": ("line_length", _number),
    "multi_line_output": ("wrapping", _wrapping),
    "reverse_relative": ("closest_first", _boolean),
    "sections": ("order", _sections),
    "use_parentheses": ("parentheses", _boolean),
}
_ISORT_DEFAULTS = ImportStyle(
    line_length=79,
    wrapping=Wrapping.GRID,
    trailing_comma=False,
    keeps_wrapped=False,
    parentheses=False,
    own_package=False,
)
_BLACK = {
    "multi_line_output": 3,
    "include_trailing_comma": True,
    "split_on_trailing_comma": True,
    "use_parentheses": True,
    "line_length": 88,
}
_ON_ITS_OWN_LINE = {"force_single_line": True, "force_sort_within_sections": True, "lexicographical": True}
_TALL = {"multi_line_output": 3, "include_trailing_comma": True, "use_parentheses": True}
# https://pycqa.github.io/isort/docs/configuration/profiles.html
_PROFILES: Mapping[str, Table] = {
    "black": _BLACK,
    "django": {"combine_as_imports": True, "include_trailing_comma": True, "multi_line_output": 5, "line_length": 79},
    "pycharm": {"multi_line_output": 3, "force_grid_wrap": 2, "lines_after_imports": 2},
    "google": {
        **_ON_ITS_OWN_LINE,
        "line_length": 1000,
        "single_line_exclusions": ("collections.abc", "six.moves", "typing", "typing_extensions"),
        "order_by_type": False,
        "group_by_package": True,
    },
    "open_stack": _ON_ITS_OWN_LINE,
    "plone": {**_BLACK, "force_alphabetical_sort": True, "force_single_line": True},
    "attrs": {**_TALL, "lines_after_imports": 2, "lines_between_types": 1},
    "hug": {**_TALL, "line_length": 100},
    "wemake": {**_TALL, "line_length": 80},
    "appnexus": {
        **_BLACK,
        "force_sort_within_sections": True,
        "order_by_type": False,
        "reverse_relative": True,
        "sections": ("FUTURE", "STDLIB", "THIRDPARTY", "FIRSTPARTY", "APPLICATION", "LOCALFOLDER"),
        "no_lines_before": "LOCALFOLDER",
    },
}
_ALPHABETICAL = {
    "force_alphabetical_sort_within_sections": True,
    "no_sections": True,
    "lines_between_types": 1,
    "from_first": True,
}
_KNOWN = {
    "known_first_party": FIRST_PARTY,
    "known_third_party": THIRD_PARTY,
    "known_local_folder": LOCAL,
    "known_standard_library": STANDARD,
    "extra_standard_library": STANDARD,
}


def ruff_style(settings: Table, folder: str) -> ImportStyle:
    """Give the style that settings of ruff ask for.

    Args:
        settings: those of `lint.isort`, and `line_length` and the absolute paths in `src`.
        folder: the folder of the configuration.
    """
    sections = table_in(settings, "sections")
    own = [(pattern, _section(name)) for name, modules in sections.items() for pattern in _given(modules)]
    style = _style(ImportStyle(), _RUFF, settings)
    order = (*style.order, *(each for each in (*SECTIONS, *map(_section, sections)) if each not in style.order))
    return replace(
        style,
        order=order,
        known=(*own, *_known(settings, _KNOWN)),
        sources=_given(settings.get("src")) or (folder, join(folder, "src")),
        cased_modules=style.case_sensitive,
    )


def isort_style(settings: Table, folder: str) -> ImportStyle:
    """Give the style that settings of isort in a folder ask for."""
    profile = _PROFILES.get(str(settings.get("profile", "")).strip().lower(), {})
    merged = {**profile, **settings}
    if _is_on(merged, "force_alphabetical_sort"):
        merged |= _ALPHABETICAL
    style = _style(_ISORT_DEFAULTS, _ISORT, merged)
    of_others = {key: _section(key.removeprefix("known_")) for key in merged if key.startswith("known_")}
    return replace(
        style,
        order=style.order if style.default_section in style.order else (*style.order, style.default_section),
        known=tuple(_known(merged, {**of_others, **_KNOWN})),
        sources=tuple(join(folder, each) for each in _given(merged.get("src_paths"))) or (folder, join(folder, "src")),
        orders_by_type=style.orders_by_type and not _is_on(merged, "force_alphabetical_sort_within_sections"),
        cased_modules=style.orders_by_type if style.mixes_types else style.case_sensitive,
        sorts_dots=style.mixes_types and not style.closest_first,
        lexicographical=style.lexicographical and not _is_on(merged, "group_by_package"),
    )


def black_style(settings: Table) -> ImportStyle:
    """Give the style of a repository that has settings for nothing but black."""
    return _style(ImportStyle(), {"line_length": ("line_length", _number)}, settings)


def table_in(table: object, *keys: str) -> Table:
    """Give the table at the end of some keys, with underscores in its own keys; empty where there is none."""
    for key in keys:
        table = table.get(key) if isinstance(table, Mapping) else None
    return {str(key).replace("-", "_"): value for key, value in table.items()} if isinstance(table, Mapping) else {}


def _style(style: ImportStyle, meanings: Mapping[str, tuple[str, Convert]], settings: Table) -> ImportStyle:
    """Change a style as settings say; those that cannot be understood change nothing."""
    changes: dict[str, Any] = {}
    for key in settings.keys() & meanings.keys():
        field, convert = meanings[key]
        with suppress(TypeError, ValueError, KeyError):
            changes[field] = convert(settings[key])
    return replace(style, **changes)


def _known(settings: Table, sections: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    return ((pattern, section) for key, section in sections.items() for pattern in _given(settings.get(key)))


def _given(value: object) -> tuple[str, ...]:
    return _names(value) if isinstance(value, list | tuple | str) else ()


def _is_on(settings: Table, key: str) -> bool:
    return str(settings.get(key, "")).strip().lower() in _TRUE
