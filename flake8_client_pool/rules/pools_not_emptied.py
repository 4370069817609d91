"""Tests share the clients of the repository's own pool, because nothing empties it between them."""

from collections.abc import Iterator
from os.path import abspath

from flake8_client_pool.model import Finding, Span
from flake8_client_pool.rules.pooled_tests import EMPTYING_FUNCTION, PooledTests
from flake8_client_pool.rules.rule import Example, Rule
from flake8_client_pool.rules.test_trees import CONFTEST, PytestTree
from flake8_client_pool.syntax.source import Source

_POOL = f"def get_bigquery_client(project_id=None): ...\n\n\ndef {EMPTYING_FUNCTION}(): ...\n"
_JOB = (
    "from shared_clients import get_bigquery_client\n\n\n"
    'def rows():\n    return get_bigquery_client().query("SELECT 1")\n'
)
_TEST = "from job import rows\n\n\ndef test_rows():\n    assert rows()\n"
_TREE = {"shared_clients.py": _POOL, "job.py": _JOB, "test_job.py": _TEST}
_FIXTURE = '''

@pytest.fixture(autouse=True)
def _empty_client_pools():
    """Give each test clients of its own, none that another test has left."""
    import sys

    yield
    pool = sys.modules.get("shared_clients")
    if hasattr(pool, "close_all_clients"):
        pool.close_all_clients()
'''

RULE = Rule(
    code="CPL302",
    name="pools-not-emptied",
    summary="tests run pooled code, and nothing empties the repository's own pool between them",
    explanation=(
        "A pool remembers. A client that one test replaced by a stand-in is handed to the next test, which then\n"
        "passes or fails by what ran before it. Call the pool's `close_all_clients` after each test, from a fixture\n"
        "in the uppermost `conftest.py`. A test that fails from then on has most likely passed on another test's\n"
        "stand-in: run it alone to see. The bundled pools need no fixture, their pytest plugin empties them.\n"
        "\n"
        "What several tests share may hold a client that is then closed after the first of them. The fix is\n"
        "therefore unsafe where a fixture for a class, module, package or session, `setUpClass` or `setup_module`\n"
        "leads to pooled code: let it ask the getter in each test. It is unsafe as well where it would make a\n"
        "`conftest.py` outside of packages while a module imports another one by the name `conftest`.\n"
        "\n"
        "Found once in a test tree, where the pool module lies in the repository and has the function\n"
        "`close_all_clients`, and where a test module leads, by what it imports, to code that calls a getter. It\n"
        "stands in the uppermost `conftest.py`, and in the first test module of the tree where there is none: the\n"
        "fix makes one. A tree begins at a folder of pytest's `testpaths`; without them at the uppermost folder that\n"
        "is called `tests`, or has a test module in it.\n"
        "\n"
        "What counts is a call of the pool's function, or one through helpers, in an autouse fixture or a hook\n"
        "around each test (`pytest_runtest_teardown`) of a `conftest.py` or a plugin (`pytest_plugins`, `-p`), in a\n"
        "fixture that the tests ask for (`usefixtures`), or in the `tearDown` of all test classes of a module or of\n"
        "their base. A fixture for a whole session does not count. Whatever else they do with the pool, but to ask it\n"
        "for a client, counts as well (`pool.get_bigquery_client.cache_clear()`, a variable that is patched), and so\n"
        "does a stand-in for a getter. A client may be a stand-in without `close`: let\n"
        "`close_all_clients` forgive that, and forget the client all the same."
    ),
    examples=(
        Example(
            source="import pytest\n",
            findings=((1, 1, "CPL302"),),
            fixed=f"import pytest\n{_FIXTURE}",
            files=_TREE,
            name=CONFTEST,
        ),
        Example(
            source=_TEST,
            findings=((1, 1, "CPL302"),),
            created={CONFTEST: f"import pytest\n{_FIXTURE}"},
            files={"shared_clients.py": _POOL, "job.py": _JOB},
            name="test_job.py",
        ),
        Example(
            source=(
                "from shared_clients import close_all_clients\n\n\n"
                "def pytest_runtest_teardown():\n    close_all_clients()\n"
            ),
            files=_TREE,
            name=CONFTEST,
        ),
        Example(
            source="import pytest\n",
            files={**_TREE, "test_job.py": "def test_sum():\n    assert 1 + 1 == 2\n"},
            name=CONFTEST,
        ),
        Example(source="import pytest\n", files={"job.py": _JOB, "test_job.py": _TEST}, name=CONFTEST),
    ),
)


def check(source: Source, tests: PooledTests) -> Iterator[Finding]:
    """Report the test tree that begins at a file if it runs pooled code while nothing empties the pool."""
    tree = tests.sharing(abspath(source.path), source.text)
    if tree:
        yield Finding(
            code=RULE.code,
            kind="",
            message=_message(tests, tree),
            span=Span(0, 0, 1, 1, 1, 1),
            scope="",
            logical_line=(1, 1),
        )


def _message(tests: PooledTests, tree: PytestTree) -> str:
    message = f"tests share the clients of {tests.pool_module}; call its {EMPTYING_FUNCTION}() after each test"
    if tree.place == tree.conftest:
        return message
    return f"{message}, from a fixture in a new {tests.named(tree.conftest)}"
