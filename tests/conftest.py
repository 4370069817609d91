"""What all tests share."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

HERE = Path(__file__).parent
SLOW = (
    "flake8_client_pool/fixes/test_emptying.py",
    "flake8_client_pool/fixes/test_import_style.py",
    "flake8_client_pool/fixes/test_shortcuts.py",
    "flake8_client_pool/frontends/test_agreement.py",
    "flake8_client_pool/frontends/lsp/test_agreement.py",
    "flake8_client_pool/frontends/lsp/test_changes_beside.py",
    "flake8_client_pool/frontends/lsp/test_neovim.py",
    "flake8_client_pool/frontends/lsp/test_python_lsp_server.py",
    "flake8_client_pool/frontends/lsp/test_server.py",
    "flake8_client_pool/frontends/test_bad_input.py",
    "flake8_client_pool/frontends/test_fix_and_gate.py",
    "flake8_client_pool/frontends/test_fix_as_patch.py",
    "flake8_client_pool/frontends/test_fix_at_large.py",
    "flake8_client_pool/frontends/test_flake8_plugin.py",
    "flake8_client_pool/frontends/test_init.py",
    "flake8_client_pool/frontends/test_moves.py",
    "flake8_client_pool/frontends/test_phases_and_baseline.py",
    "flake8_client_pool/frontends/test_process.py",
    "flake8_client_pool/frontends/test_surroundings.py",
    "flake8_client_pool/frontends/test_terminal.py",
    "flake8_client_pool/output/test_github.py",
    "flake8_client_pool/output/test_page.py",
    "flake8_client_pool/output/test_page_content.py",
    "flake8_client_pool/report/test_change.py",
    "flake8_client_pool/report/test_history.py",
    "flake8_client_pool/report/test_report.py",
    "flake8_client_pool/report/test_repositories.py",
    "flake8_client_pool/scan/test_cache.py",
    "flake8_client_pool/scan/test_dask_cluster.py",
    "flake8_client_pool/scan/test_desk.py",
    "flake8_client_pool/scan/test_since.py",
    "packaging/",
    "shared_clients/test_exit.py",
    "shared_clients/test_fork.py",
    "shared_clients/test_fork_connections.py",
    "shared_clients/test_servers.py",
    "shared_clients/test_testing.py",
    "shared_clients/test_workers.py",
)

# The linter is stricter in CI; whether a run is one is for each test to say, wherever the tests run.
os.environ.pop("CI", None)

# A busy machine is no fault of the code: no example is timed.
settings.register_profile("untimed", settings.default, deadline=None)
settings.load_profile("untimed")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.relative_to(HERE).as_posix().startswith(SLOW):
            item.add_marker(pytest.mark.slow)
