"""A function's parameters and what it returns, as people write them."""

import ast
from collections.abc import Iterator

_LONGEST_LINE = 80


def signature(definition: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    """Write what stands behind the name in a definition, each parameter in its own line where one is too short.

    Annotations that are in quotes, since they name what is imported for type checkers only, are written without.
    """
    parameters = list(_parameters(definition.args))
    returned = f" -> {_annotation(definition.returns)}" if definition.returns else ""
    line = f"({', '.join(parameters)}){returned}"
    if len(definition.name) + len(line) <= _LONGEST_LINE:
        return line
    return "(\n" + "".join(f"    {parameter},\n" for parameter in parameters) + f"){returned}"


def _parameters(given: ast.arguments) -> Iterator[str]:
    positional = [*given.posonlyargs, *given.args]
    without_default = len(positional) - len(given.defaults)
    for place, parameter in enumerate(positional):
        yield _parameter(parameter, given.defaults[place - without_default] if place >= without_default else None)
        if place + 1 == len(given.posonlyargs):
            yield "/"
    if given.vararg or given.kwonlyargs:
        yield f"*{_parameter(given.vararg, None)}" if given.vararg else "*"
    for parameter, default in zip(given.kwonlyargs, given.kw_defaults, strict=True):
        yield _parameter(parameter, default)
    if given.kwarg:
        yield f"**{_parameter(given.kwarg, None)}"


def _parameter(parameter: ast.arg, default: ast.expr | None) -> str:
    written = f"{parameter.arg}: {_annotation(parameter.annotation)}" if parameter.annotation else parameter.arg
    equals = " = " if parameter.annotation else "="
    return f"{written}{equals}{ast.unparse(default)}" if default else written


def _annotation(annotation: ast.expr) -> str:
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        return annotation.value
    return ast.unparse(annotation)
