"""The controller of pytest-xdist reads this file only, so what reports at the end hangs here."""

import pytest

from tests.shared_clients.servers.report import Report


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Report(), "test-servers")
