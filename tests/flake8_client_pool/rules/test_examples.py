"""Every example of every rule: the exact findings."""

from pathlib import Path

import pytest

from flake8_client_pool.engine import Engine
from flake8_client_pool.kinds import KINDS
from flake8_client_pool.rules import RULES, Example

EXAMPLES = [
    pytest.param(example, id=f"{rule.code}-{number}")
    for rule in RULES
    for number, example in enumerate(rule.examples)
    if rule.code != "CPL901"
]


@pytest.mark.parametrize("example", EXAMPLES)
def test_example(example: Example, tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    for name, text in example.files.items():
        (tmp_path / name).write_text(text)
    path = tmp_path / "example.py"
    path.write_text(example.source)
    engine = Engine((*KINDS, *example.kinds), "shared_clients")
    words = engine.words(str(path), example.source.encode())
    findings = engine.analyze(str(path), example.source, words).findings if words else ()
    assert tuple((each.span.line, each.span.column, each.code) for each in findings) == example.findings
