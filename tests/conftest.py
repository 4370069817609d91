"""What all tests share; of several conftest files, the controller of pytest-xdist reads this one only."""

import pytest
from hypothesis import settings

from tests.shared_clients.servers.report import Report

# A busy machine is no fault of the code: no example is timed.
settings.register_profile("untimed", settings.default, deadline=None)
settings.load_profile("untimed")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Report(), "test-servers")
