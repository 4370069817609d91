"""Who searches the fix's page for a reason that the table gives finds it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import flake8_client_pool

PAGE = Path(__file__).parents[2] / "docs" / "fix.md"
ERRORS = {"NotPooledError", "NoPlaceError", "NoGetterError", "NotWrittenError"}


def reasons() -> Iterator[str]:
    """Give the longest part without a gap of each text that is raised as a reason."""
    for path in Path(flake8_client_pool.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ERRORS:
                texts = [each.value for each in ast.walk(node) if isinstance(each, ast.Constant)]
                yield max((text for text in texts if isinstance(text, str)), key=len, default="")


def test_the_page_has_every_reason() -> None:
    page = PAGE.read_text(encoding="utf-8")
    found = set(reasons())
    assert len(found) > 40
    assert sorted(reason for reason in found if reason.strip(" :;,") not in page) == []
