import os

import pytest

from flake8_client_pool.policy.errors import ConfigurationError
from flake8_client_pool.policy.patterns import PathPatterns, checked_patterns
from flake8_client_pool.policy.settings import files_of

ROOT = "/home/build/repo"


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("build", "build/a.py"),
        ("build", "src/build/deep/a.py"),
        ("*_pb2.py", "src/a_pb2.py"),
        ("src/vendor", "src/vendor/x/a.py"),
        ("./src/vendor/", "src/vendor/a.py"),
        ("/src/vendor", "src/vendor/a.py"),
        (f"{ROOT}/src/vendor", "src/vendor/a.py"),
        (f"{ROOT}/src/*.py", "src/vendor/a.py"),
        (f"{ROOT}/job.py", "job.py"),
        ("/home/build/other", "../other/a.py"),
        ("src/*/generated", "src/a/b/generated/c.py"),
        ("**/shared/clients", "shared/clients/a.py"),
        ("**/shared/clients", "cloud/run/shared/clients/a.py"),
        ("**/shared/clients.py", "cloud/shared/clients.py"),
        ("setup.py", "setup.py"),
        ("[ab].py", "src/b.py"),
    ],
)
def test_a_pattern_chooses_a_path(pattern: str, path: str) -> None:
    assert PathPatterns((pattern,), ROOT).fit(os.path.normpath(f"{ROOT}/{path}"))


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        (f"{ROOT}/vendor", "src/vendor/a.py"),
        ("/home/build", "a.py"),
        ("home/build/other", "../other/a.py"),
        ("build", "builder/a.py"),
        ("build", "src/build.py"),
        ("src/vendor", "other/src/vendor/a.py"),
        ("src/vendor", "src/vendored/a.py"),
        ("**/shared/clients", "unshared/clients/a.py"),
        ("**/shared/clients", "shared/clients.py"),
        ("home", "a.py"),
        ("repo", "a.py"),
    ],
)
def test_a_pattern_leaves_a_path(pattern: str, path: str) -> None:
    assert not PathPatterns((pattern,), ROOT).fit(os.path.normpath(f"{ROOT}/{path}"))


@pytest.mark.parametrize("pattern", ["..", "../other", "src/../jobs", "**/x/../", "/src/..", "..\\\\other"])
def test_a_pattern_that_goes_upward_is_refused(pattern: str) -> None:
    with pytest.raises(ConfigurationError, match=r"--exclude: .* goes upward with '\.\.'; "):
        checked_patterns((pattern,), "--exclude")


def test_two_dots_in_a_name_are_no_way_upward() -> None:
    assert checked_patterns(("a..b.py", "src/..x"), "--exclude") == ("a..b.py", "src/..x")


def test_no_pattern_chooses_nothing() -> None:
    assert not PathPatterns((), ROOT).fit(f"{ROOT}/a.py")


@pytest.mark.parametrize("path", ["shared/clients.py", "shared/clients/pool.py", "jobs/x/shared/clients/deep/pool.py"])
def test_the_pool_modules_files_are_found_wherever_it_stands(path: str) -> None:
    assert PathPatterns(files_of("shared.clients"), ROOT).fit(f"{ROOT}/{path}")


@pytest.mark.parametrize("path", ["shared/clients_test.py", "shared/storage.py", "clients.py"])
def test_other_files_are_not_the_pools(path: str) -> None:
    assert not PathPatterns(files_of("shared.clients"), ROOT).fit(f"{ROOT}/{path}")
