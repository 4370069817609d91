"""Says at the end of a run which servers stood in for Google's services, with pytest-xdist too."""

import pytest

from tests.shared_clients.servers.emulators import Emulator

USED = pytest.StashKey[dict[str, str]]()


def note(config: pytest.Config, service: str, emulator: Emulator) -> Emulator:
    config.stash.setdefault(USED, {})[f"{service}: {emulator.software}"] = emulator.address
    return emulator


class Report:
    """A pytest plugin; on a worker of pytest-xdist it hands its notes to the controller."""

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        output = getattr(session.config, "workeroutput", None)
        if output is not None:
            output["servers"] = session.config.stash.get(USED, {})

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: object) -> None:
        config: pytest.Config = getattr(node, "config")  # noqa: B009 xdist has no types
        config.stash.setdefault(USED, {}).update(getattr(node, "workeroutput", {}).get("servers", {}))

    def pytest_terminal_summary(
        self, terminalreporter: pytest.TerminalReporter, config: pytest.Config
    ) -> None:
        used: dict[str, str] = config.stash.get(USED, {})
        for line in sorted(used):
            terminalreporter.write_line(f"test server: {line}")
