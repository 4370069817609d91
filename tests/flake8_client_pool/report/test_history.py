"""The history counts what a scan of each commit's tree counts, whatever the commits did."""

import json
import shutil
import subprocess
import tarfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flake8_client_pool.output.history.chart import chart
from flake8_client_pool.policy.errors import ClientPoolError
from flake8_client_pool.report.adoption import report
from flake8_client_pool.report.figures import Count, Part
from flake8_client_pool.report.history import History, Point, history
from flake8_client_pool.scan import blobs
from flake8_client_pool.scan.run import Means

from .pasts import CONFIGURATION, CONTENTS, DIRECT, PATHS, STORAGE, Deed, Past, Step, git

Command = Callable[..., subprocess.CompletedProcess[str]]


def read(directory: Path, revisions: str = "") -> History:
    return history(str(directory), revisions, "", blobs.Means(1, passed_on))


def passed_on(told: Iterable[blobs.Told], _total: int) -> Iterator[blobs.Told]:
    return iter(told)


TARGETS = (b"main.py", b"../main.py", b"../jobs/\xff.py", b"./orders.py", b"nowhere.py", b"/main.py", b"deep/../b.py")
deeds = st.builds(
    Deed,
    st.sampled_from(PATHS),
    st.none() | st.sampled_from(CONTENTS),
    st.sampled_from((b"100644", b"100644", b"100644", b"100755", b"160000")),
) | st.builds(Deed, st.sampled_from(PATHS[:6]), st.sampled_from(TARGETS), st.just(b"120000"))
steps = st.builds(
    Step,
    st.lists(deeds, max_size=4).map(tuple),
    aside=st.just(()) | st.lists(deeds, max_size=3).map(tuple),
    seconds=st.sampled_from((0, 60, 86_400, 500_000, -200_000)),
)


@settings(max_examples=20, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(steps, min_size=1, max_size=6))
def test_the_counts_at_each_commit_are_those_of_a_scan_of_its_tree(done: list[Step]) -> None:
    with TemporaryDirectory() as directory:
        past = Past(Path(directory))
        number = 0
        for step in done:
            number = past.step(number, step)
        past.made()
        points = {point.commit: point for point in read(past.directory).points}
        expected: Figures = {}
        for commit in git(past.directory, "rev-list", "--first-parent", "--reverse", "main").decode().split():
            expected = figures(points[commit]) if commit in points else expected
            assert scanned(past.directory, commit) == expected


Figures = Mapping[tuple[str, int, str], Count]


def figures(point: Point) -> Figures:
    keys = {(measure.part, measure.phase, measure.kind) for measure in point.counts}
    return {(part, phase, kind): point.count(part=part, phase=phase, kind=kind) for part, phase, kind in keys}


def scanned(repository: Path, commit: str) -> Figures:
    with TemporaryDirectory() as directory:
        with tarfile.open(fileobj=BytesIO(git(repository, "archive", f"{commit}^{{tree}}"))) as archive:
            archive.extractall(directory, filter="fully_trusted")
        Path(directory, "pyproject.toml").write_text(CONFIGURATION)
        found = report(directory, "", 1, Means(jobs=1, watch=lambda inspections, _total: iter(inspections)))
    apart = {
        (part, 0, kind): count
        for part, row in ((Part.TESTS, found.tests), (Part.POOL, found.pool))
        for kind, count in row.kinds.items()
    }
    return {(Part.CODE, row.number, kind): count for row in found.phases for kind, count in row.kinds.items()} | apart


def test_each_commit_says_what_it_changed(shop: Path) -> None:
    found = read(shop)
    assert (found.commits, found.contents, found.lacking, found.cut_off) == (6, 3, 0, False)
    assert [(point.subject, point.count()) for point in found.points] == [
        ("step 1", Count(0, 3)),
        ("step 3", Count(0, 3)),
        ("step 4", Count(1, 2)),
        ("step 5", Count(1, 0)),
        ("step 6", Count(1, 0)),
    ]
    assert [point.count(phase=1).direct for point in found.points] == [3, 2, 2, 0, 0]
    assert [(step.point.subject, step.total) for step in found.largest_steps(2)] == [
        ("step 1", Count(0, 3)),
        ("step 4", Count(1, -1)),
    ]
    assert [point.day for point in found.days] == [f"2023-11-{day}" for day in (15, 17, 18, 19, 20)]


def test_a_range_begins_with_the_state_before_it(shop: Path) -> None:
    found = read(shop, "main~3..main~1")
    assert (found.commits, found.begins_inside) == (2, True)
    assert [(point.subject, point.count()) for point in found.points] == [
        ("step 3", Count(0, 3)),
        ("step 4", Count(1, 2)),
        ("step 5", Count(1, 0)),
    ]
    assert [step.point.subject for step in found.steps()] == ["step 4", "step 5"]


def test_below_the_top_only_what_lies_there_counts(shop: Path) -> None:
    (shop / "jobs").mkdir()
    assert [point.count() for point in read(shop / "jobs").points] == [Count(0, 1), Count(1, 0), Count(1, 0)]


def test_every_content_is_read_once_and_kept(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def noting(directory: str, names: Sequence[str]) -> list[tuple[str, bytes | None]]:
        asked.extend(names)
        return list(contents(directory, names))

    contents = blobs.contents
    monkeypatch.setattr(blobs, "contents", noting)
    first = read(shop)
    assert len(asked) == len(set(asked)) == 3
    assert read(shop) == first
    assert len(asked) == 3


def test_another_executor_gives_the_same(shop: Path) -> None:
    expected = read(shop)
    shutil.rmtree(shop / ".client-pool-cache")
    with ThreadPoolExecutor(2) as executor:
        assert history(str(shop), "", "", blobs.Means(1, passed_on, executor)) == expected


def test_a_damaged_cache_is_as_good_as_none(shop: Path) -> None:
    first = read(shop)
    (kept,) = (shop / ".client-pool-cache").glob("history-*.json")
    kept.write_bytes(kept.read_bytes().replace(b"bigquery", b"storage_"))
    assert read(shop) == first


def test_a_shallow_clone_says_so_and_counts_from_where_it_begins(shop: Path, tmp_path: Path) -> None:
    git(tmp_path, "clone", "--quiet", "--depth=3", f"file://{shop}", "shallow")
    found = read(tmp_path / "shallow")
    assert (found.cut_off, found.commits) == (True, 3)
    assert [point.count() for point in found.points] == [Count(1, 2), Count(1, 0), Count(1, 0)]
    assert [step.total for step in found.steps()] == [Count(0, -2)]


def test_a_partial_clone_fetches_nothing_and_says_what_it_lacks(shop: Path, tmp_path: Path) -> None:
    git(shop, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "--quiet", "--no-checkout", "--filter=blob:none", f"file://{shop}", "partial")
    before = objects(tmp_path / "partial")
    found = read(tmp_path / "partial")
    assert objects(tmp_path / "partial") == before
    assert found.lacking == found.contents == 3
    assert [point.unread for point in found.points] == [2, 1, 1]
    assert all(point.count() == Count() for point in found.points)


def objects(repository: Path) -> list[Path]:
    return sorted((repository / ".git/objects").rglob("*"))


@pytest.mark.parametrize(
    ("revisions", "words"),
    [
        ("nowhere", "no revision nowhere"),
        ("main..main~1", "no commit between"),
        ("main...main~1", "write REV..REV"),
        ("--output=stolen", "no revision --output=stolen"),
    ],
)
def test_revisions_that_name_no_line_are_refused(shop: Path, revisions: str, words: str) -> None:
    with pytest.raises(ClientPoolError, match=words):
        read(shop, revisions)
    assert not (shop / "stolen").exists()


def test_without_a_repository_or_a_commit_there_is_no_history(tmp_path: Path, git: Callable[..., None]) -> None:
    with pytest.raises(ClientPoolError, match="no git repository"):
        read(tmp_path)
    git("init", "--quiet")
    with pytest.raises(ClientPoolError, match="no commit yet"):
        read(tmp_path)


def test_the_command_draws_the_burn_down_and_says_how_far_to_trust_it(shop: Path, client_pool: Command) -> None:
    done = client_pool("report", "--history", cwd=shop)
    assert (done.returncode, done.stderr) == (0, "")
    assert "6 commits from 2023-11-15 to 2023-11-20; at the end 1 call of shared_clients, 0 direct" in done.stdout
    assert "\n 3┤███" in done.stdout
    assert "2023-11-15" in done.stdout.partition("└───")[2].splitlines()[1]
    assert "Done: nothing is built directly any more." in done.stdout
    assert "Names are followed within each file alone" in done.stdout
    assert "\x1b" not in done.stdout


def test_in_colours_the_kinds_stand_on_top_of_each_other(past: Past) -> None:
    number = past.step(0, Step((Deed(b"a.py", DIRECT),)))
    past.step(number, Step((Deed(b"b.py", STORAGE),)))
    drawn = chart(read(past.made()), 40, colour=True).splitlines()
    assert "\x1b[34m█" in drawn[9]
    assert "\x1b[33m█" in drawn[0]
    assert "\x1b[34m" not in drawn[0]


def test_other_formats_have_every_point(past: Past, client_pool: Command) -> None:
    number = 0
    for place, seconds in enumerate((0, 60, 86_400)):
        number = past.step(number, Step((Deed(b"%d.py" % place, DIRECT),), seconds=seconds, subject=b"<b>|\xff|</b>"))
    directory = past.made()

    def told(*arguments: str) -> str:
        return client_pool("report", "--history", *arguments, cwd=directory).stdout

    days, commits = (json.loads(told("--format=json", f"--per={per}")) for per in ("day", "commit"))
    assert [point["code"]["direct"] for point in days["points"]] == [2, 3]
    assert [point["code"]["direct"] for point in commits["points"]] == [1, 2, 3]
    assert days["largest"][0]["kinds"] == {"bigquery": {"pool_calls": 0, "direct": 1}}
    assert [row.split(",")[-2] for row in told("--format=csv").splitlines() if ",code,code,all," in row] == ["2", "3"]
    assert "\\<b\\>\\|\N{REPLACEMENT CHARACTER}\\|\\</b\\>" in told("--format=markdown")


def test_days_follow_each_other_whatever_the_clocks_said(past: Past) -> None:
    number = 0
    for place, seconds in enumerate((0, 4 * 86_400, -3 * 86_400, -2 * 86_400, 5 * 86_400)):
        number = past.step(number, Step((Deed(b"%d.py" % place, DIRECT),), seconds=seconds))
    found = read(past.made())
    assert [point.day for point in found.points] == ["2023-11-14", *["2023-11-18"] * 4]
    assert [point.count().direct for point in found.days] == [1, 5]
