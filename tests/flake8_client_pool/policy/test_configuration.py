import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flake8_client_pool.policy.configuration import FILES, Configurations, read_settings
from flake8_client_pool.policy.errors import ConfigurationError
from flake8_client_pool.policy.schema import KIND_KEYS, SETTINGS_KEYS
from flake8_client_pool.policy.settings import files_of

Tree = Callable[..., Path]

REDIS_INI = """
[client-pool:kind:redis]
title = Redis connection
constructors = redis.Redis, redis.StrictRedis
factories = from_url
getter = get_redis
arguments =
    host
    port = port_number
positional = 2
"""
REDIS_TOML = """
[tool.client-pool.kinds.redis]
title = "Redis connection"
constructors = ["redis.Redis", "redis.StrictRedis"]
factories = ["from_url"]
getter = "get_redis"
arguments = { host = "host", port = "port_number" }
positional = 2
"""
FULL_INI = (
    """
[metadata]
name = some%thing

[client-pool]
pool-module = shared.clients
pool-paths = src/pools, *_pool.py
exclude =
    build
    src/vendor
select = CPL1,CPL9
ignore = CPL105
"""
    + REDIS_INI
)
FULL_TOML = (
    """
[tool.client-pool]
pool-module = "shared.clients"
pool-paths = ["src/pools", "*_pool.py"]
exclude = ["build", "src/vendor"]
select = ["CPL1", "CPL9"]
ignore = ["CPL105"]
"""
    + REDIS_TOML
)


@pytest.mark.parametrize(
    ("name", "content"), [("setup.cfg", FULL_INI), ("tox.ini", FULL_INI), ("pyproject.toml", FULL_TOML)]
)
def test_every_file_says_the_same(tree: Tree, name: str, content: str) -> None:
    root = tree({name: content})
    settings = Configurations().at(f"{root}/deep/down")
    (kind,) = settings.kinds
    assert settings.source == f"{root}/{name}"
    assert settings.root == str(root)
    assert settings.pool_module == "shared.clients"
    assert settings.pool_paths == ("src/pools", "*_pool.py")
    assert settings.exclude == ("build", "src/vendor")
    assert settings.selection.select == ("CPL1", "CPL9")
    assert settings.selection.ignore == ("CPL105",)
    assert (kind.code, kind.name, kind.title) == ("CPL100", "redis", "Redis connection")
    assert kind.constructors == ("redis.Redis", "redis.StrictRedis")
    assert (kind.factories, kind.getter, kind.positional) == (("from_url",), "get_redis", 2)
    assert list(kind.arguments.items()) == [("host", "host"), ("port", "port_number")]


def test_the_nearest_configuration_counts(tree: Tree) -> None:
    root = tree(
        {
            "setup.cfg": "[client-pool]\npool-module = outer\n",
            "service/pyproject.toml": '[tool.client-pool]\npool-module = "inner"\n',
            "service/deep/setup.cfg": "[metadata]\nname = x\n",
        }
    )
    configurations = Configurations()
    assert configurations.at(f"{root}").pool_module == "outer"
    assert configurations.at(f"{root}/jobs").pool_module == "outer"
    assert configurations.at(f"{root}/service/deep").pool_module == "inner"


def test_a_work_tree_ends_what_default_patterns_are_relative_to(tree: Tree) -> None:
    root = tree({"repo/.git/HEAD": "", "repo/src/a.py": ""})
    settings = Configurations().at(f"{root}/repo/src")
    assert settings.root == f"{root}/repo"
    assert settings.pool_paths == files_of("shared_clients")


def test_a_configuration_above_the_work_tree_counts(tree: Tree) -> None:
    root = tree({"setup.cfg": "[client-pool]\npool-module = outer\n", "repo/.git/HEAD": ""})
    assert Configurations().at(f"{root}/repo/src").pool_module == "outer"


def test_isolated_allows_building_nowhere(tree: Tree) -> None:
    root = tree({"setup.cfg": FULL_INI})
    settings = Configurations(isolated=True).at(str(root))
    assert settings.pool_paths == ()
    assert settings.kinds == ()


def test_a_named_file_counts_everywhere(tree: Tree) -> None:
    root = tree({"setup.cfg": "[client-pool]\npool-module = near\n", "ci/strict.toml": FULL_TOML})
    assert Configurations(f"{root}/ci/strict.toml").at(str(root)).pool_module == "shared.clients"


def refused(directory: Path) -> str:
    with pytest.raises(ConfigurationError) as caught:
        Configurations().at(str(directory))
    message = str(caught.value)
    assert "\n" not in message
    return message.replace(str(directory), "")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            "pool_module = x",
            "/setup.cfg: client-pool: unknown key 'pool_module'; did you mean 'pool-module'?",
        ),
        (
            "zzz = x",
            "'zzz'; known are pool-module, pool-paths, exclude, select, ignore, kinds",
        ),
        ("pool-module = a b", "pool-module: expected a dotted name such as shared.clients, found 'a b'"),
        ("select = CPL9, X", "client-pool.select: 'X' begins no code; the codes are CPL100"),
        ("pool-paths = **/x/../", "client-pool.pool-paths: the pattern '**/x/../' goes upward with '..'; "),
        ("exclude = a, ../b", "client-pool.exclude: the pattern '../b' goes upward with '..'; "),
        ("phase = 0\n[client-pool:phase:x]\npaths = ../b", "phases.1.paths: the pattern '../b' goes upward"),
        (
            "[client-pool:kind:x]\nconstructors = redis\ngetter = g",
            "/setup.cfg: client-pool.kinds.x.constructors: 'redis' names no module and can never be found; write ",
        ),
        ("[client-pool.kind.x]", "/setup.cfg: unknown section [client-pool.kind.x]; a kind's section is"),
        ("kinds = x", "unknown key 'kinds'; in an ini file a kind's section is [client-pool:kind:NAME]"),
        ("[client-pool:kinds:x]", "unknown section [client-pool:kinds:x]; a kind's section is"),
        (
            "[client-pool:kind:x]",
            "client-pool.kinds.x: the kind has no constructors; add the key 'constructors'",
        ),
        (
            "[client-pool:kind:x]\nconstructors = a.B",
            "client-pool.kinds.x: the kind has no getter; add the key 'getter'",
        ),
        ("[client-pool:kind:bigquery]", "'bigquery' cannot name a kind"),
        (
            "[client-pool:kind:x]\nconstructor = a.B",
            "client-pool.kinds.x: unknown key 'constructor'; did you mean 'constructors'?",
        ),
        (
            "[client-pool:kind:x]\nconstructors = a.B\ngetter = g\npositional = one",
            "kinds.x.positional: expected a whole number from 0 upward, found 'one'",
        ),
        (
            "[client-pool:kind:x]\nconstructors = a.B\ngetter = g\npositional = 2\narguments = a",
            "kinds.x.positional: 2 arguments by position, but 'arguments' names 1",
        ),
        (
            "[client-pool:kind:x]\nconstructors = a.B\ngetter = a.g",
            "kinds.x.getter: expected the name of a function of the pool module, found 'a.g'",
        ),
        (
            "[client-pool:kind:x]\nconstructors = a.B\ngetter = g\narguments = a = 1",
            "kinds.x.arguments: expected parameter names, found 'a' = '1'",
        ),
        (
            "[client-pool:kind:x]\nconstructors = google.cloud.bigquery.Client\ngetter = g",
            "kinds.x.constructors: google.cloud.bigquery.Client belongs to a built-in kind; leave it out",
        ),
        ("select = CPL1\nselect = CPL9", "/setup.cfg: not a valid ini file: "),
    ],
)
def test_what_cannot_be_followed_names_file_key_and_remedy(tree: Tree, content: str, message: str) -> None:
    assert message in refused(tree({"setup.cfg": f"[client-pool]\n{content}\n"}))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("tool.client-pool = 1", "/pyproject.toml: tool.client-pool: expected a table, found 1"),
        (
            "[tool.client-pool]\nexclude = [1]",
            "tool.client-pool.exclude: expected a list of strings, found [1]",
        ),
        ("[tool.client-pool]\nexclude = 1", "tool.client-pool.exclude: expected a list of strings, found 1"),
        (
            "[tool.client-pool]\npool-module = true",
            "pool-module: expected a dotted name such as shared.clients, ",
        ),
        ("[tool.client-pool]\nkinds = 3", "tool.client-pool.kinds: expected a table for each kind, found 3"),
        ("[tool.client-pool.kinds]\nx = 3", "tool.client-pool.kinds.x: expected a table, found 3"),
        (
            "[tool.client-pool.kinds.x]\nconstructors=['a.B']\ngetter='g'\npositional=true",
            "kinds.x.positional: expected a whole number from 0 upward, found True",
        ),
        (
            "[tool.client-pool.kinds.x]\nconstructors=['a.B']\ngetter='g'\narguments={a=1}",
            "kinds.x.arguments: expected parameter names, found 'a' = 1",
        ),
        ("[tool.client-pool]\nkinds.x.title = ' '", "kinds.x.title: expected a text, found ' '"),
        ("[tool.client-pool", "/pyproject.toml: not a valid TOML file: "),
    ],
)
def test_values_of_the_wrong_type_are_refused(tree: Tree, content: str, message: str) -> None:
    assert message in refused(tree({"pyproject.toml": content}))


@pytest.mark.parametrize(
    ("name", "section", "known"),
    [
        ("setup.cfg", "[client-poool]", "[client-pool]"),
        ("tox.ini", "[client_pool]", "[client-pool]"),
        ("tox.ini", "[Client-Pool:kind:x]", "[client-pool]"),
        ("setup.cfg", "[tool.client-pool]", "[client-pool]"),
        ("pyproject.toml", "[tool.client_pool]", "[tool.client-pool]"),
        ("pyproject.toml", "[tool.client-poool]", "[tool.client-pool]"),
        ("pyproject.toml", "[tool.clientpool.kinds.x]", "[tool.client-pool]"),
        ("pyproject.toml", "[[tool.client-pools.phases]]", "[tool.client-pool]"),
        ("pyproject.toml", '[tool."client_pool"]', "[tool.client-pool]"),
        ("pyproject.toml", "[client-pool]", "[tool.client-pool]"),
    ],
)
def test_a_misspelt_section_is_refused(tree: Tree, name: str, section: str, known: str) -> None:
    written = section.strip("[]")
    message = f"/{name}: unknown section [{written}]; did you mean {known}?"
    assert refused(tree({name: f"[flake8]\n\n{section}\n"})) == message
    assert refused(tree({name: f"[flake8]\n\n{section}\n{known}\n"})) == message


@pytest.mark.parametrize("section", ["client", "connection-pool", "http-client-pool", "tool.client", "a]"])
def test_a_section_of_another_tool_is_left_alone(tree: Tree, section: str) -> None:
    root = tree({"setup.cfg": f"[{section}]\nx = 1\n", "pyproject.toml": f"[{section}]\nx = 1\n"})
    assert Configurations().at(str(root)).source == ""


def test_two_configurations_in_one_directory_are_refused(tree: Tree) -> None:
    root = tree({"setup.cfg": "[client-pool]\n", "pyproject.toml": "[tool.client-pool]\n"})
    assert refused(root) == "/setup.cfg and /pyproject.toml: both configure client-pool; keep one of them"


def test_bytes_that_are_no_text_are_refused(tree: Tree) -> None:
    assert "/setup.cfg: cannot be read as a configuration: " in refused(tree({"setup.cfg": b"[client-pool]\n\xff"}))


def test_a_broken_file_that_does_not_concern_the_tool_is_left_alone(tree: Tree) -> None:
    root = tree({"pyproject.toml": "[[[", "setup.cfg": "no ini"})
    assert Configurations().at(str(root)).source == ""


def test_a_named_file_without_a_section_is_refused(tree: Tree) -> None:
    root = tree({"setup.cfg": "[flake8]\n"})
    with pytest.raises(ConfigurationError, match=r"has no section \[client-pool\] or \[tool.client-pool\]; add one"):
        Configurations(f"{root}/setup.cfg")
    with pytest.raises(ConfigurationError, match=r"nowhere.toml: cannot be read as a configuration: No such file"):
        Configurations(f"{root}/nowhere.toml")


@given(content=st.text(max_size=80), name=st.sampled_from(sorted(FILES)))
def test_any_text_gives_settings_or_one_line_of_error(
    tmp_path_factory: pytest.TempPathFactory, content: str, name: str
) -> None:
    section = "[tool.client-pool]" if name.endswith(".toml") else "[client-pool]"
    file = tmp_path_factory.getbasetemp() / "any-text" / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(f"{section}\n{content}", encoding="utf-8", errors="surrogateescape", newline="")
    outcome: str | None
    try:
        settings = read_settings(str(file))
        outcome = settings and settings.source
    except ConfigurationError as error:
        outcome = str(error)
    assert outcome is None or (outcome.startswith(str(file)) and "\n" not in outcome)


def test_the_documentation_names_every_key_and_its_examples_can_be_read(tree: Tree) -> None:
    text = (Path(__file__).parents[3] / "docs/configuration.md").read_text()
    assert [key for key in (*SETTINGS_KEYS, *KIND_KEYS) if f"| `{key}` |" not in text] == []
    first, first_ini, kind, kind_ini = re.findall(r"```(?:toml|ini)\n(.*?)```", text, re.DOTALL)
    toml = Configurations().at(str(tree({"toml/pyproject.toml": first + kind}) / "toml"))
    ini = Configurations().at(str(tree({"ini/setup.cfg": first_ini + kind_ini}) / "ini"))
    assert (toml.pool_module, toml.exclude, toml.kinds) == (ini.pool_module, ini.exclude, ini.kinds)
    assert toml.kinds[0].name == "redis"
