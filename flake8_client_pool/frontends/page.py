"""What `client-pool report --format html` does, once its options are read."""

import sys
from typing import TYPE_CHECKING

from flake8_client_pool.output.progress import with_progress_bar, without_progress_bar
from flake8_client_pool.policy.errors import ClientPoolError
from flake8_client_pool.report.adoption import report
from flake8_client_pool.report.history import History, history
from flake8_client_pool.scan import blobs
from flake8_client_pool.scan.discovery import SUFFIX
from flake8_client_pool.scan.git_history import checkout_at
from flake8_client_pool.scan.run import Means

if TYPE_CHECKING:
    from flake8_client_pool.frontends.report import ReportRequest


def page(request: "ReportRequest") -> str:
    """Write the page: the report, its history where there is one, and what is left to do.

    Raises:
        ClientPoolError: the figures could not be had, or what draws the page is not installed.
    """
    from flake8_client_pool.output.page.page import require_libraries, to_html
    from flake8_client_pool.report.remaining import remaining

    if request.repos or request.dask:
        raise ClientPoolError("--format html shows one checkout, read on this machine; leave --repos and --dask out")
    if request.update:
        raise ClientPoolError("--update writes Markdown; write the page to a file of its own with --output")
    if sys.stdout.isatty() and not request.output:
        raise ClientPoolError("--format html is for a browser and not for a terminal; name a file with --output")
    require_libraries()
    watch = with_progress_bar if sys.stderr.isatty() else without_progress_bar
    found = report(request.directory, request.config, request.depth or 1, Means(jobs=request.jobs, watch=watch))
    past, checkout = _past(request), checkout_at(request.directory, SUFFIX)
    return to_html(found, past, checkout, remaining(found, request.config, request.jobs, watch))


def _past(request: "ReportRequest") -> History | str:
    """Read the history; where there is none and none was asked for, say why."""
    watch = with_progress_bar if sys.stderr.isatty() else without_progress_bar
    try:
        means = blobs.Means(request.jobs, watch)
        return history(request.directory, request.history or "", request.config, means)
    except ClientPoolError as error:
        if request.history is not None:
            raise
        return f"There is no history to show. {error}"
