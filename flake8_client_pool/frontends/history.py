"""What `client-pool report --history` does, once its options are read."""

import os
import shutil
import sys
from typing import TYPE_CHECKING

from flake8_client_pool.output.history.formats import FORMATS, Look
from flake8_client_pool.output.progress import with_progress_bar, without_progress_bar
from flake8_client_pool.output.terminal import shows_colour
from flake8_client_pool.policy.errors import ClientPoolError
from flake8_client_pool.report.history import history
from flake8_client_pool.scan.blobs import Means

if TYPE_CHECKING:
    from flake8_client_pool.frontends.report import ReportRequest


def told(request: "ReportRequest") -> str:
    """Write the history that was asked for.

    Raises:
        ClientPoolError: git cannot tell it, or the request contradicts itself.
    """
    revisions = request.history or ""
    if request.update:
        raise ClientPoolError("--update writes figures that depend on the tree alone; leave --history out")
    if request.repos or request.dask:
        raise ClientPoolError("--history tells of one checkout, read on this machine; leave --repos and --dask out")
    if os.path.isdir(revisions):
        raise ClientPoolError(f"--history {revisions}: is a directory; name it before the options")
    watch = with_progress_bar if sys.stderr.isatty() else without_progress_bar
    found = history(request.directory, revisions, request.config, Means(request.jobs, watch))
    to_terminal = sys.stdout.isatty() and not request.output
    look = Look(
        every_commit=request.per == "commit",
        width=shutil.get_terminal_size().columns if to_terminal else None,
        colour=not request.output and shows_colour(sys.stdout),
    )
    return FORMATS[request.output_format](found, look)
