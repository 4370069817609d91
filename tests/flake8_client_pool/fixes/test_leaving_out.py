"""When a client that is built over that of a base can be left out, and when something may depend on the line."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from flake8_client_pool.engine import Engine
from flake8_client_pool.fixes.doubts.outside_uses import OutsideUses
from flake8_client_pool.fixes.file_fix import FileFixer, Outcome
from flake8_client_pool.kinds import KINDS

WriteTree = Callable[[Mapping[str, str]], Path]

POOL = "def get_bigquery_client(project_id=None, location=None): ...\n"
BASE = "from pools import get_bigquery_client\n\n\nclass Base:\n    def __init__(self):\n{}"
JOB = "from google.cloud import bigquery\n\nfrom base import Base\n\n\nclass Job(Base):\n{}"
TAKEN = "        self.client = get_bigquery_client({})\n"
BUILT = "    def __init__(self):\n        super().__init__()\n        self.client = bigquery.Client({})\n"
SUPER = "        super().__init__()\n"
OTHER = "\n\nclass Other:\n    def __init__(self):\n        {}\n"
MIXED = ("    pass\n\n\nfrom base import Other\n\n\nclass Last(Other, Base):\n", "")
SAFE = {
    "no arguments": (TAKEN.format(""), BUILT.format("")),
    "equal constants": (TAKEN.format("'shop', location='EU'"), BUILT.format("location='EU', project='shop'")),
    "what only the base sets": (
        "        self.project = 'shop'\n" + TAKEN.format("self.project"),
        BUILT.format("project=self.project"),
    ),
}
NOT_SAFE = {
    "Base may give other arguments than these": [
        (TAKEN.format(""), BUILT.format("project='shop'")),
        (TAKEN.format("'shop'"), BUILT.format("project='other'")),
        (TAKEN.format("location='EU'"), BUILT.format("")),
        (TAKEN.format("PROJECT"), BUILT.format("project=PROJECT")),
        (
            "        self.project = 'shop'\n" + TAKEN.format("self.project") + "        self.project = 'own'\n",
            BUILT.format("project=self.project"),
        ),
        (
            "        self.project = 'shop'\n" + TAKEN.format("self.project"),
            BUILT.format("project=self.project").replace("self.client", "self.project = 'own'\n        self.client", 1),
        ),
    ],
    "Base does not set self.client in its own __init__, whatever happens": [
        ("        self.client = None\n\n    def connect(self):\n" + TAKEN.format(""), BUILT.format("")),
        ("        if self.ready:\n    " + TAKEN.format(""), BUILT.format("")),
        ("        self.rows = []\n\n    @property\n    def client(self):\n        return get_bigquery_client()\n",
         BUILT.format("")),
        ("        if self.offline():\n            return\n" + TAKEN.format(""), BUILT.format("")),
        (TAKEN.format("") + "\n    def __init__(self, rows=()):\n        self.rows = rows\n", BUILT.format("")),
    ],
    "Base changes self.client elsewhere, too": [
        (TAKEN.format("") + "        self.client = None\n", BUILT.format("")),
        (TAKEN.format("") + TAKEN.format("'other'"), BUILT.format("")),
        (TAKEN.format("") + "\n    def swap(self):\n        self.client = object()\n", BUILT.format("")),
    ],
    "Job changes self.client elsewhere, too": [
        (TAKEN.format(""), BUILT.format("").replace(SUPER, SUPER + "        del self.client\n")),
        (TAKEN.format(""), BUILT.format("").replace(SUPER, SUPER + "        self.client = None\n")),
        (TAKEN.format(""), BUILT.format("") + "\n    def stop(self):\n        setattr(self, 'client', None)\n"),
    ],
    "Base.__init__ may not have run before": [
        (TAKEN.format(""), BUILT.format("").replace("        super().__init__()\n", "")),
        (TAKEN.format(""), BUILT.format("").replace(SUPER, "") + SUPER),
        (TAKEN.format(""), BUILT.format("").replace("        super().__init__()\n", "").replace("__init__", "renew")),
        (TAKEN.format(""), BUILT.format("").replace("        super()", "        if self.late:\n            super()")),
        (TAKEN.format(""), BUILT.format("").replace("        super()", "        self.late and super()")),
        (TAKEN.format("") + OTHER.format("pass"), BUILT.format("").join(MIXED)),
        (TAKEN.format("") + OTHER.format("return super().__init__() if self else None"), BUILT.format("").join(MIXED)),
        (TAKEN.format(""), BUILT.format("").join(("    pass\n\n\nclass Last(Unknown, Base):\n", ""))),
    ],
    "Other sets self.client as well": [
        (TAKEN.format(""),
         "    pass\n\n\nclass Other(Base):\n    client = None\n\n\nclass Last(Other):\n" + BUILT.format("")),
    ],
}  # fmt: skip


def fixed(tree: WriteTree, base: str, job: str, *, unsafe: bool) -> tuple[str, dict[str, Outcome]]:
    files = {"setup.cfg": "", "pools.py": POOL, "base.py": BASE.format(base), "job.py": JOB.format(job)}
    folder = tree(files)
    path, text = str(folder / "job.py"), files["job.py"]
    engine = Engine(KINDS, "pools")
    found = engine.analyze(path, text, engine.words(path, text.encode())).findings
    assert [each.code for each in found] == ["CPL101", "CPL202"]
    fixer = FileFixer(KINDS, "pools", OutsideUses([str(folder / name) for name in files]))
    places = [(each.span.start, each.kind, each.code) for each in found]
    done = fixer.fix(path, text.encode(), text, places, unsafe=unsafe)
    return done.after, {outcome.place[2]: outcome for outcome in done.outcomes}


@pytest.mark.parametrize("case", SAFE)
def test_the_line_and_the_import_go_where_nothing_depends_on_them(case: str, tree: WriteTree) -> None:
    base, job = SAFE[case]
    after, outcomes = fixed(tree, base, job, unsafe=False)
    assert after == "from base import Base\n\n\nclass Job(Base):\n    def __init__(self):\n        super().__init__()\n"
    assert {(outcome.status, outcome.getter) for outcome in outcomes.values()} == {("fixed", "")}


@pytest.mark.parametrize(
    ("reason", "base", "job"), [(reason, *case) for reason in NOT_SAFE for case in NOT_SAFE[reason]]
)
def test_otherwise_the_client_comes_from_the_pool_and_leaving_it_out_is_unsafe(
    reason: str, base: str, job: str, tree: WriteTree
) -> None:
    after, outcomes = fixed(tree, base, job, unsafe=False)
    assert "self.client = get_bigquery_client(" in after
    assert {outcome.status for outcome in outcomes.values()} == {"fixed"}
    after, outcomes = fixed(tree, base, job, unsafe=True)
    assert "get_bigquery_client" not in after
    assert (outcomes["CPL202"].status, outcomes["CPL202"].reason) == ("fixed", reason)


def test_another_name_for_the_client_keeps_its_client(tree: WriteTree) -> None:
    job = BUILT.format("").replace("self.client =", "kept = self.client =") + "        print(kept)\n"
    for unsafe in (False, True):
        after, _ = fixed(tree, TAKEN.format(""), job, unsafe=unsafe)
        assert "kept = self.client = get_bigquery_client()\n        print(kept)" in after


def test_a_mixin_that_passes_on_stands_in_nobodys_way(tree: WriteTree) -> None:
    base = TAKEN.format("") + OTHER.format("super().__init__()")
    after, _ = fixed(tree, base, BUILT.format("").join(MIXED), unsafe=False)
    assert "Client" not in after


def test_a_block_is_not_left_empty(tree: WriteTree) -> None:
    job = BUILT.format("").replace("        self.client", "        if self:\n            self.client")
    after, _ = fixed(tree, TAKEN.format(""), job, unsafe=False)
    assert after.endswith("        if self:\n            pass\n")
