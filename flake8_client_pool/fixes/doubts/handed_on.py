"""Which modules a file has in hand as objects, so that any of its names may stand for them."""

import re

from flake8_client_pool.fixes.doubts.loaded_by_path import loads_by_path

# What an import statement says of names; what stands behind `from` is none of them.
_IMPORT = re.compile(rb"(?:\bfrom[ \t]+[.\w]+[ \t]+)?\bimport\b[ \t]*(\([^)]*\)?|(?:\\\n|[^\n;])*)")
_ALIAS = re.compile(rb"([\w\x80-\xff]+)[ \t]+as[ \t]+([\w\x80-\xff]+)")
_WORD = re.compile(rb"[\w\x80-\xff]+")
# A name that stands for itself: of which nothing is taken, and which is not called or given a value.
_VALUE = re.compile(rb"[\w\x80-\xff]++(?![ \t]*(?:\(|\.(?!__dict__))|[ \t]*=(?!=))")
_IN_A_STRING = re.compile(rb"['\"]([\w\x80-\xff]+)['\"]")
_DOTTED_IN_A_STRING = re.compile(rb"['\"][\w.\x80-\xff]*\.([\w\x80-\xff]+)['\"]")
# What finds a module by the name that a string holds.
_FINDS_BY_NAME = (
    b"import_module",
    b"modules",
    b"__import__",
    b"importorskip",
    b"resolve_name",
    b"run_module",
    b"reload",
)
STAR = b"*"
"""What an import has in the place of a word that imports all names."""


def imported_words(data: bytes) -> frozenset[bytes]:
    """Give the words of all import statements of a file, but for those behind `from`; `*` where all is imported."""
    lists = _IMPORT.findall(data)
    words = {word for names in lists for word in _WORD.findall(names)}
    return frozenset((*words, STAR) if any(names.lstrip(b"( ").startswith(STAR) for names in lists) else words)


def modules_in_hand(data: bytes) -> frozenset[bytes]:
    """Give the last parts of the names of what a file has in hand: it imports it and hands it on, or finds it by name.

    The modules of which it only takes names (`module.name`, `from module import name`) are none of them. A string of
    one word may name a module where the file finds modules so; what is loaded by its path is given any name.
    """
    imported = imported_words(data)
    values = set(_VALUE.findall(_IMPORT.sub(b"", data)))
    handed_on = values if STAR in imported else values & imported
    handed_on |= {original for original, alias in _ALIAS.findall(data) if alias in handed_on}
    named = set(_DOTTED_IN_A_STRING.findall(data))
    if any(word in data for word in _FINDS_BY_NAME) and not loads_by_path(data):
        named.update(_IN_A_STRING.findall(data))
    return frozenset(handed_on | named)
