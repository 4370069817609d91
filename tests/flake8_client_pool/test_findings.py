"""What is found and what is not: each source marks the lines on which a finding begins with `#: CODE`."""

import re
from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

import pytest

from flake8_client_pool.engine import Engine
from flake8_client_pool.kinds import KINDS

FOUND = {
    "module alias": """
        import google.cloud.bigquery as bq
        bq.Client()  #: CPL101
    """,
    "class alias": """
        from google.cloud.storage import Client as GCS
        GCS()  #: CPL103
    """,
    "dotted import": """
        import google.cloud.storage
        google.cloud.storage.Client()  #: CPL103
    """,
    "dotted imports of the same package": """
        import google.cloud.bigquery
        import google.cloud.storage
        google.cloud.bigquery.Client()  #: CPL101
        google.cloud.storage.Client()  #: CPL103
    """,
    "defining module": """
        from google.cloud.bigquery.client import Client
        from google.cloud.firestore_v1 import client as fs
        Client()  #: CPL101
        fs.Client()  #: CPL102
    """,
    "package of packages": """
        from google import cloud
        cloud.bigquery.Client()  #: CPL101
    """,
    "import in a function": """
        def run():
            from google.cloud import pubsub
            return pubsub.PublisherClient()  #: CPL104
    """,
    "import under if": """
        import os
        if os.environ.get("X"):
            from google.cloud import storage
            storage.Client()  #: CPL103
    """,
    "try and except, all bindings count": """
        try:
            from google.cloud import bigquery
        except ImportError:
            bigquery = None
        client = bigquery.Client() if bigquery else None  #: CPL101
        def later():
            return bigquery.Client()  #: CPL101
    """,
    "none first, the import later": """
        storage = None
        try:
            from google.cloud import storage
        except ImportError:
            pass
        def later():
            return storage.Client()  #: CPL103
    """,
    "under TYPE_CHECKING and called anyway": """
        from typing import TYPE_CHECKING
        if TYPE_CHECKING:
            from google.cloud import bigquery
        def run():
            return bigquery.Client()  #: CPL101
    """,
    "name assigned from a module": """
        from google.cloud import bigquery
        bq = bigquery
        bq.Client()  #: CPL101
    """,
    "name assigned from a class, in a chain": """
        from google.cloud import bigquery
        A = B = bigquery.Client
        A()  #: CPL101
        B()  #: CPL101
    """,
    "names assigned together": """
        from google.cloud import bigquery, storage
        Warehouse, Bucket = bigquery.Client, storage.Client
        Warehouse()  #: CPL101
        Bucket()  #: CPL103
    """,
    "class body, in the order of binding": """
        from google.cloud import bigquery
        class Job:
            bigquery = bigquery.Client()  #: CPL101
            rows = bigquery.query("SELECT 1")
    """,
    "on self": """
        from google.cloud import storage
        class Job:
            def __init__(self):
                self.module = storage
                self.factory = storage.Client
            def run(self):
                self.module.Client()  #: CPL103
                self.factory()  #: CPL103
    """,
    "on self, from a base class": """
        from google.cloud import storage
        class Base:
            factory = storage.Client
        class Job(Base):
            def run(self):
                return self.factory()  #: CPL103
    """,
    "local function that returns the module": """
        _module = None
        def lazy():
            global _module
            if _module is None:
                from google.cloud import firestore
                _module = firestore
            return _module
        def run():
            return lazy().Client()  #: CPL102
    """,
    "local function that returns the class": """
        from google.cloud import firestore
        def klass():
            return firestore.AsyncClient
        klass()()  #: CPL102
    """,
    "method that returns the class": """
        from google.cloud.bigquery import Client
        class Tests:
            @staticmethod
            def _get_target_class():
                return Client
            def make(self, **kw):
                return self._get_target_class()(**kw)  #: CPL101
    """,
    "property that returns the module": """
        from google.cloud import bigquery
        class Job:
            @property
            def bq(self):
                return bigquery
            def run(self):
                return self.bq.Client()  #: CPL101
    """,
    "lambda that returns the module": """
        from google.cloud import bigquery
        get = lambda: bigquery
        get().Client()  #: CPL101
    """,
    "getattr": """
        from google.cloud import bigquery
        getattr(bigquery, "Client")()  #: CPL101
        make = getattr(bigquery, "Client")
        make()  #: CPL101
    """,
    "import_module": """
        import importlib
        importlib.import_module("google.cloud.bigquery").Client()  #: CPL101
        from importlib import import_module
        storage = import_module("google.cloud.storage")
        storage.Client()  #: CPL103
        __import__("google.cloud.storage", fromlist=["Client"]).Client()  #: CPL103
        __import__("google.cloud.storage").cloud.storage.Client()  #: CPL103
    """,
    "classmethod constructors": """
        from google.cloud import bigquery, storage, pubsub_v1
        bigquery.Client.from_service_account_json("key.json")  #: CPL101
        storage.Client.from_service_account_info({})  #: CPL103
        storage.Client.create_anonymous_client()  #: CPL103
        pubsub_v1.SubscriberClient.from_service_account_file("key.json")  #: CPL105
        make = storage.Client.from_service_account_json
        make("key.json")  #: CPL103
    """,
    "classmethod constructor on an instance": """
        from google.cloud import bigquery
        client = bigquery.Client()  #: CPL101
        other = client.from_service_account_json("key.json")  #: CPL101
    """,
    "parameter annotated with the class": """
        from google.cloud import bigquery
        def build(klass: type[bigquery.Client]):
            return klass()  #: CPL101
    """,
    "parameter annotated with typing.Type": """
        import typing
        from google.cloud import bigquery
        def build(klass: typing.Type[bigquery.Client] = None):
            return klass()  #: CPL101
    """,
    "parameter with the class as its default": """
        from google.cloud import bigquery
        def build(klass=bigquery.Client):  #: CPL110
            return klass()  #: CPL101
    """,
    "subclass": """
        from google.cloud import bigquery
        class Warehouse(bigquery.Client):
            pass
        class Other(Warehouse):
            pass
        Warehouse()  #: CPL101
        Other.from_service_account_json("key.json")  #: CPL101
    """,
    "everywhere an expression stands": """
        from google.cloud import bigquery as bq
        a = lambda: bq.Client()  #: CPL101
        b = [bq.Client() for _ in range(3)]  #: CPL101
        c = {x: bq.Client() for x in "ab"}  #: CPL101
        d = f"{bq.Client()}"  #: CPL101
        @decorated(bq.Client())  #: CPL101
        def f(client=bq.Client()):  #: CPL101
            match bq.Client():  #: CPL101
                case None:
                    pass
            if (client := bq.Client()):  #: CPL101
                return [client for bq in bq.Client().list_projects()]  #: CPL101
        async def g():
            async with bq.Client() as client:  #: CPL101
                await client
            with bq.Client() as one, bq.Client() as two:  #: CPL101 CPL101
                yield bq.Client()  #: CPL101
            raise bq.Client()  #: CPL101
        print(*[bq.Client()], **{"a": bq.Client()})  #: CPL101 CPL101
    """,
    "over several lines": """
        from google.cloud import bigquery
        client = (
            bigquery  #: CPL101
            .Client(
                project="p",
            )
        )
    """,
    "walrus on the class": """
        from google.cloud import bigquery
        (Client := bigquery.Client)()  #: CPL101
        Client()  #: CPL101
    """,
    "either of two": """
        from google.cloud import bigquery
        (bigquery.Client if True else None)()  #: CPL101
        (None or bigquery.Client)()  #: CPL101
    """,
    "re-exports in other libraries": """
        from firebase_admin import firestore, firestore_async
        firestore.Client()  #: CPL102
        firestore.AsyncClient()  #: CPL102
        from google.cloud import pubsub
        pubsub.SubscriberClient()  #: CPL105
    """,
    "http": """
        import requests
        from requests import post as send
        requests.get("https://example.com")  #: CPL106
        requests.Session()  #: CPL106
        requests.api.put("https://example.com")  #: CPL106
        send("https://example.com")  #: CPL106
        r = requests
        r.head("https://example.com")  #: CPL106
    """,
    "parameter annotated with the class or None": """
        from typing import Optional, Type
        import typing as t
        from google.cloud import bigquery
        def a(klass: type[bigquery.Client] | None = None):
            return klass()  #: CPL101
        def b(klass: None | type[bigquery.Client]):
            return klass()  #: CPL101
        def c(klass: Optional[Type[bigquery.Client]]):
            return klass()  #: CPL101
        def d(klass: t.Optional[t.Type[bigquery.Client]]):
            return klass()  #: CPL101
    """,
    "classmethod constructor on an annotated parameter": """
        from google.cloud import storage
        def a(client: storage.Client):
            return client.from_service_account_json("key.json")  #: CPL103
    """,
    "loop over classes": """
        from google.cloud import bigquery, storage
        for make in (bigquery.Client, storage.Client):
            make()  #: CPL101 CPL103
        both = [make() for make in [bigquery.Client, storage.Client]]  #: CPL101 CPL103
    """,
    "one arm of a match": """
        match x:
            case 1:
                from google.cloud import storage
            case _:
                storage = None
        storage.Client()  #: CPL103
    """,
    "handed on": """
        from dataclasses import field
        from functools import partial
        from google.cloud import bigquery, storage
        a = field(default_factory=bigquery.Client)  #: CPL110
        b = partial(storage.Client, project="p")  #: CPL110
        c = build(client_class=storage.Client)  #: CPL110
        d = {"bigquery": bigquery.Client}  #: CPL110
        e = pool.submit(storage.Client.create_anonymous_client)  #: CPL110
        container.register(storage.Client)  #: CPL110
    """,
    "rebinding in one branch leaves the other": """
        from google.cloud import storage
        if FAKE:
            storage = Fake()
        storage.Client()  #: CPL103
    """,
    "the import in the branch itself": """
        if FAKE:
            storage = Fake()
        else:
            from google.cloud import storage
            storage.Client()  #: CPL103
    """,
    "a loop variable elsewhere": """
        from google.cloud import storage
        def names(values):
            return [storage for storage in values]
        storage.Client()  #: CPL103
    """,
    "windows line ends": "from google.cloud import storage\r\nx = 'ä😀'; storage.Client()  #: CPL103\r\n",
}

NOT_FOUND = {
    "rebound": """
        from google.cloud import storage
        storage = Fake()
        storage.Client()
    """,
    "rebound in both branches": """
        from google.cloud import storage
        if A:
            storage = One()
        else:
            storage = Two()
        storage.Client()
    """,
    "deleted": """
        from google.cloud import storage
        del storage
        storage.Client()
    """,
    "parameters and locals of that name": """
        from google.cloud import bigquery
        def a(bigquery):
            return bigquery.Client()
        def b():
            bigquery = fake()
            return bigquery.Client()
        c = lambda bigquery: bigquery.Client()
        def d(*bigquery, **storage):
            return bigquery.Client(), storage.Client()
        for bigquery in fakes:
            bigquery.Client()
    """,
    "targets of other statements": """
        from google.cloud import storage
        def a():
            with open("x") as storage:
                return storage.Client()
        def b():
            try:
                pass
            except ValueError as storage:
                return storage.Client()
        def c(value):
            match value:
                case [storage, *rest]:
                    return storage.Client()
                case {"x": storage}:
                    return storage.Client()
        def d():
            def storage():
                pass
            return storage.Client()
        def e():
            class storage:
                Client = dict
            return storage.Client()
        def f(values):
            return [storage.Client() for storage in values]
    """,
    "other libraries": """
        from azure import storage
        from django.core.files import storage as files
        import redis, httpx
        storage.Client()
        files.Client()
        httpx.Client()
        from google.cloud import ndb, datastore
        ndb.Client()
        datastore.Client()
        from google.cloud import logging
        logging.Client()
    """,
    "annotations and checks": """
        from typing import Optional, cast
        from unittest.mock import MagicMock, Mock, create_autospec
        from google.cloud import bigquery
        client: bigquery.Client = None
        def run(client: Optional[bigquery.Client], other: "bigquery.Client") -> bigquery.Client:
            assert isinstance(client, bigquery.Client)
            issubclass(X, (bigquery.Client, str))
            Mock(spec=bigquery.Client)
            MagicMock(spec_set=bigquery.Client)
            create_autospec(bigquery.Client)
            cast(bigquery.Client, client)
            try:
                pass
            except bigquery.Client:
                pass
            match client:
                case bigquery.Client():
                    pass
            return client
    """,
    "static helpers": """
        from google.cloud import pubsub_v1
        pubsub_v1.PublisherClient.topic_path("p", "t")
        pubsub_v1.SubscriberClient.parse_topic_path("x")
    """,
    "text": '''
        """bigquery.Client()"""
        from google.cloud import bigquery
        # bigquery.Client()
        x = "bigquery.Client()"
    ''',
    "a plain alias and a subclass definition": """
        from google.cloud import bigquery
        Client = bigquery.Client
        class Warehouse(bigquery.Client):
            def __init__(self):
                super().__init__()
        __all__ = ["Client"]
    """,
    "the name in a class is not seen in its methods": """
        class Job:
            from google.cloud import storage
            def run(self):
                return storage.Client()
    """,
    "unbound": "client = bigquery.Client()",
    "another arm of a match": """
        def run(x):
            match x:
                case 1:
                    from google.cloud import storage
                case _:
                    storage.Client()
    """,
    "a class that is only looked at": """
        import warnings
        import attr, copyreg, inspect
        from functools import singledispatch
        from google.cloud import storage
        attr.ib(type=storage.Client, validator=attr.validators.instance_of(storage.Client))
        inspect.getfullargspec(storage.Client)
        mocker.spy(storage.Client, "bucket")
        warnings.warn(storage.Client)
        copyreg.pickle(storage.Client, None)
        @singledispatch
        def show(value): ...
        @show.register(storage.Client)
        def _(value): ...
        class T:
            def test(self):
                self.assertTrue(storage.Client)
                self.assertIsInstance(x, storage.Client)
                raise ValueError(storage.Client)
    """,
    "a name before its binding": """
        def run():
            bigquery.Client()
            from google.cloud import bigquery
    """,
    "patched attributes": """
        from unittest import mock
        from google.cloud import storage
        with mock.patch.object(storage, "Client") as client:
            client()
        @mock.patch.object(storage.Client, "bucket")
        def test(bucket):
            pass
    """,
}

FILES: dict[str, tuple[Mapping[str, str], str]] = {
    "alias from another module": (
        {"clients.py": "from google.cloud.bigquery import Client as BQ\n"},
        "from clients import BQ\nBQ()  #: CPL101\n",
    ),
    "assignment in another module": (
        {"clients.py": "from google.cloud import bigquery\nWarehouse = bigquery.Client\n"},
        "import clients\nclients.Warehouse()  #: CPL101\n",
    ),
    "subclass of another module": (
        {"clients.py": "from google.cloud import bigquery\nclass Warehouse(\n    bigquery.Client,\n):\n    pass\n"},
        "from clients import Warehouse as W\nW()  #: CPL101\n",
    ),
    "class returned by another module's function": (
        {"clients.py": "from google.cloud import bigquery\ndef klass():\n    return bigquery.Client\n"},
        "from clients import klass\nklass()()  #: CPL101\n",
    ),
    "names bound together in another module": (
        {"clients.py": "from google.cloud import bigquery as b, storage as s\nA, B = s.Client, b.Client\nC = D = B\n"},
        "from clients import A, B, C, D\nA()  #: CPL103\nB()  #: CPL101\nC()  #: CPL101\nD()  #: CPL101\n",
    ),
    "names bound over several lines, or several on one": (
        {
            "clients.py": (
                "from google.cloud import storage as S; A = S.Client\nB = (\n    S.Client\n)\n"
                "if (C := S.Client): pass\n(D) = S.Client\nE = f('it\"s') or S.Client\n"
                "from google.cloud.storage import (Client\n as\n F)\n"
            ),
        },
        "from clients import *\n" + "".join(f"{name}()  #: CPL103\n" for name in "ABCDEF"),
    ),
    "functions of another module": (
        {
            "clients.py": (
                "from google.cloud import storage\ndef a(): return storage.Client\n"
                "def b():\n    return (\n        storage.Client\n    )\n"
                "def c():\n    def inner():\n        return storage.Client\n    return inner\n"
                "class D:\n    @classmethod\n    def make(cls): return storage.Client\n"
            ),
        },
        "from clients import *\n" + "".join(f"{call}()  #: CPL103\n" for call in ("a()", "b()", "c()()", "D.make()")),
    ),
    "module attribute of another module": (
        {"snippets.py": "from google.cloud import firestore\n"},
        "import snippets\nsnippets.firestore.AsyncClient()  #: CPL102\n",
    ),
    "through a package and a star": (
        {
            "pkg/__init__.py": "from .inner import *\n",
            "pkg/inner.py": "from .deep import Lake as Sea\n",
            "pkg/deep.py": "from google.cloud.storage import Client as Lake\n",
        },
        "from pkg import Sea\nSea()  #: CPL103\n",
    ),
    "a star that __all__ closes": (
        {"clients.py": "from google.cloud.storage import Client\n__all__ = ['other']\n"},
        "from clients import *\nClient()\n",
    ),
    "a star that __all__ opens": (
        {"clients.py": "from google.cloud.storage import Client as _C\n__all__ = ['_C']\n"},
        "from clients import *\n_C()  #: CPL103\n",
    ),
    "a star of the library": ({}, "from google.cloud.storage import *\nClient()  #: CPL103\n"),
    "relative, upward": (
        {"pkg/__init__.py": "", "pkg/base.py": "from google.cloud import storage\nMake = storage.Client\n"},
        "",
    ),
    "under src": (
        {"src/pkg/clients.py": "from google.cloud.bigquery import Client as BQ\n"},
        "from pkg.clients import BQ\nBQ()  #: CPL101\n",
    ),
    "a cycle": (
        {
            "a.py": "from b import *\nfrom google.cloud.storage import Client as C1\n",
            "b.py": "from a import *\nfrom a import C1 as C2\n",
        },
        "from b import C1, C2\nC1()  #: CPL103\nC2()  #: CPL103\n",
    ),
    "a cycle without an end": (
        {"a.py": "from b import X\nclass Y(X): pass\n", "b.py": "from a import Y\nclass X(Y): pass\n"},
        "from a import Y\nfrom google.cloud import storage\nY.Client()\nY()\nstorage.Client()  #: CPL103\n",
    ),
    "a missing module": (
        {},
        "from nowhere import Client\nfrom .gone import storage\nClient()\nstorage.Client()\n",
    ),
    "a class of the repository by the same name": (
        {"clients.py": "class Client:\n    pass\n"},
        "from clients import Client\nimport google.cloud\nClient()\n",
    ),
    "attribute of a class in another module": (
        {"base.py": "from google.cloud import storage\nclass Base:\n    make = storage.Client\n"},
        "from base import Base\nclass Job(Base):\n    def run(self):\n        return self.make()  #: CPL103\n",
    ),
    "a broken module": (
        {"clients.py": "from google.cloud.storage import Client as Lake\ndef broken(:\n"},
        "from clients import Lake\nLake()  #: CPL103\n",
    ),
    "a module that is no text": ({"clients.py": "\0"}, "from clients import Client\nClient()\n"),
}


def marked(source: str) -> list[tuple[int, str]]:
    marks = ((number, re.search(r"#: ([\w ]+)", line)) for number, line in enumerate(source.splitlines(), 1))
    return [(number, code) for number, mark in marks if mark for code in mark[1].split()]


def found(path: Path, source: str) -> list[tuple[int, str]]:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(source, newline="")
    engine = Engine(KINDS, "shared_clients")
    words = engine.words(str(path), source.encode())
    findings = engine.analyze(str(path), source, words).findings if words else ()
    return [(finding.span.line, finding.code) for finding in findings]


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    return tmp_path


@pytest.mark.parametrize("source", FOUND.values(), ids=FOUND.keys())
def test_a_construction_is_found_through(source: str, repository: Path) -> None:
    source = dedent(source)
    assert marked(source)
    assert found(repository / "example.py", source) == marked(source)


@pytest.mark.parametrize("source", NOT_FOUND.values(), ids=NOT_FOUND.keys())
def test_nothing_is_found_in(source: str, repository: Path) -> None:
    assert found(repository / "example.py", dedent(source)) == []


@pytest.mark.parametrize(("files", "source"), FILES.values(), ids=FILES.keys())
def test_names_are_followed_through(files: Mapping[str, str], source: str, repository: Path) -> None:
    for name, text in files.items():
        (repository / name).parent.mkdir(parents=True, exist_ok=True)
        (repository / name).write_text(text)
    assert found(repository / "example.py", source) == marked(source)


def test_relative_imports_are_followed_upward(repository: Path) -> None:
    (repository / "pkg" / "jobs").mkdir(parents=True)
    (repository / "pkg" / "clients.py").write_text("from google.cloud.storage import Client as Lake\n")
    source = "from ..clients import Lake\nfrom .. import clients\nLake()  #: CPL103\nclients.Lake()  #: CPL103\n"
    assert found(repository / "pkg" / "jobs" / "job.py", source) == marked(source)


def test_the_nearest_module_wins(repository: Path) -> None:
    for folder, text in (("", "Lake = dict\n"), ("job", "from google.cloud.storage import Client as Lake\n")):
        (repository / folder).mkdir(exist_ok=True)
        (repository / folder / "clients.py").write_text(text)
    source = "from clients import Lake\nLake()  #: CPL103\n"
    assert found(repository / "job" / "main.py", source) == marked(source)
    assert found(repository / "main.py", source) == []


def test_two_hundred_nested_calls(repository: Path) -> None:
    source = "from google.cloud import storage\n" + "f(" * 200 + "storage.Client()" + ")" * 200 + "  #: CPL103\n"
    assert found(repository / "example.py", source) == marked(source)


def test_a_chain_of_a_thousand_names(repository: Path) -> None:
    chain = "".join(f"a{number} = a{number - 1}\n" for number in range(1, 1000))
    source = f"from google.cloud import storage\na0 = storage\n{chain}a3.Client()  #: CPL103\n"
    assert found(repository / "example.py", source) == marked(source)


@pytest.mark.parametrize(
    ("call", "advice"),
    [
        ("bigquery.Client()", "use get_bigquery_client() from shared_clients"),
        (
            "bigquery.Client(\n    project='p',\n    location='EU',\n)",
            "get_bigquery_client(project_id='p', location='EU')",
        ),
        ("bigquery.Client(\n    'p',  # ours\n)", "use get_bigquery_client(...) from shared_clients"),
        ("bigquery.Client('p', None, None)", "by hand: get_bigquery_client() does not take _http"),
        ("bigquery.Client('p', creds)", "get_bigquery_client('p', credentials=creds)"),
        ("bigquery.Client(*args)", "by hand: *args hides its arguments"),
        ("bigquery.Client(**options)", "by hand: **options hides its arguments"),
        ("bigquery.Client(x for x in y)", "by hand: its argument is a generator"),
        (
            "bigquery.Client.from_service_account_json('k')",
            "by hand: from_service_account_json() makes its own credentials",
        ),
    ],
)
def test_the_message_says_what_to_write(call: str, advice: str, repository: Path) -> None:
    source = f"from google.cloud import bigquery\n{call}\n"
    engine = Engine(KINDS, "shared_clients")
    path = str(repository / "example.py")
    (finding,) = engine.analyze(path, source, engine.words(path, source.encode())).findings
    assert advice in finding.message


@pytest.mark.parametrize(
    ("mark", "use", "advice"),
    [
        ("", "with bigquery.Client() as client: ...", ", not in a with statement: others use it"),
        ("", "client = bigquery.Client()\nclient.close()", ", and do not close it: others use it"),
        ("", "client = bigquery.Client()", ""),
        ("PROTECTS_BORROWED_CLIENTS = True\n", "with bigquery.Client() as client: ...", ""),
    ],
)
def test_the_message_advises_nobody_to_close_a_shared_client(
    mark: str, use: str, advice: str, repository: Path
) -> None:
    (repository / "pools.py").write_text(f"{mark}def get_bigquery_client(): ...\n")
    source = f"from google.cloud import bigquery\n{use}\n"
    engine = Engine(KINDS, "pools")
    path = str(repository / "example.py")
    (finding,) = engine.analyze(path, source, engine.words(path, source.encode())).findings
    assert finding.message.endswith(f"use get_bigquery_client() from pools{advice}")


def test_the_message_hands_on_no_getter_that_is_not_there(repository: Path) -> None:
    (repository / "pools.py").write_text("def get_storage_client(): ...\n")
    source = "from functools import partial\n\nfrom google.cloud import bigquery\n\nmake = partial(bigquery.Client)\n"
    engine = Engine(KINDS, "pools")
    path = str(repository / "example.py")
    (finding,) = engine.analyze(path, source, engine.words(path, source.encode())).findings
    assert finding.message.endswith(
        "hand on get_bigquery_client from pools (by hand: pools has no get_bigquery_client)"
    )
