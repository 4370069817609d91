"""From nothing to a gated repository, by one command."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
import yaml

from flake8_client_pool.policy.first_configuration import hook_entry, with_configuration, with_hook
from flake8_client_pool.policy.settings import Phase
from flake8_client_pool.scan.first_look import pool_module

Tree = Callable[[Mapping[str, str]], Path]
Run = Callable[..., subprocess.CompletedProcess[str]]

IMPORT = "from google.cloud import bigquery\n"
BUILDS = f"{IMPORT}client = bigquery.Client()\n"
POOL = """\
from functools import cache

from google.cloud import bigquery


@cache
def get_bigquery_client(project_id=None):
    return bigquery.Client(project=project_id)
"""
SHOP = {
    "shop/__init__.py": "",
    "shop/clients/__init__.py": "from shop.clients.warehouse import get_bigquery_client\n",
    "shop/clients/warehouse.py": POOL,
    "orders/load.py": f"import shared.settings\n{BUILDS}{BUILDS}",
    "shared/settings.py": BUILDS * 3,
    "main.py": BUILDS,
    "tests/test_load.py": BUILDS,
    "moved/done.py": "from shop.clients import get_bigquery_client\n",
}
OLD_HOOKS = "# ours\nrepos:\n  - repo: local  # first\n    hooks: []\n\n# what runs in CI\nci:\n  skip: [x]\n"


def contents(root: Path) -> dict[str, str]:
    return {
        str(path.relative_to(root)): path.read_text()
        for path in root.rglob("*")
        if path.is_file() and ".git/" not in str(path) and ".client-pool-cache" not in str(path)
    }


@pytest.fixture
def shop(tree: Tree, git: Callable[..., None]) -> Path:
    git("init", "--quiet")
    return tree(SHOP)


def test_it_finds_the_pool_and_proposes_phases_and_gates(shop: Path, client_pool: Run) -> None:
    done = client_pool("init", "--yes")
    assert done.returncode == 0, done.stderr
    assert "Clients are to come from shop.clients." in done.stdout
    lines = [line for line in done.stdout.splitlines() if line.startswith("Phase ")]
    assert lines == [
        "Phase 1: shared, 3 findings",
        "Phase 2: main.py, 1 finding",
        "Phase 3: orders, 2 findings",
        "Phase 4: tests, 1 finding",
    ]
    assert client_pool("check").returncode == 0
    entries = json.loads((shop / ".client-pool-baseline.json").read_text())["entries"][:-1]
    assert [entry[0] for entry in entries] == [
        "main.py",
        *["orders/load.py"] * 2,
        *["shared/settings.py"] * 3,
        "tests/test_load.py",
    ]
    for path in ("orders/new.py", "nowhere_yet/new.py"):
        (shop / path).parent.mkdir(exist_ok=True)
        (shop / path).write_text(BUILDS)
        assert client_pool("check").returncode == 1
        (shop / path).unlink()


def test_a_second_time_writes_nothing(shop: Path, client_pool: Run) -> None:
    client_pool("init", "--yes")
    before = contents(shop)
    again = client_pool("init")
    assert (again.returncode, again.stdout.splitlines()[-1]) == (0, "Nothing to write: everything is there.")
    assert contents(shop) == before


@pytest.mark.parametrize(("answer", "code", "reply"), [("n\n", 0, "Nothing was written."), ("", 2, "--yes writes it")])
def test_it_shows_what_it_would_write_and_asks(
    shop: Path, client_pool: Run, answer: str, code: int, reply: str
) -> None:
    before = contents(shop)
    done = client_pool("init", stdin=answer)
    assert done.returncode == code
    assert '+pool-module = "shop.clients"' in done.stdout
    assert ".client-pool-baseline.json: 7 findings known." in done.stdout
    assert reply in done.stdout + done.stderr
    assert contents(shop) == before
    assert client_pool("init", stdin="y\n").returncode == 0
    assert len(contents(shop)) == len(before) + 3


def test_a_configuration_that_is_there_stays_and_gets_what_it_lacks(shop: Path, client_pool: Run) -> None:
    configuration = '[tool.client-pool]\nphase = 0\n[[tool.client-pool.phases]]\nname = "all"\npaths = ["**"]\n'
    (shop / "pyproject.toml").write_text(configuration)
    done = client_pool("init", "--yes", "--no-hook")
    assert "configures client-pool already and stays as it is." in done.stdout
    assert (shop / "pyproject.toml").read_text() == configuration
    assert (shop / ".client-pool-baseline.json").exists()
    assert not (shop / ".pre-commit-config.yaml").exists()
    assert client_pool("check").returncode == 0


def test_a_repository_without_findings_needs_no_phases(tree: Tree, client_pool: Run) -> None:
    root = tree({"a.py": "x = 1\n"})
    done = client_pool("init", "--yes", "--no-hook")
    assert done.returncode == 0
    assert "There is no client that is built directly" in done.stdout
    assert "phases.md" not in done.stdout
    assert contents(root) == {
        "a.py": "x = 1\n",
        "pyproject.toml": '[tool.client-pool]\npool-module = "shared_clients"\n',
    }


@pytest.mark.parametrize(
    ("options", "there", "written"),
    [
        ((), {}, "pyproject.toml"),
        ((), {"tox.ini": "[tox]\n"}, "tox.ini"),
        ((), {"tox.ini": "[tox]\n", "setup.cfg": "[metadata]\r\nname = x"}, "setup.cfg"),
        (("--file=setup.cfg",), {"pyproject.toml": "[project]\n"}, "setup.cfg"),
    ],
)
def test_the_file_is_the_first_that_is_there_or_the_one_named(
    tree: Tree, client_pool: Run, options: tuple[str, ...], there: dict[str, str], written: str
) -> None:
    root = tree({"a b/x.py": BUILDS, "c/y.py": BUILDS, **there})
    assert client_pool("init", "--yes", "--no-hook", *options).returncode == 0
    assert (root / written).read_bytes().decode().startswith(there.get(written, ""))
    assert "client-pool" in (root / written).read_text()
    assert client_pool("check").returncode == 0
    assert "the gate reaches 0 of 2 phases" in client_pool("phases").stdout


ODD = ("c[d]", "e*f", "a%b", "#h", "!i", "j,k", "n o", "[x]", ";s", "?")


@pytest.mark.parametrize("file", ["setup.cfg", "pyproject.toml"])
def test_any_directory_can_be_a_phase(tree: Tree, client_pool: Run, file: str) -> None:
    root = tree({f"{name}/x.py": BUILDS for name in ODD})
    done = client_pool("init", "--yes", "--no-hook", f"--file={file}")
    assert f"Nothing found in {len(ODD)} files; {len(ODD)} findings known to the baseline." in done.stdout
    assert "client-pool check passes" in done.stdout
    assert client_pool("check").returncode == 0
    (root / "eef").mkdir()
    (root / "eef" / "x.py").write_text(BUILDS)
    assert "eef/x.py" in client_pool("check").stdout


def test_a_name_that_the_file_cannot_hold_is_refused(tree: Tree, client_pool: Run) -> None:
    root = tree({" a/x.py": BUILDS, "setup.cfg": ""})
    done = client_pool("init", "--yes", "--no-hook")
    assert (done.returncode, (root / "setup.cfg").read_text()) == (2, "")
    assert "--file pyproject.toml" in done.stderr
    assert client_pool("init", "--yes", "--no-hook", "--file=pyproject.toml").returncode == 0
    assert client_pool("check").returncode == 0


@pytest.mark.parametrize("module", ["a b", "a..b", "a]\nphase = 3", "1"])
def test_what_is_no_module_is_refused(tree: Tree, client_pool: Run, module: str) -> None:
    root = tree({"a.py": BUILDS})
    done = client_pool("init", "--yes", "--no-hook", f"--pool-module={module}")
    assert (done.returncode, "--pool-module: expected a dotted name" in done.stderr) == (2, True)
    assert set(contents(root)) == {"a.py"}


def test_a_check_that_does_not_pass_is_not_said_to(tree: Tree, client_pool: Run) -> None:
    strict = '[tool.client-pool]\nphase = 1\n[[tool.client-pool.phases]]\nname = "a"\npaths = ["a.py"]\n'
    tree({"inner/a.py": BUILDS, "inner/pyproject.toml": strict, "b.py": BUILDS})
    done = client_pool("init", "--yes", "--no-hook")
    assert "inner/a.py:2:10: CPL101" in done.stdout
    assert "client-pool check does not pass yet" in done.stdout
    assert "check passes" not in done.stdout


def test_a_file_that_cannot_take_the_section_is_left_alone(tree: Tree, client_pool: Run) -> None:
    root = tree({"a.py": BUILDS, "pyproject.toml": "tool = {black = {}}\n"})
    before = contents(root)
    done = client_pool("init", "--yes")
    assert done.returncode == 2
    assert "pyproject.toml" in done.stderr
    assert contents(root) == before


@pytest.mark.parametrize(
    ("text", "repositories"),
    [
        ("", 1),
        ("repos: []\n", 1),
        ("repos:\n- repo: a\n  hooks: []", 2),
        (OLD_HOOKS, 2),
        (OLD_HOOKS.replace("\n", "\r\n"), 2),
        ("repos:\n  -\n    repo: local\n    hooks:\n      - id: x\n", 2),
        ("repos: []  # client-pool-check comes later\n", 1),
        ("repos:\n- repo: a\n  hooks: []  # client-pool-check\n", 2),
        ("# nothing yet, nor client-pool-check\n", 1),
        ("ci: {}\nrepos:  # list\n    # before\n    -   repo: a\n        hooks: []\n\n", 2),
    ],
)
def test_the_hook_goes_behind_the_last_one_and_comments_stay(text: str, repositories: int) -> None:
    changed = with_hook(text, hook_entry(None))
    document = yaml.safe_load(changed)
    assert len(document["repos"]) == repositories
    assert document["repos"][-1]["hooks"][0]["id"] == "client-pool-check"
    assert set(document) == set(yaml.safe_load(text) or {"repos": []})
    if "repos: []" not in text:
        kept = iter(changed.splitlines())
        assert all(line in kept for line in text.splitlines() if line.strip())
    assert ("# what runs in CI" in text) == ("# what runs in CI\nci:" in changed.replace("\r", ""))
    assert changed.count("\r\n") == (changed.count("\n") if "\r" in text else 0)
    assert with_hook(changed, hook_entry(None)) == changed


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("repos: [{repo: a, hooks: []}]\n", "has no list `repos:`"),
        ("- repo: a\n", "has no list `repos:`"),
        ("x: |\n  a\nrepos: # {\n  a: [\n", "not valid YAML"),
    ],
)
def test_a_file_that_cannot_take_the_hook_is_left_to_its_author(
    shop: Path, client_pool: Run, text: str, reason: str
) -> None:
    hooks = shop / ".pre-commit-config.yaml"
    hooks.write_text(text)
    done = client_pool("init", "--yes")
    assert (done.returncode, hooks.read_text()) == (0, text)
    assert reason in done.stderr
    block = done.stdout.partition(f"Add this to the list `repos:` in {hooks}:\n\n")[2].partition("\n\n")[0]
    (entry,) = yaml.safe_load(block)
    assert entry["hooks"][0]["id"] == "client-pool-check"
    assert "pre-commit install" not in done.stdout
    assert client_pool("check").returncode == 0


@pytest.mark.slow
def test_the_hook_of_a_subdirectory_is_at_the_top_of_the_work_tree(
    shop: Path, client_pool: Run, git: Callable[..., None]
) -> None:
    for directory in ("orders", "shared", "orders"):
        done = client_pool("init", "--yes", directory)
        assert done.returncode == 0, done.stderr
        assert not (shop / directory / ".pre-commit-config.yaml").exists()
    assert "Nothing to write" in done.stdout
    hooks = [each["hooks"][0] for each in yaml.safe_load((shop / ".pre-commit-config.yaml").read_text())["repos"]]
    assert [hook["files"] for hook in hooks] == [r"^orders/.*\.py$", r"^shared/.*\.py$"]
    git("add", "--all")
    shop.joinpath("main.py").write_text(f"{BUILDS}{BUILDS}")
    hook = [sys.executable, "-m", "pre_commit", "run", "client-pool-check", "--all-files"]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    ran = subprocess.run(hook, cwd=shop, env=os.environ | {"PATH": path}, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout


def test_where_there_is_no_git_there_is_no_hook(tree: Tree, client_pool: Run) -> None:
    root = tree({"a.py": BUILDS})
    done = client_pool("init", "--yes")
    assert (done.returncode, "is in no git repository" in done.stdout) == (0, True)
    assert not (root / ".pre-commit-config.yaml").exists()


def test_it_says_what_the_hook_needs(shop: Path, client_pool: Run) -> None:
    done = client_pool("init", "--yes")
    assert "pre-commit install" in done.stdout
    assert ("language: system" in (shop / ".pre-commit-config.yaml").read_text()) == (
        "runs the client-pool that is on the PATH" in done.stdout
    )


def test_the_hook_is_pinned_to_the_commit_that_is_installed() -> None:
    origin = {"url": "https://git.example/x", "vcs_info": {"vcs": "git", "commit_id": "0f" * 20}}
    (entry,) = yaml.safe_load(hook_entry(json.dumps(origin)))
    assert entry == {"repo": "https://git.example/x", "rev": "0f" * 20, "hooks": [{"id": "client-pool-check"}]}


def test_many_directories_make_a_handful_of_phases(tree: Tree, client_pool: Run) -> None:
    tree({f"part{number:02}/x.py": BUILDS for number in range(30)} | {"big/x.py": BUILDS * 40})
    done = client_pool("init", "--no-hook", "--yes")
    assert 4 <= done.stdout.count("\nPhase ") <= 8
    assert client_pool("check").returncode == 0


def test_a_single_package_is_told_apart_by_what_is_in_it(tree: Tree, client_pool: Run) -> None:
    tree({"src/shop/a/x.py": BUILDS, "src/shop/b/x.py": BUILDS, "src/shop/__init__.py": "", "tests/x.py": BUILDS})
    lines = [line for line in client_pool("init", "--no-hook", "--yes").stdout.splitlines() if "Phase" in line]
    assert lines == ["Phase 1: src/shop/a, 1 finding", "Phase 2: src/shop/b, 1 finding", "Phase 3: tests, 1 finding"]


GETTER = POOL.replace("@cache\n", "")
TWO = f"{GETTER}\n\ndef get_storage_client():\n    from google.cloud import storage\n\n    return storage.Client()\n"


@pytest.mark.parametrize(
    ("files", "module"),
    [
        ({"handlers.py": GETTER}, "shared_clients"),
        ({"handlers.py": GETTER, "a.py": "from handlers import get_bigquery_client\n"}, "handlers"),
        ({"one.py": GETTER, "lib/two.py": TWO, "a.py": "get_bigquery_client, get_storage_client\n"}, "lib.two"),
        ({"src/shop/pools.py": GETTER, "a.py": "from shop.pools import get_bigquery_client\n"}, "shop.pools"),
        ({"tests/pools.py": GETTER, "a.py": "from tests.pools import get_bigquery_client\n"}, "shared_clients"),
        ({"a-b/pools.py": GETTER, "a.py": "get_bigquery_client\n"}, "shared_clients"),
        ({"pools.py": "def get_bigquery_client():\n    pass\n", "a.py": "get_bigquery_client\n"}, "shared_clients"),
    ],
)
def test_the_pool_module_defines_known_getters_builds_and_is_asked(files: dict[str, str], module: str) -> None:
    builders = frozenset(path for path, text in files.items() if "Client(" in text)
    assert pool_module(files, builders) == module


def test_names_are_written_so_that_they_are_read_back() -> None:
    phase = Phase('"a" \\ ü', ("a b", "ü/c"))
    text = with_configuration("", "pyproject.toml", "shop.clients", [phase])
    assert '"\\"a\\" \\\\ ü"' in text
