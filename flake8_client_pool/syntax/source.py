"""The text of one file as a syntax tree; nothing else in the package knows the parser."""

import re
from collections.abc import Collection, Iterable
from functools import cache, cached_property
from typing import TYPE_CHECKING, TypeAlias

from ast_grep_py import SgNode, SgRoot

from flake8_client_pool.model import Span
from flake8_client_pool.syntax.excerpt import Excerpt, excerpt

if TYPE_CHECKING:
    from ast_grep_py import Rule

Node: TypeAlias = SgNode

_WILDCARD = re.compile(r"import[ \t]*\(?[ \t]*\*")
# Besides ERROR nodes: what the error-tolerant parser accepts although no Python 3 does.
_UNREADABLE: tuple["Rule", ...] = (
    {"kind": "ERROR"},
    {"kind": "block", "regex": "^$"},
    {
        "kind": "try_statement",
        "not": {"has": {"any": [{"kind": "except_clause"}, {"kind": "finally_clause"}]}},
    },
    {"kind": "print_statement"},
    {"kind": "exec_statement"},
)


class WholeSourceNeededError(Exception):
    """A name was asked for that occurs in what an excerpt leaves out, or the excerpt does not parse."""


class Source:
    """One parsed file, asked for the few nodes that matter: each node that crosses into Python costs time.

    Attributes:
        path: where the file lies, or would lie.
        text: the source.
        root: the node of the whole module.
        unreadable: the first place that is no Python 3, or None.
    """

    def __init__(self, path: str, text: str, words: Collection[str], modules: Collection[str], *, whole: bool) -> None:
        """Parse `text` and look the identifiers `words`, and the names `modules`, up in one pass.

        Unless it is to be `whole`, what has no part in the answers for them is left out, and every other question
        that it could answer raises `WholeSourceNeededError`.
        """
        self.path = path
        self.text = text
        self.unreadable: Node | None = None
        self._excerpt = Excerpt(text) if whole else excerpt(text, words, modules)
        self.root = SgRoot(self._excerpt.text, "python").root()
        self._identifiers: dict[str, list[Node]] = {name: [] for name in (*words, *modules)}
        self._collect({*words, *(module for module in modules if module in text)}, _UNREADABLE)
        if self.unreadable is None and not _is_balanced(self._excerpt.text):
            self.unreadable = self.root.find(regex="^$")
        if self.unreadable and self._excerpt.left_out:
            raise WholeSourceNeededError

    def identifiers(self, name: str) -> list[Node]:
        """Find every identifier `name`, in the order of the text."""
        if name not in self._identifiers:
            self.collect((name,))
        return self._identifiers[name]

    def collect(self, names: Iterable[str]) -> None:
        """Look several names up in one pass, for `identifiers` to answer at once."""
        missing = [name for name in names if name not in self._identifiers]
        if any(self._excerpt.lacks(name) for name in missing):
            raise WholeSourceNeededError
        self._identifiers.update((name, []) for name in missing)
        if present := [name for name in missing if name in self.text]:
            self._collect(present)

    def span(self, node: Node) -> Span:
        """Give the place of a node in the source, with lines and columns from 1."""
        place = node.range()
        start, end = place.start, place.end
        return Span(start.index, end.index, start.line + 1, start.column + 1, end.line + 1, end.column + 1)

    @cached_property
    def wildcard_imports(self) -> list[Node]:
        """The modules that are imported with a star, in the order of the text."""
        if not _WILDCARD.search(self.text):
            return []
        stars = self.root.find_all(kind="wildcard_import")
        statements = [parent for star in stars if (parent := star.parent())]
        return [module for statement in statements if (module := statement.field("module_name"))]

    def _collect(self, words: Iterable[str], further: tuple["Rule", ...] = ()) -> None:
        # An empty identifier is one that the parser missed and put in.
        pattern = "^(?:" + "|".join(sorted(words)) + ")?$"
        rules: list[Rule] = [{"kind": "identifier", "regex": pattern}, *further]
        for node in self.root.find_all({"rule": {"any": rules}}):
            if node.kind() == "identifier" and (name := node.text()):
                self._identifiers[name].append(node)
            elif self.unreadable is None:
                self.unreadable = node


def _is_balanced(text: str) -> bool:
    """Tell whether no closing bracket can be missing: the parser puts an empty one in its place, without an error.

    Asking every node whether it is empty costs as much as all the rest, and brackets in strings are rare.
    """
    return all(text.count(opening) == text.count(closing) for opening, closing in ("()", "[]", "{}"))


def start_of(node: Node) -> int:
    """Give the offset at which a node begins."""
    return node.range().start.index


def end_of(node: Node) -> int:
    """Give the offset behind the last code point of a node."""
    return node.range().end.index


def folded(node: Node) -> str:
    """Give the source of a node on one line, without its comments."""
    text = node.text()
    comments = reversed(node.find_all(kind="comment")) if "#" in text else ()
    for comment in comments:
        first, end = (place(comment) - start_of(node) for place in (start_of, end_of))
        text = text[:first] + text[end:]
    return re.sub(r"\s+", " ", text)


@cache
def _string_content(text: str) -> str | None:
    match = re.fullmatch(r"""[rRuU]?(?:'([^'\\\n]*)'|"([^"\\\n]*)")""", text)
    return next((group for group in match.groups() if group is not None), None) if match else None


def string_of(node: Node) -> str | None:
    """Give the value of a plain string literal; None for anything else, an f-string included."""
    return _string_content(node.text()) if node.kind() == "string" else None
