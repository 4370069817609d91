"""What a desk remembers never shows: its answers are those of one that has read nothing yet."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flake8_client_pool.policy.errors import ClientPoolError
from flake8_client_pool.scan.desk import Desk

Judged = list[tuple[str, int, str]]
Step = tuple[str, str, str]

IMPORT = "from google.cloud import bigquery\n"
CONTENTS = {
    "clients.py": [
        f"{IMPORT}Warehouse = bigquery.Client\n",
        "class Warehouse:\n    pass\n",
        "from deeper.more import *\n",
        "# coding: latin-1\nWarehouse = 'é'\n",
    ],
    "deeper/more.py": [f"{IMPORT}\nclass Warehouse(bigquery.Client): ...\n", "", "from clients import nothing\n"],
    "job.py": [
        "from clients import Warehouse\n\nWarehouse()\n",
        f"{IMPORT}bigquery.Client()  # noqa: CPL101\n",
        "x = (",
    ],
    "setup.cfg": [
        "[client-pool]\npool-module = pools\n",
        "[client-pool]\nexclude = deeper, clients.py\n",
        "[client-pool]\nwrong = 1\n",
        "[client-pool]\nphase = 0\n[client-pool:phase:one]\npaths = job.py\n",
    ],
    ".client-pool-baseline.json": [
        '{"version": 1,\n"entries": [\n["job.py", "", "CPL101", "Warehouse()"],\nnull\n]}\n',
        '{"version": 1,\n"entries": [\nnull\n]}\n',
        "damaged",
    ],
}
SOURCES = [path for path in CONTENTS if path.endswith(".py")]

steps = st.sampled_from(sorted(CONTENTS)).flatmap(
    lambda path: st.tuples(
        st.sampled_from(["write", "remove", "open", "close"] if path in SOURCES else ["write", "remove"]),
        st.just(path),
        st.sampled_from(CONTENTS[path]),
    )
)


class Editing:
    """A folder, what is open in it, and a desk that has seen it all."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.desk = Desk()
        self.desk.work_in([str(root)])
        self.open: dict[str, str] = {}
        self.writes = 0

    def take(self, step: Step) -> None:
        what, path, content = step
        doing = {"write": self._write, "remove": self._remove, "open": self._open, "close": self._close}
        doing[what](path, content)

    def _write(self, path: str, content: str) -> None:
        self.writes += 1
        # The length tells one state from the next also where the clock does not.
        (self.root / path).parent.mkdir(exist_ok=True)
        (self.root / path).write_text(content + "\n" * self.writes, encoding="latin-1")
        self.desk.look()

    def _remove(self, path: str, _content: str) -> None:
        (self.root / path).unlink(missing_ok=True)
        self.desk.look()

    def _open(self, path: str, content: str) -> None:
        self.open[path] = content
        self.desk.put(f"{self.root}/{path}", content)

    def _close(self, path: str, _content: str) -> None:
        if self.open.pop(path, None) is not None:
            self.desk.remove(f"{self.root}/{path}")

    def seen_anew(self) -> Desk:
        """Give a desk that has the same open and remembers nothing."""
        desk = Desk()
        desk.work_in([str(self.root)])
        for path, content in self.open.items():
            desk.put(f"{self.root}/{path}", content)
        return desk

    def said(self, desk: Desk, path: str) -> Judged | str:
        try:
            judged = desk.verdict(f"{self.root}/{path}", self.open[path]).judged
        except ClientPoolError as error:
            return str(error)
        return [(each.finding.code, each.finding.span.start, each.status) for each in judged]


@settings(max_examples=50)
@given(st.lists(steps, max_size=12))
def test_answers_hang_on_nothing_that_was_before(taken: list[Step]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / ".git").mkdir()
        editing = Editing(Path(folder).resolve())
        begin = [("write", path, CONTENTS[path][0]) for path in SOURCES]
        for step in [*begin, ("open", "job.py", CONTENTS["job.py"][0]), *taken]:
            editing.take(step)
            for path in editing.open:
                assert editing.said(editing.desk, path) == editing.said(editing.seen_anew(), path)


def test_the_server_is_asked_for_without_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    from flake8_client_pool.frontends.commands import commands

    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with pytest.raises(ClientPoolError, match=r"needs pygls; run pip install '\.\[lsp\]' in a clone"):
        commands.main(["lsp"], standalone_mode=False)
