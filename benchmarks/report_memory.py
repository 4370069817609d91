"""Tell how much memory `client-pool report` takes for many files: `python -m benchmarks.report_memory`.

The files are written for it into a temporary folder: in each of some folders every file has a class that takes its
client from the one before, or builds one, so that names are followed across files. What is printed is the largest sum,
over the processes of the report, of the memory that each has to itself and its share of what they have in common
(Pss in /proc/PID/smaps_rollup, see proc(5)), so it runs on Linux alone. Nothing here passes or fails.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

_FILES_IN_A_FOLDER = 100
_SECONDS_BETWEEN_LOOKS = 0.2
_BASE = """\
from google.cloud import bigquery
from shared_clients import get_storage_client


class Job0:
    def __init__(self):
        self.bucket = get_storage_client()
        self.client = bigquery.Client()
"""
_DERIVED = """\
from google.cloud import bigquery

from folder_{folder}.job_{before} import Job{before}


class Job{number}(Job{before}):
    def run(self):
        rows = bigquery.Client().query("SELECT {number}")
        return rows, self.bucket
"""


def write_files(top: Path, number: int) -> None:
    for each in range(number):
        folder, place = divmod(each, _FILES_IN_A_FOLDER)
        file = top / f"folder_{folder}" / f"job_{place}.py"
        file.parent.mkdir(exist_ok=True)
        file.write_text(_DERIVED.format(folder=folder, before=place - 1, number=place) if place else _BASE)


def members(process: int) -> list[int]:
    """List a process and all that it began."""
    try:
        began = [
            int(child)
            for thread in Path(f"/proc/{process}/task").iterdir()
            for child in (thread / "children").read_text().split()
        ]
    except OSError:
        return []
    return [process, *(member for child in began for member in members(child))]


def memory(process: int) -> int:
    """Give the proportional set size of a process in KiB; 0 for one that is gone."""
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=20_000)
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        write_files(Path(folder), options.files)
        command = [sys.executable, "-m", "flake8_client_pool", "report", ".", f"--jobs={options.jobs}", "--format=json"]
        most = 0
        with subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL) as process:
            while process.poll() is None:
                most = max(most, sum(map(memory, members(process.pid))))
                time.sleep(_SECONDS_BETWEEN_LOOKS)
    print(
        f"{options.files:,} files, {options.jobs} jobs: {most / 1024:,.0f} MiB at most; exit code {process.returncode}"
    )


if __name__ == "__main__":
    main()
