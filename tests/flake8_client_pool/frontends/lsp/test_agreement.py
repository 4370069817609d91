"""An editor shows what the command line prints about the same files."""

import json
from pathlib import Path

import pytest

from flake8_client_pool.syntax.decoding import decode

from ...conftest import RunProcess  # noqa: TID252
from ..test_agreement import HOSTILE  # noqa: TID252
from .conftest import Start, Tree
from .editor import Editor, able

FILES = {path: content for path, content in HOSTILE.items() if path.endswith(".py")}


async def shown(editor: Editor, root: Path) -> list[tuple[str, int, int, str, str]]:
    """Open every file, and list what is shown as the command line prints it."""
    places = []
    for path, content in FILES.items():
        text = decode(content.encode() if isinstance(content, str) else content)
        for each in await editor.open(root / path, text):
            start = each.range.start
            places.append((path, start.line + 1, start.character + 1, str(each.code), each.message))
    return sorted(places)


@pytest.mark.asyncio
async def test_on_files_that_are_hard_to_read(tree: Tree, start: Start, client_pool: RunProcess) -> None:
    root = tree(HOSTILE)
    printed = json.loads(client_pool("check", "--format=json").stdout)["findings"]
    keys = ("path", "line", "column", "code", "message")
    expected = sorted(tuple(each[key] for key in keys) for each in printed)
    assert await shown(await start(capabilities=able("utf-32")), root) == expected
    assert len(expected) > 10
