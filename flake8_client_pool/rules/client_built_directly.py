"""A client is built where one should be taken from the pool."""

import re
from collections.abc import Iterator
from os.path import abspath, dirname

from flake8_client_pool.kinds import KINDS, ClientKind
from flake8_client_pool.model import Finding
from flake8_client_pool.rules.getter_call import NotPooledError, applied, getter_edits, getter_for
from flake8_client_pool.rules.getters import Getters
from flake8_client_pool.rules.places import finding_at
from flake8_client_pool.rules.rule import Example, Rule
from flake8_client_pool.rules.uses import Use, Uses
from flake8_client_pool.syntax.source import Node

_LONGEST_CALL = 160
# HTTP too: its first letter is spoken as a vowel.
_VOWELS = "aeioAEIOH"
_MAY_CLOSE = re.compile(r"\.\s*(?:close|stop|shutdown)\(|closing\(")

_WHY = """\
Building a client parses the credentials, opens connections of its own and fetches a token of its own: tens of
milliseconds each time, and sockets that nobody closes. The pool builds it once for each project and set of
credentials and hands the same one to all threads.

Take the client from `{getter}`. Building is allowed in the pool's own module and in what `pool-paths` names."""

_EXAMPLES: dict[str, tuple[Example, ...]] = {
    "bigquery": (
        Example(
            source="from google.cloud import bigquery\n\nclient = bigquery.Client(project='demo')\n",
            findings=((3, 10, "CPL101"),),
            fixed="from shared_clients import get_bigquery_client\n\nclient = get_bigquery_client(project_id='demo')\n",
        ),
        Example(
            source=(
                "try:\n    from google.cloud.bigquery import Client as Warehouse\nexcept ImportError:\n"
                "    Warehouse = None\n\n\ndef run():\n    return Warehouse()\n"
            ),
            findings=((8, 12, "CPL101"),),
            fixed=(
                "try:\n    from google.cloud.bigquery import Client as Warehouse  # noqa: F401\nexcept ImportError:\n"
                "    Warehouse = None\n\n\ndef run():\n    from shared_clients import get_bigquery_client\n"
                "    return get_bigquery_client()\n"
            ),
        ),
        Example(
            source=(
                "from google.cloud import bigquery\n\n\nclass Job:\n    client_class = bigquery.Client\n\n"
                "    def run(self):\n        return self.client_class()\n"
            ),
            findings=((8, 16, "CPL101"),),
        ),
        Example(
            source="from warehouse import BQ\n\nclient = BQ()\n",
            findings=((3, 10, "CPL101"),),
            fixed="from shared_clients import get_bigquery_client\n\nclient = get_bigquery_client()\n",
            files={"warehouse.py": "from google.cloud.bigquery import Client as BQ\n"},
        ),
        Example(source="from shared_clients import get_bigquery_client\n\nclient = get_bigquery_client('demo')\n"),
        Example(
            source=(
                "from google.cloud import bigquery\n\n\ndef rows(bigquery: bigquery.Client) -> list:\n"
                "    assert isinstance(bigquery, bigquery.Client)\n    return list(bigquery.query('SELECT 1'))\n"
            ),
        ),
    ),
    "firestore": (
        Example(
            source=(
                "from google.cloud import firestore\n\nclient = firestore.Client(database='users')\n\n\n"
                "async def read(name):\n    return await firestore.AsyncClient().document(name).get()\n"
            ),
            findings=((3, 10, "CPL102"), (7, 18, "CPL102")),
            fixed=(
                "from shared_clients import get_async_firestore_client, get_firestore_client\n\n"
                "client = get_firestore_client(database='users')\n\n\n"
                "async def read(name):\n    return await get_async_firestore_client().document(name).get()\n"
            ),
        ),
        Example(
            source="from google.cloud import firestore\n\nclient = firestore.AsyncClient()\n",
            findings=((3, 10, "CPL102"),),
        ),
        Example(
            source="import firebase_admin.firestore\n\nclient = firebase_admin.firestore.Client()\n",
            findings=((3, 10, "CPL102"),),
            fixed="from shared_clients import get_firestore_client\n\nclient = get_firestore_client()\n",
        ),
        Example(source="def read(firestore):\n    return firestore.Client()\n"),
    ),
    "storage": (
        Example(
            source="from google.cloud import storage\n\nclient = storage.Client.create_anonymous_client()\n",
            findings=((3, 10, "CPL103"),),
        ),
        Example(
            source="from google.cloud import storage\n\nstorage = storage.Client()\nbucket = storage.bucket('logs')\n",
            findings=((3, 11, "CPL103"),),
            fixed=(
                "from google.cloud import storage\nfrom shared_clients import get_storage_client\n\n"
                "storage = get_storage_client()\nbucket = storage.bucket('logs')\n"
            ),
        ),
        Example(source="from django.core.files import storage\n\nclient = storage.Client()\n"),
    ),
    "publisher": (
        Example(
            source="from google.cloud import pubsub_v1\n\npublisher = pubsub_v1.PublisherClient()\n",
            findings=((3, 13, "CPL104"),),
            fixed="from shared_clients import get_pubsub_publisher\n\npublisher = get_pubsub_publisher()\n",
        ),
        Example(
            source="from google.cloud import pubsub_v1\n\npath = pubsub_v1.PublisherClient.topic_path('p', 't')\n",
        ),
    ),
    "subscriber": (
        Example(
            source=(
                "from google.cloud import pubsub\n\nwith pubsub.SubscriberClient() as subscriber:\n"
                "    subscriber.pull(subscription='jobs')\n"
            ),
            findings=((3, 6, "CPL105"),),
            fixed=(
                "from shared_clients import get_pubsub_subscriber\n\nwith get_pubsub_subscriber() as subscriber:\n"
                "    subscriber.pull(subscription='jobs')\n"
            ),
        ),
        Example(
            source=(
                "from unittest.mock import Mock\n\nfrom google.cloud import pubsub\n\n"
                "subscriber = Mock(spec=pubsub.SubscriberClient)\n"
            ),
        ),
    ),
    "http": (
        Example(
            source="import requests\n\nanswer = requests.get('https://example.com', timeout=5)\n",
            findings=((3, 10, "CPL106"),),
            fixed=(
                "from shared_clients import get_http_session\n\n"
                "answer = get_http_session().get('https://example.com', timeout=5)\n"
            ),
        ),
        Example(
            source="import requests\n\nsession = requests.Session()\n",
            findings=((3, 11, "CPL106"),),
            fixed="from shared_clients import get_http_session\n\nsession = get_http_session()\n",
        ),
        Example(
            source="import requests\n\n\ndef status(answer: requests.Response) -> int:\n    return answer.status_code\n"
        ),
    ),
}


def _configured(name: str, title: str, constructor: str, getter: str, parameter: str) -> ClientKind:
    return ClientKind(
        code="CPL100",
        name=name,
        title=title,
        constructors=(constructor,),
        getter=getter,
        arguments={parameter: parameter},
        positional=1,
    )


def _article(title: str) -> str:
    return f"{'an' if title[0] in _VOWELS else 'a'} {title}"


def _rules() -> Iterator[Rule]:
    by_code: dict[str, list[ClientKind]] = {}
    for kind in KINDS:
        by_code.setdefault(kind.code, []).append(kind)
    for code, kinds in by_code.items():
        first = kinds[0]
        getters = "`, `".join(kind.getter for kind in kinds)
        yield Rule(
            code=code,
            name=f"{first.name}-client-built-directly" if first.name != "http" else "http-session-built-directly",
            summary=f"{_article(first.title)} is built directly",
            explanation=_WHY.format(getter=getters),
            examples=_EXAMPLES[first.name],
            default=first.default,
        )


CONFIGURED = Rule(
    code="CPL100",
    name="configured-client-built-directly",
    summary="a client of a kind from the configuration is built directly",
    explanation=(
        "The configuration names further clients that are to come from a pool, with their constructors and their\n"
        "getter: `redis.Redis`, `boto3.client`, any qualified name. They are followed like the known ones."
    ),
    examples=(
        Example(
            source="from redis import Redis as Cache\n\ncache = Cache(host='localhost')\n",
            findings=((3, 9, "CPL100"),),
            kinds=(_configured("redis", "Redis client", "redis.Redis", "get_redis", "host"),),
        ),
        Example(
            source="import boto3\n\nbuckets = boto3.client('s3')\n",
            findings=((3, 11, "CPL100"),),
            kinds=(_configured("aws", "AWS client", "boto3.client", "get_aws_client", "service_name"),),
        ),
        Example(source="import redis\n\n\ndef read(cache: redis.Redis) -> bytes:\n    return cache.get('key')\n"),
    ),
)
RULES = (CONFIGURED, *_rules())


def check(uses: Uses, getters: Getters) -> Iterator[Finding]:
    """Report every call that builds a client."""
    folder = dirname(abspath(uses.names.source.path))
    for use in uses.built:
        kind = use.construction.kind
        yield finding_at(
            uses.source,
            use.node,
            code=kind.code,
            message=(
                f"{_callee(use)}() builds {_article(kind.title)} here; "
                f"{_advice(use, getters, folder, uses.source.text)}"
            ),
            construction=use.construction,
        )


def _callee(use: Use) -> str:
    function = use.node.field("function")
    return " ".join(function.text().split()) if function else ""


def _advice(use: Use, getters: Getters, folder: str, text: str) -> str:
    name = use.construction.kind.getter
    try:
        getter = getter_for(use, getters, folder)
        call = _on_one_line(applied(getter_edits(use, getter), use.node))
    except NotPooledError as reason:
        return f"take it from {name} of {getters.module} (by hand: {reason})"
    advice = f"use {call or name + '(...)'} from {getter.module}"
    if getter.protects or not (_is_in_with(use.node) or _MAY_CLOSE.search(text)):
        return advice
    return f"{advice}, {'not in a with statement' if _is_in_with(use.node) else 'and do not close it'}: others use it"


def _is_in_with(call: Node) -> bool:
    parent = call.parent()
    if parent and parent.kind() == "as_pattern":
        parent = parent.parent()
    return parent is not None and parent.kind() == "with_item"


def _on_one_line(call: str) -> str:
    """Put a call on one line; empty where it is too long for a message, or a comment would swallow the rest."""
    if "\n" in call:
        call = "" if "#" in call else re.sub(r",?\s+\)", ")", re.sub(r"\(\s+", "(", " ".join(call.split())))
    return call if len(call) <= _LONGEST_CALL else ""
