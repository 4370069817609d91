"""Add the fixture that empties a repository's own pool after each test."""

import ast

from flake8_client_pool.fixes.layout import Layout
from flake8_client_pool.rules.pools_not_emptied import EMPTYING_FUNCTION

_FIXTURE = '''@pytest.fixture(autouse=True)
def _empty_client_pools():
    """Give each test clients of its own: the pool would hand one test's stand-in to the next."""
    yield
    from {module} import {function}

    {function}()
'''


def with_fixture(text: str, module: str) -> str:
    """Give the text of a `conftest.py` with the fixture at its end; `module` is the pool module."""
    layout = Layout(text)
    newline = layout.newline
    imported = any(
        isinstance(statement, ast.Import)
        and any(alias.name == "pytest" and not alias.asname for alias in statement.names)
        for statement in layout.tree.body
    )
    fixture = _FIXTURE.format(module=module, function=EMPTYING_FUNCTION).replace("\n", newline)
    body = text.rstrip()
    if not imported:
        fixture = f"import pytest{newline}{newline}{newline}{fixture}"
    return f"{body}{newline * 3}{fixture}" if body else fixture
