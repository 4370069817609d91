"""What `client-pool phases` does, once its options are read."""

import os
import shutil
import sys
from dataclasses import dataclass

from flake8_client_pool.frontends.baseline import BaselineRequest, prune
from flake8_client_pool.frontends.exit_codes import FOUND_NOTHING, FOUND_SOMETHING
from flake8_client_pool.frontends.writing import write_file, write_out, write_problem
from flake8_client_pool.output.phases import held, to_json, to_table
from flake8_client_pool.policy.advance import with_phase
from flake8_client_pool.policy.baseline import NAME, read_baseline
from flake8_client_pool.policy.settings import Settings
from flake8_client_pool.scan.survey import Stage, stages


@dataclass(frozen=True, slots=True, kw_only=True)
class PhasesRequest:
    """The options of `client-pool phases`, as given."""

    directories: tuple[str, ...]
    check: bool
    advance: bool
    output_format: str
    config: str
    jobs: int


def phases(request: PhasesRequest) -> int:
    """Show how far the phases have come, raise the gate where that was asked for, and return the exit code.

    Raises:
        ClientPoolError: there are no phases, or the figures could not be had; nothing was written.
    """
    directories = request.directories or (os.curdir,)
    found = [stages(directory, request.config, request.jobs) for directory in directories]
    if request.output_format == "json":
        write_out(to_json(found))
    else:
        width = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
        write_out("\n".join(to_table(settings, each, width) for settings, each in found))
    codes = [FOUND_NOTHING]
    for directory, (settings, each) in zip(directories, found, strict=True):
        if request.advance:
            codes.append(_advance(request, directory, settings, each))
        elif request.check:
            codes.append(_claims(settings, each))
    return max(codes)


def _claims(settings: Settings, found: tuple[Stage, ...]) -> int:
    """Fail for a phase that the configuration claims and that has errors."""
    broken = [stage for stage in found if stage.number and stage.is_reached and stage.findings]
    for stage in broken:
        write_problem(
            f"{settings.source}: phase = {settings.phase} claims phase {stage.number}, {stage.name}, "
            f"which has {held(stage)}; fix them, or lower phase"
        )
    return FOUND_SOMETHING if broken else FOUND_NOTHING


def _advance(request: PhasesRequest, directory: str, settings: Settings, found: tuple[Stage, ...]) -> int:
    if _claims(settings, found) == FOUND_SOMETHING:
        return FOUND_SOMETHING
    following = next((stage for stage in found if stage.number == settings.phase + 1), None)
    if following is None:
        return FOUND_NOTHING
    if following.findings:
        write_problem(
            f"{settings.source}: phase stays {settings.phase}: phase {following.number}, {following.name}, "
            f"has {held(following)}"
        )
        return FOUND_SOMETHING
    # One that cannot be read has to stop this before anything is written.
    known = read_baseline(os.path.join(settings.root, NAME))
    _raise_gate(settings, following)
    if known:
        prune(BaselineRequest(directories=(directory,), config=request.config, jobs=request.jobs), directory)
    return FOUND_NOTHING


def _raise_gate(settings: Settings, stage: Stage) -> None:
    with open(settings.source, encoding="utf-8", newline="") as stream:
        text = stream.read()
    changed = with_phase(text, settings.source, stage.number)
    write_file(settings.source, changed, f"write phase = {stage.number} by hand")
    write_out(f"{settings.source}: phase = {stage.number}; the gate now reaches {stage.name}.\n")
