"""What is told statement by statement is what Python's tokenizer tells of the whole."""

import tokenize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flake8_client_pool.policy.outline import outline

PIECES = [
    "x = 1\n",
    "def f(:\n",
    "def f():\n    return 1  # noqa: CPL101\n",
    "# a comment\n",
    "    # a deep one\n",
    "'''\n",
    '"""\nat the margin\n',
    "(\n",
    ")\n",
    "x = [\n1,  # one\n",
    "]\n",
    "y = 1 + \\\n",
    "\n",
    "\x0c\n",
    "z = '# noqa'  # 😀\r\n",
    "  w = 2\n",
    "v = f'{x}'",
]


def whole(text: str) -> tuple[list[tuple[str, int, int]], dict[int, tuple[int, int]]]:
    """Tell by the tokens of the whole text, in the shape of an outline."""
    lines = iter([*(f"{line}\n" for line in text.split("\n")[:-1]), text.rpartition("\n")[2]])
    try:
        tokens = list(tokenize.generate_tokens(lines.__next__))
    except (tokenize.TokenError, SyntaxError):
        return [], {}
    comments = [(each.string, each.start[0], each.start[1] + 1) for each in tokens if each.type == tokenize.COMMENT]
    joined: dict[int, tuple[int, int]] = {}
    first = 0
    for token in tokens:
        if token.type not in (tokenize.ENDMARKER, tokenize.DEDENT):
            first = first or token.start[0]
        if token.type in (tokenize.NEWLINE, tokenize.NL):
            last = token.end[0]
            joined.update({line: (first, last) for line in range(first, last + 1) if first != last})
            first = 0
    return comments, joined


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_any_text(text: str) -> None:
    found = outline(text)
    assert ([tuple(comment) for comment in found.comments], dict(found.joined)) == whole(text)


@pytest.mark.parametrize(
    ("text", "comments", "joined"),
    [
        ("s = '''\nx = 1\n# no comment\n'''  # one\n", [("# one", 4, 6)], dict.fromkeys((1, 2, 3, 4), (1, 4))),
        ("x = (\ny\n)  # two\n", [("# two", 3, 4)], {}),
        ("x = 1 + \\\ny  # three\n", [("# three", 2, 4)], {1: (1, 2), 2: (1, 2)}),
        ("# four\nx = (\n", [], {}),
    ],
)
def test_lines_at_the_margin_that_begin_no_statement(
    text: str, comments: list[tuple[str, int, int]], joined: dict[int, tuple[int, int]]
) -> None:
    found = outline(text)
    assert [tuple(comment) for comment in found.comments] == comments
    assert found.joined == joined
