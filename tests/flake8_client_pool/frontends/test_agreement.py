"""Both faces say the same about the same tree."""

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from flake8_client_pool.rules import RULES

Tree = Callable[..., Path]
Run = Callable[..., subprocess.CompletedProcess[str]]
Place = tuple[str, int, int, str, str]

IMPORT = "from google.cloud import bigquery, storage\n"
BUILDS = f"{IMPORT}client = bigquery.Client()\n"
HOSTILE = {
    "byte_order_mark.py": b"\xef\xbb\xbf" + BUILDS.encode(),
    "latin.py": b"# -*- coding: latin-1 -*-\nname = '\xe9\xe8'; " + BUILDS.replace("\n", ";", 1).encode(),
    "windows.py": BUILDS.replace("\n", "\r\n"),
    "macintosh.py": BUILDS.replace("\n", "\r"),
    "wide.py": f"{IMPORT}ä = '漢字😀'; client = bigquery.Client()\n",
    "tabs.py": f"{IMPORT}if True:\n\tclient =\tbigquery.Client()\n",
    "form_feed.py": f"{IMPORT}\x0c\nclient = '\x0b \u2028'; client = bigquery.Client()\n",
    "no_end_of_line.py": BUILDS.rstrip(),
    "empty.py": "",
    "plain.py": "x = 1\n",
    "comments.py": (
        f"{IMPORT}a = bigquery.Client()  # noqa\n"
        "b = bigquery.Client()  # noqa: CPL101\n"
        "c = bigquery.Client()  # noqa:E501,CPL1 because\n"
        "d = bigquery.Client()  # NoQA : CPL103\n"
        "e = bigquery.Client()  # noqa: CPL103\n"
        "f = bigquery.Client()  # noqa: cpl101\n"
        "g = 1  # noqa: CPL101, CPL106\n"
    ),
    "brackets.py": (
        f"{IMPORT}a = bigquery.Client(\n    project='x',\n)  # noqa: CPL101\nb = (\n    1,  # noqa: CPL1\n)\n"
    ),
    "strings.py": f"{IMPORT}a = bigquery.Client() or '''\n'''  # noqa: CPL101\nb = '# noqa: CPL101'\n",
    "backslash.py": (
        f"{IMPORT}a = \\\n    bigquery.Client()  # noqa: CPL101\nb = bigquery.Client() + \\\n    1  # noqa: CPL101\n"
    ),
    "whole_file.py": f"# flake8: noqa\n{BUILDS}",
    "whole_file_with_codes.py": f"# flake8: noqa: E501\n{BUILDS}",
    "not_the_whole_file.py": f"x = 1  # flake8: noqa\n{BUILDS}",
    "shared_clients/pool.py": f"{BUILDS}x = 1  # noqa: CPL101\n",
    "excluded/job.py": BUILDS,
    "service/setup.cfg": "[client-pool]\npool-module = shared.clients\nselect = CPL101, CPL9\n",
    "service/job.py": f"{BUILDS}s = storage.Client()  # noqa: CPL103\nt = storage.Client()\n",
    "service/shared/clients/pool.py": BUILDS,
    "setup.cfg": "[client-pool]\nexclude = excluded\n",
}


@pytest.fixture
def places(client_pool: Run) -> Callable[..., list[Place]]:
    def run(*arguments: str) -> list[Place]:
        done = client_pool("check", "--format=json", *arguments)
        assert done.stderr == ""
        keys = ("path", "line", "column", "code", "message")
        return sorted(tuple(each[key] for key in keys) for each in json.loads(done.stdout)["findings"])  # type: ignore[misc]

    return run


@pytest.fixture
def plugin_places(flake8: Run) -> Callable[..., list[Place]]:
    def run(*arguments: str) -> list[Place]:
        done = flake8(*arguments)
        assert done.stderr == ""
        return sorted(map(parsed, done.stdout.splitlines()))

    return run


def parsed(line: str) -> Place:
    match = re.fullmatch(r"(?:\./)?(.+?):(\d+):(\d+): (\S+) (.*)", line)
    assert match
    return match[1], int(match[2]), int(match[3]), match[4], match[5]


Places = Callable[..., list[Place]]


def test_on_files_that_are_hard_to_read(tree: Tree, places: Places, plugin_places: Places) -> None:
    tree(HOSTILE)
    found = places()
    assert found == plugin_places()
    assert {path for path, *_ in found} == {
        "brackets.py",
        "byte_order_mark.py",
        "comments.py",
        "form_feed.py",
        "latin.py",
        "macintosh.py",
        "no_end_of_line.py",
        "not_the_whole_file.py",
        "service/job.py",
        "shared_clients/pool.py",
        "tabs.py",
        "wide.py",
        "windows.py",
    }


def test_without_suppressions(tree: Tree, places: Places, plugin_places: Places) -> None:
    tree(HOSTILE)
    found = places("--ignore-noqa")
    assert found == plugin_places("--disable-noqa")
    assert not [code for _, _, _, code, _ in found if code == "CPL901"]


def test_with_another_configuration(tree: Tree, places: Places, plugin_places: Places) -> None:
    tree({**HOSTILE, "ci/strict.toml": '[tool.client-pool]\npool-module = "pools"\nselect = ["CPL103"]\n'})
    found = places("--config=ci/strict.toml")
    assert found == plugin_places("--client-pool-config=ci/strict.toml")
    assert {code for *_, code, _ in found} == {"CPL103"}


def test_on_every_example_of_every_rule(tree: Tree, places: Places, plugin_places: Places) -> None:
    examples = [example for rule in RULES for example in rule.examples if rule.code not in {"CPL100", "CPL900"}]
    for number, example in enumerate(examples):
        folder = f"example_{number}"
        tree({f"{folder}/.git/HEAD": "", f"{folder}/{example.name}": example.source})
        tree({f"{folder}/{path}": content for path, content in example.files.items()})
    found = places("--select=CPL1,CPL2,CPL3,CPL9")
    assert found == plugin_places("--extend-select=CPL1,CPL3")
    assert {code for *_, code, _ in found} == {code for example in examples for _, _, code in example.findings}


def test_on_a_file_with_undecodable_bytes(tree: Tree, places: Places, plugin_places: Places) -> None:
    tree({"latin.py": b"# caf\xe9\n" + BUILDS.encode()})
    unreadable, *found = places()
    assert unreadable[:4] == ("latin.py", 1, 6, "CPL900")
    assert found == plugin_places()
    assert [place[:4] for place in found] == [("latin.py", 3, 10, "CPL101")]


@pytest.mark.parametrize("content", [f"{BUILDS}def f(:\n    pass\n", f"{BUILDS}x = '\0'\n"])
def test_flake8_calls_no_plugin_on_a_file_that_does_not_parse(
    tree: Tree, places: Places, flake8: Run, content: str
) -> None:
    tree({"broken.py": content})
    assert [code for *_, code, _ in places()] == ["CPL101", "CPL900"]
    reported = flake8("--extend-select=E9").stdout
    assert re.fullmatch(r"\./broken\.py:\d+:\d+: E999 .*\n", reported)


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_with_several_flake8_processes(tree: Tree, places: Places, plugin_places: Places, jobs: str) -> None:
    tree({f"job_{number}.py": BUILDS + "\n" * number for number in range(12)})
    assert places() == plugin_places(f"--jobs={jobs}")
