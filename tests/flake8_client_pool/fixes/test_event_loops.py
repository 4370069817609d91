"""A getter that wants a running event loop is called only where one is sure to run."""

from collections.abc import Callable

import pytest

from flake8_client_pool.fixes.outcomes import FileFix

IMPORT = "from google.cloud import firestore\n\n\n"
OWN = "from google.cloud import firestore\n\n\ndef get_async_firestore_client(project_id=None):\n"
IN_A_LOOP = {
    "coroutine": "async def f():\n    return firestore.AsyncClient()\n",
    "list in a coroutine": "async def f():\n    return [firestore.AsyncClient(project=p) for p in 'ab']\n",
    "class in a coroutine": "async def f():\n    class A:\n        db = firestore.AsyncClient()\n    return A\n",
    "method": "class A:\n    async def f(self):\n        self.db = firestore.AsyncClient()\n",
}
ELSEWHERE = {
    "module": "db = firestore.AsyncClient()\n",
    "constructor": "class A:\n    def __init__(self):\n        self.db = firestore.AsyncClient()\n",
    "main": "def main():\n    asyncio.run(work(firestore.AsyncClient()))\n",
    "inner function": "async def f():\n    def g():\n        return firestore.AsyncClient()\n    await go(g)\n",
    "lambda in a coroutine": "async def f():\n    return await to_thread(lambda: firestore.AsyncClient())\n",
    "generator in a coroutine": "async def f():\n    return (firestore.AsyncClient(project=p) for p in 'ab')\n",
    "default": "async def f(db=firestore.AsyncClient()):\n    return db\n",
    "handed on": "make = partial(firestore.AsyncClient, project='demo')\n",
    "default factory": "db = field(default_factory=firestore.AsyncClient)\n",
}


@pytest.mark.parametrize("code", IN_A_LOOP.values(), ids=IN_A_LOOP)
def test_fixed_where_a_loop_runs(code: str, fix: Callable[..., FileFix]) -> None:
    done = fix({"a.py": IMPORT + code}, pool="shared_clients")
    assert [each.status for each in done.outcomes] == ["fixed"]


@pytest.mark.parametrize("code", ELSEWHERE.values(), ids=ELSEWHERE)
def test_left_where_none_may_run(code: str, fix: Callable[..., FileFix]) -> None:
    done = fix({"a.py": IMPORT + code}, pool="shared_clients", unsafe=True)
    (outcome,) = done.outcomes
    assert "wants a running event loop" in outcome.reason
    assert done.after == IMPORT + code


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("    return firestore.AsyncClient(project=project_id)\n", "fixed"),
        ("    return clients[asyncio.get_running_loop()]\n", "skipped"),
        ("    return shared_clients.get_async_firestore_client(project_id)\n", "skipped"),
    ],
)
def test_a_getter_of_ones_own(body: str, status: str, fix: Callable[..., FileFix]) -> None:
    done = fix({"a.py": IMPORT + ELSEWHERE["module"], "shared/clients/__init__.py": OWN + body})
    assert [each.status for each in done.outcomes] == [status]
