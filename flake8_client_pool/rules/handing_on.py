"""Which arguments are handed on to be called later, and which are only looked at."""

from flake8_client_pool.syntax.source import Node

_QUESTIONS = ("isinstance", "issubclass", "callable", "hasattr", "isclass", "signature", "getmembers", "getsource")
_INSPECTION = ("getfullargspec", "isabstract", "is_dataclass", "get_origin", "get_args", "get_type_hints")
_VALIDATORS = ("instance_of", "Instance", "is_", "is_a", "deep_iterable")
_BUILTINS = ("super", "type", "id", "hash", "repr", "str", "print", "len", "dir", "vars", "help")
_ATTRIBUTES = ("getattr", "setattr", "delattr", "wraps", "update_wrapper", "pickle")
_TYPING = ("cast", "assert_type", "TypeVar", "NewType", "NamedTuple", "TypedDict", "Union", "Optional", "Annotated")
_MOCKS = ("Mock", "MagicMock", "AsyncMock", "NonCallableMock", "NonCallableMagicMock", "PropertyMock")
_PATCHING = ("create_autospec", "patch", "object", "multiple", "spy", "raises", "warn")
_LOGGING = ("debug", "info", "warning", "error", "exception", "critical", "log")
_LOOK_ONLY_FUNCTIONS = frozenset(
    (*_QUESTIONS, *_INSPECTION, *_VALIDATORS, *_BUILTINS, *_ATTRIBUTES, *_TYPING, *_MOCKS, *_PATCHING, *_LOGGING),
)
_LOOK_ONLY_KEYWORDS = frozenset(
    ("spec", "spec_set", "autospec", "bound", "return_annotation", "annotation", "type"),
)


def is_handed_on(parent: Node, argument: Node) -> bool:
    """Tell whether an argument of a call is handed on to be called later.

    Args:
        parent: what holds the argument: the list of arguments, or `keyword=argument`.
        argument: the expression.
    """
    arguments = parent
    if parent.kind() == "keyword_argument":
        keyword, outer = parent.field("name"), parent.parent()
        if parent.field("value") != argument or keyword is None or keyword.text() in _LOOK_ONLY_KEYWORDS:
            return False
        if outer is None:
            return False
        arguments = outer
    call = arguments.parent()
    function = call.field("function") if call and call.kind() == "call" else None
    if call is None or function is None:
        return False
    name = function.text().rpartition(".")[2]
    above = call.parent()
    is_decorator = bool(above and above.kind() == "decorator")
    return not (is_decorator or name in _LOOK_ONLY_FUNCTIONS or name.startswith("assert") or _is_raised(call))


def _is_raised(call: Node) -> bool:
    above = call.parent()
    return bool(above and above.kind() == "raise_statement")
