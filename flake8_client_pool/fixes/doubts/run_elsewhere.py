"""Which functions are run from their source alone, in an interpreter that has none of the repository's own modules."""

import re

from flake8_client_pool.syntax.scopes import place_of
from flake8_client_pool.syntax.source import Node

# Airflow's `@task.virtualenv` and its like, and the components of Kubeflow Pipelines.
_DECORATORS = frozenset(
    (
        "task.virtualenv",
        "task.branch_virtualenv",
        "task.external_python",
        "task.branch_external_python",
        "task.docker",
        "task.kubernetes",
        "component",
        "dsl.component",
    )
)
# What stands behind the name of a call that takes the function itself, which stands in the place of NAME.
_AS_CALLABLE = r"\((?:(?!Operator\().)*?\bpython_callable\s*=\s*NAME\b"
_AS_FIRST = r"(?:_v2)?\(\s*(?:func\s*=\s*)?NAME\b"
_CALLS = {
    "VirtualenvOperator": _AS_CALLABLE,
    "ExternalPythonOperator": _AS_CALLABLE,
    "create_component_from_func": _AS_FIRST,
    "func_to_container_op": _AS_FIRST,
}
_DECORATOR = re.compile(r"@\s*([\w.]+)")
_ANY_DECORATOR = re.compile(rf"@\s*(?:[\w.]+\.)?(?:{'|'.join(map(re.escape, sorted(_DECORATORS)))})\b")


def run_elsewhere(node: Node, text: str) -> str:
    """Name the function around a node that is run from its source elsewhere; empty where there is none."""
    calls = [word + behind for word, behind in _CALLS.items() if word in text]
    if not calls and not _ANY_DECORATOR.search(text):
        return ""
    functions = [scope for scope in place_of(node).scopes if scope.kind() == "function_definition"]
    named = [(function, name.text()) for function in functions if (name := function.field("name"))]
    found = (name for function, name in named if _is_decorated(function) or _is_handed_on(name, calls, text))
    return next(found, "")


def _is_decorated(function: Node) -> bool:
    above = function.parent()
    decorators = above.children() if above and above.kind() == "decorated_definition" else []
    names = [match[1] for each in decorators if (match := _DECORATOR.match(each.text()))]
    return any(f".{name}".endswith(f".{each}") for name in names for each in _DECORATORS)


def _is_handed_on(name: str, calls: list[str], text: str) -> bool:
    return any(re.search(call.replace("NAME", re.escape(name)), text, re.DOTALL) for call in calls)
