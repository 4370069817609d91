"""Add the fixture that empties a repository's own pool after each test."""

import ast
import re
from collections.abc import Iterator

from flake8_client_pool.fixes.drafts import applied
from flake8_client_pool.fixes.imports.extension import Wanted
from flake8_client_pool.fixes.imports.insertion import at_module_level
from flake8_client_pool.fixes.imports.ordering import ImportOrder
from flake8_client_pool.fixes.imports.path_mending import PathMending
from flake8_client_pool.fixes.layout import Layout
from flake8_client_pool.rules.pooled_tests import EMPTYING_FUNCTION

# The pool is not imported for the fixture's sake: it would be before the tests have put stand-ins for what it imports.
# A test may have put a stand-in for the pool itself there, and `conftest.py` may use the name `sys` for anything.
_FIXTURE = '''@{fixture}(autouse=True)
def {name}():
    """Give each test clients of its own, none that another test has left."""
    import sys

    yield
    pool = sys.modules.get("{pool}")
    if hasattr(pool, "{function}"):
        pool.{function}()
'''
_NAMES = ("_empty_client_pools", "_empty_client_pools_after_each_test")


def with_fixture(text: str, pool: str, order: ImportOrder, newline: str) -> str:
    """Give the text of a `conftest.py` with the fixture at its end.

    Args:
        text: the text so far; it may be empty.
        pool: the module that has the function to call.
        order: how imports are sorted and laid out.
        newline: the line end of the text.

    Raises:
        NoPlaceError: what the fixture needs cannot be imported at the top of the file.
    """
    fixture = _fixture_as_imported(text)
    if not fixture:
        text = _with_import(text, "pytest", order, newline)
    name = next((each for each in _NAMES if not re.search(rf"\b{each}\b", text)), _NAMES[-1])
    added = _FIXTURE.format(fixture=fixture or "pytest.fixture", name=name, pool=pool, function=EMPTYING_FUNCTION)
    return text.rstrip("\r\n") + newline * 3 + added.replace("\n", newline)


def _fixture_as_imported(text: str) -> str:
    """Give what `pytest.fixture` is called in a text; empty where it is not imported at the top level."""
    return next((name for statement in Layout(text).tree.body for name in _names(statement)), "")


def _names(statement: ast.stmt) -> Iterator[str]:
    if isinstance(statement, ast.Import):
        yield from (f"{alias.asname or alias.name}.fixture" for alias in statement.names if alias.name == "pytest")
    elif isinstance(statement, ast.ImportFrom) and statement.module == "pytest" and not statement.level:
        yield from (alias.asname or alias.name for alias in statement.names if alias.name == "fixture")


def _with_import(text: str, module: str, order: ImportOrder, newline: str) -> str:
    layout = Layout(text)
    wanted = Wanted(module, "", own=False)
    if not layout.tree.body or _is_docstring_alone(layout.tree.body):
        above = text.rstrip("\r\n")
        return above + newline * 2 * bool(above) + wanted.statement(layout, order.style) + newline
    return applied(text, [at_module_level(PathMending(layout), wanted, order, len(text), None)])


def _is_docstring_alone(body: list[ast.stmt]) -> bool:
    return len(body) == 1 and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)
