"""Files that change the variables of the environment from which clients take what their calls leave open."""

import ast
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache

from flake8_client_pool.fixes.doubts.runs import Code, Run, code_of
from flake8_client_pool.fixes.layout import parsed
from flake8_client_pool.kinds import ClientKind

_CREDENTIALS = "GOOGLE_APPLICATION_CREDENTIALS"
_PROJECTS = frozenset(("GOOGLE_CLOUD_PROJECT", "GCLOUD_PROJECT"))
_EMULATORS = {
    "BIGQUERY_EMULATOR_HOST": frozenset(("bigquery",)),
    "FIRESTORE_EMULATOR_HOST": frozenset(("firestore", "firestore_async")),
    "PUBSUB_EMULATOR_HOST": frozenset(("publisher", "subscriber")),
    "STORAGE_EMULATOR_HOST": frozenset(("storage",)),
}
_VARIABLES = (_CREDENTIALS, *sorted(_PROJECTS), *_EMULATORS)
_LIBRARIES = ("google.", "firebase_admin.")
# What no file lacks that changes the environment; looked for before anything is parsed.
_CHANGE = re.compile(
    r"environ\s*(?:\[[^\]]*\]\s*=(?!=)|\.\s*(?!get\b)\w|\|=)|del\s+[\w.]*environ|\b(?:putenv|unsetenv|setenv|delenv)\b|\.dict\("
)
_METHODS = frozenset(("setdefault", "pop", "update", "clear", "__setitem__", "__delitem__"))
_FUNCTIONS = frozenset(("putenv", "unsetenv"))
# Undone again by who calls them: pytest's monkeypatch and unittest.mock.patch.dict.
_FOR_A_WHILE = frozenset(("setenv", "delenv", "dict"))
_ENVIRON = ("environ", "'os.environ'")


@dataclass(frozen=True, slots=True)
class _Change:
    """One place that changes a variable.

    Attributes:
        variable: its name; empty where that is not known.
        run: when it runs.
        values: what it is changed to.
        lasts: whether the change is for good.
    """

    variable: str
    run: Run
    values: tuple[ast.expr, ...]
    lasts: bool


def switched(kind: ClientKind, given: Collection[str], text: str, place: tuple[int, int]) -> str:
    """Say which variable a file changes so that a client taken at a place may be one from before; mostly empty.

    Args:
        kind: the kind of the client.
        given: the constructor's arguments that the call gives, other than None.
        text: the file.
        place: the line, from 1, and the column in bytes at which the client is taken.
    """
    if not any(variable in text for variable in _VARIABLES) or not _CHANGE.search(text):
        return ""
    if not kind.constructors[0].startswith(_LIBRARIES):
        return ""
    for change in _changes(text):
        if _concerns(change.variable, kind, given) and not _comes_first(change, _code(text), place):
            what = change.variable or "the environment"
            return f"the file changes {what}, which a client that is shared does not follow"
    return ""


def _concerns(variable: str, kind: ClientKind, given: Collection[str]) -> bool:
    has_open_project = "project" in kind.arguments and "project" not in given
    if variable == _CREDENTIALS:
        return has_open_project or "credentials" not in given
    if variable in _EMULATORS:
        return kind.name in _EMULATORS[variable]
    return has_open_project if variable in _PROJECTS else True


def _comes_first(change: _Change, code: Code, place: tuple[int, int]) -> bool:
    """Tell whether a variable has one value whenever a client is built at a place: that of the change."""
    if not change.lasts or change.run.in_loop:
        return False
    if code.failed_before(change.run, place):
        return True
    if code.runs_once(change.run.function):
        return code.never_before(place, change.run)
    is_behind = code.is_inside(place, change.run.function) and place > change.run.place
    return is_behind and not any(code.varies(value, change.run.function) for value in change.values)


@lru_cache(maxsize=4)
def _code(text: str) -> Code:
    return code_of(parsed(text))


@lru_cache(maxsize=4)
def _changes(text: str) -> tuple[_Change, ...]:
    found = (change for run in _code(text).runs for change in _changes_by(run))
    return tuple(change for change in found if not change.variable or change.variable in _VARIABLES)


def _changes_by(run: Run) -> Iterator[_Change]:
    node = run.node
    match node:
        case ast.Assign(targets=targets, value=value):
            values: tuple[ast.expr, ...] = (value,)
        case ast.Delete(targets=targets):
            values = ()
        case ast.AugAssign(target=target, value=value):
            if _is_environ(target):
                yield from (_Change(key, run, (value,), lasts=True) for key in _keys(value))
            return
        case ast.Call():
            yield from _changes_by_call(node, run)
            return
        case _:
            return
    for each in targets:
        if isinstance(each, ast.Subscript) and _is_environ(each.value):
            yield _Change(_text_of(each.slice), run, values, lasts=True)


def _changes_by_call(call: ast.Call, run: Run) -> Iterator[_Change]:
    owner = call.func.value if isinstance(call.func, ast.Attribute) else None
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    values = (*call.args, *(keyword.value for keyword in call.keywords))
    if name == "dict" and owner and call.args and _is_environ(call.args[0]):
        keys = [*_keys(*call.args[1:2]), *([""] if call.keywords else [])]
    elif name == "update" and owner and _is_environ(owner):
        keys = [*_keys(*call.args), *(keyword.arg or "" for keyword in call.keywords)]
    elif name in _FUNCTIONS or name in _FOR_A_WHILE - {"dict"} or (name in _METHODS and owner and _is_environ(owner)):
        keys = [_text_of(call.args[0])] if call.args else [""]
    else:
        return
    yield from (_Change(key, run, values, lasts=name not in _FOR_A_WHILE) for key in keys)


def _is_environ(node: ast.expr) -> bool:
    return ast.unparse(node).endswith(_ENVIRON)


def _keys(*values: ast.expr) -> list[str]:
    """List the keys of a dictionary; one that is not known is empty."""
    pairs = (value.keys if isinstance(value, ast.Dict) else [None] for value in values)
    return [_text_of(key) if key else "" for keys in pairs for key in keys]


def _text_of(key: ast.expr) -> str:
    return key.value if isinstance(key, ast.Constant) and isinstance(key.value, str) else ""
