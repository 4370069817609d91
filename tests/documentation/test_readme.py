"""Every command in the README prints what the README says, and its tables are those of the rules."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

PROJECT = Path(__file__).parents[2]
README = (PROJECT / "README.md").read_text(encoding="utf-8")
QUICK_START = (PROJECT / "docs" / "index.md").read_text(encoding="utf-8")
FIX = (PROJECT / "docs" / "fix.md").read_text(encoding="utf-8")
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"# (\S+\.\w+)\n.*", re.DOTALL)
SEPARATOR = "\x1e"


@dataclass(frozen=True)
class Step:
    command: str
    output: str


def steps(block: str) -> Iterator[Step]:
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        command, _, output = part.partition("\n")
        yield Step(command, output)


def run(commands: list[str], folder: Path) -> list[str]:
    """Run commands in one shell, so that each sees the exit code of the one before; return their outputs."""
    script = "".join(f"{command} 2>&1; code=$?; printf '\\036'; (exit $code)\n" for command in commands)
    programs = str(Path(sys.executable).parent)
    environment = os.environ | {"PATH": f"{programs}{os.pathsep}{os.environ['PATH']}", "NO_COLOR": "1"}
    done = subprocess.run(
        ["bash", "-c", script], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    return done.stdout.replace(str(folder), "/repo").split(SEPARATOR)[:-1]


@pytest.mark.parametrize("document", [README, QUICK_START, FIX], ids=["README", "quick start", "fix"])
def test_every_command_prints_what_the_document_says(document: str, tmp_path: Path) -> None:
    checked = 0
    for language, block in FENCE.findall(document):
        if (file := FILE.fullmatch(block)) is not None:
            (tmp_path / file[1]).parent.mkdir(exist_ok=True)
            (tmp_path / file[1]).write_text(block)
        elif language == "console":
            expected = list(steps(block))
            assert run([step.command for step in expected], tmp_path) == [step.output for step in expected]
            checked += len(expected)
    assert checked > 4


def test_nothing_is_installed_by_a_name_that_no_index_has_nor_from_a_tag_that_is_not() -> None:
    named = [PROJECT / "README.md", PROJECT / "action.yml"]
    files = [*named, *(PROJECT / "docs").glob("*.md"), *(PROJECT / "ci").iterdir()]
    by_name = re.compile(r"pip install[^\n`]*[ '\"]flake8-client-pool|:-flake8-client-pool|(@|rev: |ref: )v0\.1")
    found = [f"{file.name}: {hit[0]}" for file in files for hit in by_name.finditer(file.read_text(encoding="utf-8"))]
    assert found == []


def test_the_commit_hook_of_the_readme_works_as_it_is_copied(tmp_path: Path) -> None:
    clone, mine = tmp_path / "flake8-client-pool", tmp_path / "mine"
    mine.mkdir()
    somebody = "git -C ../flake8-client-pool -c user.name=x -c user.email=x@example.com"
    (block,) = [block for language, block in FENCE.findall(README) if language == "sh" and "cat >>" in block]
    commands = block.removesuffix("pre-commit install\n")
    prepared = f"git init -q {clone}\n{somebody} commit -q --allow-empty -m x\n{somebody} remote add origin https://a.b/c\n"
    subprocess.run(["bash", "-ec", prepared + commands], cwd=mine, check=True)
    (entry,) = yaml.safe_load((mine / ".pre-commit-config.yaml").read_text())["repos"]
    assert entry["repo"] == "https://a.b/c"
    assert re.fullmatch("[0-9a-f]{40}", entry["rev"])
    assert entry["hooks"] == [{"id": "client-pool-check"}]


def test_the_make_targets_that_the_documents_name_exist() -> None:
    documents = README + (PROJECT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    targets = set(re.findall(r"\bmake ([a-z]+)\b(?=[^a-z]*(?:[A-Z]+=|`|$|#| ))", documents, re.MULTILINE))
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    assert {"check", "test"} <= targets
    assert targets <= set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))


def test_the_options_that_the_readme_names_exist() -> None:
    help_text = "".join(run(["client-pool check --help", "client-pool fix --help"], PROJECT))
    prose = FENCE.sub("", README)
    named = set(re.findall(r"`(?:client-pool check )?(--[a-z-]+)", prose)) - {"--per-file-ignores", "--jobs"}
    assert named
    assert {option for option in named if option not in help_text} == set()


def test_the_files_that_the_documents_link_to_exist() -> None:
    for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md"):
        text = (PROJECT / name).read_text(encoding="utf-8")
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", text):
            assert (PROJECT / target).exists(), f"{name} links to {target}"


def test_the_tables_are_those_of_the_rules() -> None:
    script = Path(__file__).with_name("tables.py")
    done = subprocess.run([sys.executable, script, "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_stale_table_is_noticed(tmp_path: Path) -> None:
    copy = tmp_path / "tests" / "documentation"
    copy.mkdir(parents=True)
    script = copy / "tables.py"
    script.write_text(Path(__file__).with_name("tables.py").read_text())
    (tmp_path / "README.md").write_text(README.replace("| CPL103 |", "| CPL999 |"))
    done = subprocess.run([sys.executable, script, "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "+| CPL103 |" in done.stderr


@pytest.mark.parametrize("phrase", ["235 constructions in 17 released packages"])
def test_the_figures_are_those_on_record(phrase: str) -> None:
    record = (PROJECT / "tests" / "ecosystem" / "findings.tsv").read_text().splitlines()[1:]
    constructions = [
        line for line in record if line.split("\t")[3] in {f"CPL10{number}" for number in range(1, 6)}
    ]
    packages = (PROJECT / "tests" / "ecosystem" / "packages.txt").read_text().splitlines()
    assert phrase in README
    assert phrase == f"{len(constructions)} constructions in {len(packages)} released packages"
