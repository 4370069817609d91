"""Tests share the clients of the repository's own pool, because nothing empties it between them."""

import re
from collections.abc import Iterator
from os.path import abspath, basename, dirname, join

from flake8_client_pool.model import Finding, Span
from flake8_client_pool.rules.getters import Getters
from flake8_client_pool.rules.rule import Example, Rule
from flake8_client_pool.syntax.source import Source

CONFTEST = "conftest.py"
EMPTYING_FUNCTION = "close_all_clients"
_EMPTIED = re.compile(r"close_all\w*clients|clear_cache|empty\w*pools", re.IGNORECASE)
_POOL = f"def get_bigquery_client(project_id=None): ...\n\n\ndef {EMPTYING_FUNCTION}(): ...\n"

RULE = Rule(
    code="CPL302",
    name="pools-not-emptied",
    summary="a test tree has no fixture that empties the repository's own pool",
    explanation=(
        "A pool remembers. A client that one test replaced by a stand-in is handed to the next test, which then\n"
        "passes or fails by what ran before it. Call the pool's `close_all_clients` after each test, from a fixture\n"
        "in the uppermost `conftest.py`. Tests that fail from then on have passed on another test's stand-in: they\n"
        "fail alone, too. The bundled pools need no fixture, their pytest plugin empties them.\n"
        "\n"
        "Found in the uppermost `conftest.py` of a test tree, where the pool module lies in the repository and has\n"
        "the function `close_all_clients`."
    ),
    examples=(
        Example(
            source="import pytest\n",
            findings=((1, 1, "CPL302"),),
            fixed=(
                "import pytest\n\n\n@pytest.fixture(autouse=True)\ndef _empty_client_pools():\n"
                '    """Give each test clients of its own: the pool would hand one test\'s stand-in to the next."""\n'
                "    yield\n    from shared_clients import close_all_clients\n\n    close_all_clients()\n"
            ),
            files={"shared_clients.py": _POOL},
            name=CONFTEST,
        ),
        Example(
            source=(
                "from shared_clients import close_all_clients\n\n\n"
                "def pytest_runtest_teardown():\n    close_all_clients()\n"
            ),
            files={"shared_clients.py": _POOL},
            name=CONFTEST,
        ),
        Example(source="import pytest\n", name=CONFTEST),
    ),
)


def is_conftest(path: str) -> bool:
    """Tell whether this rule has to look at a file whatever words it holds."""
    return basename(path) == CONFTEST


def check(source: Source, getters: Getters) -> Iterator[Finding]:
    """Report the uppermost `conftest.py` of a test tree if nothing in it empties the repository's own pool."""
    path = abspath(source.path)
    if not is_conftest(path) or _EMPTIED.search(source.text) or _is_below_another(path, getters):
        return
    module = getters.module_with(EMPTYING_FUNCTION, dirname(path))
    if module:
        yield Finding(
            code=RULE.code,
            kind="",
            message=f"tests share the clients of {getters.module}; call its {EMPTYING_FUNCTION}() after each test",
            span=Span(0, 0, 1, 1, 1, 1),
            scope="",
            logical_line=(1, 1),
        )


def _is_below_another(path: str, getters: Getters) -> bool:
    folders = [folder for folder in getters.folders_above(dirname(path)) if folder != dirname(path)]
    return any(getters.is_file(join(folder, CONFTEST)) for folder in folders)
