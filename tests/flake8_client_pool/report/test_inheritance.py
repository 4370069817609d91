"""Which classes are covered by a base class that takes its clients from the pool, across files."""

import json
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from flake8_client_pool.report.adoption import report
from flake8_client_pool.report.figures import ClassRow
from flake8_client_pool.scan.run import Means

WriteTree = Callable[[Mapping[str, str]], Path]

IMPORTS = "from google.cloud import bigquery\nfrom shared_clients import get_bigquery_client\n"
BASE = (
    f"{IMPORTS}\n\nclass Base:\n    def __init__(self):\n"
    "        self.client = get_bigquery_client()\n\n    def load(self): ...\n"
)
OWN = "    def __init__(self):\n        super().__init__()\n        self.client = bigquery.Client()\n"
ASKED = OWN.replace("bigquery.Client", "get_bigquery_client")


def given_by(body: str) -> dict[str, str]:
    return {
        "base.py": f"{IMPORTS}\n\nclass Base:\n{body}",
        "job.py": "from base import Base\n\n\nclass Job(Base):\n    def run(self):\n        return self.client\n",
    }


JOB = "from base import Base\n\n\nclass Job(Base):\n{}"
USED = {"job.py": JOB.format("    def run(self):\n        return self.__client\n")}
# What the class Job in job.py comes by, and through which base and attribute.
TREES: dict[str, tuple[Mapping[str, str], str]] = {
    "an attribute": (
        {"base.py": BASE, "job.py": "from base import Base\n\n\nclass Job(Base): ...\n"},
        "inherited Base.client",
    ),
    "a middle class in a third file, under another name": (
        {
            "base.py": BASE,
            "middle.py": "import base as b\n\n\nclass Middle(b.Base): ...\n",
            "job.py": "from middle import Middle as Parent\n\n\nclass Job(Parent): ...\n",
        },
        "inherited Base.client",
    ),
    "a base with a type in brackets": (
        {"base.py": BASE.replace("Base", "Base(list)"), "job.py": "import base\n\n\nclass Job(base.Base[int]): ...\n"},
        "inherited Base.client",
    ),
    "one of two names that are assigned at once": (
        given_by("    def __init__(self):\n        self.client, self.rows = get_bigquery_client(), 1\n"),
        "inherited Base.client",
    ),
    "a mixin": (
        {"base.py": BASE, "job.py": "import base\n\n\nclass Job(dict, base.Base): ...\n"},
        "inherited Base.client",
    ),
    "an attribute that another method sets": (
        given_by(
            "    def connect(self):\n        client = get_bigquery_client('shop')\n        self.client = client\n"
        ),
        "inherited Base.client",
    ),
    "a property": (
        given_by("    @property\n    def client(self):\n        return get_bigquery_client()\n"),
        "inherited Base.client",
    ),
    "a property over an attribute that is filled late": (
        given_by(
            "    _kept = None\n\n    @property\n    def client(self):\n        if self._kept is None:\n"
            "            self._kept = get_bigquery_client()\n        return self._kept\n"
        ),
        "inherited Base.client",
    ),
    "a method": (
        given_by("    def client(self):\n        return get_bigquery_client()\n"),
        "inherited Base.client",
    ),
    "a method that asks a function of its own module": (
        {
            **given_by("    def client(self):\n        return made()\n"),
            "base.py": f"{IMPORTS}\n\ndef made():\n    return get_bigquery_client()\n\n\n"
            "class Base:\n    def client(self):\n        return made()\n",
        },
        "inherited Base.client",
    ),
    "an argument with the pool behind it": (
        given_by("    def __init__(self, client=None):\n        self.client = client or get_bigquery_client()\n"),
        "inherited Base.client",
    ),
    "its own pool call": (
        {"base.py": BASE, "job.py": f"from base import Base\n{IMPORTS}\n\nclass Job(Base):\n{ASKED}"},
        "direct Base.client",
    ),
    "a client of its own over that of the base": (
        {"base.py": BASE, "job.py": f"from base import Base\n{IMPORTS}\n\nclass Job(Base):\n{OWN}"},
        "overridden Base.client",
    ),
    "a middle class that builds over the base": (
        {
            "base.py": BASE,
            "middle.py": f"import base\n{IMPORTS}\n\nclass Middle(base.Base):\n{OWN}",
            "job.py": "from middle import Middle\n\n\nclass Job(Middle): ...\n",
        },
        "none Middle.client",
    ),
    "a base that builds it": (
        given_by("    def __init__(self):\n        self.client = bigquery.Client()\n"),
        "none Base.client",
    ),
    "a base that sometimes builds it": (
        given_by(
            "    def __init__(self, a):\n        self.client = get_bigquery_client() if a else bigquery.Client()\n"
        ),
        "none Base.client",
    ),
    "no base at all": ({"job.py": f"{IMPORTS}\n\nclass Job:\n{OWN}"}, "none"),
    "a base that keeps its client to itself": (
        given_by("    def load(self):\n        get_bigquery_client().query('SELECT 1')\n"),
        "",
    ),
    "a base that builds another, too": (
        given_by(
            "    def __init__(self):\n        self.a = bigquery.Client()\n        self.client = get_bigquery_client()\n"
        ),
        "inherited Base.client",
    ),
    "a constructor that does not let the base's run": (
        {"base.py": BASE, "job.py": JOB.format("    def __init__(self):\n        self.rows = 1\n")},
        "",
    ),
    "None in place of the base's": (
        {"base.py": BASE, "job.py": JOB.format(OWN.replace("bigquery.Client()", "None"))},
        "",
    ),
    "None until a method of the base sets it": (
        {
            "base.py": BASE.replace("load(self): ...", "load(self):\n        self.client = get_bigquery_client()\n"),
            "job.py": JOB.format(OWN.replace("bigquery.Client()", "None")),
        },
        "inherited Base.client",
    ),
    "None in place of the base's property": (
        {
            **given_by("    @property\n    def client(self):\n        return get_bigquery_client()\n"),
            "job.py": JOB.format("    client = None\n"),
        },
        "",
    ),
    "an attribute that is another in each class": ({"base.py": BASE.replace("client =", "__client ="), **USED}, ""),
    "another class of the same name": ({"base.py": BASE, "job.py": "class Base: ...\n\n\nclass Job(Base): ...\n"}, ""),
}


def coverages(folder: Path) -> list[tuple[str, str, str]]:
    clients = [row.client for row in classes_of(folder)]
    return [(each.name, str(each.coverage), f"{each.base}.{each.attribute}".strip(".")) for each in clients]


def classes_of(folder: Path) -> tuple[ClassRow, ...]:
    return report(str(folder), "", 1, Means(jobs=1, watch=lambda items, _total: iter(items))).classes


def described(folder: Path) -> str:
    (row,) = [row for row in classes_of(folder) if row.client.name == "Job"] or [None]
    if row is None:
        return ""
    client = row.client
    assert (Path(row.path).name, client.kind, bool(row.base_path)) == ("job.py", "bigquery", bool(client.base))
    return f"{client.coverage} {client.base}.{client.attribute}" if client.base else str(client.coverage)


@pytest.mark.parametrize("case", TREES)
def test_a_class_comes_by_its_client_through(case: str, tree: WriteTree) -> None:
    files, expected = TREES[case]
    assert described(tree({"setup.cfg": "", **files})) == expected


def test_bases_are_summed_up_and_tests_left_out(
    tree: WriteTree, client_pool: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    derived = "from base import Base\n\n\nclass {}(Base): ...\n"
    tree(
        {
            "base.py": BASE,
            "one.py": derived.format("One"),
            "two.py": derived.format("Two"),
            "asks.py": f"from base import Base\n{IMPORTS}\n\nclass Asks(Base):\n{ASKED}",
            "builds.py": f"from base import Base\n{IMPORTS}\n\nclass Builds(Base):\n{OWN}",
            "tests/test_one.py": derived.format("Fake"),
        }
    )
    found = json.loads(client_pool("report", "--format", "json").stdout)
    assert found["bases"] == [
        {"name": "Base", "path": "base.py", "kind": "bigquery", "attribute": "client"}
        | {"covered": 2, "asking": 1, "overridden": 1, "uncovered": 0}
    ]
    assert {row["name"]: (row["coverage"], row["base"], row["base_path"]) for row in found["classes"]} == {
        "Asks": ("direct", "Base", "base.py"),
        "Base": ("direct", None, None),
        "Builds": ("overridden", "Base", "base.py"),
        "One": ("inherited", "Base", "base.py"),
        "Two": ("inherited", "Base", "base.py"),
    }
    written = client_pool("report", "--format", "markdown").stdout.splitlines()
    assert "| BigQuery client | 2 | 2 | 1 | 0 |" in written
    assert "| Base.client | BigQuery client | 2 | 1 | 1 | 0 | base.py |" in written
    rows = client_pool("report", "--format", "csv").stdout.splitlines()
    assert "class,one.py: One,bigquery,,,,inherited,base.py: Base.client" in rows


def test_each_of_two_classes_of_one_name_counts(tree: WriteTree) -> None:
    job = (
        f"{IMPORTS}from base import Base\n\nif Base:\n    class Job(Base):\n        pass\nelse:\n    class Job:\n"
        "        client = bigquery.Client()\n"
    )
    assert coverages(tree({"setup.cfg": "", "base.py": BASE, "job.py": job})) == [
        ("Base", "direct", ""),
        ("Job", "inherited", "Base.client"),
        ("Job", "none", ""),
    ]


# The shape of a large repository: None at first, clients from a method that the run calls, and a class in between.
PROCESSORS = {
    "base.py": (
        "from shared_clients import get_bigquery_client, get_storage_client\n\n\nclass Processor:\n"
        "    def __init__(self):\n        self.rows = None\n        self.bucket = None\n\n"
        "    def init_clients(self):\n        self.rows = get_bigquery_client()\n"
        "        self.bucket = get_storage_client()\n\n    def run(self):\n        self.init_clients()\n"
    ),
    "orders.py": (
        "from base import Processor\n\n\nclass Orders(Processor):\n    def __init__(self):\n"
        "        super().__init__()\n        self.rows = None\n\n    def load(self):\n        self.rows.query('')\n"
    ),
    "stock.py": (
        "from google.cloud import bigquery\nfrom base import Processor\n\n\nclass Stock(Processor):\n"
        "    def __init__(self):\n        super().__init__()\n        self.rows = bigquery.Client()\n"
    ),
    "registry.py": (
        "from google.cloud import bigquery\nfrom base import Processor\n\n\nclass Registry(Processor):\n"
        "    def init_clients(self):\n        super().init_clients()\n        self.rows = bigquery.Client()\n"
    ),
    "names.py": "from registry import Registry\n\n\nclass Names(Registry): ...\n",
    "offline.py": (
        "from base import Processor\n\n\nclass Offline(Processor):\n    def init_clients(self):\n"
        "        self.rows = None\n"
    ),
}


def test_processors_whose_clients_come_when_they_run(tree: WriteTree) -> None:
    clients = [row.client for row in classes_of(tree({"setup.cfg": "", **PROCESSORS}))]
    assert {(each.name, each.kind): (str(each.coverage), each.base) for each in clients} == {
        ("Names", "bigquery"): ("none", "Registry"),
        ("Names", "storage"): ("inherited", "Processor"),
        ("Orders", "bigquery"): ("inherited", "Processor"),
        ("Orders", "storage"): ("inherited", "Processor"),
        ("Processor", "bigquery"): ("direct", ""),
        ("Processor", "storage"): ("direct", ""),
        ("Registry", "bigquery"): ("overridden", "Processor"),
        ("Registry", "storage"): ("inherited", "Processor"),
        ("Stock", "bigquery"): ("overridden", "Processor"),
        ("Stock", "storage"): ("inherited", "Processor"),
    }
