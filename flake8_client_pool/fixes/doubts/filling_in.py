"""What a getter gives a client where the class, called as it is, would give something else or nothing."""

from collections.abc import Iterator

from flake8_client_pool.fixes.doubts.switched_environment import switched
from flake8_client_pool.fixes.handing_on import arguments_beside
from flake8_client_pool.rules.getter_call import arguments_of, parameter_of
from flake8_client_pool.rules.getter_definitions import Getter, defaults_of
from flake8_client_pool.rules.getters import BUNDLED_POOL
from flake8_client_pool.rules.uses import Use
from flake8_client_pool.syntax.source import Node

# What the classes themselves take for an argument that is left out.
_DEFAULTS_OF_CLASSES = {
    "database": "'(default)'",
    "use_auth_w_custom_endpoint": "True",
    **dict.fromkeys(("batch_settings", "publisher_options", "subscriber_options"), "()"),
}
# Arguments for which None is a value of its own (google.cloud.storage.Client tells it from nothing by a marker).
_NONE_IS_A_VALUE = frozenset((("storage", "project"),))


def filled_in(use: Use, getter: Getter, text: str, *, built: bool) -> str:
    """Say what a client gets otherwise from a getter than from its class in a file; empty where that is nothing."""
    if use.construction.method:
        return ""
    arguments = arguments_of(use.node) if built else arguments_beside(use.node)
    kind = use.construction.kind
    given = {parameter_of(kind, place, argument): argument for place, argument in enumerate(arguments)}
    start = use.node.range().start
    known = [parameter for parameter, argument in given.items() if _value(argument) != "None"]
    return next(_differences(use, getter, given), "") or switched(kind, known, text, (start.line + 1, start.column))


def _differences(use: Use, getter: Getter, given: dict[str, Node]) -> Iterator[str]:
    kind = use.construction.kind
    for parameter, argument in given.items():
        if (kind.name, parameter) in _NONE_IS_A_VALUE and _value(argument) == "None":
            yield f"{parameter}=None means no {parameter} at all here, and the default one to {getter.name}()"
    defaults = defaults_of(getter.definition) if getter.definition and getter.module != BUNDLED_POOL else {}
    for parameter in kind.arguments:
        default = defaults.get(getter.keyword_for(kind, parameter), "None")
        if parameter not in given and default not in ("None", _DEFAULTS_OF_CLASSES.get(parameter)):
            yield f"{getter.name}() gives {parameter} {default} where this call leaves it open"


def _value(argument: Node) -> str:
    value = argument.field("value") if argument.kind() == "keyword_argument" else argument
    return value.text() if value else ""
