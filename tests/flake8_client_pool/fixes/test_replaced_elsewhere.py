"""Files that put another object in the place of the library in a module, in all the ways there are."""

from collections.abc import Callable

import pytest

from flake8_client_pool.fixes.outcomes import FileFix

MODULE = "from google.cloud import bigquery\n\n\ndef rows():\n    return bigquery.Client().query('q')\n"
WAYS = {
    "keyword": "from unittest.mock import patch\nwith patch.multiple('pkg.mod', bigquery=1): ...\n",
    "import by name": "module = import_module('pkg.mod')\nmonkeypatch.setattr(module, 'bigquery', 1)\n",
    "percent": "import pkg.mod\nM = 'pkg.mod'\npatch('%s.bigquery' % M)\n",
    "loaded modules": "import sys\npatch.object(sys.modules['pkg.mod'], 'bigquery')\n",
    "fixture": "def m():\n    import pkg.mod\n    return pkg.mod\ndef test(m):\n    patch.object(m, 'bigquery')\n",
    "attribute": "import pkg.mod\npkg.mod.bigquery = Fake\n",
    "attribute of an alias": "from pkg import mod as tested\ntested.bigquery = Fake\n",
    "attribute of a loaded module": "import sys\nsys.modules['pkg.mod'].bigquery = Fake\n",
    "library": "import sys\npatch.dict(sys.modules, {'google.cloud.bigquery': fake})\nimport pkg.mod\n",
    "library set": "import sys\nsys.modules['google.cloud.bigquery'] = fake\nimport pkg.mod\n",
}


@pytest.mark.parametrize("text", WAYS.values(), ids=WAYS)
def test_the_fix_is_unsafe(text: str, fix: Callable[..., FileFix]) -> None:
    done = fix({"pkg/mod.py": MODULE, "tests/test_mod.py": text})
    assert [each.reason for each in done.outcomes] == [
        "unsafe: tests/test_mod.py puts a stand-in for bigquery into this module"
    ]
    assert done.after == MODULE


def test_a_module_that_does_so_itself(fix: Callable[..., FileFix]) -> None:
    text = f"import sys\n{MODULE}sys.modules[__name__].bigquery = object()\n"
    assert fix({"pkg/mod.py": text}).after == text


@pytest.mark.parametrize(
    "text",
    [
        "import pkg.other\npatch.object(pkg.other, 'bigquery')\n",
        "import pkg.mod\nwith patch('pkg.mod.rows'):\n    log('bigquery', mod.bigquery == 1)\n",
    ],
)
def test_other_mentions_do_no_harm(text: str, fix: Callable[..., FileFix]) -> None:
    done = fix({"pkg/mod.py": MODULE, "tests/test_mod.py": text})
    assert [each.status for each in done.outcomes] == ["fixed"]
