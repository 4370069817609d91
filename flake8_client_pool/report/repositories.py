"""How far several checkouts have come, side by side."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flake8_client_pool.kinds import KINDS
from flake8_client_pool.policy.errors import ClientPoolError
from flake8_client_pool.report.adoption import report
from flake8_client_pool.report.figures import Count, Row
from flake8_client_pool.scan.run import Means


@dataclass(frozen=True, slots=True)
class Repositories:
    """The code of each checkout as a row, named by its path, and all of them together.

    `titles` says what each kind is called, by its name; a kind of a configuration has the title of the last one.
    `problems` says of each checkout that could not be counted, by its path, why; the total is without those.
    """

    rows: tuple[Row, ...]
    total: Row
    titles: Mapping[str, str]
    problems: Mapping[str, str]


def repositories(directories: Iterable[str], config: str, means: Means) -> Repositories:
    """Count the code of checkouts, one after the other, each under its own configuration unless `config` names one."""
    rows: list[Row] = []
    titles: dict[str, str] = {}
    problems: dict[str, str] = {}
    for directory in directories:
        try:
            found = report(directory, config, 1, means)
        except ClientPoolError as error:
            problems[directory] = str(error)
            continue
        rows.append(Row(name=found.path, files=found.code.files, kinds=found.code.kinds))
        titles |= found.titles
    return Repositories(tuple(rows), _total(rows), titles, problems)


def _total(rows: list[Row]) -> Row:
    names = dict.fromkeys([kind.name for kind in KINDS] + [name for row in rows for name in row.kinds])
    kinds = {name: sum((row.kinds.get(name, Count()) for row in rows), Count()) for name in names}
    counted = {name: count for name, count in kinds.items() if count != Count()}
    return Row(name="", files=sum(row.files for row in rows), kinds=counted)
