"""What phases and a baseline cost on a repository, and what they would have done in its history.

    python benchmarks/ratchet.py REPOSITORY REVISION CONFIGURATION

Takes the Python files at REVISION, puts CONFIGURATION (a pyproject.toml with phases) beside them, and prints the table
of the phases, the size of the baseline, and the processor time of `client-pool check` with all of it against without.
Then it walks ten commits between REVISION and HEAD, evenly spaced: at each, what is new would have been refused, and
what is gone would have been locked in. REPOSITORY is only read.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

BASELINE = ".client-pool-baseline.json"
STEPS = 10
ROUNDS = 7
SOMEBODY = {
    f"GIT_{role}_{what}": "somebody@example.com" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
}


class Replay:
    """A repository that borrows the contents of another, and shows its commits one after the other."""

    def __init__(self, folder: Path, original: str, configuration: Path) -> None:
        self.folder = folder
        folder.mkdir()
        self._original = original
        self._configuration = configuration
        self.git("init", "--quiet")
        objects = git(original, "rev-parse", "--path-format=absolute", "--git-path", "objects").strip()
        (folder / ".git/objects/info/alternates").write_text(f"{objects}\n")

    def git(self, *arguments: str, given: str = "") -> str:
        """Run git here."""
        return git(str(self.folder), *arguments, given=given)

    def show(self, commit: str) -> None:
        """Replace all Python files by those of a commit, as one step of this history; the baseline stays."""
        listed = git(self._original, "ls-tree", "-r", "-z", commit).split("\0")
        kept = [line for line in listed if line.endswith((".py", ".gitignore")) and line.startswith("100")]
        self.git("rm", "-r", "--quiet", "--cached", "--ignore-unmatch", "--", ".")
        self.git("update-index", "-z", "--index-info", given="".join(f"{line}\0" for line in kept))
        self.git("clean", "--quiet", "-fdx", "--exclude", BASELINE, "--exclude", ".client-pool-cache")
        self.git("checkout-index", "--all", "--force", "--quiet")
        shutil.copy(self._configuration, self.folder / "pyproject.toml")
        self.commit(commit)

    def commit(self, message: str) -> None:
        """Commit what is in the index, the configuration and the baseline."""
        names = [name for name in ("pyproject.toml", BASELINE) if (self.folder / name).exists()]
        self.git("add", "--force", "--", *names)
        self.git("commit", "--quiet", "--allow-empty", f"--message={message}")

    def client_pool(self, *arguments: str) -> str:
        """Run the command line here and return what it prints."""
        return run([sys.executable, "-m", "flake8_client_pool", *arguments], self.folder)

    def step(self, commit: str) -> tuple[int, int]:
        """Show a commit; return how many findings are refused there and how many are locked in, and take both over."""
        self.show(commit)
        document = json.loads(self.client_pool("check", "--ci", "--format", "json"))
        refused = sum(finding["code"] != "CPL904" for finding in document["findings"])
        locked_in = sum(len(each["fixed"]) for each in document["summary"]["outdated"])
        self.client_pool("baseline", "--update", "--allow-growth", "history")
        self.commit(f"baseline after {commit}")
        return refused, locked_in


def git(folder: str, *arguments: str, given: str = "") -> str:
    return run(["git", "-C", folder, *arguments], Path(folder), given, check=True)


def run(command: list[str], folder: Path, given: str = "", *, check: bool = False) -> str:
    environment = {**os.environ, **SOMEBODY}
    done = subprocess.run(
        command, cwd=folder, env=environment, input=given, capture_output=True, text=True, check=check
    )
    return done.stdout


def cost(replay: Replay, folder: Path) -> None:
    """Print the ratios of the medians; without means the same files with neither phases nor baseline."""
    shutil.copytree(replay.folder, folder)
    (folder / BASELINE).unlink()
    (folder / "pyproject.toml").write_text('[tool.client-pool]\npool-module = "shared.clients"\n')
    for name, options in (("cold", ("--no-cache",)), ("warm", ())):
        rounds = [[seconds(each, *options) for each in (replay.folder, folder)] for _ in range(ROUNDS)]
        having, lacking = (statistics.median(each[side] for each in rounds) for side in (0, 1))
        print(f"{name}: {having:.2f} s with, {lacking:.2f} s without, {having / lacking - 1:+.1%}", flush=True)


def seconds(folder: Path, *options: str) -> float:
    """Return the processor time of one check, without that of the system."""
    before = os.times().children_user
    run([sys.executable, "-m", "flake8_client_pool", "check", "--quiet", "--jobs", "1", *options], folder)
    return os.times().children_user - before


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("repository", "revision", "configuration"):
        parser.add_argument(name)
    given = parser.parse_args()
    later = git(given.repository, "rev-list", "--first-parent", "--reverse", f"{given.revision}..HEAD").split()
    with TemporaryDirectory() as folder:
        replay = Replay(Path(folder, "with"), given.repository, Path(given.configuration).resolve())
        replay.show(given.revision)
        print(replay.client_pool("phases"), replay.client_pool("baseline"))
        cost(replay, Path(folder, "without"))
        for commit in dict.fromkeys(later[len(later) * (step + 1) // STEPS - 1] for step in range(STEPS)):
            refused, locked_in = replay.step(commit)
            print(f"{commit[:10]}: {refused:,} refused, {locked_in:,} locked in")


if __name__ == "__main__":
    main()
