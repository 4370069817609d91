"""Which files the pool module imports: they cannot import it in turn while they are imported themselves."""

import ast
from os.path import dirname, exists, join

from flake8_client_pool.fixes.layout import parsed
from flake8_client_pool.syntax.decoding import UndecodableSourceError, decode
from flake8_client_pool.syntax.repository import Repository


class ImportedByPool:
    """Follows the imports that run when a pool module is imported."""

    def __init__(self, repository: Repository) -> None:
        """Follow imports through `repository`."""
        self._repository = repository
        self._known: dict[tuple[str, str], frozenset[str]] = {}

    def of(self, module: str, folder: str) -> frozenset[str]:
        """Give the paths of all files that importing `module` from a file in `folder` imports."""
        start = self._pool_file(module, folder)
        if start is None:
            return frozenset()
        if (start, module) not in self._known:
            self._known[start, module] = self._closure(start)
        return self._known[start, module]

    def _pool_file(self, module: str, folder: str) -> str | None:
        first, _, rest = module.partition(".")
        for base in self._repository.folders_above(folder):
            if first in self._repository.entries(base) or f"{first}.py" in self._repository.entries(base):
                path = self._repository.inside(join(base, first), rest)
                if path and path.endswith(".py"):
                    return path
        return None

    def _closure(self, start: str) -> frozenset[str]:
        seen: set[str] = set()
        waiting = [start]
        while waiting:
            path = waiting.pop()
            if path not in seen:
                seen.add(path)
                waiting += self._imports(path)
        return frozenset(seen)

    def _imports(self, path: str) -> list[str]:
        try:
            tree = parsed(decode(self._repository.read(path)))
        except (SyntaxError, UndecodableSourceError):
            return []
        folder = dirname(path)
        found: list[str] = []
        for node in _run_at_import(tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    found += self._files(alias.name, folder)
            elif isinstance(node, ast.ImportFrom):
                module = "." * node.level + (node.module or "")
                found += self._files(module, folder)
                for alias in node.names:
                    separator = "" if module.endswith(".") else "."
                    found += self._files(f"{module}{separator}{alias.name}", folder)
        return found

    def _files(self, module: str, folder: str) -> list[str]:
        find = self._repository.relative if module.startswith(".") else None
        path = find(folder, module) if find else self._repository.find(module, folder)
        if path is None:
            return []
        packages = []
        above = dirname(path)
        for _ in range(module.strip(".").count(".") + 1):
            if exists(join(above, "__init__.py")):
                packages.append(join(above, "__init__.py"))
            above = dirname(above)
        return [*packages, path] if path.endswith(".py") else packages


def _run_at_import(tree: ast.AST) -> list[ast.AST]:
    found: list[ast.AST] = []
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            waiting += node.orelse
            continue
        found.append(node)
        waiting += ast.iter_child_nodes(node)
    return found
