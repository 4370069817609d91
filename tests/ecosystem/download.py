"""Source distributions from the package index, as files: nothing in them is run."""

import hashlib
import io
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

# `pip download` builds the metadata of a source distribution, which runs its code. So this asks the parts of
# pip below that command, which honour its configuration (index, proxy, certificates) as well.
from pip._internal.commands import create_command
from pip._internal.index.package_finder import PackageFinder
from pip._internal.network.session import PipSession
from pip._vendor.packaging.specifiers import SpecifierSet


class DownloadError(Exception):
    """A pinned source distribution could not be had as it was pinned."""


@dataclass(frozen=True)
class Package:
    """One pinned source distribution; `digest` is the SHA-256 of its archive in hexadecimal."""

    name: str
    version: str
    digest: str


def read_packages(path: Path) -> list[Package]:
    """Read lines of the form `name==version --hash=sha256:digest`."""
    packages = []
    for line in path.read_text().splitlines():
        requirement, _, digest = line.partition(" --hash=sha256:")
        name, _, version = requirement.partition("==")
        packages.append(Package(name, version, digest))
    return packages


class SourceDistributions:
    """The package index that pip is set up for, asked for source distributions alone."""

    def __init__(self, session: PipSession, finder: PackageFinder) -> None:
        self._session = session
        self._finder = finder

    @classmethod
    @contextmanager
    def of_pip(cls) -> Iterator["SourceDistributions"]:
        """Ask where `pip download --no-binary :all:` would ask."""
        command = create_command("download")
        options, _ = command.parse_args(["--no-deps", "--no-binary", ":all:"])
        with command.main_context():
            session = command.get_default_session(options)
            yield cls(session, command._build_package_finder(options, session))

    def archive(self, package: Package) -> bytes:
        """Download one archive and compare its digest with the pinned one."""
        specifier = SpecifierSet(f"=={package.version}")
        best = self._finder.find_best_candidate(package.name, specifier).best_candidate
        if best is None:
            raise DownloadError(f"no source distribution of {package.name} {package.version} can be found")
        response = self._session.get(best.link.url_without_fragment, timeout=60)
        response.raise_for_status()
        digest = hashlib.sha256(response.content).hexdigest()
        if digest != package.digest:
            raise DownloadError(f"{best.link.filename} has the SHA-256 {digest}, pinned is {package.digest}")
        return response.content


def unpack_python(archive: bytes, folder: Path) -> None:
    """Write the Python files of an archive, without its outermost folder."""
    with tarfile.open(fileobj=io.BytesIO(archive)) as members:
        for member in members:
            inner = PurePosixPath(*PurePosixPath(member.name).parts[1:])
            if member.isfile() and inner.suffix == ".py":
                members.extract(member.replace(name=str(inner), deep=False), folder, filter="data")
