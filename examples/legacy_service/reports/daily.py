"""The report of the day, region by region."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from google.cloud import bigquery

from legacy_service.clients import Warehouse

REGIONS = ("europe", "america", "asia")


@dataclass
class DailyReport:
    client: bigquery.Client = field(default_factory=bigquery.Client)

    def turnover(self, region: str) -> float:
        query = "SELECT SUM(total) AS turnover FROM warehouse.orders WHERE region = @region"
        config = bigquery.QueryJobConfig(
            query_parameters=[bigquery.ScalarQueryParameter("region", "STRING", region)],
        )
        return next(iter(self.client.query_and_wait(query, job_config=config))).turnover


def turnovers() -> dict[str, float]:
    with ThreadPoolExecutor() as pool:
        found = pool.map(lambda region: DailyReport(Warehouse()).turnover(region), REGIONS)
        return dict(zip(REGIONS, found, strict=True))
