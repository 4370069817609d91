"""Retries for BigQuery jobs that fail because others work on the same table.

BigQuery's client issues a failed job again on its own when the failure is a rate limit or a back-end error
(its `DEFAULT_JOB_RETRY`). It gives up at once on two failures that pass when the statement is issued again:
400 `invalidQuery` with a message that access could not be serialized, and 400 `resourcesExceeded` with a
message that too many DML statements wait for the table. `SERIALIZATION_RETRY` is for these:

    client.query(sql, job_retry=SERIALIZATION_RETRY).result()

    @SERIALIZATION_RETRY
    def count_up() -> None:
        client.query(sql).result()

As `job_retry` it stands in for the client's default and therefore covers what that covers. As a decorator it
leaves to the client what the client has already retried, so that attempts do not multiply.

`QUOTA_RETRY` also issues again what failed for `quotaExceeded`. Such a quota takes 10 minutes or longer to
recover (https://cloud.google.com/bigquery/docs/troubleshoot-quotas), so this one waits long.

A failed job stays failed, hence a retry of `job.result` alone could only fail again. It is refused, and a
decorated function that awaits the same failed job twice stops with a warning.

Statements that are not idempotent, such as an INSERT without a key: the failures above mean that BigQuery
changed nothing, so it is safe to issue them again. A lost response is the client's affair: it sends the same
job or request id again, and BigQuery answers for the first. Only when responses stay lost for the client's
whole `DEFAULT_RETRY` (10 minutes) does it try a new id, and then a statement can run twice. Where that
matters, write a MERGE, or pass a `job_id`, which rules out `job_retry`.
"""

import functools
import inspect
import itertools
import re
import warnings
from collections.abc import Callable, Iterator
from typing import Any, ParamSpec, TypeVar

from shared_clients._delays import DELAYS
from shared_clients.errors import MisplacedRetryError, MissingLibraryError

try:
    from google.api_core.exceptions import GoogleAPICallError
    from google.api_core.future.polling import PollingFuture
    from google.api_core.retry import Retry, exponential_sleep_generator, retry_target
    from google.cloud.bigquery.retry import DEFAULT_JOB_RETRY
except ImportError as error:
    raise MissingLibraryError(
        "google.cloud.bigquery is not installed; install flake8-client-pool[bigquery]", name=error.name
    ) from error

__all__ = ["QUOTA_RETRY", "SERIALIZATION_RETRY", "JobRetry", "RetryWithoutNewJobWarning"]

P = ParamSpec("P")
R = TypeVar("R")
Reasons = dict[str, re.Pattern[str]]

# Reason and message of the failures that no other statement caused any change by.
# https://cloud.google.com/bigquery/docs/data-manipulation-language#dml_statement_conflicts
CONFLICTS: Reasons = {
    "invalidQuery": re.compile("could not serialize access|aborted due to concurrent update", re.IGNORECASE),
    "resourcesExceeded": re.compile("too many DML statements outstanding", re.IGNORECASE),
}
QUOTA: Reasons = {"quotaExceeded": re.compile("")}

CLIENT = "google.cloud.bigquery."
JOIN = "issue and await the query in one function and decorate that, or pass client.query(..., job_retry=...)"


class RetryWithoutNewJobWarning(UserWarning):
    """A retried function awaited a job that had failed already instead of issuing it again."""


class JobRetry(Retry):
    """A `google.api_core.retry.Retry`, with its full jitter, that issues failed BigQuery jobs again.

    Give it to BigQuery's client as `job_retry`, or decorate a function that issues a query and awaits it.
    `with_timeout`, `with_delay` and `with_predicate` return a changed copy, as of every `Retry`.
    """

    def __call__(
        self, func: Callable[P, R], on_error: Callable[[Exception], Any] | None = None
    ) -> Callable[P, R]:
        """Wrap a function so that it is called again after the failures that this retry is for.

        Raises:
            MisplacedRetryError: The function cannot issue a job again: `job.result`, a request of the client
                (`retry=` in place of `job_retry=`), or a coroutine function.

        """
        _refuse_misplaced(func)
        should_retry = self._predicate if _is_of_the_client(func) else self._left_by_the_client

        @functools.wraps(func)
        def issue_again(*args: P.args, **kwargs: P.kwargs) -> R:
            attempts = _Attempts(should_retry)
            try:
                result: R = retry_target(
                    functools.partial(func, *args, **kwargs),
                    attempts.go_on,
                    self._delays(),
                    self._timeout,
                    self._on_error or on_error,
                )
                return result
            finally:
                if attempts.same_job:
                    name = getattr(func, "__qualname__", repr(func))
                    text = f"{name} awaited the same failed job again, which cannot succeed; {JOIN}"
                    warnings.warn(RetryWithoutNewJobWarning(text), stacklevel=2)

        return issue_again

    def _left_by_the_client(self, error: Exception) -> bool:
        return self._predicate(error) and not _client_retries(error)

    def _delays(self) -> Iterator[float]:
        if DELAYS.attempts is not None:
            return itertools.repeat(0.0)
        delays: Iterator[float] = exponential_sleep_generator(self._initial, self._maximum, self._multiplier)
        return delays


class _Attempts:
    """The failures of one call, and whether they were of one job."""

    def __init__(self, should_retry: Callable[[Exception], bool]) -> None:
        self._should_retry = should_retry
        self._failures = 0
        self._last: tuple[object, object] = (None, None)
        self.same_job = False

    def go_on(self, error: Exception) -> bool:
        if not self._should_retry(error):
            return False
        self._failures += 1
        job = getattr(error, "query_job", None)
        failed = (error, getattr(job, "job_id", None))
        self.same_job = error is self._last[0] or (failed[1] is not None and failed[1] == self._last[1])
        self._last = failed
        return not self.same_job and (DELAYS.attempts is None or self._failures < DELAYS.attempts)


def _is_of_the_client(func: Callable[..., object]) -> bool:
    """Tell whether the client wraps a step of its own, as it does with a `job_retry`."""
    return str(getattr(func, "__module__", "")).startswith(CLIENT)


def _refuse_misplaced(func: Callable[..., object]) -> None:
    while isinstance(func, functools.partial):
        func = func.func
    owner = getattr(func, "__self__", None)
    name = getattr(func, "__qualname__", repr(func))
    if isinstance(owner, PollingFuture) or (_is_of_the_client(func) and name.endswith("Job.result")):
        raise MisplacedRetryError(f"A retry of {name} awaits the failed job again and fails again; {JOIN}.")
    if getattr(func, "__name__", "") == "api_request":
        raise MisplacedRetryError(
            "This retry was passed as retry=, which repeats single requests and never a failed job; "
            "pass it as job_retry=."
        )
    if inspect.iscoroutinefunction(func):
        raise MisplacedRetryError(
            f"{name} is a coroutine function; BigQuery's client has no coroutines to retry."
        )


def _client_retries(error: Exception) -> bool:
    # There is no public way to ask a Retry: https://github.com/googleapis/python-api-core/issues/796
    return DEFAULT_JOB_RETRY._predicate(error)  # noqa: SLF001


def _retries(*covered: Reasons) -> Callable[[Exception], bool]:
    """Return a predicate for these failures and for those that the client's own job retry covers."""

    def should_retry(error: Exception) -> bool:
        return any(_fails_for(reasons, error) for reasons in covered) or _client_retries(error)

    return should_retry


def _fails_for(reasons: Reasons, error: Exception) -> bool:
    if not isinstance(error, GoogleAPICallError):
        return False
    details = [detail for detail in error.errors if isinstance(detail, dict)]
    found = ((reasons.get(detail.get("reason", "")), detail.get("message", "")) for detail in details)
    return any(pattern is not None and pattern.search(message) for pattern, message in found)


SERIALIZATION_RETRY = JobRetry(
    _retries(CONFLICTS), initial=1.0, maximum=32.0, multiplier=2.0, timeout=DEFAULT_JOB_RETRY.timeout
)
"""Issues a job again after a serialization conflict or too many waiting DML statements.

Waits up to 1 second, then up to twice as long each time, at most 32; gives up after as many seconds as the
client's `DEFAULT_JOB_RETRY` and raises `google.api_core.exceptions.RetryError`.
"""

QUOTA_RETRY = JobRetry(
    _retries(CONFLICTS, QUOTA), initial=30.0, maximum=600.0, multiplier=2.0, timeout=2 * 60 * 60
)
"""Issues a job again after what `SERIALIZATION_RETRY` covers and after `quotaExceeded`.

Waits up to 30 seconds, then up to twice as long each time, at most 10 minutes; gives up after 2 hours.
"""
