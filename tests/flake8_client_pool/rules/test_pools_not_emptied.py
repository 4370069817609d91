"""Which test trees share the clients of a pool, and where that is said."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from flake8_client_pool.engine import Engine
from flake8_client_pool.kinds import KINDS

Tree = Callable[[Mapping[str, str | bytes]], Path]

POOL = "def get_bigquery_client(project_id=None): ...\n\n\ndef close_all_clients(): ...\n"
TEST = "from jobs.report import rows\n\n\ndef test_rows():\n    assert rows()\n"
REPOSITORY = {
    ".git/HEAD": "",
    "shared/clients.py": POOL,
    "jobs/warehouse.py": "from shared import clients\n\n\ndef query():\n    return clients.get_bigquery_client()\n",
    "jobs/report.py": "import jobs.warehouse\n\n\ndef rows():\n    return jobs.warehouse.query()\n",
}
TESTS = {**REPOSITORY, "tests/conftest.py": "", "tests/test_report.py": TEST}
HELPERS = "from shared.clients import close_all_clients\n\n\ndef fresh():\n    close_all_clients()\n"
FIXTURE = "import pytest\n\n\n@pytest.fixture{}\ndef {}():\n    yield\n    from shared import clients\n\n    {}()\n"
AUTOUSE = FIXTURE.format("(autouse=True)", "empty", "clients.close_all_clients")
NAMED = FIXTURE.format("", "empty", "clients.close_all_clients")
AROUND = "import pytest\n\n\n@pytest.fixture(autouse=True)\ndef empty(monkeypatch):\n    yield\n    {}\n"
CASE = "from unittest import TestCase\n\nfrom shared.clients import close_all_clients\n\n\nclass Case(TestCase):\n"


def found(root: Path) -> list[str]:
    """Name the files in which a finding stands, by the paths that are given in the order of their names."""
    engine = Engine(KINDS, "shared.clients")
    places = []
    for path in sorted(root.rglob("*.py")):
        words = engine.words(str(path), path.read_bytes())
        findings = engine.analyze(str(path), path.read_text(), words).findings if words else ()
        places += [path.relative_to(root).as_posix() for each in findings if each.code == "CPL302"]
    return places


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"tests/conftest.py": "# close_all_clients()\n"}, id="a-comment"),
        pytest.param({"tests/conftest.py": '"""Nothing calls close_all_clients() here."""\n'}, id="a-string"),
        pytest.param(
            {
                "tests/conftest.py": "def close_all_clients(): ...\n\n\n"
                "def pytest_runtest_teardown():\n    close_all_clients()\n"
            },
            id="another-function-of-that-name",
        ),
        pytest.param({"tests/conftest.py": "from shared.clients import close_all_clients\n"}, id="imported-only"),
        pytest.param({"tests/conftest.py": AUTOUSE.replace("close_all", "get")}, id="a-client-is-taken"),
        pytest.param({"tests/conftest.py": NAMED}, id="a-fixture-that-no-test-uses"),
        pytest.param({"tests/conftest.py": AUTOUSE.replace("True", "True, scope='session'")}, id="once-a-session"),
        pytest.param({"tests/conftest.py": f"{HELPERS}\n\ndef pytest_sessionfinish():\n    fresh()\n"}, id="once"),
        pytest.param({"tests/unit/conftest.py": AUTOUSE}, id="only-in-a-part"),
        pytest.param({"tests/pools.py": AUTOUSE}, id="a-plugin-that-nobody-loads"),
        pytest.param(
            {
                "tests/test_report.py": f"{TEST}\n\n{CASE}    def tearDown(self):\n        close_all_clients()\n\n"
                "    def test_one(self): ...\n"
            },
            id="a-test-beside-the-class-that-empties",
        ),
    ],
)
def test_the_pool_is_not_emptied(tree: Tree, files: Mapping[str, str]) -> None:
    assert found(tree({**TESTS, **files})) == ["tests/conftest.py"]


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"tests/conftest.py": AUTOUSE}, id="fixture"),
        pytest.param({"tests/conftest.py": f"{HELPERS}\n\ndef pytest_runtest_teardown():\n    fresh()\n"}, id="hook"),
        pytest.param(
            {
                "tests/conftest.py": "import pytest\nfrom shared.clients import close_all_clients as close\n\n\n"
                "@pytest.fixture(autouse=True)\ndef empty(request):\n    request.addfinalizer(close)\n"
            },
            id="handed-on",
        ),
        pytest.param({"conftest.py": AUTOUSE}, id="further-up"),
        pytest.param(
            {
                "tests/helpers.py": HELPERS,
                "tests/conftest.py": "from tests import helpers\n\n\n"
                "def pytest_runtest_setup():\n    helpers.fresh()\n",
            },
            id="a-helper-of-another-module",
        ),
        pytest.param({"tests/pools.py": AUTOUSE, "tests/conftest.py": "from tests.pools import empty"}, id="imported"),
        pytest.param({"tests/pools.py": AUTOUSE, "tests/conftest.py": "from .pools import *\n"}, id="imported-by-star"),
        pytest.param(
            {"tests/pools.py": AUTOUSE, "tests/conftest.py": "pytest_plugins = ['tests.pools']\n"}, id="pytest-plugins"
        ),
        pytest.param(
            {"tests/pools.py": AUTOUSE, "pytest.ini": "[pytest]\naddopts = -q -p tests.pools\n"}, id="p-in-addopts"
        ),
        pytest.param(
            {
                "tests/pools.py": AUTOUSE,
                "pyproject.toml": "[tool.pytest.ini_options]\naddopts = ['-ptests.pools']\n",
            },
            id="p-in-pyproject",
        ),
        pytest.param(
            {"tests/conftest.py": NAMED, "setup.cfg": "[tool:pytest]\nusefixtures = empty\n"}, id="usefixtures-for-all"
        ),
        pytest.param(
            {"tests/conftest.py": NAMED, "tests/test_report.py": f"{TEST}\npytestmark = usefixtures('empty')\n"},
            id="usefixtures-in-the-module",
        ),
        pytest.param(
            {
                "tests/conftest.py": f"{NAMED}\n\n@pytest.fixture(autouse=True)\ndef every(empty): ...\n",
            },
            id="a-fixture-that-asks-for-another",
        ),
        pytest.param(
            {
                "tests/base.py": f"{CASE}    def setUp(self):\n        self.addCleanup(close_all_clients)\n",
                "tests/test_report.py": "from jobs.report import rows\nfrom tests.base import Case\n\n\n"
                "class TestRows(Case):\n    def test(self):\n        rows()\n",
            },
            id="a-common-base",
        ),
        pytest.param(
            {"tests/test_report.py": f"{HELPERS}\n\ndef teardown_function():\n    fresh()\n\n\n{TEST}"},
            id="own-teardown",
        ),
        pytest.param(
            {"tests/conftest.py": AROUND.format("sys.modules['shared.clients'].close_all_clients()")}, id="sys-modules"
        ),
        pytest.param(
            {"tests/conftest.py": AROUND.format("importlib.import_module('shared.clients').close_all_clients()")},
            id="importlib",
        ),
        pytest.param(
            {
                "tests/conftest.py": "from pytest import fixture as fix\n\nfrom shared.clients import drop as done\n\n"
                "empty = fix(autouse=True)(done)\n"
            },
            id="a-fixture-made-by-a-call",
        ),
        pytest.param(
            {"tests/conftest.py": f"import shared.clients\n{AROUND}".format("shared.clients.get_x.cache_clear()")},
            id="the-cache-of-a-getter",
        ),
        pytest.param(
            {"tests/conftest.py": f"from shared import clients\n{AROUND}".format("clients._clients.clear()")},
            id="a-variable-of-the-pool",
        ),
        pytest.param(
            {
                "tests/conftest.py": f"from shared import clients as c\n{AROUND}".format(
                    "monkeypatch.setattr(c, '_clients', {})"
                )
            },
            id="a-variable-is-replaced",
        ),
        pytest.param(
            {
                "tests/conftest.py": f"from shared import clients\n{AROUND}".format(
                    "patch.dict(clients._clients, clear=True).start()"
                )
            },
            id="a-variable-is-patched",
        ),
        pytest.param(
            {"tests/conftest.py": AROUND.format("monkeypatch.setattr('jobs.warehouse.get_bigquery_client', None)")},
            id="a-getter-is-replaced",
        ),
        pytest.param(
            {
                "tests/conftest.py": AUTOUSE.replace("@pytest.fixture", "@fix")
                .replace("import", "from", 1)
                .replace("from pytest", "from pytest import fixture as fix")
            },
            id="a-renamed-decorator",
        ),
        pytest.param(
            {"tests/pools.py": AUTOUSE, "tests/conftest.py": "pytest_plugins: list[str] = ['tests.pools']\n"},
            id="annotated-pytest-plugins",
        ),
        pytest.param(
            {
                "jobs/report.py": "from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    # For types.\n"
                "    import os\n\n    from jobs import warehouse\nelse:\n    warehouse = None\n"
            },
            id="imported-for-types-alone",
        ),
        pytest.param({"jobs/report.py": "def rows():\n    return [1]\n"}, id="no-pooled-code"),
        pytest.param({"jobs/warehouse.py": "# get_bigquery_client()\nQUERY = 1\n"}, id="a-getter-in-a-comment"),
        pytest.param({"shared/clients.py": "def get_bigquery_client(): ...\n"}, id="a-pool-that-cannot-be-emptied"),
        pytest.param({"tests/test_report.py": "from jobs.report import rows\n\nrows()\n"}, id="a-script-without-tests"),
    ],
)
def test_nothing_is_shared(tree: Tree, files: Mapping[str, str]) -> None:
    assert found(tree({**TESTS, **files})) == []


@pytest.mark.parametrize(
    ("files", "places"),
    [
        pytest.param({"tests/b/test_b.py": TEST, "tests/c/test_a.py": TEST}, ["tests/b/test_b.py"], id="no-conftest"),
        pytest.param(
            {"tests/a/conftest.py": "", "tests/a/test_a.py": TEST, "tests/test_b.py": TEST},
            ["tests/test_b.py"],
            id="a-conftest-further-down",
        ),
        pytest.param(
            {"tests/a/conftest.py": AUTOUSE, "tests/a/test_a.py": TEST, "tests/test_b.py": "def test(): ...\n"},
            [],
            id="a-conftest-further-down-is-enough",
        ),
        pytest.param({"conftest.py": "", "tests/test_a.py": TEST}, ["conftest.py"], id="a-conftest-further-up"),
        pytest.param(
            {"a/tests/test_a.py": TEST, "b/tests/conftest.py": "", "b/tests/test_b.py": TEST},
            ["a/tests/test_a.py", "b/tests/conftest.py"],
            id="two-trees",
        ),
        pytest.param({"checks/test_a.py": TEST, "checks/more/b_test.py": TEST}, ["checks/test_a.py"], id="no-folder"),
        pytest.param(
            {"pytest.ini": "[pytest]\ntestpaths = src/*/checks\n", "src/a/checks/b/test_a.py": TEST, "test_b.py": TEST},
            ["src/a/checks/b/test_a.py"],
            id="testpaths",
        ),
        pytest.param(
            {
                "pyproject.toml": "[tool.pytest.ini_options]\ntestpaths = ['tests']\n",
                "scripts/tests/conftest.py": "",
                "scripts/tests/test_a.py": TEST,
                "copies/tests/test_b.py": TEST,
            },
            ["scripts/tests/conftest.py"],
            id="beside-testpaths",
        ),
        pytest.param(
            {"setup.cfg": "[tool:pytest]\npython_files = tests.py\n", "tests/tests.py": TEST, "tests/test_a.py": TEST},
            ["tests/tests.py"],
            id="python-files",
        ),
        pytest.param(
            {
                "pytest.ini": "[pytest]\nnorecursedirs = slow* checks/old\n",
                "slow_tests/test_a.py": TEST,
                "tests/conftest.py": "",
                "tests/slow/test_b.py": TEST,
                "tests/checks/old/test_c.py": TEST,
            },
            [],
            id="norecursedirs",
        ),
        pytest.param(
            {
                "conftest.py": "",
                "service/pytest.ini": "[pytest]\n",
                "service/tests/test_a.py": TEST,
                "tests/test_b.py": "def test(): ...\n",
            },
            ["service/tests/test_a.py"],
            id="a-project-inside-a-project",
        ),
        pytest.param(
            {"conftest.py": "", "env/pyvenv.cfg": "", "env/lib/tests/test_a.py": TEST, "node_modules/test_b.py": TEST},
            [],
            id="installed-tests",
        ),
        pytest.param(
            {"tests/test_pool.py": "import shared.clients as p\n\n\ndef test():\n    p.get_bigquery_client()\n"},
            ["tests/test_pool.py"],
            id="tests-of-the-pool",
        ),
    ],
)
def test_where_a_tree_is_found(tree: Tree, files: Mapping[str, str], places: list[str]) -> None:
    assert found(tree({**REPOSITORY, **files})) == places


def test_what_is_typed_counts_and_not_what_lies_on_the_disk(tree: Tree) -> None:
    conftest = tree(TESTS) / "tests/conftest.py"
    engine = Engine(KINDS, "shared.clients")
    counts = [
        len(engine.analyze(str(conftest), text, engine.words(str(conftest), text.encode())).findings)
        for text in ("", AUTOUSE, "")
    ]
    assert counts == [1, 0, 1]
