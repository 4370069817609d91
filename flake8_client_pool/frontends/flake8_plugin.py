"""The plugin for flake8, which finds it by the entry point `CPL`."""

import ast
import os
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

from flake8.exceptions import ExecutionError
from flake8.options.manager import OptionManager

from flake8_client_pool import __version__
from flake8_client_pool.model import Finding
from flake8_client_pool.policy.ci import runs_in_ci
from flake8_client_pool.policy.configuration import Configurations
from flake8_client_pool.policy.errors import ClientPoolError, ConfigurationError
from flake8_client_pool.policy.selection import (
    BARE_PREFIX,
    OFF_UNLESS_SELECTED,
    UNSUPPRESSIBLE_CODES,
    Selection,
)
from flake8_client_pool.policy.settings import Settings
from flake8_client_pool.policy.suppressions import Suppressions
from flake8_client_pool.scan.bench import Benches, Terms
from flake8_client_pool.scan.discovery import Exclusion

Report = tuple[int, int, str, type["ClientPoolPlugin"]]


class Session:
    """What all files of one flake8 process share: configurations, engines and judges."""

    def __init__(self, config: str, *, honour_noqa: bool, also_selected: tuple[str, ...]) -> None:
        """Prepare to check by the nearest configuration of each file, or by the file `config` if it is named.

        `also_selected` are prefixes that turn on codes which no configuration may have selected.

        Raises:
            ConfigurationError: `config` cannot be followed.
        """
        self._also_selected = also_selected
        self._configurations = Configurations(config, adjust=self._adjusted)
        self._exclusion = Exclusion(())
        self._benches = Benches(Terms(honour_noqa=honour_noqa, in_ci=runs_in_ci()))

    def check(self, filename: str, text: str) -> tuple[Finding, ...]:
        """Find what counts in a file.

        Raises:
            ClientPoolError: the file's configuration or baseline cannot be followed.
        """
        location = os.path.abspath(filename).replace(os.sep, "/")
        settings = self._configurations.at(os.path.dirname(location))
        if self._exclusion.covers(location, settings):
            return ()
        return self._benches.under(settings).verdict(location, text.encode(errors="replace"), text).findings

    def _adjusted(self, settings: Settings) -> Settings:
        select = settings.selection.select or (BARE_PREFIX,)
        selection = Selection((*select, *self._also_selected), settings.selection.ignore)
        return replace(settings, selection=selection) if self._also_selected else settings


class ClientPoolPlugin:
    """Reports the findings of one file to flake8, which selects and suppresses as it does for all plugins."""

    name = "flake8-client-pool"
    version = __version__

    _session: ClassVar[Session]

    def __init__(self, tree: ast.AST, filename: str, lines: list[str]) -> None:  # noqa: ARG002 - see below
        """Take what flake8 has of a file; asking for the tree makes it call once a file."""
        self._filename = filename
        self._lines = lines

    @staticmethod
    def add_options(manager: OptionManager) -> None:
        """Declare the plugin's options."""
        manager.add_option(
            "--client-pool-config",
            metavar="FILE",
            default="",
            parse_from_config=True,
            normalize_paths=True,
            help="Read the client-pool configuration from FILE instead of the nearest one upward.",
        )

    @classmethod
    def parse_options(cls, options: Namespace) -> None:
        """Take up the options for all files of this process."""
        asked = (*(options.select or ()), *(options.extend_select or ()))
        off = tuple(prefix for prefix in asked if any(code.startswith(prefix) for code in OFF_UNLESS_SELECTED))
        also_selected = tuple(prefix for prefix in off if len(prefix) > len(BARE_PREFIX))
        try:
            cls._session = Session(
                options.client_pool_config, honour_noqa=not options.disable_noqa, also_selected=also_selected
            )
        except ConfigurationError as error:
            raise ExecutionError(str(error)) from error

    def run(self) -> Iterator[Report]:
        """Report each finding as line, column from 0, and text."""
        text = "".join(self._lines)
        try:
            findings = self._session.check(self._filename, text)
        except ClientPoolError as error:
            raise ExecutionError(str(error)) from error
        for finding in findings:
            line, remark = _heard_by_flake8(finding, text)
            yield line, finding.span.column - 1, f"{finding.code} {finding.message}{remark}", type(self)


def _heard_by_flake8(finding: Finding, text: str) -> tuple[int, str]:
    """Find the line to report a finding at: flake8 itself knows no code that a comment cannot suppress."""
    line = finding.span.line
    if finding.code not in UNSUPPRESSIBLE_CODES:
        return line, ""
    audible = Suppressions(text).audible_line(line, finding.code)
    return audible, "" if audible == line else f" (in line {line})"
