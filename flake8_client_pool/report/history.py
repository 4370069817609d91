"""How the figures of a repository came to be: the state at every commit that changed them, from git's own store."""

import os
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from flake8_client_pool.kinds import KINDS
from flake8_client_pool.policy.configuration import Configurations
from flake8_client_pool.policy.errors import ClientPoolError
from flake8_client_pool.policy.settings import Phase
from flake8_client_pool.report.figures import Count, Part
from flake8_client_pool.report.ledger import Ledger, Measure, link_targets
from flake8_client_pool.scan.blobs import Means, tallies
from flake8_client_pool.scan.discovery import SUFFIX
from flake8_client_pool.scan.git import mending
from flake8_client_pool.scan.git_history import Commit, Line, commit_at, commits_in, line_of, whole

_SHORT = 10


@dataclass(frozen=True, slots=True)
class Point:
    """The state after a commit.

    Attributes:
        commit: the full name of the commit.
        day: when it was made, in universal time, as YYYY-MM-DD; never before the day of an earlier point.
        subject: the first line of its message.
        counts: how many places there are, without those measures that have none.
        unread: how many files this clone lacks the content of; with any, the counts are what is known at least.
    """

    commit: str
    day: str
    subject: str
    counts: Mapping[Measure, int]
    unread: int

    @property
    def name(self) -> str:
        """The commit's name as people write it."""
        return self.commit[:_SHORT]

    def count(self, *, phase: int | None = None, kind: str = "", part: Part = Part.CODE) -> Count:
        """Sum the counts of a part, of one phase and one kind where they are given."""
        pool_calls = direct = 0
        for measure, number in self.counts.items():
            if measure.part == part and phase in (None, measure.phase) and kind in ("", measure.kind):
                pool_calls += number * measure.pooled
                direct += number * (not measure.pooled)
        return Count(pool_calls, direct)


class Step(NamedTuple):
    """How a commit changed the counts of the code, by the names of the kinds."""

    point: Point
    changes: Mapping[str, Count]

    @property
    def total(self) -> Count:
        """The change of all kinds together."""
        return sum(self.changes.values(), Count())

    @property
    def weight(self) -> int:
        """How many places came or went."""
        return sum(abs(change.pool_calls) + abs(change.direct) for change in self.changes.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """The past of a directory along the first parents of its commits.

    Attributes:
        path: the directory as it was given.
        pool_module: the dotted module that clients are to come from.
        titles: what each kind is called, by its name.
        phases: the phases of the configuration as it is today.
        commits: how many commits were looked at.
        contents: how many different contents of files they have.
        points: the states that differ from the one before, the oldest first, and the newest.
        begins_inside: whether there was something before the first point, which therefore changed nothing.
        cut_off: whether this clone lacks what was before, since it is shallow.
        lacking: how many contents this clone lacks.
        mending: how to come by what it lacks.
    """

    path: str
    pool_module: str
    titles: Mapping[str, str]
    phases: tuple[Phase, ...]
    commits: int
    contents: int
    points: tuple[Point, ...]
    begins_inside: bool
    cut_off: bool
    lacking: int
    mending: str

    @property
    def days(self) -> tuple[Point, ...]:
        """The last point of each day."""
        return tuple({point.day: point for point in self.points}.values())

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds that the code ever got, in the order of the table of kinds."""
        met = {measure.kind for point in self.points for measure in point.counts if measure.part == Part.CODE}
        return tuple(kind for kind in self.titles if kind in met)

    def steps(self) -> Iterator[Step]:
        """Give what each commit changed in the code, the oldest first; nothing for those that changed nothing."""
        before = self.points[0].counts if self.begins_inside else {}
        for point in self.points:
            step = Step(point, _difference(before, point.counts))
            before = point.counts
            if step.changes:
                yield step

    def largest_steps(self, number: int) -> list[Step]:
        """Choose the commits that changed most places, the largest first."""
        return sorted(self.steps(), key=lambda step: -step.weight)[:number]


def _difference(before: Mapping[Measure, int], after: Mapping[Measure, int]) -> dict[str, Count]:
    changes: dict[str, Count] = {}
    for measure in {*before, *after}:
        number = after.get(measure, 0) - before.get(measure, 0)
        if measure.part == Part.CODE:
            change = Count(pool_calls=number) if measure.pooled else Count(direct=number)
            changes[measure.kind] = changes.get(measure.kind, Count()) + change
    return {kind: change for kind, change in sorted(changes.items()) if change != Count()}


def history(directory: str, revisions: str, config: str, means: Means) -> History:
    """Count where the code of a directory got its clients, commit by commit.

    Every file is counted by the configuration that holds in the directory today, and names are followed within each
    file alone.

    Args:
        directory: the directory, in a git repository.
        revisions: `REV..REV`, or a revision for all that leads to it; empty for HEAD.
        config: a configuration; empty for the one that holds there.
        means: what to work with.

    Raises:
        ClientPoolError: git does not know the revisions, or lacks what they are made of.
    """
    if not os.path.isdir(directory):
        raise ClientPoolError(f"{directory}: is no directory; name one to report about")
    location = os.path.abspath(directory).replace(os.sep, "/")
    settings = Configurations(config).at(location)
    line = line_of(location, revisions)
    commits = _commits(line)
    wanted = [change.after for change in sorted(change for commit in commits for change in commit.changes)]
    contents = list(dict.fromkeys(blob for blob in wanted if blob))
    known = tallies(location, contents, settings, means)
    return History(
        path=os.path.normpath(directory).replace(os.sep, "/"),
        pool_module=settings.pool_module,
        titles={kind.name: kind.title for kind in (*KINDS, *settings.kinds)},
        phases=settings.phases,
        commits=line.commits,
        contents=len(contents),
        points=tuple(_points(commits, Ledger(location, settings, known, link_targets(location, commits)))),
        begins_inside=bool(line.base) or line.cut_off,
        cut_off=line.cut_off,
        lacking=len(contents) - len(known),
        mending=mending(location) if len(contents) > len(known) else "",
    )


def _commits(line: Line) -> list[Commit]:
    """Give the commits of a line that changed Python files, the oldest first, between its base and its newest."""
    commits = list(commits_in(line, SUFFIX))[::-1]
    if line.base:
        commits.insert(0, whole(line.directory, line.base, SUFFIX))
    if not commits or commits[-1].name != line.newest:
        commits.append(commit_at(line.directory, line.newest))
    return commits


def _points(commits: Sequence[Commit], ledger: Ledger) -> Iterator[Point]:
    last: Point | None = None
    # A commit of the future is an error of somebody's clock; one of a far future is in no calendar.
    now = time.time()
    for commit in commits:
        ledger.apply(commit)
        day = time.strftime("%Y-%m-%d", time.gmtime(min(commit.time, now)))
        point = Point(commit.name, max(day, last.day if last else ""), commit.subject, +ledger.counts, ledger.unread)
        is_new = last is None or (point.counts, point.unread) != (last.counts, last.unread)
        if is_new or commit is commits[-1]:
            yield point
            last = point
