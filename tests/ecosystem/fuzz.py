"""Run every file of the packages through the fix: it compiles, says the same otherwise, and stays as it is."""

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from flake8_client_pool.engine import Engine
from flake8_client_pool.fixes.doubts.outside_uses import OutsideUses
from flake8_client_pool.fixes.file_fix import FileFixer
from flake8_client_pool.fixes.outcomes import FileFix, Place
from flake8_client_pool.kinds import KINDS as ALL_KINDS
from flake8_client_pool.model import Finding
from flake8_client_pool.syntax.decoding import UndecodableSourceError, decode

POOL = "shared_clients"
# A call of requests.get becomes one of a method: more than a client that comes from elsewhere.
KINDS = tuple(kind for kind in ALL_KINDS if kind.default)
# Whole statements go with these.
LEFT_OUT = frozenset(("CPL202",))
EQUIVALENCE = Path(__file__).parents[1] / "flake8_client_pool" / "fixes" / "equivalence.py"


def faults(tree: Path) -> Iterator[str]:
    """Yield a line for each file below a folder whose fix is at fault; nothing is written."""
    paths = sorted(str(path) for path in tree.rglob("*.py"))
    engine, outside = Engine(KINDS, POOL), OutsideUses(paths)
    fixer = FileFixer(KINDS, POOL, outside)
    for path in paths:
        data = Path(path).read_bytes()
        words = engine.words(path, data)
        try:
            text = decode(data)
        except UndecodableSourceError:
            continue
        findings = _findings(engine, path, text, words)
        if findings:
            yield from (f"{path}: {fault}" for fault in _faults(engine, fixer, path, text, findings))


def _findings(engine: Engine, path: str, text: str, words: tuple[str, ...]) -> list[Finding]:
    found = engine.analyze(path, text, words).findings if words else ()
    return [each for each in found if each.kind and each.code not in LEFT_OUT]


def _fix(fixer: FileFixer, path: str, text: str, findings: list[Finding]) -> FileFix:
    places: list[Place] = [(each.span.start, each.kind, each.code) for each in findings]
    return fixer.fix(path, text.encode(), text, places, unsafe=True)


def _faults(engine: Engine, fixer: FileFixer, path: str, text: str, findings: list[Finding]) -> Iterator[str]:
    done = _fix(fixer, path, text, findings)
    yield from (outcome.reason for outcome in done.outcomes if outcome.status == "failed")
    if done.after == text:
        return
    try:
        compile(done.after, path, "exec", dont_inherit=True)
    except SyntaxError as error:
        yield f"no longer compiles: {error}"
        return
    fixed = {outcome.place for outcome in done.outcomes if outcome.status == "fixed"}
    changed = [each.span for each in findings if (each.span.start, each.kind, each.code) in fixed]
    rest_of = _equivalence().rest_of
    if rest_of(done.after) != rest_of(text, changed):
        yield "changed outside the places of the findings"
    left = _findings(engine, path, done.after, engine.words(path, done.after.encode()))
    # Fewer are left where a client was followed that comes from the pool now.
    if len(left) > len(findings) - len(fixed):
        yield f"{len(left)} findings are left, more than {len(findings) - len(fixed)}"
    if _fix(fixer, path, done.after, left).after != done.after:
        yield "a second run changes it again"


def _equivalence() -> ModuleType:
    """Load what the tests of the fix compare with: the tests are no package that could be imported from here."""
    spec = importlib.util.spec_from_file_location("equivalence", EQUIVALENCE)
    if spec is None or spec.loader is None:
        raise ImportError(str(EQUIVALENCE))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
