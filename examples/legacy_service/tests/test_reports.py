"""What a mock of a client is, is no client."""

from unittest.mock import Mock, patch

from google.cloud import bigquery

from legacy_service.reports.daily import DailyReport


def test_turnover_is_read_from_the_first_row() -> None:
    client = Mock(spec=bigquery.Client)
    client.query_and_wait.return_value = [Mock(turnover=12.5)]
    assert DailyReport(client).turnover("europe") == 12.5


@patch("legacy_service.reports.daily.bigquery.Client")
def test_report_builds_its_own_client(client_class: Mock) -> None:
    assert isinstance(DailyReport().client, Mock)
    assert client_class is bigquery.Client
