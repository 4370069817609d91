"""What the definition of a getter says, without any of it being run."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from flake8_client_pool.kinds import ClientKind
from flake8_client_pool.rules.signatures import signature
from flake8_client_pool.syntax.decoding import UndecodableSourceError, decode

# `getter` is that of the bundled pools.
_HARMLESS_DECORATORS = frozenset(("cache", "lru_cache", "getter"))

Definition = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class Getter:
    """A function of the pool module that hands out clients.

    Attributes:
        name: its name.
        module: the dotted module to import it from.
        positional: the parameters that it takes by position.
        keywords: the parameters that it takes by keyword.
        required: the parameters without a default.
        takes_any_keyword: whether it ends in `**kwargs`.
        protects: whether its clients ignore a `close()` by those who borrow them.
        in_repository: whether the pool module is one of the repository's own.
        is_read: whether its definition was found; otherwise the table of kinds says what it ought to take.
        missing_in: folders that carry an incomplete copy of the pool module, seen before the complete one.
        signature: its parameters and what it returns, as its definition has them; empty where that was not found.
        definition: its definition; None where that was not found.
    """

    name: str
    module: str
    positional: tuple[str, ...]
    keywords: frozenset[str]
    required: frozenset[str] = frozenset()
    takes_any_keyword: bool = False
    protects: bool = False
    in_repository: bool = False
    is_read: bool = True
    missing_in: tuple[str, ...] = ()
    signature: str = ""
    definition: Definition | None = field(default=None, compare=False, repr=False)

    def takes(self, keyword: str, parameter: str) -> bool:
        """Tell whether it takes an argument by this keyword that is called `parameter` in the constructor.

        What `**kwargs` takes is handed on as it is called: another name says nothing to the constructor.
        """
        return keyword in self.keywords or (self.takes_any_keyword and keyword == parameter)

    def keyword_for(self, kind: ClientKind, parameter: str) -> str:
        """Name its parameter for one of the constructor: by the table, else by the same name; empty for none."""
        keyword = kind.arguments.get(parameter) or ""
        own = self.keywords.union(self.positional)
        return parameter if keyword and keyword not in own and parameter in own else keyword


def parsed(data: bytes) -> ast.Module:
    """Parse a module; one that does not parse is empty."""
    try:
        return ast.parse(decode(data))
    except (SyntaxError, UndecodableSourceError, RecursionError):
        return ast.Module([], [])


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Give the statements that run when a module does, those under conditions too."""
    for statement in body:
        yield statement
        if isinstance(statement, ast.If) and ast.unparse(statement.test).partition(" ")[0] == "__name__":
            continue
        if isinstance(statement, ast.If | ast.Try | ast.With):
            for part in ("body", "orelse", "finalbody"):
                yield from _statements(getattr(statement, part, []))
            for handler in getattr(statement, "handlers", ()):
                yield from _statements(handler.body)


def defined(tree: ast.Module, name: str) -> Definition | None:
    """Find the function that a module defines under a name, the last of several; None where it is deleted."""
    found: Definition | None = None
    for statement in _statements(tree.body):
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef) and statement.name == name:
            found = statement
        elif isinstance(statement, ast.Delete) and name in map(ast.unparse, statement.targets):
            found = None
    return found


@lru_cache(maxsize=64)
def fault_of(definition: Definition) -> str:
    """Say why a call of a function does not give what it returns, as far as is known; empty where it does."""
    if isinstance(definition, ast.AsyncFunctionDef):
        return "is a coroutine function"
    if any(isinstance(node, ast.Yield | ast.YieldFrom) for node in _own_nodes(definition.body)):
        return "is a generator"
    names = [ast.unparse(getattr(each, "func", each)) for each in definition.decorator_list]
    unknown = [name for name in names if name.rpartition(".")[2] not in _HARMLESS_DECORATORS]
    return f"is decorated with {unknown[0]}, which may change what it takes" if unknown else ""


@lru_cache(maxsize=64)
def defaults_of(definition: Definition) -> dict[str, str]:
    """Give the default of each parameter that has one, as it is written."""
    given = definition.args
    positional = [*given.posonlyargs, *given.args]
    behind = positional[len(positional) - len(given.defaults) :]
    pairs = [*zip(behind, given.defaults, strict=True), *zip(given.kwonlyargs, given.kw_defaults, strict=True)]
    return {parameter.arg: ast.unparse(default) for parameter, default in pairs if default}


def _own_nodes(body: Sequence[ast.AST]) -> Iterator[ast.AST]:
    """Give the nodes of a function's body without those of functions inside it."""
    for node in body:
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            yield from _own_nodes(list(ast.iter_child_nodes(node)))


def imported(tree: ast.Module, name: str) -> Iterator[tuple[str, int, str]]:
    """Give the modules that a name may be imported from, the level of each, and the name that it has there."""
    for statement in _statements(tree.body):
        if isinstance(statement, ast.ImportFrom):
            for alias in statement.names:
                if (alias.asname or alias.name) == name or alias.name == "*":
                    original = name if alias.name == "*" else alias.name
                    yield statement.module or "", statement.level, original


def says_true(tree: ast.Module, name: str) -> bool:
    """Tell whether a module sets a name to True."""
    return any(
        isinstance(statement, ast.Assign)
        and isinstance(statement.value, ast.Constant)
        and statement.value.value is True
        and any(isinstance(target, ast.Name) and target.id == name for target in statement.targets)
        for statement in tree.body
    )


def described(
    definition: Definition, module: str, *, protects: bool, in_repository: bool, missing_in: tuple[str, ...]
) -> Getter:
    """Describe the getter that a function of `module` is."""
    given = definition.args
    positional = [argument.arg for argument in (*given.posonlyargs, *given.args)]
    by_keyword = [argument.arg for argument in (*given.args, *given.kwonlyargs)]
    without_default = positional[: len(positional) - len(given.defaults)]
    pairs = zip(given.kwonlyargs, given.kw_defaults, strict=True)
    return Getter(
        definition.name,
        module,
        tuple(positional),
        frozenset(by_keyword),
        frozenset([*without_default, *(argument.arg for argument, default in pairs if default is None)]),
        takes_any_keyword=given.kwarg is not None,
        protects=protects,
        in_repository=in_repository,
        missing_in=missing_in,
        signature=signature(definition),
        definition=definition,
    )
