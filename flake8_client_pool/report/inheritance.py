"""What base classes do for the classes that derive from them."""

import os
from collections import Counter
from collections.abc import Iterable

from flake8_client_pool.model import ClassClient, Coverage
from flake8_client_pool.report.figures import BaseRow, ClassRow

_Base = tuple[str, str, str, str]


def class_rows(clients: Iterable[tuple[str, ClassClient]], location: str) -> tuple[ClassRow, ...]:
    """Put classes, each with the path of its file, into rows; bases are named relative to the absolute `location`."""
    return tuple(
        ClassRow(path, os.path.relpath(client.base_path, location).replace(os.sep, "/") if client.base else "", client)
        for path, client in clients
    )


def base_rows(classes: Iterable[ClassRow]) -> tuple[BaseRow, ...]:
    """Sum classes up by the bases that have clients for them."""
    counts: dict[_Base, Counter[Coverage]] = {}
    for row in classes:
        if row.client.base:
            counts.setdefault(_base(row), Counter())[row.client.coverage] += 1
    rows = [
        BaseRow(
            name=name,
            path=path,
            kind=kind,
            attribute=attribute,
            covered=count[Coverage.INHERITED],
            asking=count[Coverage.DIRECT],
            overridden=count[Coverage.OVERRIDDEN],
            uncovered=count[Coverage.NONE],
        )
        for (path, name, kind, attribute), count in counts.items()
    ]
    return tuple(sorted(rows, key=lambda row: (-row.classes, row.path, row.name, row.kind)))


def _base(row: ClassRow) -> _Base:
    return row.base_path, row.client.base, row.client.kind, row.client.attribute
