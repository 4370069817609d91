"""When the parts of a file run: at import, once, or whenever a function is called."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

Place = tuple[int, int]
Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_Loop = ast.For | ast.AsyncFor | ast.While | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


@dataclass(frozen=True, slots=True)
class Run:
    """A node and when it runs.

    Attributes:
        node: the node.
        function: the innermost function around it; None where it runs at import.
        in_loop: whether it may run several times each time that its function does.
        failed: the statements whose failure it follows.
    """

    node: ast.AST
    function: Function | None = None
    in_loop: bool = False
    failed: tuple[ast.stmt, ...] = ()

    @property
    def place(self) -> Place:
        """Where the node begins: its line and its column in bytes."""
        return getattr(self.node, "lineno", 0), getattr(self.node, "col_offset", 0)


@dataclass(frozen=True, slots=True)
class Code:
    """All nodes of a file, each with when it runs."""

    runs: tuple[Run, ...]

    def failed_before(self, run: Run, place: Place) -> bool:
        """Tell whether a node runs only after what stands at a place has failed."""
        return any(_holds(statement, place) for statement in run.failed)

    def runs_once(self, function: Function | None) -> bool:
        """Tell whether a function is called in one place only, at import or as a program starts."""
        return function is None or self._only_call(function) is not None

    def is_inside(self, place: Place, function: Function | None) -> bool:
        """Tell whether a place belongs to a function."""
        return function is not None and _holds(function, place)

    def never_before(self, place: Place, once: Run) -> bool:
        """Tell whether what stands at a place cannot run before a node of a function that runs once."""
        bounds: dict[Function | None, Place] = {once.function: once.place}
        if once.function and (call := self._only_call(once.function)):
            bounds[None] = call.place
        leading = self._leading_to(place)
        early = (run for run in self.runs if run.function in bounds and run.place < bounds[run.function])
        inner = max((each for each in self._around(place) if isinstance(each, Function)), key=_start, default=None)
        is_early = inner in bounds and place < bounds[inner]
        return not is_early and not any(_mentioned(run.node) in leading for run in early)

    def varies(self, value: ast.expr, function: Function | None) -> bool:
        """Tell whether a value in a function depends on what the function is given."""
        given = {each.arg for each in ast.walk(function.args) if isinstance(each, ast.arg)} if function else set()
        names, waiting = set[str](), [value]
        while waiting:
            found = _names_in(waiting.pop()) - names
            names |= found
            waiting += [value for run in self.runs if run.function is function for value in _given_to(found, run.node)]
        return bool(names & given)

    def _only_call(self, function: Function) -> Run | None:
        name = getattr(function, "name", "")
        found = [run for run in self.runs if name and _mentioned(run.node) == name]
        return found[0] if len(found) == 1 and found[0].function is None and not found[0].in_loop else None

    def _around(self, place: Place) -> list[Definition | ast.Lambda]:
        found = (run.node for run in self.runs if isinstance(run.node, Definition | ast.Lambda))
        return [each for each in found if _holds(each, place)]

    def _leading_to(self, place: Place) -> set[str]:
        """Name the functions and classes of the file by which what stands at a place may come to run."""
        found = {each.name for each in self._around(place) if isinstance(each, Definition)}
        definitions = [run.node for run in self.runs if isinstance(run.node, Definition)]
        size = -1
        while size < len(found):
            size = len(found)
            found |= {each.name for each in definitions if any(_mentioned(node) in found for node in ast.walk(each))}
        return found


def code_of(tree: ast.Module) -> Code:
    """Tell of all nodes of a file when they run."""
    return Code(tuple(_runs(tree)))


def _runs(tree: ast.Module) -> Iterator[Run]:
    waiting = [Run(tree)]
    while waiting:
        run = waiting.pop()
        yield run
        node = run.node
        if isinstance(node, Function):
            inside: list[ast.AST] = [node.body] if isinstance(node, ast.Lambda) else [*node.body]
            early = [child for child in ast.iter_child_nodes(node) if child not in inside]
            waiting += [Run(child, run.function, run.in_loop, run.failed) for child in early]
            waiting += [Run(child, node) for child in inside]
            continue
        in_loop = run.in_loop or isinstance(node, _Loop)
        for child in ast.iter_child_nodes(node):
            body = node.body if isinstance(node, ast.Try) and isinstance(child, ast.ExceptHandler) else ()
            failed = (*run.failed, *body)
            waiting.append(Run(child, run.function, in_loop, failed))


def _holds(node: ast.AST, place: Place) -> bool:
    end = (getattr(node, "end_lineno", 0), getattr(node, "end_col_offset", 0))
    return _start(node) <= place < end


def _start(node: ast.AST) -> Place:
    return getattr(node, "lineno", 0), getattr(node, "col_offset", 0)


def _mentioned(node: ast.AST) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _given_to(names: set[str], node: ast.AST) -> Iterator[ast.expr]:
    """Give what a statement assigns to one of some names, or lets it run through."""
    match node:
        case ast.Assign(targets=targets, value=value):
            yield from (value for target in targets if names & _names_in(target))
        case ast.For(target=target, iter=value) | ast.withitem(optional_vars=ast.expr() as target, context_expr=value):
            yield from [value] * bool(names & _names_in(target))


def _names_in(node: ast.AST) -> set[str]:
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
