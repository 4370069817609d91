import os
from collections.abc import Callable
from pathlib import Path

import pytest

from flake8_client_pool.policy.configuration import Configurations
from flake8_client_pool.scan.discovery import Discovery, discover

Tree = Callable[..., Path]
Git = Callable[..., None]

FILES = {
    ".gitignore": "build/\n*_local.py\n!kept_local.py\n",
    "job.py": "",
    "src/deep/load.py": "",
    "src/.gitignore": "generated.py\n",
    "src/generated.py": "",
    "src/settings_local.py": "",
    "src/kept_local.py": "",
    "build/out.py": "",
    "notes.txt": "",
    "folder.py/inside.py": "",
}
KEPT = ["folder.py/inside.py", "job.py", "src/deep/load.py", "src/kept_local.py"]


def discovered(*paths: str, exclude: tuple[str, ...] = ()) -> Discovery:
    return discover(paths, Configurations(), exclude)


def names(discovery: Discovery) -> list[str]:
    assert not discovery.problems
    return [file.path for file in discovery.files]


@pytest.fixture
def plain(tree: Tree, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tree(FILES)
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def repository(plain: Path, git: Git) -> Path:
    git("init", "--quiet")
    return plain


@pytest.mark.usefixtures("plain")
def test_without_git_the_ignore_files_count_all_the_same() -> None:
    assert names(discovered(".")) == KEPT


@pytest.mark.usefixtures("repository")
def test_in_a_work_tree_untracked_files_count_and_ignored_ones_do_not() -> None:
    assert names(discovered(".")) == KEPT


def test_a_tracked_file_counts_although_it_is_ignored(repository: Path, git: Git) -> None:
    git("add", "--force", "build/out.py")
    assert names(discovered(".")) == sorted([*KEPT, "build/out.py"])
    (repository / "build/out.py").unlink()
    assert names(discovered(".")) == KEPT


@pytest.mark.usefixtures("repository")
def test_a_directory_below_the_top_is_listed_by_git_too() -> None:
    assert names(discovered("src")) == ["src/deep/load.py", "src/kept_local.py"]


@pytest.mark.usefixtures("repository")
def test_an_ignored_directory_that_is_named_is_meant() -> None:
    assert names(discovered("build")) == ["build/out.py"]


@pytest.mark.usefixtures("repository")
def test_the_variables_of_a_commit_hook_do_not_mislead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_DIR", ".git")
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/next-index")
    assert names(discovered("src")) == ["src/deep/load.py", "src/kept_local.py"]


@pytest.mark.usefixtures("repository")
def test_without_a_git_program_the_tree_is_walked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert names(discovered(".")) == KEPT


def test_a_named_file_counts_whatever_its_name(plain: Path) -> None:
    assert names(discovered("notes.txt", "build/out.py")) == ["build/out.py", "notes.txt"]
    assert names(discovered(f"{plain}/job.py")) == [f"{plain}/job.py"]


@pytest.mark.usefixtures("plain")
def test_a_file_counts_once_under_its_first_name() -> None:
    assert names(discovered("./job.py", "job.py", ".")) == KEPT


@pytest.mark.usefixtures("plain")
def test_excluded_files_do_not_count_even_when_named() -> None:
    assert names(discovered(".", "job.py", exclude=("src", "job.py"))) == ["folder.py/inside.py"]


def test_each_configuration_excludes_below_itself(plain: Path) -> None:
    (plain / "src/setup.cfg").write_text("[client-pool]\nexclude = deep, ./job.py\n")
    assert names(discovered(".")) == ["folder.py/inside.py", "job.py", "src/kept_local.py"]


def test_virtual_environments_are_not_walked(tree: Tree) -> None:
    root = tree({"a.py": "", "env/pyvenv.cfg": "", "env/lib/b.py": "", "node_modules/c.py": "", ".git/d.py": ""})
    assert names(discovered(str(root))) == [f"{root}/a.py"]


def test_a_link_to_a_directory_is_not_followed(plain: Path) -> None:
    (plain / "loop").symlink_to(plain)
    assert names(discovered(".")) == KEPT


def problems(discovery: Discovery) -> list[tuple[str, bool]]:
    return [(str(problem), problem.fatal) for problem in discovery.problems]


@pytest.mark.usefixtures("plain")
def test_a_missing_path_is_a_problem() -> None:
    assert problems(discovered("nowhere.py", "job.py")) == [("nowhere.py: cannot be read: there is no such file", True)]


def test_a_dangling_link_is_no_reason_to_fail_unless_it_is_named(plain: Path) -> None:
    (plain / "dangling.py").symlink_to("nowhere.py")
    assert problems(discovered(".")) == [("dangling.py: cannot be read: there is no such file", False)]
    assert problems(discovered("dangling.py")) == [("dangling.py: cannot be read: there is no such file", True)]
    assert len(discovered(".").files) == len(KEPT)


def test_an_ignore_file_that_cannot_be_read_is_a_problem_and_hides_no_file(plain: Path) -> None:
    (plain / ".gitignore").unlink()
    (plain / ".gitignore").mkdir()
    found = discovered(".")
    assert problems(found) == [(f"{plain}/.gitignore: cannot be read: is a directory", True)]
    assert {file.path for file in found.files} == {*KEPT, "build/out.py", "src/settings_local.py"}


def test_a_pipe_is_not_read(plain: Path) -> None:
    os.mkfifo(plain / "pipe.py")
    assert names(discovered(".")) == KEPT
    assert problems(discovered("pipe.py")) == [("pipe.py: cannot be read: it is neither a file nor a directory", True)]


def nested(git: Git, folder: Path, files: dict[str, str]) -> None:
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(content)
    git("init", "--quiet", cwd=folder)
    git("add", ".", cwd=folder)
    git("commit", "--quiet", "--message=begin", cwd=folder)


def test_a_repository_in_a_repository_is_listed_with_its_own_ignore_files(repository: Path, git: Git) -> None:
    nested(git, repository / "src/inner", {"load.py": "", ".gitignore": "out.py\ndeeper/\n", "out.py": ""})
    nested(git, repository / "src/inner/own/lib", {"pool.py": ""})
    nested(git, repository / "src/inner/deeper", {"ignored.py": ""})
    nested(git, repository / "build/inner", {"ignored.py": ""})
    expected = sorted([*KEPT, "src/inner/load.py", "src/inner/own/lib/pool.py"])
    assert names(discovered(".")) == expected
    assert names(discovered("src")) == [path for path in expected if path.startswith("src/")]


def test_a_repository_without_a_commit_is_listed_too(repository: Path, git: Git) -> None:
    (repository / "inner").mkdir()
    (repository / "inner/load.py").touch()
    git("init", "--quiet", cwd=repository / "inner")
    assert names(discovered(".")) == sorted([*KEPT, "inner/load.py"])


@pytest.mark.usefixtures("repository")
def test_a_submodule_is_listed_when_it_is_checked_out(git: Git, tmp_path_factory: pytest.TempPathFactory) -> None:
    library = tmp_path_factory.mktemp("library")
    nested(git, library, {"pool.py": ""})
    git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(library), "libs/lib")
    git("commit", "--quiet", "--message=library")
    assert names(discovered(".")) == sorted([*KEPT, "libs/lib/pool.py"])
    git("submodule", "--quiet", "deinit", "--force", "libs/lib")
    assert names(discovered(".")) == KEPT


def test_a_tracked_file_below_what_is_a_file_now_has_vanished(repository: Path, git: Git) -> None:
    git("add", "src/deep/load.py")
    (repository / "src/deep/load.py").unlink()
    (repository / "src/deep").rmdir()
    (repository / "src/deep").touch()
    assert names(discovered(".")) == [name for name in KEPT if name != "src/deep/load.py"]


@pytest.mark.usefixtures("repository")
def test_a_name_that_is_no_utf8_is_listed() -> None:
    name = os.fsdecode(b"caf\xe9.py")
    Path(name).write_text("")
    assert name in names(discovered("."))
