"""A stand-in for a whole library in one module: which client it is there for, and what else it replaces."""

import re

from flake8_client_pool.constructors import Construction
from flake8_client_pool.rules.getter_call import NotPooledError
from flake8_client_pool.rules.patches import Patch, literal_of
from flake8_client_pool.rules.stand_ins import is_plain_mock
from flake8_client_pool.rules.taking import Sources, Takers
from flake8_client_pool.syntax.names import Names
from flake8_client_pool.syntax.scopes import Role, role_of
from flake8_client_pool.syntax.source import Node

# Plain values, which serve a test as well as mocks of them: constants, configurations, parameters, enumerations.
_VALUE = re.compile(
    r"[A-Z][A-Z_0-9]*|\w+(?:Config|Parameter|Field|Type|Types|Disposition|Format|Partitioning|Encoding|Mode)"
)


def taken_from(names: Names, patch: Patch, takers: Takers) -> list[Construction]:
    """List the clients of a replaced library that the module takes from getters, by their classes."""
    classes = {each.kind.name: each for each in names.modules.constructors.classes_in(patch.library)}
    return [each for each in classes.values() if takers.of(patch.module, each.kind).taking]


def sources_for(names: Names, patch: Patch, takers: Takers) -> Sources:
    """Tell where the module gets the clients that a stand-in for a library can be there for.

    Raises:
        NotPooledError: the stand-in is there for something else as well.
    """
    if len(taken_from(names, patch, takers)) > 1:
        raise NotPooledError("it stands in for clients of several kinds")
    if patch.keywords or (patch.stand_in and not is_plain_mock(patch.stand_in)):
        raise NotPooledError("the stand-in is made for the library")
    own = takers.of(patch.module, patch.construction.kind)
    word = patch.construction.constructor.rpartition(".")[2]
    if other := _other_use(names, patch, word):
        raise NotPooledError(f"the module uses {other} as well")
    # What lies in the pool's own module is replaced for all.
    return takers.reached(patch.module, patch.construction.kind) if any(each.home for each in own.taking) else own


def _other_use(names: Names, patch: Patch, word: str) -> str:
    """Find what the module does with its library besides naming the class and making plain values."""
    name = (literal_of(patch.attribute or patch.target) or "").rpartition(".")[2]
    module = names.modules.names(patch.module)
    for node in module.source.identifiers(name) if module else ():
        if role_of(node) is Role.USE and not _is_annotation(node):
            parent = node.parent()
            attribute = parent.field("attribute") if parent and parent.field("object") == node else None
            used = attribute.text() if attribute else ""
            if used != word and not _VALUE.fullmatch(used):
                return f"{name}.{used}" if used else name
    return ""


def _is_annotation(node: Node) -> bool:
    return any(above.kind() == "type" for above in node.ancestors())
