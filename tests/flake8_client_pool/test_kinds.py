"""The table of known clients against the libraries themselves, as they are installed."""

import importlib
import inspect
import pkgutil
import warnings
from collections.abc import Iterator
from types import ModuleType

import pytest

from flake8_client_pool.kinds import KINDS, ClientKind

LIBRARIES = (
    "google.cloud.bigquery",
    "google.cloud.firestore",
    "google.cloud.firestore_v1",
    "google.cloud.storage",
    "google.cloud.pubsub",
    "google.cloud.pubsub_v1",
    "google.pubsub",
    "google.pubsub_v1",
    "firebase_admin",
    "requests",
)
NOT_IMPORTABLE = {"google.cloud.bigquery.magics"}  # it wants IPython
FACTORY_NAMES = ("from_service_account_", "create_anonymous_")
CLASS_KINDS = [kind for kind in KINDS if kind.name != "http"]


def resolve(name: str) -> object:
    """Follow a qualified name, through modules and then through attributes, as Python does."""
    parts = name.split(".")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found: object = importlib.import_module(parts[0])
        for end in range(1, len(parts)):
            try:
                found = getattr(found, parts[end])
            except AttributeError:
                found = importlib.import_module(".".join(parts[: end + 1]))
    return found


@pytest.fixture(scope="session")
def modules() -> dict[str, ModuleType]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return {module.__name__: module for name in LIBRARIES for module in submodules(name)}


def submodules(name: str) -> Iterator[ModuleType]:
    package = importlib.import_module(name)
    yield package
    for found in pkgutil.iter_modules(getattr(package, "__path__", []), f"{name}."):
        if found.name not in NOT_IMPORTABLE:
            yield from submodules(found.name)


def is_public(name: str) -> bool:
    return not any(part.startswith("_") for part in name.split("."))


@pytest.mark.parametrize("kind", CLASS_KINDS, ids=lambda kind: kind.name)
def test_every_constructor_is_the_class_that_its_kind_says(kind: ClientKind) -> None:
    """Pub/Sub wraps a generated client twice, and people build each of the three."""
    client = resolve(kind.constructors[0])
    assert isinstance(client, type)
    classes = {resolve(name) for name in kind.constructors}
    assert classes <= set(client.__mro__)
    assert classes == {client} or kind.name in {"publisher", "subscriber"}


def test_every_http_constructor_makes_a_session() -> None:
    kind = next(kind for kind in KINDS if kind.name == "http")
    session = resolve("requests.Session")
    assert isinstance(session, type)
    for name in kind.constructors:
        constructor = resolve(name)
        assert callable(constructor)
        with constructor() as made:
            assert isinstance(made, session)
    for function, method in kind.methods.items():
        assert callable(resolve(function))
        assert callable(getattr(session, method))


def test_no_public_spelling_is_missing(modules: dict[str, ModuleType]) -> None:
    known = {id(resolve(name)) for kind in KINDS for name in kind.constructors}
    table = {name for kind in KINDS for name in kind.constructors}
    spellings = {
        f"{module}.{name}"
        for module, content in modules.items()
        for name, value in vars(content).items()
        if id(value) in known and is_public(f"{module}.{name}")
    }
    assert len(spellings) > 20
    assert spellings - table == set()


def test_no_module_that_firebase_re_exports_is_missing(modules: dict[str, ModuleType]) -> None:
    """`firebase_admin.firestore.firestore` is Google's own module under another name."""
    clients = {id(resolve(name)) for kind in CLASS_KINDS for name in kind.constructors}
    table = {name for kind in KINDS for name in kind.constructors}
    spellings = {
        f"{module}.{inner}.{name}"
        for module, content in modules.items()
        if module.startswith("firebase_admin")
        for inner, library in vars(content).items()
        if isinstance(library, ModuleType)
        for name, value in vars(library).items()
        if id(value) in clients and is_public(f"{module}.{inner}.{name}")
    }
    assert spellings
    assert spellings - table == set()


def parameters(client: type) -> Iterator[inspect.Parameter]:
    """List what a constructor takes; `**kwargs` stands for what the class above it takes."""
    own = [cls for cls in client.__mro__ if "__init__" in vars(cls)]
    for parameter in list(inspect.signature(own[0].__init__).parameters.values())[1:]:
        if parameter.kind is parameter.VAR_KEYWORD:
            yield from parameters(own[1])
        else:
            yield parameter


@pytest.mark.parametrize("kind", CLASS_KINDS, ids=lambda kind: kind.name)
def test_parameters_agree_with_the_constructor(kind: ClientKind) -> None:
    client = resolve(kind.constructors[0])
    assert isinstance(client, type)
    found = list(parameters(client))
    assert list(kind.arguments) == [parameter.name for parameter in found]
    by_position = [p for p in found if p.kind is p.POSITIONAL_OR_KEYWORD]
    assert kind.positional == len(by_position)
    assert found[: kind.positional] == by_position


@pytest.mark.parametrize("kind", CLASS_KINDS, ids=lambda kind: kind.name)
def test_factories_are_class_methods_and_all_of_them(kind: ClientKind) -> None:
    """One that a client's class lacks can be called on none of them, and so does no harm in the table."""
    clients = [resolve(name) for name in kind.constructors]
    existing = {name for client in clients for name in dir(client) if name.startswith(FACTORY_NAMES)}
    assert existing <= set(kind.factories)
    assert existing
    for client in clients:
        for name in existing & set(dir(client)):
            assert inspect.ismethod(getattr(client, name))
