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
    "attribute of what is loaded by name": "m = import_module('pkg.mod')\nm.bigquery = Fake\n",
    "attribute of a fixture": "@fixture\ndef m(): return import_module('pkg.mod')\ndef test(m):\n    m.bigquery = 1\n",
    "attribute of an attribute": "import pkg.mod\nclass T:\n    def f(self):\n        self.m.bigquery = Fake\n",
    "library": "import sys\npatch.dict(sys.modules, {'google.cloud.bigquery': fake})\nimport pkg.mod\n",
    "library set": "import sys\nsys.modules['google.cloud.bigquery'] = fake\nimport pkg.mod\n",
}


READS = {
    "loaded by name": "m = import_module('pkg.mod')\nm.bigquery.Table\n",
    "loaded by name at once": "import_module('pkg.mod').bigquery.Table\n",
    "loaded modules": "import sys, pkg.mod\nsys.modules['pkg.mod'].bigquery.Table\n",
    "attribute of an attribute": "import pkg.mod\nclass T:\n    def f(self):\n        return self.m.bigquery\n",
    "name in a string": "import pkg.mod as m\ngetattr(m, 'bigquery')\n",
    "namespace": "import pkg.mod\nvars(pkg.mod)['bigquery']\n",
    "dictionary": "import pkg.mod\npkg.mod.__dict__.get('bigquery')\n",
}
NO_READS = {
    "the library": "import pkg.mod\nimport google.cloud.bigquery\ngoogle.cloud.bigquery.Table\n",
    "another module": "import pkg.mod, other\nother.bigquery.Table\n",
    "an attribute of its own": "import pkg.mod\nclass T:\n    def f(self):\n        self.bigquery = 1\n",
    "a file that does not know the module": "def f(m):\n    m.bigquery = 1\n",
    "a function of the module's name": "def mod(m):\n    return m.bigquery\nmod(1)\n",
    "a module within": "import pkg.mod\nfrom pkg.bigquery.tables import names\n",
    "an attribute of what is given": "import pkg.mod\npkg.mod.rows()\ndef f(settings):\n    settings.bigquery.id\n",
    "an object called like the module": "from pkg.mod import Mod\nmod = Mod()\nmod.bigquery.table\n",
}
# Of other objects than the module, in files that know it.
NO_STAND_INS = {
    "attribute of a fixture": "from pkg.mod import rows\ndef test(job):\n    job.settings.bigquery = 1\n",
    "attribute of the module's name": "from pkg.mod import rows\ndef test(job):\n    job.mod.bigquery = 1\n",
    "object called like the module": "from pkg.mod import Mod\ndef test():\n    mod = Mod()\n    mod.bigquery = 1\n",
    "attribute beside the module": "import pkg.mod\nuse(pkg.mod)\ndef test(job):\n    job.settings.bigquery = 1\n",
    "object beside the module": "import pkg.mod\ndef test(job):\n    pkg.mod.rows()\n    job.bigquery = 1\n",
}
LOADER = "import importlib.util\nspec = importlib.util.spec_from_file_location('it', {})\nit = load(spec)\n"
ELSEWHERE, NEARBY = "tools/run.py", "pkg/run.py"
READ, SET, OWN = "it.bigquery.Table\n", "it.bigquery = 1\n", "from google.cloud import bigquery\nbigquery.Table\n"
# What becomes of a module that another program loads by its path: its import goes, stays, or it is not changed at all.
LOADED = {
    "unknown folder": (ELSEWHERE, "folder / 'mod.py'", SET, "goes"),
    "folder named apart, set": (ELSEWHERE, "ROOT / 'pkg' / 'mod.py'", SET, "unchanged"),
    "folder named apart, patched": (
        ELSEWHERE,
        "ROOT / 'pkg' / 'mod.py'",
        "patch.object(it, 'bigquery')\n",
        "unchanged",
    ),
    "folder named apart, read": (ELSEWHERE, "ROOT / 'pkg' / 'mod.py'", READ, "stays"),
    "folder named apart, not read": (ELSEWHERE, "ROOT / 'pkg' / 'mod.py'", OWN, "goes"),
    "other folder": (ELSEWHERE, "ROOT / 'other/mod.py'", SET, "goes"),
    "same folder": (NEARBY, "Path(__file__).with_name('mod.py')", SET, "unchanged"),
    "folder above": ("pkg/tests/run.py", "'../mod.py'", READ, "stays"),
    "end of another name": (NEARBY, "'other_mod.py'", SET, "goes"),
}
CONFTEST = "@fixture\ndef module():\n    from pkg import mod\n    return mod\n"


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


@pytest.mark.parametrize("text", READS.values(), ids=READS)
def test_an_import_that_another_file_reads_stays(text: str, fix: Callable[..., FileFix]) -> None:
    done = fix({"pkg/mod.py": MODULE, "pkg/other.py": text})
    assert "from google.cloud import bigquery  # noqa: F401\n" in done.after
    assert [each.status for each in done.outcomes] == ["fixed"]


@pytest.mark.parametrize("text", NO_READS.values(), ids=NO_READS)
def test_an_import_that_no_other_file_reads_goes(text: str, fix: Callable[..., FileFix]) -> None:
    done = fix({"pkg/mod.py": MODULE, "pkg/other.py": text})
    assert "import bigquery" not in done.after


@pytest.mark.parametrize("text", NO_STAND_INS.values(), ids=NO_STAND_INS)
def test_what_is_set_of_another_object_is_no_harm(text: str, fix: Callable[..., FileFix]) -> None:
    done = fix({"pkg/mod.py": MODULE, "tests/test_mod.py": text})
    assert [each.status for each in done.outcomes] == ["fixed"]
    assert "import bigquery" not in done.after


@pytest.mark.parametrize(("loader", "place", "use", "becomes"), LOADED.values(), ids=LOADED)
def test_a_module_loaded_by_its_path(
    loader: str, place: str, use: str, becomes: str, fix: Callable[..., FileFix]
) -> None:
    after = fix({"pkg/mod.py": MODULE, loader: LOADER.format(place) + use}).after
    assert (after == MODULE) is (becomes == "unchanged")
    assert ("import bigquery" in after) is (becomes != "goes")


def test_a_fixture_of_another_file_may_give_the_module(fix: Callable[..., FileFix]) -> None:
    files = {"pkg/mod.py": MODULE, "tests/conftest.py": CONFTEST}
    for use in ("module.bigquery = 1", "monkeypatch.setattr(module, 'bigquery', 1)"):
        done = fix({**files, "tests/unit/test_mod.py": f"def test(module, monkeypatch):\n    {use}\n"})
        assert [each.reason for each in done.outcomes] == [
            "unsafe: tests/unit/test_mod.py puts a stand-in for bigquery into this module"
        ]
    read = "def test(module):\n    assert module.bigquery.Table\n"
    assert "import bigquery  # noqa: F401" in fix({**files, "tests/unit/test_mod.py": read}).after
