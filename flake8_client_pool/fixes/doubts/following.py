"""Follow a client through the file that builds it: under which names it is closed or changed there."""

import re
from collections import deque
from collections.abc import Callable, Iterator

from flake8_client_pool.fixes.doubts.fates import ASSIGNING, HELD, Fate, Held, Kind, fate_at, is_part
from flake8_client_pool.syntax.names import Names
from flake8_client_pool.syntax.scopes import FUNCTIONS, PATTERNS, Role, place_of, role_of
from flake8_client_pool.syntax.source import Node
from flake8_client_pool.syntax.values import Function

_ELEMENTS = frozenset(("values", "items", "get", "pop", "popitem", "popleft", "setdefault", "copy", "result"))
_FILLING = frozenset(("append", "appendleft", "add", "insert", "extend", "setdefault", "put", "put_nowait", "update"))
_COLLECTING = frozenset(
    (
        "list",
        "tuple",
        "set",
        "frozenset",
        "dict",
        "sorted",
        "reversed",
        "enumerate",
        "zip",
        "iter",
        "chain",
        "deque",
        "defaultdict",
        "submit",
        "gather",
        "as_completed",
    ),
)
# They call what they are given.
_CALLING = frozenset(("field", "ib", "attrib", "Factory", "Field", "to_thread", "run_in_executor"))
_SAME = frozenset(("cast", "next", "partial", "cached_property", "lru_cache", "cache"))
_GIVING = frozenset((*ASSIGNING, "for_statement", "for_in_clause"))
_DISPLAYS = frozenset(("tuple", "list", "expression_list"))
# What may stand behind a client's name, in words or in code, where nothing can happen to the client.
_BEHIND_THE_HARMLESS = (
    # It is given a value, or a type and perhaps a value.
    r"\s*=(?!=)",
    r": ?['\"\w]",
    # It is asked for itself, or for anything but to end.
    r" is (?:not )?None\b",
    r"\(",
    r"\.(?!(?:close|stop|shutdown|__exit__|__aexit__)\b)\w+\(",
    # It is part of a text: no two names stand side by side in a program.
    r" (?!(?:and|as|async|else|for|if|in|is|not|or)\b)\w",
    r"\.?['\"]",
)
# What `with lock, client: run()` does to a client looks like a type: `client: Client`.
_ENTERED_IN_ONE_LINE = r"with\b[^\n]*\bNAME:"
# A pattern that begins with plain text is found several times as fast.
_MORE_THAN_ASKED = rf"NAME\b(?<!\wNAME)(?!{'|'.join(_BEHIND_THE_HARMLESS)})"
_CALLED = {
    Kind.MAKER: Kind.CLIENT,
    Kind.MAKER_OF_CONTAINER: Kind.CONTAINER,
    Kind.MAKER_OF_MANAGER: Kind.MANAGER,
}
_MAKERS = {called: maker for maker, called in _CALLED.items()}
# What stands around an expression and hands its value on; where it holds it among others, as a container.
_AROUND: dict[str, Kind | None] = {
    **dict.fromkeys(("parenthesized_expression", "conditional_expression", "boolean_operator", "await"), None),
    **dict.fromkeys(("assignment", "named_expression", "list_splat", "dictionary_splat"), None),
    **dict.fromkeys(("tuple", "list", "set", "dictionary", "pair", "expression_list"), Kind.CONTAINER),
    **dict.fromkeys(("list_comprehension", "set_comprehension", "dictionary_comprehension"), Kind.CONTAINER),
    "generator_expression": Kind.CONTAINER,
}
_SPLATS = frozenset(("list_splat_pattern", "dictionary_splat_pattern"))
_SEPARATORS = frozenset(("keyword_separator", "positional_separator"))


class Following:
    """The ways of one client through a file, by its names; in doubt two things of the same name are one."""

    def __init__(self, names: Names, start: Node, kind: Kind, is_at_risk: Callable[[], bool]) -> None:
        """Follow what the expression `start` gives; beyond its own statement only where a client is at risk at all."""
        self._names = names
        self._is_at_risk = is_at_risk
        self._waiting = deque((Held(start, kind),))
        self._seen: set[tuple[str, Node | None, Kind]] = set()

    def fates(self) -> Iterator[tuple[Fate, str]]:
        """Give what happens to the client, and what it is called there, beginning near where it is built."""
        while self._waiting:
            held: Held | None = self._waiting.popleft()
            while held:
                if fate := fate_at(held):
                    yield fate, "".join(held.node.text().split())
                held = self._step(held)

    def _step(self, held: Held) -> Held | None:
        """Go one expression outward, and note the names that take the value over."""
        node, kind, parent = held.node, held.kind, held.node.parent()
        if parent is None:
            return None
        what = parent.kind()
        self._take_targets_of(parent, node, kind)
        if what in _AROUND:
            return Held(parent, (_AROUND[what] if kind in HELD else None) or kind)
        if what == "lambda":
            return Held(parent, _MAKERS.get(kind, kind))
        if what == "call" and parent.field("function") == node and kind in _CALLED:
            return Held(parent, _CALLED[kind])
        if what in ("argument_list", "keyword_argument"):
            return self._argument(parent, node, kind)
        return _inside(parent, node, kind)

    def _take_function(self, statement: Node, kind: Kind) -> None:
        function = next((scope for scope in place_of(statement).scopes if scope.kind() in FUNCTIONS), None)
        name = function.field("name") if function else None
        if function is None or name is None:
            return
        above = function.parent()
        marks = above.text().partition("def ")[0] if above and above.kind() == "decorated_definition" else ""
        if statement.kind() == "yield":
            kind = Kind.MANAGER if "contextmanager" in marks else Kind.CONTAINER
        self._take(name, kind if "property" in marks else _MAKERS.get(kind, kind))

    def _take_targets_of(self, parent: Node, node: Node, kind: Kind) -> None:
        what = parent.kind()
        if what in ("return_statement", "yield"):
            self._take_function(parent, kind)
        elif what in _GIVING and parent.field("right") == node:
            self._take_targets(parent.field("left"), kind)
        elif what in ("named_expression", "default_parameter", "typed_default_parameter"):
            self._take_targets(parent.field("name") if parent.field("value") == node else None, kind)
        elif what == "as_pattern" and kind is Kind.MANAGER and (target := parent.field("alias")):
            self._take_targets(target.child(0), Kind.CLIENT)
        elif what in _DISPLAYS and (above := parent.parent()) and above.kind() == "assignment":
            self._take_part(parent, node, above.field("left"), kind)

    def _take_part(self, display: Node, node: Node, target: Node | None, kind: Kind) -> None:
        """Take the target of one part of the right side: `a, b = one, two`."""
        parts, targets = display.named_children(), target.named_children() if target else []
        if target and target.kind() in PATTERNS and len(parts) == len(targets):
            self._take_targets(targets[parts.index(node)], kind)

    def _take_targets(self, target: Node | None, kind: Kind) -> None:
        if target is None:
            return
        if target.kind() == "subscript":
            self._take_targets(target.field("value"), Kind.CONTAINER)
        elif target.kind() in ("identifier", "attribute"):
            name = target.field("attribute") if target.kind() == "attribute" else target
            self._take(name or target, kind)
        elif not (value := _display_beside(target)) or len(value.named_children()) != len(target.named_children()):
            for part in target.named_children():
                self._take_targets(part, kind)

    def _take(self, name: Node, kind: Kind) -> None:
        """Go on with every place that reads a name."""
        word = name.text()
        if (kind is Kind.CLIENT and _is_only_asked(word, self._names.source.text)) or not self._is_at_risk():
            return
        scope = self._scope(name)
        if (word, scope, kind) in self._seen:
            return
        self._seen.add((word, scope, kind))
        for node in self._names.source.identifiers(word):
            role, parent = role_of(node), node.parent()
            if role is Role.ATTRIBUTE and parent and (scope is None or scope.kind() == "class_definition"):
                self._waiting.append(Held(parent, kind))
            elif role is Role.USE and scope is not None and self._scope(node) == scope:
                self._waiting.append(Held(node, kind))

    def _scope(self, name: Node) -> Node | None:
        """Find the scope that a name belongs to; None for an attribute."""
        if role_of(name) is Role.ATTRIBUTE:
            return None
        scopes = self._names.binding_scopes(name.text(), name)
        return next((scope for scope, *_ in scopes), self._names.module_node)

    def _argument(self, parent: Node, node: Node, kind: Kind) -> Held | None:
        arguments = parent.parent() if parent.kind() == "keyword_argument" else parent
        call = arguments.parent() if arguments else None
        function = call.field("function") if call and call.kind() == "call" else None
        if call is None or function is None:
            return None
        name = function.text().rpartition(".")[2]
        if name == "vars" and kind in HELD:
            return Held(call, Kind.PART)
        if name in _FILLING and function.kind() == "attribute":
            self._take_targets(function.field("object"), Kind.CONTAINER)
        if name in _CALLING:
            return Held(call, _CALLED.get(kind, kind))
        if name in _COLLECTING and kind is not Kind.PART:
            return Held(call, Kind.CONTAINER)
        self._take_parameter(function, parent, node, kind)
        return Held(call, kind) if name in _SAME else None

    def _take_parameter(self, function: Node, parent: Node, node: Node, kind: Kind) -> None:
        """Go on in a function of the same file that is given the client."""
        if not self._is_at_risk():
            return
        for value in self._names.evaluate(function):
            parameters = value.node.field("parameters") if isinstance(value, Function) else None
            if not isinstance(value, Function) or value.names is not self._names or parameters is None:
                continue
            for name in _taking(parameters, parent, node):
                if name.kind() in _SPLATS:
                    self._take(name.named_children()[0], Kind.CONTAINER)
                else:
                    self._take(name, kind)


def _taking(parameters: Node, parent: Node, node: Node) -> list[Node]:
    """Give the names of the parameters that an argument goes to: the one that is meant, else those for all others."""
    found = [_parameter_name(each) for each in parameters.named_children() if each.kind() not in _SEPARATORS]
    if found and found[0].text() in ("self", "cls"):
        del found[0]
    keyword = parent.field("name") if parent.kind() == "keyword_argument" else None
    place = 0 if keyword else parent.named_children().index(node)
    meant = [name for name in found if name.text() == keyword.text()] if keyword else found[place : place + 1]
    return [name for name in meant if name.kind() not in _SPLATS] or [name for name in found if name.kind() in _SPLATS]


def _is_only_asked(word: str, text: str) -> bool:
    """Tell by the words of a source whether a name only takes values and has its methods called, none that closes."""
    others = re.finditer(_MORE_THAN_ASKED.replace("NAME", word), text)
    lines = (text[text.rfind("\n", 0, each.start()) + 1 : each.start()] for each in others)
    return all(map(_is_comment, lines)) and not re.search(_ENTERED_IN_ONE_LINE.replace("NAME", word), text)


def _is_comment(line: str) -> bool:
    return line.lstrip().startswith("#")


def _parameter_name(parameter: Node) -> Node:
    typed = parameter.child(0) if parameter.kind() == "typed_parameter" else None
    return parameter.field("name") or typed or parameter


def _display_beside(target: Node) -> Node | None:
    above = target.parent()
    value = above.field("right") if above and above.kind() == "assignment" else None
    return value if value and value.kind() in _DISPLAYS else None


def _inside(parent: Node, node: Node, kind: Kind) -> Held | None:
    """Take something out of a client or of what holds one."""
    if is_part(parent, node, kind):
        return Held(parent, Kind.PART)
    return _element(parent, node) if kind is Kind.CONTAINER else None


def _element(parent: Node, node: Node) -> Held | None:
    """Take something out of a container: `held[key]`, `held.values()`."""
    if parent.kind() == "subscript" and parent.field("value") == node:
        return Held(parent, Kind.CONTAINER)
    attribute, above = parent.field("attribute"), parent.parent()
    is_taken = parent.kind() == "attribute" and attribute is not None and attribute.text() in _ELEMENTS
    return Held(above, Kind.CONTAINER) if is_taken and above and above.kind() == "call" else None
