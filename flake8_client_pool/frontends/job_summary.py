"""The summary that GitHub Actions shows of a job."""

import os

from flake8_client_pool.frontends.writing import write_problem
from flake8_client_pool.output.github import to_job_summary
from flake8_client_pool.output.published import Report

_FILE_VARIABLE = "GITHUB_STEP_SUMMARY"


def add_to_job_summary(report: Report) -> None:
    """Append all findings to the file that the runner names; one that cannot be written fails nothing."""
    file = os.environ.get(_FILE_VARIABLE)
    if not file:
        return
    try:
        with open(file, "a", encoding="utf-8", errors="replace") as stream:
            stream.write(to_job_summary(report, os.fstat(stream.fileno()).st_size))
    except OSError as error:
        write_problem(f"{file}: the job summary cannot be written: {(error.strerror or str(error)).lower()}")
