"""Whatever a team does in whatever order, the multiset of what is pending never grows without an error."""

import atexit
import os
import shutil
import subprocess
import tempfile
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from flake8_client_pool.frontends.baseline import BaselineRequest, baseline
from flake8_client_pool.policy.baseline import NAME, normalised, read_baseline
from flake8_client_pool.policy.configuration import Configurations
from flake8_client_pool.scan.baselines import Baselines
from flake8_client_pool.scan.bench import Terms
from flake8_client_pool.scan.discovery import discover
from flake8_client_pool.scan.run import Options, run

Construction = tuple[str, str]

FILES = {
    f"file_{identity}.py": (identity, (("load", "bigquery.Client()"), ("store", "storage.Client()")))
    for identity in range(2)
}
CONFIGURATION = '[tool.client-pool]\nphase = 0\nphases = [{ name = "all", paths = ["*.py"] }]\n'
SCOPES = st.sampled_from(["load", "store", "Job.run"])
CALLS = st.sampled_from(["bigquery.Client()", "bigquery.Client(project='x')", "storage.Client()"])
PICK = st.integers(0, 20)


def source(identity: int, constructions: list[Construction]) -> str:
    # Enough text of its own for git to know the file again under another name.
    text = '"""\n' + f"This is file {identity}.\n" * 40 + '"""\nfrom google.cloud import bigquery, storage\n'
    for scope, call in constructions:
        outer, _, inner = scope.rpartition(".")
        indent = "    " if outer else ""
        text += f"\n\nclass {outer}:" if outer else "\n"
        text += f"\n{indent}def {inner}():\n{indent}    return {call}\n"
    return text


def git(root: Path, *arguments: str) -> None:
    somebody = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.com")
    environment = {"PATH": os.environ["PATH"], "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    subprocess.run(["git", *somebody, *arguments], cwd=root, env=environment, check=True, capture_output=True)


def commit_all(root: Path) -> None:
    git(root, "add", "--all")
    git(root, "commit", "--quiet", "--allow-empty", "--message=work")


def update_in(root: Path, *, first: bool = False) -> None:
    baseline(BaselineRequest(directories=(str(root),), config="", jobs=1, update=not first))


@cache
def beginning() -> Path:
    """Make the repository that each example begins with, once: most of an example's time is that of git's processes."""
    root = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, root)
    (root / "pyproject.toml").write_text(CONFIGURATION)
    for path, (identity, constructions) in FILES.items():
        (root / path).write_text(source(identity, list(constructions)))
    git(root, "init", "--quiet", "--template=")
    update_in(root, first=True)
    commit_all(root)
    return root


class Migration(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.root = Path(tempfile.mkdtemp()) / "repository"
        shutil.copytree(beginning(), self.root)
        self.files = {path: (identity, list(each)) for path, (identity, each) in FILES.items()}
        self.names = len(self.files)
        self.only_removed = True
        self.renamed: set[str] = set()
        self.known_by_names_of_no_commit: set[str] = set()

    def teardown(self) -> None:
        shutil.rmtree(self.root.parent)

    def write(self, path: str) -> None:
        (self.root / path).write_text(source(*self.files[path]))

    def pick(self, number: int) -> str:
        return sorted(self.files)[number % len(self.files)]

    @property
    def constructions(self) -> Counter[Construction]:
        return Counter(
            (scope, normalised(call)) for _, each in self.files.values() for scope, call in each
        )

    @property
    def known(self) -> Counter[Construction]:
        read = read_baseline(str(self.root / NAME))
        assert read
        return sum(
            (Counter({(entry.scope, entry.call): len(reasons)}) for entry, reasons in read.entries.items()),
            Counter[Construction](),
        )

    @rule(number=PICK, scope=SCOPES, call=CALLS, at_start=st.booleans())
    def add(self, number: int, scope: str, call: str, *, at_start: bool) -> None:
        path = self.pick(number)
        self.files[path][1].insert(0 if at_start else len(self.files[path][1]), (scope, call))
        self.only_removed = False
        self.write(path)

    @precondition(lambda self: self.constructions)
    @rule(number=PICK)
    def fix(self, number: int) -> None:
        paths = [path for path, (_, each) in sorted(self.files.items()) for _ in each]
        path = paths[number % len(paths)]
        self.files[path][1].pop(number % len(self.files[path][1]))
        self.write(path)

    @precondition(lambda self: self.constructions)
    @rule(number=PICK, onto=PICK, scope=SCOPES)
    def move(self, number: int, onto: int, scope: str) -> None:
        paths = [path for path, (_, each) in sorted(self.files.items()) for _ in each]
        path, other = paths[number % len(paths)], self.pick(onto)
        _, call = self.files[path][1].pop()
        self.files[other][1].append((scope, call))
        self.only_removed = False
        self.write(path)
        self.write(other)

    @rule(number=PICK)
    def rename(self, number: int) -> None:
        path, self.names = self.pick(number), self.names + 1
        new = f"file_{self.names}.py"
        self.files[new] = self.files.pop(path)
        git(self.root, "mv", path, new)
        self.renamed.add(new)
        if path in self.known_by_names_of_no_commit:
            # The baseline has it under a name that no commit holds, so git cannot say where it went.
            self.only_removed = False

    @rule(number=PICK)
    def turn_around(self, number: int) -> None:
        path = self.pick(number)
        self.files[path][1].reverse()
        self.write(path)

    @rule()
    def update(self) -> None:
        before = self.known
        update_in(self.root)
        assert self.known <= before, "an update only ever removes"
        assert self.known <= self.constructions, "and removes all that is gone"
        self.known_by_names_of_no_commit |= self.renamed

    @rule()
    def commit(self) -> None:
        commit_all(self.root)
        self.renamed.clear()
        self.known_by_names_of_no_commit.clear()

    @invariant()
    def nothing_grows_without_an_error(self) -> None:
        errors = self.errors()
        if not errors:
            assert self.constructions <= self.known
        if self.only_removed:
            assert not errors

    def errors(self) -> list[str]:
        files = discover([str(self.root / path) for path in self.files], Configurations()).files
        options = Options(jobs=1, terms=Terms(baselines=Baselines()), use_cache=False)
        return [str(result.finding) for result in run(files, options, lambda each, _: iter(each)).results]


Migration.TestCase.settings = settings(
    max_examples=25,
    stateful_step_count=14,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


def test_a_rename_is_followed_from_a_name_that_only_a_later_commit_has() -> None:
    migration = Migration()
    migration.rename(number=0)
    migration.commit()
    migration.update()
    migration.rename(number=1)
    migration.nothing_grows_without_an_error()
    migration.teardown()


def test_a_rename_is_followed_that_is_committed_with_an_update_from_before_it() -> None:
    migration = Migration()
    migration.fix(number=0)
    migration.update()
    migration.rename(number=0)
    migration.commit()
    migration.nothing_grows_without_an_error()
    migration.teardown()


TestMigration = pytest.mark.slow(Migration.TestCase)
