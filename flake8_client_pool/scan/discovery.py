"""From the paths that a user names to the files to check."""

import errno
import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from flake8_client_pool.policy.configuration import Configurations
from flake8_client_pool.policy.patterns import PathPatterns
from flake8_client_pool.policy.settings import Settings
from flake8_client_pool.scan.git import listed_by_git
from flake8_client_pool.scan.walking import Walk

SUFFIX = ".py"

# What a link says that leads nowhere: nothing is behind it that could hold a finding.
_LEADS_NOWHERE = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ELOOP})


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to check: `path` as the user gave it, with `/`; `location` absolute; `size` in bytes."""

    path: str
    location: str
    size: int
    settings: Settings


@dataclass(frozen=True, slots=True)
class Problem:
    """A file that could not be checked; `fatal` when it may hold findings that nobody has seen."""

    path: str
    reason: str
    fatal: bool = True

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Discovery:
    """The files to check, in the order of their paths, and what was named but cannot be checked."""

    files: tuple[SourceFile, ...]
    problems: tuple[Problem, ...]


def discover(paths: Iterable[str], configurations: Configurations, exclude: Iterable[str] = ()) -> Discovery:
    """List the files that `paths` name, each once: files as they are, of directories all Python files.

    In a git work tree a directory's files are those that git tracks or would offer to add, and those of the
    repositories and checked out submodules in it. The patterns of `exclude` are relative to the working directory
    and count beside those of the configurations.

    Raises:
        ConfigurationError: a configuration on the way cannot be followed.
    """
    collection = _Collection(configurations, exclude)
    for given in paths:
        path = os.path.normpath(given).replace(os.sep, "/")
        location = os.path.abspath(given).replace(os.sep, "/")
        if os.path.isdir(location):
            collection.add_directory(path, location)
        else:
            collection.add_file(path, location, named=True)
    files = sorted(collection.files.values(), key=lambda file: file.path)
    problems = sorted(collection.problems, key=lambda problem: problem.path)
    return Discovery(tuple(files), tuple(problems))


class Exclusion:
    """Answers which files are not checked, by their own configuration and by the command line."""

    def __init__(self, exclude: Iterable[str]) -> None:
        """Prepare the patterns of the command line, which are relative to the working directory."""
        self._given = PathPatterns(exclude, os.getcwd().replace(os.sep, "/"))
        self._configured: dict[tuple[str, tuple[str, ...]], PathPatterns] = {}

    def covers(self, location: str, settings: Settings) -> bool:
        """Tell whether the file at an absolute path is left out."""
        key = (settings.root, settings.exclude)
        if key not in self._configured:
            self._configured[key] = PathPatterns(settings.exclude, settings.root)
        return self._given.fit(location) or self._configured[key].fit(location)


class _Collection:
    def __init__(self, configurations: Configurations, exclude: Iterable[str]) -> None:
        self.files: dict[str, SourceFile] = {}
        self.problems: list[Problem] = []
        self._configurations = configurations
        self._exclusion = Exclusion(exclude)

    def add_directory(self, path: str, location: str) -> None:
        prefix = "" if path == "." else path.rstrip("/") + "/"
        for below in self._listed(location):
            self.add_file(f"{prefix}{below}", f"{location.rstrip('/')}/{below}")

    def _listed(self, location: str) -> Iterator[str]:
        listed = listed_by_git(location, SUFFIX)
        for path in Walk(location, SUFFIX, self._note_directory).files() if listed is None else listed:
            if path.endswith("/"):
                yield from (f"{path}{below}" for below in self._listed(f"{location.rstrip('/')}/{path[:-1]}"))
            else:
                yield path

    def _note_directory(self, error: OSError) -> None:
        self.problems.append(Problem(str(error.filename).rstrip("/"), explained(error)))

    def add_file(self, path: str, location: str, *, named: bool = False) -> None:
        settings = self._configurations.at(os.path.dirname(location))
        if location in self.files or self._exclusion.covers(location, settings):
            return
        try:
            status = os.stat(location)
        except OSError as error:
            leads_nowhere = error.errno in _LEADS_NOWHERE
            if named or os.path.islink(location) or not leads_nowhere:
                self.problems.append(Problem(path, explained(error), fatal=named or not leads_nowhere))
            return
        if stat.S_ISREG(status.st_mode):
            self.files[location] = SourceFile(path, location, status.st_size, settings)
        elif named:
            self.problems.append(Problem(path, "cannot be read: it is neither a file nor a directory"))


def explained(error: OSError) -> str:
    """Say in a few words why a file cannot be read."""
    if isinstance(error, FileNotFoundError):
        return "cannot be read: there is no such file"
    return f"cannot be read: {(error.strerror or str(error)).lower()}"
