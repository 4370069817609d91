"""A short way says what the long one does: words instead of a tree, a part of a file instead of all of it."""

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import product
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flake8_client_pool.constructors import Constructors
from flake8_client_pool.engine import Engine
from flake8_client_pool.fixes.doubts import borrowed, following
from flake8_client_pool.fixes.doubts.outside_uses import OutsideUses
from flake8_client_pool.fixes.drafts import Draft
from flake8_client_pool.fixes.file_fix import FileFixer
from flake8_client_pool.fixes.imports import unused
from flake8_client_pool.fixes.imports.unused import Imported, unused_beside
from flake8_client_pool.fixes.outcomes import fault_in
from flake8_client_pool.kinds import KINDS
from flake8_client_pool.model import Edit
from flake8_client_pool.syntax.modules import Modules
from flake8_client_pool.syntax.repository import Repository

from .conftest import POOL

Reasons = Callable[[str], list[str]]

# What stands around a client's name in a line; a line counts where it is Python.
BEFORE = (
    "",
    "(",
    "with ",
    "with lock, ",
    "with (",
    "async with ",
    "x = ",
    "x = y = ",
    "x = [",
    "x = a or ",
    "x = a if ",
    "x = a if b else ",
    "x, y = 1, ",
    "x = not ",
    "x: object = ",
    "for x in [1, ",
    "return ",
    "yield ",
    "lambda: ",
    "await ",
    "del ",
    "if ",
    "keep(",
    "keep(client=",
    "closing(",
    "stack.push(",
    "stack.enter_context(",
    "stack.callback(",
    "close_it(",
    "held.append(",
    "setattr(",
    "delattr(",
    "x = {'a': ",
    "print(f'{",
    "print('",
    "# ",
)
BEHIND = (
    "",
    ")",
    "]",
    "}",
    "]: x.close()",
    ": pass",
    ": keep('x')",
    ": 'Client' = keep()",
    ":\n        pass",
    " as x: x.query()",
    " as x:\n        x.query()",
    "): pass",
    " = None",
    " == 1",
    ".close()",
    ". close()",
    " .close()",
    ".close)",
    ").close()",
    "; x.close()",
    ", 1; y.close()",
    "]; x[0].close()",
    "}; x['a'].close()",
    ".stop()",
    ".shutdown()",
    ".__exit__(None, None, None)",
    ".__aexit__(None, None, None)",
    ".closed()",
    ".transport.close()",
    ".query('x').result()",
    ".query('x').total = 1",
    ".project",
    ".project = 1",
    ".project += 1",
    ".project: str = 'x'",
    ".options['x'] = 1",
    ".close = None",
    "['x'] = 1",
    "(1)",
    " is None",
    " is not None",
    " is other",
    " if a else 1; x.close()",
    " else 1; x.close()",
    " and b; x.close()",
    " or b; x.close()",
    " in b",
    " not in b",
    " for z in b]; x[0].close()",
    " async for z in b]; x[0].close()",
    ", 'project', 1)",
    ", 'project')",
    "}')",
    ".close()}')",
    " is closed')",
    ".')",
    "')",
)
IMPORT = "from google.cloud import bigquery\n\n"
HELPERS = f"{IMPORT}\ndef close_it(given):\n    given.close()\n\n"
LOCAL = """
async def f{number}(a, b, lock, stack, held, other):
    {name} = bigquery.Client()
    {line}
    pass
"""
ATTRIBUTE = """
class C{number}:
    def __init__(self):
        self.{name} = bigquery.Client()

    async def f(self, a, b, lock, stack, held, other):
    {line}
        pass
"""


def python(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        try:
            ast.parse(f"async def f():\n    {line}\n    pass\n")
        except SyntaxError:
            continue
        yield line


LINES = [line for before, behind in product(BEFORE, BEHIND) for line in python([f"{before}NAME{behind}"])]


@pytest.fixture
def reasons(tmp_path: Path) -> Reasons:
    """Say in a few words why each client of a text is left, by a pool that does not protect its clients."""
    for name, text in POOL.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / ".git").mkdir()
    path = str(tmp_path / "a.py")
    fixer = FileFixer(KINDS, "shared.clients", OutsideUses(()))

    def reasons(text: str) -> list[str]:
        words = Engine(KINDS, "shared.clients").words(path, text.encode())
        return [each.reason.partition(",")[0] for each in fixer.propose(path, text, words)[1]]

    return reasons


def written(lines: Iterable[str], form: str, before: str) -> str:
    """Write a function or class for each line, with a client of its own."""
    indent = "    " if form == ATTRIBUTE else ""
    parts = []
    for number, line in enumerate(lines):
        name = f"client_{number}"
        shown = line.replace("NAME", before + name).replace("\n", "\n" + indent)
        parts.append(form.format(number=number, name=name, line=indent + shown))
    return "".join(parts)


@pytest.mark.parametrize(("form", "before"), [(LOCAL, ""), (ATTRIBUTE, "self."), (ATTRIBUTE, "other.")])
def test_a_client_that_is_only_asked_is_neither_closed_nor_changed(form: str, before: str, reasons: Reasons) -> None:
    briefly, at_length = [], []
    for start in range(0, len(LINES), 20):
        text = HELPERS + written(LINES[start : start + 20], form, before)
        briefly += reasons(text)
        with patch.object(following, "_is_only_asked", return_value=False):
            at_length += reasons(text)
    assert [each for each in zip(LINES, briefly, at_length, strict=True) if each[1] != each[2]] == []
    assert 100 < sum(map(bool, at_length)) < len(LINES) - 100


def test_where_no_word_says_so_no_client_is_closed_or_changed(reasons: Reasons) -> None:
    texts = [IMPORT + written([line], LOCAL, "") for line in LINES]
    briefly = [reasons(text) for text in texts]
    with (
        patch.object(following, "_is_only_asked", return_value=False),
        patch.object(borrowed, "_is_at_risk", return_value=True),
    ):
        at_length = [reasons(text) for text in texts]
    assert [each for each in zip(LINES, briefly, at_length, strict=True) if each[1] != each[2]] == []


IMPORTS = st.sampled_from(
    [
        "import bigquery",
        "def f():\n    import bigquery\n    return bigquery.Row",
        "try: import bigquery\nfinally: ...",
    ]
)
STATEMENTS = st.sampled_from(
    [
        "rows = bigquery.Row()",
        "bigquery.Row  # bigquery.Row",
        "other.bigquery.Row(my_bigquery.Row())",
        "def f(): return bigquery.Row",
        "class A: row = bigquery.Row",
        "# bigquery.Row",
        "text = 'bigquery.Row'",
        "text = 'a \\\nbigquery.Row'",
        'text = """\nbigquery.Row\n"""',
        "text = f'''\n{bigquery.Row}\n'''",
        "bigquery = None",
        "bigquery.default = None",
        "del bigquery",
        "import bigquery",
        "import os as bigquery",
        "def f(bigquery): return bigquery.Row",
        "def f():\n    import bigquery",
        "class bigquery:\n    row = bigquery.Row",
        "for bigquery in (): bigquery.Row",
        "[bigquery.Row for bigquery in ()]",
        "if (bigquery := 1):\n    bigquery.Row",
    ]
)


@settings(max_examples=300)
@given(IMPORTS, st.lists(STATEMENTS, max_size=3), st.data())
def test_a_name_that_is_plainly_used_is_used(first: str, others: list[str], data: st.DataObject) -> None:
    text = "\n".join([*data.draw(st.permutations([first, *others])), ""])
    offset = data.draw(st.sampled_from([match.start() for match in re.finditer("import bigquery", text)]))
    uses = [match.start() for match in re.finditer(r"bigquery\.Row", text)]
    changed = data.draw(st.lists(st.sampled_from(uses), unique=True)) if uses else []
    edits = [Edit(start, start + len("bigquery.Row"), "changed") for start in changed]
    names = Modules(Constructors(KINDS), Repository()).open("/nowhere/a.py", text, (), whole=True)
    imported = [Imported("bigquery", offset)]
    briefly = unused_beside(names, imported, edits)
    with patch.object(unused, "_is_plainly_used", return_value=False):
        assert unused_beside(names, imported, edits) == briefly


FUNCTIONS = st.sampled_from(
    [
        "def f(a, b):\n    return (a, b)",
        "@decorated\ndef g():\n    text = '''\n    (\n    '''",
        "async def h(): ...",
        "class A:\n    def first(self):\n        # one (\n        return [1]\n\n    @property\n    def b(self): ...",
        "if a:\n    b = {1: 2}\nelse:\n    b = 3",
        'def documented():\n    """Say (that."""\n    return 1',
    ]
)
PIECES = st.sampled_from(["(", ")", "x", "\n", "\n    ", " ", '"""', "'''", "'", ":", "#", "\\", "else:", "pass\n"])


@settings(max_examples=400)
@given(st.lists(FUNCTIONS, min_size=1, max_size=5), st.data())
def test_a_part_of_a_text_has_the_faults_of_the_whole(functions: list[str], data: st.DataObject) -> None:
    text = "\n\n\n".join([*functions, ""])
    start = data.draw(st.integers(0, len(text)))
    draft = Draft(text)
    draft.apply([Edit(start, min(start + data.draw(st.integers(0, 6)), len(text)), data.draw(PIECES))])
    assert bool(fault_in(draft.text, draft.changed)) == bool(fault_in(draft.text))


@pytest.mark.parametrize(
    "edit",
    [
        pytest.param(Edit(28, 32, ""), id="a line loses its indentation"),
        pytest.param(Edit(16, 19, "\n    "), id="the next function gets some"),
    ],
)
def test_what_an_edit_touches_at_its_end_is_parsed(edit: Edit) -> None:
    draft = Draft("def f():\n    x()\n\n\ndef g():\n    y()\n")
    draft.apply([edit])
    assert fault_in(draft.text)
    assert fault_in(draft.text, draft.changed)
