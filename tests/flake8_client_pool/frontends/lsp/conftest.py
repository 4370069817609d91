from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest_asyncio
from lsprotocol import types

from .editor import ABLE, COMMAND, Editor

Tree = Callable[..., Path]
Start = Callable[..., Awaitable[Editor]]


@pytest_asyncio.fixture
async def start(environment: dict[str, str], tmp_path: Path) -> AsyncIterator[Start]:
    """Start an editor, in some folders or in the test's; its session ends with the test, and must end well."""
    editors: list[Editor] = []

    async def begin(
        *folders: Path, capabilities: types.ClientCapabilities = ABLE, command: tuple[str, ...] = COMMAND
    ) -> Editor:
        editor = Editor()
        await editor.client.start_io(*command, env=environment, cwd=tmp_path)
        editors.append(editor)
        await editor.start(*(folders or (tmp_path,)), capabilities=capabilities)
        return editor

    yield begin
    for editor in editors:
        await editor.client.shutdown_session()
        await editor.client.stop()
