"""Failed BigQuery jobs are issued again, and only those for which it helps, against a server over HTTP."""

import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from google.api_core.exceptions import BadRequest, GoogleAPICallError, RetryError, TooManyRequests
from google.api_core.retry import Retry
from google.auth.credentials import AnonymousCredentials
from google.cloud import bigquery

from shared_clients._delays import DELAYS
from shared_clients.errors import MisplacedRetryError
from shared_clients.retry import QUOTA_RETRY, SERIALIZATION_RETRY, JobRetry, RetryWithoutNewJobWarning
from tests.shared_clients.servers.counting_http import Response
from tests.shared_clients.servers.jobs_server import (
    ABORTED,
    BACKEND,
    JOB_RATE,
    OUT_OF_MEMORY,
    QUOTA,
    RATE,
    SERIALIZATION,
    SYNTAX,
    TOO_MANY_DML,
    TOO_MANY_REQUESTS,
    UNAVAILABLE,
    Failure,
    JobsServer,
)

UPDATE = "UPDATE things.counts SET n = n + 1 WHERE TRUE"
ATTEMPTS = 6

Run = Callable[[bigquery.Client, JobRetry], object]


def as_job_retry(client: bigquery.Client, retry: JobRetry) -> object:
    return client.query(UPDATE, job_retry=retry).result().num_dml_affected_rows


def as_job_retry_of_result(client: bigquery.Client, retry: JobRetry) -> object:
    return client.query(UPDATE).result(job_retry=retry).num_dml_affected_rows


def as_job_retry_of_query_and_wait(client: bigquery.Client, retry: JobRetry) -> object:
    return client.query_and_wait(UPDATE, job_retry=retry).num_dml_affected_rows


def as_decorator(client: bigquery.Client, retry: JobRetry) -> object:
    @retry
    def count_up() -> object:
        return client.query(UPDATE).result().num_dml_affected_rows

    return count_up()


def as_decorator_of_query_and_wait(client: bigquery.Client, retry: JobRetry) -> object:
    return retry(client.query_and_wait)(UPDATE).num_dml_affected_rows


INSIDE_THE_CLIENT = (as_job_retry, as_job_retry_of_result, as_job_retry_of_query_and_wait)
DECORATORS = (as_decorator, as_decorator_of_query_and_wait)
every_use = pytest.mark.parametrize("run", INSIDE_THE_CLIENT + DECORATORS)
inside_the_client = pytest.mark.parametrize("run", INSIDE_THE_CLIENT)


@pytest.fixture
def client(jobs_server: JobsServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[bigquery.Client]:
    monkeypatch.setenv("BIGQUERY_EMULATOR_HOST", jobs_server.url)
    client = bigquery.Client(project="test-project", credentials=AnonymousCredentials())
    yield client
    client.close()


@pytest.fixture(autouse=True)
def no_delays() -> Iterator[None]:
    with DELAYS.skipped(ATTEMPTS):
        yield


@every_use
@pytest.mark.parametrize("failure", [SERIALIZATION, ABORTED, TOO_MANY_DML])
def test_a_job_that_met_a_conflict_is_issued_again(
    run: Run, failure: Failure, jobs_server: JobsServer, client: bigquery.Client
) -> None:
    jobs_server.fail_jobs(failure, failure, failure)
    assert run(client, SERIALIZATION_RETRY) == 1
    assert [job.failure for job in jobs_server.jobs.values()] == [failure, failure, failure, None]


@inside_the_client
def test_a_job_that_fails_while_it_is_awaited_is_issued_again(
    run: Run, jobs_server: JobsServer, client: bigquery.Client
) -> None:
    jobs_server.polls_before_done = 1
    jobs_server.fail_jobs(SERIALIZATION, SERIALIZATION)
    assert run(client, SERIALIZATION_RETRY) == 1
    assert len(jobs_server.jobs) == 3


@every_use
@pytest.mark.parametrize("failure", [SYNTAX, OUT_OF_MEMORY, QUOTA])
def test_a_job_that_failed_for_another_reason_is_not(
    run: Run, failure: Failure, jobs_server: JobsServer, client: bigquery.Client
) -> None:
    jobs_server.fail_jobs(failure)
    with pytest.raises(GoogleAPICallError, match=failure.message.split("[")[0]):
        run(client, SERIALIZATION_RETRY)
    assert len(jobs_server.jobs) == 1


@every_use
def test_quota_retry_issues_again_what_exceeded_a_quota(
    run: Run, jobs_server: JobsServer, client: bigquery.Client
) -> None:
    jobs_server.fail_jobs(QUOTA, SERIALIZATION, QUOTA)
    assert run(client, QUOTA_RETRY) == 1
    assert len(jobs_server.jobs) == 4


# query_and_wait sees a job's rateLimitExceeded as a failed request and repeats that, for 10 minutes.
@pytest.mark.parametrize(
    ("run", "failure"),
    [
        *((run, failure) for run in INSIDE_THE_CLIENT[:2] for failure in (RATE, JOB_RATE, BACKEND)),
        (as_job_retry_of_query_and_wait, JOB_RATE),
    ],
)
def test_as_job_retry_it_covers_what_the_default_covers(
    run: Run, failure: Failure, jobs_server: JobsServer, client: bigquery.Client
) -> None:
    jobs_server.fail_jobs(failure, SERIALIZATION)
    assert run(client, SERIALIZATION_RETRY) == 1
    assert len(jobs_server.jobs) == 3


def test_a_decorator_leaves_to_the_client_what_the_client_retries(
    jobs_server: JobsServer, client: bigquery.Client
) -> None:
    jobs_server.fail_jobs(*[RATE] * 9)

    @SERIALIZATION_RETRY
    def count_up() -> None:
        client.query(UPDATE, job_retry=None).result(job_retry=None)

    with pytest.raises(TooManyRequests, match="rate limits"):
        count_up()
    assert len(jobs_server.jobs) == 1


def test_retries_in_one_another_do_not_multiply(jobs_server: JobsServer, client: bigquery.Client) -> None:
    jobs_server.fail_jobs(*[SERIALIZATION] * 100)
    inner = SERIALIZATION_RETRY.with_timeout(0)

    @SERIALIZATION_RETRY
    def count_up() -> None:
        with DELAYS.skipped(1000):
            client.query(UPDATE, job_retry=inner).result()

    with pytest.raises(RetryError):
        count_up()
    assert len(jobs_server.jobs) == 1


@pytest.mark.parametrize(
    "answer", [TOO_MANY_REQUESTS.response(), UNAVAILABLE.response(), Response(drop=True)]
)
@pytest.mark.parametrize("run", [as_job_retry, as_job_retry_of_query_and_wait, as_decorator])
def test_a_statement_runs_once_when_its_request_fails(
    run: Run,
    answer: Response,
    jobs_server: JobsServer,
    client: bigquery.Client,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(random, "uniform", lambda *_: 0.0)
    jobs_server.script(answer)
    assert run(client, SERIALIZATION_RETRY) == 1
    assert len(jobs_server.jobs) == 1


@pytest.mark.parametrize(
    "wrap",
    [
        lambda job: job.result,
        lambda job: partial(job.result, timeout=1),
        lambda job: partial(partial(job.result), timeout=1),
        lambda job: job.exception,
        lambda job: type(job).result,
    ],
)
def test_a_retry_of_result_alone_is_refused(
    wrap: Callable[[bigquery.QueryJob], Callable[[], object]], client: bigquery.Client
) -> None:
    job = client.query(UPDATE)
    with pytest.raises(MisplacedRetryError, match="issue and await the query in one function"):
        SERIALIZATION_RETRY(wrap(job))


def test_a_retry_of_requests_is_refused(client: bigquery.Client) -> None:
    with pytest.raises(MisplacedRetryError, match="pass it as job_retry="):
        client.query(UPDATE, retry=SERIALIZATION_RETRY)


def test_a_coroutine_function_is_refused() -> None:
    async def count_up() -> None:
        """Would never be awaited."""

    with pytest.raises(MisplacedRetryError, match="count_up is a coroutine function"):
        SERIALIZATION_RETRY(count_up)


@pytest.mark.parametrize("timeout", [None, 60])
def test_a_function_that_awaits_a_failed_job_again_stops_with_a_warning(
    timeout: int | None, jobs_server: JobsServer, client: bigquery.Client
) -> None:
    jobs_server.fail_jobs(SERIALIZATION)
    job = client.query(UPDATE)
    awaited = 0

    @SERIALIZATION_RETRY.with_timeout(timeout)
    def await_alone() -> None:
        nonlocal awaited
        awaited += 1
        job.result()

    with (
        pytest.warns(RetryWithoutNewJobWarning, match="await_alone awaited the same failed job"),
        pytest.raises(BadRequest, match="Could not serialize"),
    ):
        await_alone()
    assert awaited == 2
    assert len(jobs_server.jobs) == 1


def test_attempts_end_at_the_timeout(jobs_server: JobsServer, client: bigquery.Client) -> None:
    jobs_server.fail_jobs(*[SERIALIZATION] * 1000)
    with DELAYS.skipped(1000), pytest.raises(RetryError) as caught:
        as_decorator(client, SERIALIZATION_RETRY.with_timeout(0.2))
    assert isinstance(caught.value.cause, BadRequest)
    assert len(jobs_server.jobs) > 1


def test_without_delays_attempts_are_bounded(jobs_server: JobsServer, client: bigquery.Client) -> None:
    jobs_server.fail_jobs(*[SERIALIZATION] * 1000)
    with pytest.raises(BadRequest, match="Could not serialize"):
        as_decorator(client, SERIALIZATION_RETRY)
    assert len(jobs_server.jobs) == ATTEMPTS


def test_delays_have_full_jitter(monkeypatch: pytest.MonkeyPatch) -> None:
    bounds: list[tuple[float, float]] = []

    def record(low: float, high: float) -> float:
        bounds.append((low, high))
        return 0.0

    monkeypatch.setattr(random, "uniform", record)
    monkeypatch.setattr(DELAYS, "attempts", None)
    failures = iter([BadRequest("", errors=[SERIALIZATION.result()]) for _ in range(7)])

    @SERIALIZATION_RETRY
    def count_up() -> str:
        for failure in failures:
            raise failure
        return "done"

    assert count_up() == "done"
    assert bounds == [(0.0, high) for high in (1, 2, 4, 8, 16, 32, 32)]


def test_copies_keep_what_they_cover(jobs_server: JobsServer, client: bigquery.Client) -> None:
    changed = SERIALIZATION_RETRY.with_timeout(30).with_delay(initial=0.1)
    assert isinstance(changed, JobRetry)
    assert isinstance(changed, Retry)
    assert changed.timeout == 30
    jobs_server.fail_jobs(SERIALIZATION)
    assert as_decorator(client, changed) == 1


def test_a_decorated_function_keeps_its_name_arguments_and_result() -> None:
    @SERIALIZATION_RETRY
    def add(left: int, right: int = 2) -> int:
        """Add."""
        return left + right

    assert (add.__name__, add.__doc__, add(1), add(1, right=3)) == ("add", "Add.", 3, 4)


def test_without_the_library_the_error_names_the_extra() -> None:
    code = "import sys; sys.modules['google.cloud.bigquery'] = None; import shared_clients.retry"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "MissingLibraryError" in run.stderr
    assert "install flake8-client-pool[bigquery]" in run.stderr
