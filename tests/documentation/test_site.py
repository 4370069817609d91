"""The documentation's site: where it is said to be, and what stands on it."""

from configparser import ConfigParser
from pathlib import Path

from flake8_client_pool.rules.pages import SITE, rule_page

PROJECT = Path(__file__).parents[2]


def test_the_metadata_name_the_site_that_rules_link_to() -> None:
    metadata = ConfigParser()
    metadata.read(PROJECT / "setup.cfg", encoding="utf-8")
    assert metadata["metadata"]["project_urls"].strip() == f"Documentation = {SITE}"
    assert rule_page("CPL101") == f"{SITE}rules/CPL101/"
