"""What could be done about each finding of one file, before anything is changed."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, replace
from os.path import abspath, dirname

from flake8_client_pool.fixes.doubts.borrowed import refuse_if_closed
from flake8_client_pool.fixes.doubts.filling_in import filled_in
from flake8_client_pool.fixes.doubts.outside_uses import OutsideUses, described
from flake8_client_pool.fixes.doubts.run_elsewhere import run_elsewhere
from flake8_client_pool.fixes.doubts.tests_of_calls import TestsOfCalls
from flake8_client_pool.fixes.handing_on import handed_on_edits, loses_an_argument
from flake8_client_pool.fixes.imports.cycles import ImportedByPool
from flake8_client_pool.fixes.imports.path_mending import PathMending
from flake8_client_pool.fixes.imports.placement import Beyond, Placement, Where, placement
from flake8_client_pool.fixes.layout import layout_of, may_mend_path
from flake8_client_pool.model import Applicability, Edit
from flake8_client_pool.rules.getter_call import NotPooledError, getter_edits, getter_for
from flake8_client_pool.rules.getter_definitions import Getter
from flake8_client_pool.rules.getters import Getters
from flake8_client_pool.rules.passing_on import gives_the_same
from flake8_client_pool.rules.uses import Use, Uses
from flake8_client_pool.syntax.scopes import FUNCTIONS, place_of
from flake8_client_pool.syntax.source import Node, start_of

_HTTP = "a shared session shares its cookies, headers and adapters"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change for one finding, or the reason why there is none.

    Attributes:
        start: the offset of the finding.
        kind: the name of the client kind.
        code: the code of the finding.
        reason: why there is no change, or why it is not safe.
        applicability: how far the change may be trusted.
        getter: what is called or handed on instead.
        placement: how the place comes by the getter.
        edits: the change at the place itself.
        function: the offset of the outermost function around the place; -1 at module level.
        factory: the name of the function that does nothing but return the client.
        seen_by: the path of a test that would see the change; empty for none.
    """

    start: int
    kind: str
    code: str
    reason: str = ""
    applicability: Applicability = Applicability.SAFE
    getter: Getter | None = None
    placement: Placement | None = None
    edits: tuple[Edit, ...] = ()
    function: int = -1
    factory: str = ""
    seen_by: str = ""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What has to be known of the repository to propose changes."""

    getters: Getters
    cycles: ImportedByPool
    outside: OutsideUses
    tests: TestsOfCalls
    root: str


def proposals(uses: Uses, surroundings: Surroundings, handed_on_code: str) -> Iterator[Proposal]:
    """Propose a change for every use of a client's class, or say why there is none."""
    for use in uses.built:
        function = use.node.field("function")
        yield _proposal(uses, use, use.construction.kind.code, function or use.node, surroundings)
    for use in uses.handed_on:
        yield _proposal(uses, use, handed_on_code, use.node, surroundings)


def _proposal(uses: Uses, use: Use, code: str, expression: Node, surroundings: Surroundings) -> Proposal:
    kind = use.construction.kind
    found = Proposal(start_of(use.node), kind.name, code, function=_outermost_function(use.node))
    try:
        return _worked_out(uses, use, found, expression, surroundings)
    except NotPooledError as reason:
        return replace(found, reason=str(reason))


def _worked_out(uses: Uses, use: Use, found: Proposal, expression: Node, surroundings: Surroundings) -> Proposal:
    path = abspath(uses.names.source.path)
    getter = getter_for(use, surroundings.getters, dirname(path))
    if not getter.is_read:
        raise NotPooledError(f"{getter.module} is not to be found, so that it is not known what {getter.name} takes")
    in_cycle = path in surroundings.cycles.of(getter.module, dirname(path))
    built = expression != use.node
    make = getter_edits if built else handed_on_edits
    make(use, getter, getter.name)
    refuse_if_closed(uses.names, use, getter)
    taken = surroundings.outside.collides(path, getter.name)
    elsewhere = run_elsewhere(use.node, uses.names.source.text)
    placed = placement(uses.names, use.node, expression, getter, Beyond(in_cycle, taken, apart=bool(elsewhere)))
    test, tested = _seen_by(use, path, placed, getter, surroundings)
    doubt = (
        tested
        or _doubt_about_place(elsewhere, getter)
        or _doubt(use, placed, uses, surroundings)
        or _doubt_about_arguments(use, getter, uses, built=built)
    )
    return replace(
        found,
        reason=doubt,
        applicability=Applicability.UNSAFE if doubt else Applicability.SAFE,
        getter=getter,
        placement=placed,
        edits=make(use, getter, placed.called),
        factory=_factory(use.node) if built else "",
        seen_by=test,
    )


def _doubt(use: Use, placed: Placement, uses: Uses, surroundings: Surroundings) -> str:
    """Say why a change might not keep what the program does; empty where nothing speaks against it."""
    if use.construction.kind.name == "http":
        return _HTTP
    if placed.where is not Where.NOWHERE and _own_imports_are_guarded(uses, surroundings):
        return "the file can do without the repository's own packages: it guards every import of them"
    return ""


def _doubt_about_place(elsewhere: str, getter: Getter) -> str:
    return f"{elsewhere}() is run from its source elsewhere, where {getter.module} may be missing" if elsewhere else ""


def _seen_by(use: Use, path: str, placed: Placement, getter: Getter, surroundings: Surroundings) -> tuple[str, str]:
    """Find the test that would see the change: its path, and how. Its stand-in is not used, or is called otherwise."""
    replaced = [each for each in surroundings.outside.of(path, placed.root) if each.replaced]
    if replaced:
        place = described(replaced, surroundings.root)
        return replaced[0].path, f"{place} puts a stand-in for {placed.root} into this module"
    kind = use.construction.kind

    def gives(keyword: str) -> bool:
        return use.node.kind() == "call" and gives_the_same(kind, getter, use.node, keyword)

    test = surroundings.tests.look_at(path, kind, gives)
    if test is None:
        return "", ""
    place = test.path.removeprefix(f"{surroundings.root}/")
    return test.path, f"{place}:{test.look.line} looks at {test.look.what.value}"


def _doubt_about_arguments(use: Use, getter: Getter, uses: Uses, *, built: bool) -> str:
    if not built and loses_an_argument(use, getter):
        return f"what is called later may give arguments that {getter.name}() takes otherwise"
    return filled_in(use, getter, uses.names.source.text, built=built)


def _own_imports_are_guarded(uses: Uses, surroundings: Surroundings) -> bool:
    """Tell whether a file imports its pool's package only where it expects that to fail.

    A file that mends the import path itself, or lies in that package, has the package whatever it expects.
    """
    first, text = surroundings.getters.module.partition(".")[0], uses.names.source.text
    if first not in text or "ImportError" not in text or f"/{first}/" in abspath(uses.names.source.path):
        return False
    layout = layout_of(text, (first,))
    guards_at_top = [statement for statement in layout.tree.body if isinstance(statement, ast.Try)]
    if not any(_is_import_of(inner, first) for guard in guards_at_top for inner in guard.body):
        return False
    if may_mend_path(text) and PathMending(layout).is_anywhere:
        return False
    guards = [node for node in ast.walk(layout.tree) if isinstance(node, ast.Try)]
    guarded = {id(inner) for guard in guards for inner in ast.walk(guard)}
    imports = [each for body in layout.bodies for each in body if _is_import_of(each, first)]
    return all(id(node) in guarded for node in imports)


def _is_import_of(statement: ast.stmt, first: str) -> bool:
    if isinstance(statement, ast.ImportFrom):
        return not statement.level and (statement.module or "").partition(".")[0] == first
    if isinstance(statement, ast.Import):
        return any(alias.name.partition(".")[0] == first for alias in statement.names)
    return False


def _outermost_function(node: Node) -> int:
    functions = [scope for scope in place_of(node).scopes if scope.kind() in FUNCTIONS]
    return start_of(functions[-1]) if functions else -1


def _factory(call: Node) -> str:
    """Name the function that hands out the client that it builds, and does nothing else with it."""
    parent = call.parent()
    if parent is None or parent.kind() != "return_statement":
        return ""
    scope = place_of(call).scopes[0]
    name = scope.field("name") if scope.kind() == "function_definition" else None
    return name.text() if name else ""
