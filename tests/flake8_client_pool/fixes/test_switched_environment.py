"""A file that changes where clients find credentials, project or emulator: which of them may still be shared."""

from collections.abc import Callable

import pytest

from flake8_client_pool.fixes.outcomes import FileFix

HEAD = "import os\n\nfrom google.cloud import bigquery, storage\n\n"
KEY = "os.environ['GOOGLE_APPLICATION_CREDENTIALS']"
FIXED, LEFT = ["fixed"], ["skipped"]
CASES = {
    "at the top": (f"{KEY} = 'k'\nbucket = storage.Client()\n", FIXED),
    "default": ("os.environ.setdefault('GOOGLE_CLOUD_PROJECT', 'p')\n\n\ndef f():\n    storage.Client()\n", FIXED),
    "one of two at the top": (f"if local:\n    {KEY} = 'a'\nelse:\n    {KEY} = 'b'\nx = storage.Client()\n", FIXED),
    "emulator switched off": ("os.environ.pop('STORAGE_EMULATOR_HOST', None)\nx = storage.Client()\n", FIXED),
    "as the program starts": (
        f"def run():\n    storage.Client()\n\n\ndef main(key):\n    {KEY} = key\n    run()\n\n\nmain(1)\n",
        FIXED,
    ),
    "another emulator": ("def f(h):\n    os.environ['PUBSUB_EMULATOR_HOST'] = h\n\n\nx = storage.Client()\n", FIXED),
    "project given": (
        "def f(p):\n    os.environ['GOOGLE_CLOUD_PROJECT'] = p\n    return storage.Client(project=p)\n",
        FIXED,
    ),
    "after a failure": (
        f"def f():\n    try:\n        storage.Client()\n    except E:\n        {KEY} = 'k'\n        storage.Client()\n",
        FIXED * 2,
    ),
    "a child's": (
        "os.environ['A'] = 'b'\nenv = dict(os.environ, GOOGLE_CLOUD_PROJECT='p')\n\n\ndef f():\n    storage.Client()\n",
        FIXED,
    ),
    "read": ("def f(p=os.environ['GOOGLE_CLOUD_PROJECT']):\n    return storage.Client()\n", FIXED),
    "after the client": (f"x = storage.Client()\n{KEY} = 'k'\ny = storage.Client()\n", LEFT + FIXED),
    "after a call that builds": (
        f"def build():\n    return storage.Client()\n\n\nx = build()\n{KEY} = 'k'\ny = build()\n",
        LEFT,
    ),
    "after an object that builds": (
        f"class A:\n    a = lambda: b()\ndef b():\n    storage.Client()\n\ndef f():\n    A.a()\n    {KEY} = 1\n\nf()\n",
        LEFT,
    ),
    "after a call of a call": (
        f"def a():\n    b()\ndef b():\n    c()\ndef c():\n    storage.Client()\ndef f():\n    a()\n    {KEY} = 1\nf()",
        LEFT,
    ),
    "before the program starts": (
        f"def build():\n    storage.Client()\nbuild()\ndef main(key):\n    {KEY} = key\n    build()\nmain(1)\n",
        LEFT,
    ),
    "for a block, emptied": (
        "NAME = 'GOOGLE_CLOUD_PROJECT'\nwith patch.dict(os.environ, clear=True):\n    x = storage.Client()\n",
        LEFT,
    ),
    "by an argument": (f"def f(key):\n    path = key + '.json'\n    {KEY} = path\n    return storage.Client()\n", LEFT),
    "by a constant": (f"def f():\n    path = 'k'\n    {KEY} = path\n    return storage.Client()\n", FIXED),
    "in one of two functions": (
        f"def f():\n    {KEY} = 'k'\n    return storage.Client()\n\n\ndef g():\n    return storage.Client()\n",
        FIXED + LEFT,
    ),
    "in a loop": ("for p in 'ab':\n    os.environ['GCLOUD_PROJECT'] = p\n    storage.Client()\n", LEFT),
    "and back": (f"def f():\n    {KEY} = 'k'\n    x = storage.Client()\n    del {KEY}\n    return x\n", LEFT),
    "update": ("def f(p):\n    os.environ.update(GOOGLE_CLOUD_PROJECT=p)\n    return storage.Client()\n", LEFT),
    "update by a dictionary": (
        "def f(p):\n    os.environ |= {'GOOGLE_CLOUD_PROJECT': p}\n    return storage.Client()\n",
        LEFT,
    ),
    "unknown name": (
        "NAME = 'GOOGLE_CLOUD_PROJECT'\n\n\ndef f(p):\n    os.environ[NAME] = p\n    return storage.Client()\n",
        LEFT,
    ),
    "putenv": ("def f(p):\n    os.putenv('GOOGLE_CLOUD_PROJECT', p)\n    return storage.Client()\n", LEFT),
    "for one test": (
        "def test(monkeypatch):\n    monkeypatch.setenv('STORAGE_EMULATOR_HOST', 'h')\n    storage.Client()\n",
        LEFT,
    ),
    "for a block": (
        "with patch.dict(os.environ, {'GOOGLE_CLOUD_PROJECT': 'p'}):\n    x = storage.Client()\n",
        LEFT,
    ),
    "emulator": ("def f(h):\n    os.environ['STORAGE_EMULATOR_HOST'] = h\n\n\nx = storage.Client()\n", LEFT),
}


@pytest.mark.parametrize(("code", "statuses"), CASES.values(), ids=CASES)
def test_shared_where_every_client_sees_one_environment(
    code: str, statuses: list[str], fix: Callable[..., FileFix]
) -> None:
    done = fix({"a.py": HEAD + code})
    assert [each.status for each in done.outcomes] == statuses
    reasons = [each.reason for each in done.outcomes if each.status == "skipped"]
    assert all("a client that is shared does not follow" in reason for reason in reasons)
