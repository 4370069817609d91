"""Every example of every rule: the exact findings, and the exact text after the fix."""

import ast
import json
from pathlib import Path

import pytest

from flake8_client_pool.engine import Engine
from flake8_client_pool.fixes.doubts.outside_uses import OutsideUses
from flake8_client_pool.fixes.file_fix import FileFixer
from flake8_client_pool.fixes.outcomes import FileFix
from flake8_client_pool.kinds import KINDS
from flake8_client_pool.model import Finding
from flake8_client_pool.rules import RULES, Example

from ..conftest import RunProcess, WriteTree  # noqa: TID252

# Found by the policy, not by the engine.
JUDGED = ("CPL901", "CPL902", "CPL903", "CPL904")
EXAMPLES = [
    pytest.param(example, id=f"{rule.code}-{number}")
    for rule in RULES
    for number, example in enumerate(rule.examples)
    if rule.code not in JUDGED
]


class Laid:
    """One example, laid out as a repository."""

    def __init__(self, example: Example, folder: Path) -> None:
        (folder / ".git").mkdir()
        for name, text in example.files.items():
            (folder / name).write_text(text)
        self.path = str(folder / example.name)
        Path(self.path).write_text(example.source)
        self.kinds = (*KINDS, *example.kinds)
        self._others = [str(folder / name) for name in example.files]

    def findings(self, text: str) -> tuple[Finding, ...]:
        engine = Engine(self.kinds, "shared_clients", patches=True)
        words = engine.words(self.path, text.encode())
        return engine.analyze(self.path, text, words).findings if words else ()

    def fix(self, text: str) -> FileFix:
        fixer = FileFixer(self.kinds, "shared_clients", OutsideUses(self._others))
        findings = (each for each in self.findings(text) if each.kind or each.code == "CPL302")
        places = [(each.span.start, each.kind, each.code) for each in findings]
        return fixer.fix(self.path, text.encode(), text, places, unsafe=True)


@pytest.mark.parametrize("example", EXAMPLES)
def test_findings(example: Example, tmp_path: Path) -> None:
    findings = Laid(example, tmp_path).findings(example.source)
    assert tuple((each.span.line, each.span.column, each.code) for each in findings) == example.findings


@pytest.mark.parametrize("example", EXAMPLES)
def test_fix(example: Example, tmp_path: Path) -> None:
    done = Laid(example, tmp_path).fix(example.source)
    assert done.after == (example.source if example.fixed is None else example.fixed)
    made = [outcome.new_file for outcome in done.outcomes if outcome.new_file]
    assert {new.path: new.text for new in made} == {
        str(tmp_path / name): text for name, text in example.created.items()
    }


@pytest.mark.parametrize("example", [each for each in EXAMPLES if each.values[0].fixed is not None])
def test_a_fixed_example_parses_and_stays_as_it_is(example: Example, tmp_path: Path) -> None:
    laid = Laid(example, tmp_path)
    fixed = laid.fix(example.source).after
    ast.parse(fixed)
    assert laid.findings(fixed) == ()
    assert laid.fix(fixed).after == fixed


def test_every_rule_with_a_fix_shows_one() -> None:
    kinds = {kind.code for kind in KINDS} | {"CPL110", "CPL202", "CPL301", "CPL302"}
    shown = {rule.code for rule in RULES if any(example.fixed is not None for example in rule.examples)}
    assert kinds <= shown


@pytest.mark.parametrize(
    "example", [example for rule in RULES if rule.code in JUDGED for example in rule.examples]
)
def test_example_of_the_policy(example: Example, tree: WriteTree, client_pool: RunProcess) -> None:
    tree({".git/HEAD": "", "example.py": example.source, **example.files})
    found = json.loads(client_pool("check", "--format", "json", "example.py").stdout)["findings"]
    assert tuple((each["line"], each["column"], each["code"]) for each in found) == example.findings
