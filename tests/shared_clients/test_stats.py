"""What the pools count, for a person and for OpenTelemetry."""

from typing import Any

import pytest
from google.auth.credentials import AnonymousCredentials
from opentelemetry import metrics
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader

from shared_clients import close_all_clients, configure, get_bigquery_client, pool_stats
from shared_clients.stats import PoolStats
from tests.shared_clients.helpers import at_once, output_of, run_python

CREDENTIALS = AnonymousCredentials()


def client(project: str = "p", **options: Any) -> Any:
    return get_bigquery_client(project, credentials=CREDENTIALS, **options)


def now() -> PoolStats:
    return pool_stats()["bigquery"]


@pytest.fixture(autouse=True)
def before() -> PoolStats:
    return now()


def test_every_pool_is_listed_used_or_not() -> None:
    program = """
    from shared_clients import pool_stats
    print(*pool_stats())
    """
    pools = "bigquery firestore firestore_async storage pubsub_publisher pubsub_subscriber http"
    assert output_of(program) == f"{pools}\n"


def test_hits_are_counted_in_every_form_of_a_call(before: PoolStats) -> None:
    for _ in range(10):
        client()
        client(location="EU")
        client(client_options={"api_endpoint": "https://example.com"})
    assert now().builds - before.builds == 3
    assert now().hits - before.hits == 27
    assert now().build_seconds > before.build_seconds
    assert now().clients == 3


def test_hits_outlive_the_clients_that_they_were_of(before: PoolStats) -> None:
    configure(max_clients=1)
    for project in "aabbcc":
        client(project)
    close_all_clients()
    client()
    assert now().hits - before.hits == 3
    assert now().evictions - before.evictions == 2
    assert now().clients == 1


def test_threads_lose_no_count(before: PoolStats) -> None:
    client()
    at_once(8, lambda _: [client() for _ in range(500)])
    assert now().hits - before.hits == 8 * 500


def test_failures_are_counted(before: PoolStats) -> None:
    for _ in range(2):
        with pytest.raises(ValueError, match="ClientOptions"):
            client(client_options={"colour": "red"})
    assert now().failures - before.failures == 2
    assert now().builds == before.builds


def test_failures_past_the_pool_are_counted(before: PoolStats) -> None:
    configure(pooling="off")
    with pytest.raises(ValueError, match="ClientOptions"):
        client(client_options={"colour": "red"})
    assert (now().failures - before.failures, now().unpooled - before.unpooled) == (1, 0)


def test_opentelemetry_reads_the_same_numbers() -> None:
    reader = InMemoryMetricReader()
    metrics.set_meter_provider(MeterProvider([reader]))
    client()
    client()
    data: Any = reader.get_metrics_data()
    found = {
        metric.name: point.value
        for resource in data.resource_metrics
        for scope in resource.scope_metrics
        for metric in scope.metrics
        for point in metric.data.data_points
        if point.attributes == {"pool": "bigquery"}
    }
    stats = now()
    assert found == {f"shared_clients.{name}": value for name, value in vars(stats).items()}


CREDENTIALS_IN_A_PROCESS = """
    from google.auth.credentials import AnonymousCredentials
    from opentelemetry import metrics
    from shared_clients import get_bigquery_client
    """


def test_opentelemetry_also_reads_what_is_built_past_the_pool() -> None:
    program = """
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.metrics.export import InMemoryMetricReader
    reader = InMemoryMetricReader()
    metrics.set_meter_provider(MeterProvider([reader]))
    get_bigquery_client("p", credentials=AnonymousCredentials())
    print("shared_clients.unpooled" in reader.get_metrics_data().to_json())
    """
    assert output_of(CREDENTIALS_IN_A_PROCESS + program, {"SHARED_CLIENTS_POOLING": "off"}) == "True\n"


def test_a_meter_provider_that_fails_is_logged_once_and_keeps_nobody_from_a_client() -> None:
    program = """
    def fail(name):
        raise RuntimeError("provider not ready")
    metrics.get_meter = fail
    import logging
    logging.basicConfig(format="%(message)s")
    for project in "pq":
        print(get_bigquery_client(project, credentials=AnonymousCredentials()).project)
    """
    finished = run_python(CREDENTIALS_IN_A_PROCESS + program)
    assert (finished.returncode, finished.stdout) == (0, "p\nq\n"), finished.stderr
    assert finished.stderr.count("are not offered as metrics") == 1


def test_without_opentelemetry_nothing_is_missing() -> None:
    program = """
    import sys
    sys.modules["opentelemetry"] = None
    from google.auth.credentials import AnonymousCredentials
    from unittest import mock
    from shared_clients import get_bigquery_client, pool_stats
    with mock.patch("google.cloud.bigquery.Client"):
        get_bigquery_client("p")
    print(pool_stats()["bigquery"].builds)
    """
    assert output_of(program) == "1\n"
