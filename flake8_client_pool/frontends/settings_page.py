"""What is in force, as `client-pool config` prints it."""

import json
import os
from collections.abc import Iterator

from flake8_client_pool.kinds import ClientKind
from flake8_client_pool.policy.configuration import Configurations
from flake8_client_pool.policy.errors import ClientPoolError
from flake8_client_pool.policy.schema import CHOICES
from flake8_client_pool.policy.selection import CODES
from flake8_client_pool.policy.settings import Phase, Settings


def settings_page(path: str, file: str, *, isolated: bool) -> str:
    """Write the settings for a path as a pyproject.toml would hold them, with comments that say where from.

    Raises:
        ClientPoolError: there is nothing at `path`, or its configuration cannot be followed.
    """
    if not os.path.exists(path):
        raise ClientPoolError(f"{path}: there is no such file or directory; name one whose settings to print")
    location = os.path.abspath(path)
    directory = location if os.path.isdir(location) else os.path.dirname(location)
    settings = Configurations(file, isolated=isolated).at(directory.replace(os.sep, "/"))
    return "".join(f"{line}\n" for line in _page(settings))


def _page(settings: Settings) -> Iterator[str]:
    yield f"# {settings.source or 'no configuration file: all settings have their defaults'}"
    yield f"# patterns with a slash are relative to {settings.root}"
    yield "[tool.client-pool]"
    selection = settings.selection
    values = {
        "pool-module": settings.pool_module,
        "pool-paths": settings.pool_paths,
        "exclude": settings.exclude,
        "select": selection.select or tuple(filter(selection.includes, CODES)),
        "ignore": selection.ignore,
        "unphased": _chosen("unphased", is_strict=settings.strict_unphased),
        "overdue": _chosen("overdue", is_strict=settings.strict_overdue),
        "suppression-reason": _chosen("suppression-reason", is_strict=settings.reasons_required),
        "suppression-in-reached-phases": _chosen(
            "suppression-in-reached-phases", is_strict=settings.suppression_forbidden
        ),
        **({"phase": settings.phase} if settings.phases else {}),
    }
    for key, value in values.items():
        yield f"{key} = {json.dumps(value)}  # {'from the file' if key in settings.given else 'default'}"
    for phase in settings.phases:
        yield from _phase_table(phase)
    for kind in settings.kinds:
        yield from _kind_table(kind)


def _chosen(key: str, *, is_strict: bool) -> str:
    return CHOICES[key][is_strict]


def _phase_table(phase: Phase) -> Iterator[str]:
    yield ""
    yield "[[tool.client-pool.phases]]  # from the file"
    yield f"name = {json.dumps(phase.name)}"
    yield f"paths = {json.dumps(phase.paths)}"
    if phase.owner:
        yield f"owner = {json.dumps(phase.owner)}"
    if phase.due:
        yield f"due = {phase.due}"


def _kind_table(kind: ClientKind) -> Iterator[str]:
    yield ""
    yield f"[tool.client-pool.kinds.{kind.name}]  # from the file, found as {kind.code}"
    yield f"title = {json.dumps(kind.title)}"
    yield f"constructors = {json.dumps(kind.constructors)}"
    yield f"factories = {json.dumps(kind.factories)}"
    yield f"getter = {json.dumps(kind.getter)}"
    arguments = ", ".join(f"{theirs} = {json.dumps(ours)}" for theirs, ours in kind.arguments.items())
    yield f"arguments = {{ {arguments} }}" if arguments else "arguments = {}"
    yield f"positional = {kind.positional}"
