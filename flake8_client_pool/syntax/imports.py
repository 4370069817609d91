"""What an import statement gives its names."""

from typing import TYPE_CHECKING

from flake8_client_pool.syntax.source import Node
from flake8_client_pool.syntax.values import Values

if TYPE_CHECKING:
    from flake8_client_pool.syntax.names import Names


def imported(names: "Names", name: Node) -> Values:
    """Tell what one name that an import statement binds stands for."""
    part = name.parent()
    statement = part.parent() if part else None
    if part is None or statement is None:
        return ()
    alias = part.kind() == "aliased_import"
    source = part.field("name") if alias else part
    dotted = source.text() if source else ""
    if statement.kind() == "import_statement":
        return names.modules.module(names, dotted if alias else name.text())
    module = statement.field("module_name")
    return names.modules.member(names, module, dotted) if module else ()
