"""What `client-pool report` does, once its options are read."""

import shutil
import sys
from dataclasses import dataclass

from flake8_client_pool.frontends.exit_codes import FOUND_NOTHING
from flake8_client_pool.frontends.writing import write_out
from flake8_client_pool.output.progress import with_progress_bar, without_progress_bar
from flake8_client_pool.output.report_formats import FORMATS
from flake8_client_pool.report.adoption import report


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRequest:
    """The options of `client-pool report`, as given."""

    directory: str
    output_format: str
    depth: int
    config: str
    jobs: int


def show(request: ReportRequest) -> int:
    """Report how far a directory has come, and return the exit code.

    Raises:
        ClientPoolError: the figures could not be had; nothing was written.
    """
    watch = with_progress_bar if sys.stderr.isatty() else without_progress_bar
    found = report(request.directory, request.config, request.jobs, request.depth, watch)
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    write_out(FORMATS[request.output_format](found, width))
    return FOUND_NOTHING
