"""The history is the same whatever a user's git is set to, whatever clocks said, and without a network."""

import os
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flake8_client_pool.output.history.words import notes
from flake8_client_pool.policy.errors import ClientPoolError
from flake8_client_pool.report.figures import Count
from flake8_client_pool.report.history import History, history
from flake8_client_pool.scan import blobs

from .pasts import DIRECT, Deed, Past, Step, git


def read(directory: Path, revisions: str = "") -> History:
    return history(str(directory), revisions, "", blobs.Means(1, passed_on))


def passed_on(told: Iterable[blobs.Told], _total: int) -> Iterator[blobs.Told]:
    return iter(told)


@pytest.mark.parametrize(
    ("key", "value"),
    [("log.diffMerges", "off"), ("log.diffMerges", "combined"), ("diff.orderFile", "/nowhere"), ("log.follow", "true")],
)
def test_what_git_is_configured_to_show_is_no_matter(key: str, value: str, past: Past) -> None:
    number = past.step(0, Step((Deed(b"a.py", DIRECT),)))
    past.step(number, Step((), aside=(Deed(b"b.py", DIRECT),)))
    directory = past.made()
    git(directory, "config", key, value)
    assert [point.count() for point in read(directory).points] == [Count(0, 1), Count(0, 2)]


@pytest.mark.parametrize("name", ["GIT_LITERAL_PATHSPECS", "GIT_NOGLOB_PATHSPECS", "GIT_GLOB_PATHSPECS"])
def test_what_paths_mean_to_git_elsewhere_is_no_matter(name: str, shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = read(shop)
    monkeypatch.setenv(name, "1")
    assert read(shop) == expected


def test_an_old_date_on_the_newest_commit_leaves_the_other_days_as_they_are(past: Past) -> None:
    number = past.step(0, Step((Deed(b"a.py", DIRECT),)))
    number = past.step(number, Step((Deed(b"b.py", DIRECT),)))
    past.step(number, Step((Deed(b"c.py", DIRECT),), seconds=-400 * 86_400))
    found = read(past.made())
    assert [(point.day, point.count().direct) for point in found.days] == [("2023-11-15", 1), ("2023-11-16", 3)]


def test_a_date_beyond_every_calendar_is_no_later_than_today(past: Past) -> None:
    past.step(0, Step((Deed(b"a.py", DIRECT),), seconds=999_999_999_999_999))
    before = datetime.now(UTC).date().isoformat()
    (point,) = read(past.made()).points
    assert before <= point.day <= datetime.now(UTC).date().isoformat()


def test_a_partial_clone_does_not_look_for_a_revision_elsewhere(shop: Path, tmp_path: Path) -> None:
    git(shop, "config", "uploadpack.allowFilter", "true")
    git(shop, "config", "uploadpack.allowAnySHA1InWant", "true")
    git(tmp_path, "clone", "--quiet", "--no-checkout", "--filter=blob:none", f"file://{shop}", "partial")
    somebody = ("-c", "user.name=Some", "-c", "user.email=s@example.com")
    git(shop, *somebody, "commit", "--quiet", "--allow-empty", "--message", "later")
    later = git(shop, "rev-parse", "HEAD").decode().strip()
    before = objects(tmp_path / "partial")
    with pytest.raises(ClientPoolError, match=f"no revision {later}"):
        read(tmp_path / "partial", later)
    assert objects(tmp_path / "partial") == before
    assert read(tmp_path / "partial").commits == 6


def objects(repository: Path) -> list[str]:
    return sorted(os.fspath(path) for path in (repository / ".git/objects").rglob("*"))


def test_what_a_store_lacks_comes_with_what_to_do_about_it(shop: Path, tmp_path: Path) -> None:
    git(shop, "config", "uploadpack.allowFilter", "true")
    for what in ("blob:none", "tree:0"):
        git(tmp_path, "clone", "--quiet", "--no-checkout", f"--filter={what}", f"file://{shop}", what[:4])
    (note,) = (note for note in notes(read(tmp_path / "blob")) if "lacks" in note)
    assert "git fetch --refetch --no-filter brings what it lacks" in note
    with pytest.raises(
        ClientPoolError, match=r"git log failed: .* git fetch --refetch --no-filter brings what it lacks"
    ):
        read(tmp_path / "tree")


def test_a_damaged_repository_is_told_from_a_partial_one(shop: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "--quiet", "--no-checkout", f"file://{shop}", "whole")
    (pack,) = (tmp_path / "whole/.git/objects/pack").glob("*.pack")
    content = pack.rename(tmp_path / "pack").read_bytes()
    git(tmp_path / "whole", "unpack-objects", "-q", given=content)
    blob = git(shop, "rev-parse", "main~1:jobs/a.py").decode().strip()
    (tmp_path / "whole/.git/objects" / blob[:2] / blob[2:]).unlink()
    (note,) = (note for note in notes(read(tmp_path / "whole")) if "lacks" in note)
    assert "git fsck" in note
    assert "refetch" not in note
    tree = git(shop, "rev-parse", "main~1^{tree}").decode().strip()
    (tmp_path / "whole/.git/objects" / tree[:2] / tree[2:]).unlink()
    with pytest.raises(ClientPoolError, match=r"git log failed: .*git fsck"):
        read(tmp_path / "whole")
