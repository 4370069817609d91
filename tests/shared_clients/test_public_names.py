"""The public names, what importing them brings in, and what a type checker makes of them."""

import inspect
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from google.cloud import bigquery, firestore, pubsub_v1, storage

import shared_clients
from shared_clients import bigquery_pool, firestore_pool, pubsub_pool, storage_pool
from tests.shared_clients.helpers import ROOT, output_of

GETTERS = {
    "get_bigquery_client": "bigquery_pool",
    "get_firestore_client": "firestore_pool",
    "get_async_firestore_client": "firestore_pool",
    "get_storage_client": "storage_pool",
    "get_pubsub_publisher": "pubsub_pool",
    "get_pubsub_subscriber": "pubsub_pool",
    "get_http_session": "http_pool",
}


@pytest.mark.parametrize("name", GETTERS)
def test_a_getter_is_the_same_function_in_both_places(name: str) -> None:
    program = f"""
    import shared_clients, importlib
    module = importlib.import_module("shared_clients.{GETTERS[name]}")
    print(shared_clients.{name} is module.{name})
    """
    assert output_of(program) == "True\n"
    assert name in dir(shared_clients)
    assert name in shared_clients.__all__


def test_an_unknown_name_is_an_ordinary_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'shared_clients' has no attribute 'get_everything'"):
        _ = shared_clients.get_everything


def test_importing_the_package_imports_nothing_else() -> None:
    program = """
    import sys
    before = set(sys.modules)
    import shared_clients
    print(*(name.partition(".")[0] for name in set(sys.modules) - before))
    """
    brought_in = set(output_of(program).split()) - sys.stdlib_module_names
    assert brought_in == {"shared_clients"}


@pytest.mark.parametrize("name", GETTERS)
def test_importing_a_getter_imports_no_library(name: str) -> None:
    program = f"""
    import sys
    from shared_clients import {name}
    print([module for module in sys.modules if module.partition(".")[0] in ("google", "grpc", "requests")])
    """
    assert output_of(program) == "[]\n"


def test_asking_for_bigquery_imports_no_other_service() -> None:
    program = """
    import sys
    from google.auth.credentials import AnonymousCredentials
    from google.cloud import bigquery
    bigquery.Client("p", credentials=AnonymousCredentials())._http
    alone = set(sys.modules)
    from shared_clients import get_bigquery_client
    get_bigquery_client("p", credentials=AnonymousCredentials())
    new = set(sys.modules) - alone
    print([name for name in new if name.partition(".")[0] in ("google", "grpc", "asyncio")])
    """
    assert output_of(program) == "[]\n"


@pytest.mark.parametrize(
    ("getter", "module", "extra"),
    [
        ("get_bigquery_client", "google.cloud.bigquery", "bigquery"),
        ("get_storage_client", "google.cloud.storage", "storage"),
        ("get_firestore_client", "google.cloud.firestore", "firestore"),
        ("get_pubsub_publisher", "google.cloud.pubsub_v1", "pubsub"),
        ("get_http_session", "requests", "http"),
    ],
)
def test_a_missing_library_is_an_error_that_names_the_extra(getter: str, module: str, extra: str) -> None:
    program = f"""
    import sys
    class Missing:
        def find_spec(self, name, path=None, target=None):
            if name == {module!r}:
                raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
    sys.meta_path.insert(0, Missing())
    import shared_clients
    from shared_clients.errors import MissingLibraryError
    try:
        shared_clients.{getter}()
    except MissingLibraryError as error:
        print(isinstance(error, ImportError), error)
    """
    answer = output_of(program)
    assert answer.startswith("True")
    assert f"[{extra}]" in answer


@pytest.mark.parametrize(
    ("getter", "module"),
    [("get_bigquery_client", "google.cloud.bigquery.client"), ("get_http_session", "urllib3")],
)
def test_a_library_that_is_broken_is_not_called_missing(getter: str, module: str) -> None:
    program = f"""
    import sys
    sys.modules[{module!r}] = None
    import shared_clients
    try:
        shared_clients.{getter}()
    except ImportError as error:
        print(type(error).__name__, error.name)
    """
    assert output_of(program) == f"ModuleNotFoundError {module}\n"


# Per getter: the constructor whose arguments it takes or refuses, and the arguments that it names otherwise.
CONSTRUCTORS: list[tuple[Any, Sequence[Any], dict[str, str], Any]] = [
    (bigquery_pool.get_bigquery_client, [bigquery.Client], {"project": "project_id"}, bigquery_pool.POOL),
    (storage_pool.get_storage_client, [storage.Client], {"project": "project_id"}, storage_pool.POOL),
    (firestore_pool.get_firestore_client, [firestore.Client], {"project": "project_id"}, firestore_pool.POOL),
    (
        firestore_pool.get_async_firestore_client,
        [firestore.AsyncClient],
        {"project": "project_id"},
        firestore_pool.ASYNC_POOL,
    ),
    (
        pubsub_pool.get_pubsub_publisher,
        pubsub_v1.PublisherClient.__mro__[:-1],
        {},
        pubsub_pool.PUBLISHERS,
    ),
    (
        pubsub_pool.get_pubsub_subscriber,
        pubsub_v1.SubscriberClient.__mro__[:-1],
        {},
        pubsub_pool.SUBSCRIBERS,
    ),
]


@pytest.mark.parametrize(
    ("getter", "constructors", "renamed", "pool"), CONSTRUCTORS, ids=[row[0].__name__ for row in CONSTRUCTORS]
)
def test_every_argument_of_the_constructor_is_taken_or_refused_by_name(
    getter: Any, constructors: Sequence[Any], renamed: dict[str, str], pool: Any
) -> None:
    """Fails when a library adds an argument, so that somebody decides."""
    arguments = {
        name
        for constructor in constructors
        for name, parameter in inspect.signature(constructor.__init__).parameters.items()
        if name != "self" and parameter.kind is not inspect.Parameter.VAR_KEYWORD
    }
    taken = set(inspect.signature(getter).parameters)
    undecided = {renamed.get(name, name) for name in arguments} - taken - set(pool.hooks.refused)
    assert undecided == set()
    assert taken <= {renamed.get(name, name) for name in arguments}, "the constructor knows them all"


@pytest.mark.parametrize("getter", [row[0] for row in CONSTRUCTORS], ids=lambda getter: getter.__name__)
def test_a_getter_takes_its_project_first_and_the_rest_by_keyword(getter: Any) -> None:
    parameters = list(inspect.signature(getter).parameters.values())
    project = [parameter for parameter in parameters if parameter.kind is parameter.POSITIONAL_OR_KEYWORD]
    assert [parameter.name for parameter in project] in (["project_id"], [])
    assert getter.__doc__.splitlines()[0].endswith("these arguments.")


TYPED_USE = """
import asyncio
from typing import assert_type

import requests
from google.cloud import bigquery, firestore, pubsub_v1, storage

from shared_clients import (
    PoolStats,
    Settings,
    close_all_clients,
    configure,
    get_async_firestore_client,
    get_bigquery_client,
    get_firestore_client,
    get_http_session,
    get_pubsub_publisher,
    get_pubsub_subscriber,
    get_storage_client,
    pool_stats,
)

assert_type(get_bigquery_client("p", location="EU"), bigquery.Client)
assert_type(get_bigquery_client(project_id="p", client_options={"api_endpoint": "x"}), bigquery.Client)
assert_type(get_firestore_client(database="d"), firestore.Client)
assert_type(get_async_firestore_client(), firestore.AsyncClient)
assert_type(get_storage_client("p"), storage.Client)
assert_type(get_pubsub_publisher(transport="grpc"), pubsub_v1.PublisherClient)
assert_type(get_pubsub_subscriber(), pubsub_v1.SubscriberClient)
assert_type(configure(pooling="off", max_clients=None), Settings)
assert_type(pool_stats(), dict[str, PoolStats])
close_all_clients(timeout=1.5)
session: requests.Session = get_http_session()
"""

MISUSE = """
from shared_clients import configure, get_bigquery_client, get_pubsub_publisher, get_storage_client

get_bigquery_client(1)  # E
get_bigquery_client("p", "EU")  # E
get_bigquery_client("p", _http=None)  # E
get_storage_client(project="p")  # E
get_pubsub_publisher("p")  # E
configure(colour="red")  # E
"""


def type_check(folder: Path, program: str) -> str:
    path = folder / "use.py"
    path.write_text(program)
    options = [f"--config-file={ROOT / 'pyproject.toml'}", f"--cache-dir={ROOT / '.mypy_cache'}"]
    command = [sys.executable, "-m", "mypy", *options, "use.py"]
    environment = {"MYPYPATH": str(ROOT), "PATH": ""}
    finished = subprocess.run(
        command, capture_output=True, text=True, check=False, env=environment, cwd=folder
    )
    assert finished.returncode in (0, 1), finished.stderr
    return "\n".join(line for line in finished.stdout.splitlines() if line.startswith("use.py:"))


@pytest.mark.timeout(300)
def test_a_type_checker_sees_the_librarys_classes(tmp_path: Path) -> None:
    assert type_check(tmp_path, TYPED_USE) == ""


@pytest.mark.timeout(300)
def test_a_type_checker_sees_misuse(tmp_path: Path) -> None:
    reported = {
        line.split(":")[1] for line in type_check(tmp_path, MISUSE).splitlines() if ": error:" in line
    }
    expected = {str(number) for number, line in enumerate(MISUSE.splitlines(), 1) if line.endswith("# E")}
    assert reported == expected
