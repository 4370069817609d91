"""Neovim, with the recipe of the documents and no other plugin, as somebody uses it."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import Tree

DOCUMENT = (Path(__file__).parents[4] / "docs" / "editors.md").read_text(encoding="utf-8")
RECIPES = re.findall(r"^```lua\n(.*?)^```$", DOCUMENT.split("## Neovim")[1].split("\n## ")[0], re.MULTILINE | re.DOTALL)
BUILDS = "from google.cloud import bigquery\n\nname = '😀'; client = bigquery.Client()\n"
FIXED = "from shared_clients import get_bigquery_client\n\nname = '😀'; client = get_bigquery_client()\n"
# Whatever happens is written down line by line; a wait that is in vain ends Neovim.
SESSION = """
vim.opt.swapfile = false
local log = io.open('log.txt', 'w')
local function note(text) log:write(text .. '\\n') log:flush() end
local function wait(what, condition)
  if not vim.wait(60000, condition, 20) then note('in vain: ' .. what) vim.cmd('cquit 1') end
end
local function text() return table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, true), '\\n') .. '\\n' end
vim.ui.select = function(items, options, choose)
  for _, item in ipairs(items) do
    local title = options.format_item and options.format_item(item) or item
    if title:find(wanted, 1, true) then note('chosen: ' .. title) return choose(item) end
  end
  note('not offered: ' .. wanted)
end
local function act(title)
  wanted = title
  vim.lsp.buf.code_action()
end
local function found(count) return function() return #vim.diagnostic.get(0) == count end end

vim.cmd('edit job.py')
local before = text()
wait('the diagnostic', found(1))
local shown = vim.diagnostic.get(0)[1]
note(('%s %d:%d-%d'):format(shown.code, shown.lnum, shown.col, shown.end_col))
vim.api.nvim_win_set_cursor(0, { 3, 0 })

vim.lsp.handlers['window/showDocument'] = function(_, params) note('page: ' .. params.uri) page = true return {} end
vim.lsp.handlers['window/showMessage'] = function(_, params) note('page: ' .. params.message) page = true end
act('Read about CPL101')
wait('the page', function() return page end)

act('Use get_bigquery_client')
wait('the fix', function() return text() ~= before end)
local after = text()
vim.cmd('undo')
note('undone by one step: ' .. tostring(text() == before))
vim.cmd('redo')
note('redone by one step: ' .. tostring(text() == after))
wait('no diagnostic', found(0))
vim.cmd('noautocmd write')

vim.cmd('edit second.py')
wait('the diagnostic of the second', found(1))
vim.cmd('write')
vim.cmd('qall!')
"""


@pytest.mark.skipif(not shutil.which("nvim"), reason="there is no Neovim here; Debian's package is called neovim")
def test_the_recipes(tree: Tree, environment: dict[str, str]) -> None:
    root = tree(
        {".git/HEAD": "", "job.py": BUILDS, "second.py": BUILDS, "init.lua": "\n".join(RECIPES), "session.lua": SESSION}
    )
    path = f"{Path(sys.executable).parent}:{environment['PATH']}"
    homes = {f"XDG_{kind}_HOME": str(root / kind) for kind in ("CONFIG", "DATA", "STATE", "CACHE")}
    done = subprocess.run(
        ["nvim", "--headless", "-u", "init.lua", "-c", "luafile session.lua"],
        cwd=root,
        env={**environment, **homes, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
        timeout=150,
    )
    log = (root / "log.txt").read_text().splitlines()
    assert done.returncode == 0, (log, done.stderr)
    # Neovim counts bytes; four of them are the emoji's.
    assert log == [
        "CPL101 2:24-41",
        "chosen: Read about CPL101 in the browser",
        "page: https://flake8-client-pool.readthedocs.io/rules/CPL101/",
        "chosen: Use get_bigquery_client",
        "undone by one step: true",
        "redone by one step: true",
    ]
    assert (root / "job.py").read_bytes() == FIXED.encode()
    assert (root / "second.py").read_bytes() == FIXED.encode()
