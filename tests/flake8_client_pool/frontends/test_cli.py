"""The command line as a process: its options, exit codes and errors."""

import json
import os
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flake8_client_pool.rules import RULES

Tree = Callable[..., Path]
Run = Callable[..., subprocess.CompletedProcess[str]]

IMPORT = "from google.cloud import bigquery, storage\n"
BUILDS = f"{IMPORT}client = bigquery.Client()\n"
MESSAGE = "bigquery.Client() builds a BigQuery client here; use get_bigquery_client() from shared_clients"


def codes(done: subprocess.CompletedProcess[str]) -> list[str]:
    return [finding["code"] for finding in json.loads(done.stdout)["findings"]]


def test_a_finding_is_shown_with_its_place_marked(tree: Tree, client_pool: Run) -> None:
    tree({"job.py": f"{IMPORT}if True:\n\tä = '漢字'; client = bigquery.Client(project='x')\n"})
    done = client_pool("check")
    assert done.stdout == (
        "job.py:3:21: CPL101 bigquery.Client() builds a BigQuery client here; "
        "use get_bigquery_client(project_id='x') from shared_clients\n"
        "    ä = '漢字'; client = bigquery.Client(project='x')\n"
        "                         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
        "Found 1 finding in 1 of 1 file.\n"
    )
    assert (done.returncode, done.stderr) == (1, "")


def test_nothing_found(tree: Tree, client_pool: Run) -> None:
    tree({"job.py": "x = 1\n"})
    done = client_pool("check")
    assert (done.returncode, done.stdout, done.stderr) == (0, "Nothing found in 1 file.\n", "")


def test_json_has_every_documented_key(tree: Tree, client_pool: Run) -> None:
    tree({"src/job.py": f"{IMPORT}\n\nclass Job:\n    def run(self):\n        return bigquery.Client()\n"})
    document: dict[str, Any] = json.loads(client_pool("check", "./src", "--format", "json", "--show-fixes").stdout)
    assert document == {
        "version": 1,
        "findings": [
            {
                "path": "src/job.py",
                "line": 6,
                "column": 16,
                "end_line": 6,
                "end_column": 33,
                "code": "CPL101",
                "kind": "bigquery",
                "message": MESSAGE,
                "scope": "Job.run",
                "status": "error",
                "phase": None,
                "reason": None,
                "fix": {
                    "message": "Use get_bigquery_client",
                    "applicability": "safe",
                    "edits": [
                        {
                            "start": 25,
                            "end": 42,
                            "text": "storage\nfrom shared_clients import get_bigquery_client",
                        },
                        {"start": 90, "end": 105, "text": "get_bigquery_client"},
                    ],
                },
            }
        ],
        "files": 1,
        "summary": {
            "findings": 1,
            "files_with_findings": 1,
            "codes": {"CPL101": 1},
            "kinds": {"bigquery": 1},
            "statuses": {"error": 1, "pending": 0, "baselined": 0, "suppressed": 0},
            "phases": {},
            "suppressed": 0,
            "earlier": 0,
            "outdated": [],
            "warnings": [],
            "problems": [],
        },
    }


def test_the_documentation_of_json_names_every_key(tree: Tree, client_pool: Run) -> None:
    tree({"job.py": BUILDS})
    text = (Path(__file__).parents[3] / "docs/json.md").read_text()
    document = json.loads(client_pool("check", "--format=json").stdout)
    for table in (document, document["findings"][0], document["summary"]):
        assert [key for key in table if f"`{key}`" not in text] == []


def test_select_and_ignore_take_prefixes_and_win_over_the_configuration(tree: Tree, client_pool: Run) -> None:
    tree({"setup.cfg": "[client-pool]\nselect = CPL103\n", "job.py": f"{BUILDS}s = storage.Client()\n"})
    assert codes(client_pool("check", "--format=json")) == ["CPL103"]
    assert codes(client_pool("check", "--format=json", "--select=CPL1")) == ["CPL101", "CPL103"]
    assert codes(client_pool("check", "--format=json", "--select=CPL1,CPL9", "--ignore=CPL103")) == ["CPL101"]


def test_kinds_of_the_configuration_are_found(tree: Tree, client_pool: Run) -> None:
    kind = "[client-pool:kind:redis]\nconstructors = redis.Redis\ngetter = get_redis\narguments = host\n"
    tree({"setup.cfg": kind, "job.py": "import redis\n\nr = redis.Redis('db')\n"})
    (finding,) = json.loads(client_pool("check", "--format=json").stdout)["findings"]
    assert (finding["code"], finding["kind"], finding["line"], finding["column"]) == ("CPL100", "redis", 3, 5)


def test_pool_files_may_build_unless_the_run_is_isolated(tree: Tree, client_pool: Run) -> None:
    tree(
        {
            "pyproject.toml": '[tool.client-pool]\npool-module = "shared.clients"\n',
            "shared/clients/bigquery.py": BUILDS,
            "cloud/run/shared/clients.py": BUILDS,
        }
    )
    assert client_pool("check").returncode == 0
    assert codes(client_pool("check", "--isolated", "--format=json")) == ["CPL101", "CPL101"]


def test_each_part_of_a_repository_has_its_own_configuration(tree: Tree, client_pool: Run) -> None:
    tree(
        {
            "one/setup.cfg": "[client-pool]\npool-module = one.pools\n",
            "one/job.py": BUILDS,
            "two/setup.cfg": "[client-pool]\nselect = CPL103\n",
            "two/job.py": BUILDS,
        }
    )
    done = client_pool("check", "-q")
    assert done.stdout == f"one/job.py:2:10: CPL101 {MESSAGE.replace('shared_clients', 'one.pools')}\n"


def test_suppressions(tree: Tree, client_pool: Run) -> None:
    tree({"job.py": f"{IMPORT}client = bigquery.Client()  # noqa: CPL101\nx = 1  # noqa: CPL101\n"})
    done = client_pool("check")
    assert done.stdout.startswith("job.py:3:16: CPL901 unused noqa: there is no CPL101 here;")
    assert done.stdout.endswith("Found 1 finding in 1 of 1 file; 1 finding suppressed by comments.\n")
    assert codes(client_pool("check", "--format=json", "--ignore-noqa")) == ["CPL101"]


def test_statistics_quiet_and_exit_zero(tree: Tree, client_pool: Run) -> None:
    tree({"job.py": f"{BUILDS}b = bigquery.Client()\ns = storage.Client()\n"})
    done = client_pool("check", "--statistics", "--quiet", "--exit-zero")
    assert done.returncode == 0
    assert [line.split(":")[0] for line in done.stdout.splitlines()] == [
        "job.py",
        "job.py",
        "job.py",
        "     2  CPL101",
        "     1  CPL103",
    ]


def test_an_output_file_is_written_as_a_whole_or_not_at_all(tree: Tree, client_pool: Run) -> None:
    root = tree({"job.py": BUILDS, "out/report.json": "old"})
    done = client_pool("check", "--format=json", "--output-file=out/report.json")
    assert (done.returncode, done.stdout) == (1, "")
    assert len(json.loads((root / "out/report.json").read_text())["findings"]) == 1
    assert [path.name for path in (root / "out").iterdir()] == ["report.json"]
    refused = client_pool("check", "--output-file=nowhere/report.json")
    assert refused.returncode == 2
    assert refused.stderr.startswith("client-pool: nowhere/report.json: cannot be written: no such file or directory")


def test_an_output_file_that_is_a_directory_is_named_as_one(tree: Tree, client_pool: Run) -> None:
    root = tree({"work/job.py": BUILDS})
    for name in (".", "folder"):
        (root / "work/folder").mkdir(exist_ok=True)
        refused = client_pool("check", f"--output-file={name}", cwd=root / "work")
        assert refused.returncode == 2
        assert refused.stderr.startswith(f"client-pool: {name}: cannot be written: it is a directory; name ")
    assert sorted(path.name for path in root.rglob("*")) == ["folder", "job.py", "work"]


def test_an_output_file_that_is_a_pipe_or_a_device_stays_one(tree: Tree, client_pool: Run) -> None:
    root = tree({"job.py": BUILDS})
    os.mkfifo(root / "pipe")
    reader = os.open(root / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    assert client_pool("check", "--quiet", "--output-file=pipe", "job.py").returncode == 1
    assert os.read(reader, 10_000).decode() == f"job.py:2:10: CPL101 {MESSAGE}\n"
    os.close(reader)
    assert stat.S_ISFIFO((root / "pipe").stat().st_mode)


def test_an_absolute_pattern_leaves_out_what_it_names(tree: Tree, client_pool: Run) -> None:
    root = tree({"here/job.py": BUILDS, "here/old/job.py": BUILDS, "there/old/job.py": BUILDS, "there/job.py": BUILDS})
    done = client_pool(
        "check", ".", "../there", f"--exclude={root}/here/old,{root}/there/old", "--format=json", cwd=root / "here"
    )
    assert [each["path"] for each in json.loads(done.stdout)["findings"]] == ["../there/job.py", "job.py"]


def test_standard_input(tree: Tree, client_pool: Run) -> None:
    pool = "def get_bigquery_client(project_id=None): ...\n"
    tree({"setup.cfg": "[client-pool]\nexclude = old.py\n", "shared_clients/__init__.py": pool})
    assert client_pool("check", "-", "-q", stdin=BUILDS).stdout == f"-:2:10: CPL101 {MESSAGE}\n"
    named = client_pool("check", "-", "-q", "--stdin-filename=src/new.py", stdin=BUILDS)
    assert named.stdout == f"src/new.py:2:10: CPL101 {MESSAGE}\n"
    assert client_pool("check", "-", "--stdin-filename=old.py", stdin=BUILDS).returncode == 0
    assert client_pool("check", "-", "--stdin-filename=shared_clients/pool.py", stdin=BUILDS).returncode == 0
    assert client_pool("check", "-", "job.py", stdin=BUILDS).returncode == 2


def test_paths_are_shown_as_they_were_given(tree: Tree, client_pool: Run) -> None:
    root = tree({"src/job.py": BUILDS})
    for given, shown in [
        (".", "src/job.py"),
        ("src", "src/job.py"),
        ("./src//job.py", "src/job.py"),
        (str(root), f"{root}/src/job.py"),
    ]:
        assert client_pool("check", "-q", given).stdout.split(":")[0] == shown


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("check", "nowhere"), "client-pool: nowhere: cannot be read: there is no such file\n"),
        (
            ("check", "--select=E501"),
            "client-pool: --select: 'E501' begins no code; the codes are CPL100, CPL101",
        ),
        (
            ("check", "--config=x.toml"),
            "x.toml: cannot be read as a configuration: No such file or directory\n",
        ),
        (
            ("check", "--isolated", "--config=x.toml"),
            "client-pool: --isolated uses no configuration, and --config x.toml names one; leave one of them out\n",
        ),
        (
            ("config", "--isolated", "--config=x.toml"),
            "client-pool: --isolated uses no configuration, and --config x.toml names one; leave one of them out\n",
        ),
        (("check", "--exclude=../x"), "client-pool: --exclude: the pattern '../x' goes upward with '..'; "),
        (("check", "--jobs=0"), "'0' is neither auto nor a number from 1 upward"),
        (("check", "--jobs=two"), "'two' is neither auto nor a number from 1 upward"),
        (("check", "--format=xml"), "'xml' is not one of 'text', "),
        (("check", "--selct=CPL1"), "No such option"),
        (("chek",), "No such command"),
        (("explain", "CPL110x"), "client-pool: CPL110x: no rule has this code; did you mean 'CPL110'?"),
        (("explain", "zzz"), "client-pool: zzz: no rule has this code; known are CPL100, "),
        (("config", "nowhere"), "client-pool: nowhere: there is no such file or directory; name one"),
    ],
)
def test_what_cannot_run_says_why_and_exits_with_2(client_pool: Run, arguments: tuple[str, ...], message: str) -> None:
    done = client_pool(*arguments)
    assert message in done.stderr
    assert done.returncode == 2


def test_a_configuration_that_cannot_be_followed_is_one_line(tree: Tree, client_pool: Run) -> None:
    root = tree({"setup.cfg": "[client-pool]\npool-modul = x\n", "job.py": BUILDS})
    done = client_pool("check")
    assert done.returncode == 2
    assert done.stderr == (
        f"client-pool: {root}/setup.cfg: client-pool: unknown key 'pool-modul'; did you mean 'pool-module'?\n"
    )


def test_an_empty_directory_gets_a_hint(client_pool: Run) -> None:
    done = client_pool("check")
    assert done.returncode == 0
    assert done.stderr == "client-pool: no Python files found; name files or directories that hold some\n"


def test_rules_are_listed_and_explained(client_pool: Run) -> None:
    listed = client_pool("rules").stdout.splitlines()
    assert [line.split()[0] for line in listed] == [rule.code for rule in RULES]
    for rule in RULES:
        page = client_pool("explain", rule.code.lower()).stdout
        assert rule.summary in page
        assert all(line.strip() in page for example in rule.examples for line in example.source.splitlines())


def test_config_prints_what_is_in_force_in_a_form_that_can_be_read_back(tree: Tree, client_pool: Run) -> None:
    kind = '[tool.client-pool.kinds.redis]\nconstructors = ["redis.Redis"]\ngetter = "get_redis"\n'
    root = tree({"pyproject.toml": f'[tool.client-pool]\npool-module = "pools"\n{kind}', "a/b.py": ""})
    page = client_pool("config", "a/b.py").stdout
    assert page.startswith(f"# {root}/pyproject.toml\n")
    assert 'pool-module = "pools"  # from the file\n' in page
    assert "exclude = []  # default\n" in page
    (root / "pyproject.toml").write_text(page)
    again = client_pool("config", "a/b.py").stdout
    assert again.replace("# from the file", "# default") == page.replace("# from the file", "# default")
    assert "# no configuration file" in client_pool("config", "--isolated").stdout


def test_version_and_help(client_pool: Run) -> None:
    assert client_pool("--version").stdout.startswith("client-pool, version ")
    assert "--stdin-filename" in client_pool("check", "--help").stdout
