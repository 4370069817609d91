"""A test puts a stand-in for a client's class where the code under test asks a getter."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from os.path import abspath, dirname

from flake8_client_pool.model import Edit, Finding
from flake8_client_pool.rules.getter_call import NotPooledError, arguments_of
from flake8_client_pool.rules.getters import Getters, NoGetterError
from flake8_client_pool.rules.libraries_replaced import sources_for, taken_from
from flake8_client_pool.rules.patches import Patch, literal_of, patches
from flake8_client_pool.rules.places import finding_at
from flake8_client_pool.rules.rule import Example, Rule
from flake8_client_pool.rules.stand_ins import assertion_edits
from flake8_client_pool.rules.taking import Sources, Takers, Taking
from flake8_client_pool.syntax.names import Names
from flake8_client_pool.syntax.source import Node, end_of, start_of

_BY_OBJECT = ".object"
_OPENING = re.compile(r"\w*(\"\"\"|\'\'\'|\"|\')")

_REPORT = (
    "from shared_clients import get_bigquery_client\n\n\n"
    "def rows(project):\n    return get_bigquery_client(project_id=project).query('SELECT 1')\n"
)

RULE = Rule(
    code="CPL301",
    name="constructor-patched",
    summary="a test replaces a client's class where the code takes its client from the pool",
    explanation=(
        "The stand-in reaches the code only by way of the pool, and only while that is empty: it replaces the class\n"
        "in the library, for every module. Replace the getter in the module that calls it.\n"
        "\n"
        "Found where the module that is patched, or what it imports, takes clients of that kind from a getter of the\n"
        "pool module. Off unless selected: after a migration each of these tests still passes. `client-pool fix\n"
        "--unsafe` looks for it without being told, and rewrites the tests along with the modules that they are about."
    ),
    examples=(
        Example(
            source=(
                "from unittest.mock import patch\n\nfrom report import rows\n\n\n"
                "@patch('report.bigquery.Client')\ndef test_rows(client):\n    rows('demo')\n"
                "    client.assert_called_once_with(project='demo')\n"
            ),
            findings=((6, 8, "CPL301"),),
            fixed=(
                "from unittest.mock import patch\n\nfrom report import rows\n\n\n"
                "@patch('report.get_bigquery_client')\ndef test_rows(client):\n    rows('demo')\n"
                "    client.assert_called_once_with(project_id='demo')\n"
            ),
            files={"report.py": _REPORT},
        ),
        Example(
            source=(
                "from google.cloud import bigquery\n\nimport report\n\n\ndef test_rows(monkeypatch):\n"
                "    monkeypatch.setattr(bigquery, 'Client', lambda **_: None)\n"
                "    with mock.patch('google.cloud.bigquery.Client') as client:\n"
                "        client.return_value.query.return_value = []\n        assert report.rows('demo') == []\n"
            ),
            findings=((7, 25, "CPL301"), (8, 21, "CPL301")),
            fixed=(
                "import report\n\n\ndef test_rows(monkeypatch):\n"
                "    monkeypatch.setattr('report.get_bigquery_client', lambda **_: None)\n"
                "    with mock.patch('report.get_bigquery_client') as client:\n"
                "        client.return_value.query.return_value = []\n        assert report.rows('demo') == []\n"
            ),
            files={"report.py": _REPORT},
        ),
        Example(
            source=(
                "from unittest.mock import patch\n\nimport report\n\n\ndef test_rows():\n"
                "    with patch('report.bigquery.Client') as client:\n        report.rows('demo')\n"
            ),
            files={"report.py": "from google.cloud import bigquery\n\n\ndef rows(p):\n    return bigquery.Client(p)\n"},
        ),
    ),
    default=False,
)


@dataclass(frozen=True, slots=True)
class Retargeting:
    """What becomes of one patch.

    Attributes:
        patch: the patch.
        aim: what to patch instead, as a dotted name; empty where that is not decided.
        reason: why there are no edits.
        edits: the change.
        root: the name with which the replaced expression began; empty for a string.
    """

    patch: Patch
    aim: str = ""
    reason: str = ""
    edits: tuple[Edit, ...] = ()
    root: str = ""


def check(names: Names, takers: Takers, getters: Getters) -> Iterator[Finding]:
    """Report every patch of a client's class that reaches the code under test only through the pool."""
    for found in retargetings(names, takers, getters):
        title = found.patch.construction.kind.title
        reaches = "no longer reaches the code" if found.patch.library else "reaches the code only through an empty pool"
        advice = f"patch {found.aim}" if not found.reason else f"patch the getter (by hand: {found.reason})"
        yield finding_at(
            names.source,
            found.patch.target,
            code=RULE.code,
            message=f"this stand-in for the {title} {reaches}; {advice}",
            construction=found.patch.construction,
        )


def retargetings(names: Names, takers: Takers, getters: Getters) -> Iterator[Retargeting]:
    """Say for every patch of a client's class that code takes from a getter what to patch instead."""
    path = abspath(names.source.path)
    for patch in patches(names):
        if patch.library:
            for construction in taken_from(names, patch, takers)[:1]:
                yield _retargeting(names, replace(patch, construction=construction), None, takers, getters)
        elif (sources := takers.reached(patch.module or path, patch.construction.kind)).taking:
            yield _retargeting(names, patch, sources, takers, getters)


def _retargeting(names: Names, patch: Patch, sources: Sources | None, takers: Takers, getters: Getters) -> Retargeting:
    path = abspath(names.source.path)
    try:
        own = takers.of(path, patch.construction.kind) if sources else Sources()
        taking = _only_one(sources or sources_for(names, patch, takers), own, dirname(path))
        getter = getters.find(patch.construction.kind, dirname(taking.path))
        aim = _aim(names, patch, taking)
        edits = assertion_edits(names, patch, getter, keeps_arguments=taking.keeps_arguments)
        root = "" if patch.attribute is None else patch.target.text().partition(".")[0]
        return Retargeting(patch, aim, edits=(*_target_edits(patch, taking, aim), *edits), root=root)
    except (NotPooledError, NoGetterError) as reason:
        return Retargeting(patch, reason=str(reason))


def _only_one(sources: Sources, own: Sources, folder: str) -> Taking:
    """Find the one module that a stand-in for the class can be meant for.

    Raises:
        NotPooledError: there are others, or its clients cannot be replaced so.
    """
    if building := sources.building | own.building:
        raise NotPooledError(f"{_short(min(building), folder)} builds such clients itself")
    taking = sorted(sources.taking | own.taking, key=lambda each: each.path)
    homes = {each.home for each in taking}
    if len(taking) > 1 and (len(homes) > 1 or "" in homes):
        first, second, *others = (_short(each.path, folder) for each in taking)
        raise NotPooledError(f"it stands in for the clients of {first}, {second}{' and others' if others else ''}")
    for each in taking:
        if each.hindrance:
            raise NotPooledError(f"{_short(each.path, folder)}: {each.hindrance}")
    return replace(taking[0], keeps_arguments=all(each.keeps_arguments for each in taking))


def _short(path: str, folder: str) -> str:
    return os.path.relpath(path, os.path.commonpath([path, folder]))


def _aim(names: Names, patch: Patch, taking: Taking) -> str:
    """Name the getter where it is looked up.

    Raises:
        NotPooledError: the file knows that place by no name.
    """
    if taking.home:
        return f"{taking.home}.{taking.name}"
    if taking.path == patch.module and patch.prefix:
        return f"{patch.prefix}.{taking.name}"
    repository, folder = names.modules.repository, dirname(abspath(names.source.path))
    parts = taking.path.removesuffix(".py").removesuffix("/__init__").split("/")
    for length in range(len(parts) - 1, 0, -1):
        dotted = ".".join(parts[-length:])
        if all(part.isidentifier() for part in parts[-length:]) and repository.find(dotted, folder) == taking.path:
            return f"{dotted}.{taking.name}"
    raise NotPooledError("the module that takes the client is not on the import path here")


def _target_edits(patch: Patch, taking: Taking, aim: str) -> list[Edit]:
    """Say how to name the getter where the class is named.

    Raises:
        NotPooledError: the arguments would have to change places.
    """
    if patch.attribute is None:
        return [_content_edit(patch.target, aim)]
    if taking.home or taking.path != patch.module or patch.owner is None:
        return _as_string(patch, patch.attribute, aim)
    owner = Edit(start_of(patch.target), end_of(patch.target), patch.owner.text())
    name = _content_edit(patch.attribute, taking.name)
    return [name] if patch.owner == patch.target else [owner, name]


def _as_string(patch: Patch, attribute: Node, aim: str) -> list[Edit]:
    """Name what is patched by a string in the place of an object and its attribute."""
    if any(part.field("value") == attribute for part in arguments_of(patch.call)):
        raise NotPooledError("it gives the attribute by keyword")
    quote = attribute.text()[-1]
    named = Edit(start_of(patch.target), end_of(attribute), f"{quote}{aim}{quote}")
    function = patch.call.field("function")
    if function and function.text().endswith(_BY_OBJECT):
        return [Edit(end_of(function) - len(_BY_OBJECT), end_of(function), ""), named]
    return [named]


def _content_edit(literal: Node, content: str) -> Edit:
    """Replace what a string literal says; of several parts the first ones stay where they go on saying it.

    Raises:
        NotPooledError: a comment between the parts would be lost.
    """
    parts = [part for part in literal.named_children() if part.kind() == "string"] or [literal]
    rest = content
    for part in parts[:-1]:
        beginning = literal_of(part) or ""
        if not rest.startswith(beginning):
            break
        rest = rest[len(beginning) :]
    else:
        return _between_quotes(parts[-1], rest)
    if len(parts) > 1 and "#" in literal.text():
        raise NotPooledError("a comment stands in the string")
    quote = parts[0].text()[-1]
    return Edit(start_of(literal), end_of(literal), f"{quote}{content}{quote}")


def _between_quotes(literal: Node, content: str) -> Edit:
    before = _OPENING.match(literal.text())
    quotes = before[1] if before else ""
    first = before.end() if before else 0
    return Edit(start_of(literal) + first, end_of(literal) - len(quotes), content)
