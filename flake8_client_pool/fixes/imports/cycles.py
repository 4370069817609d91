"""Which files the pool module imports: they cannot import it in turn while they are imported themselves."""

import ast
from os.path import dirname, exists, join

from flake8_client_pool.fixes.layout import parsed
from flake8_client_pool.syntax.decoding import UndecodableSourceError, decode
from flake8_client_pool.syntax.repository import Repository

_IMPORTING = frozenset(("import_module", "__import__"))
_MAKING = frozenset(("__init__", "__new__"))


class ImportedByPool:
    """Follows the imports that run when a pool module is imported."""

    def __init__(self, repository: Repository) -> None:
        """Follow imports through `repository`."""
        self._repository = repository
        self._trees: dict[str, ast.Module] = {}
        self._pool_files: dict[tuple[str, str], str | None] = {}
        self._known: dict[tuple[str, str], frozenset[str]] = {}

    def of(self, module: str, folder: str) -> frozenset[str]:
        """Give the paths of all files that importing `module` from a file in `folder` imports."""
        start = self._pool_file(module, folder)
        if start is None:
            return frozenset()
        if (start, module) not in self._known:
            self._known[start, module] = self._needed(start)
        return self._known[start, module]

    def _parents(self, start: str) -> list[str]:
        """List the files of the packages that a module lies in, which Python runs before it."""
        folder = dirname(dirname(start)) if start.endswith("/__init__.py") else dirname(start)
        found: list[str] = []
        while "__init__.py" in self._repository.entries(folder):
            found.append(join(folder, "__init__.py"))
            folder = dirname(folder)
        return found

    def _needed(self, start: str) -> frozenset[str]:
        """Give what has to be imported before a module is, but not what can import it all the same.

        That is a file which a package imports that it lies in together with the module: the package runs already then.
        """
        packages = frozenset(self._parents(start))
        found = self._closure(start, packages)
        for package in packages:
            inside = f"{dirname(package)}/"
            found |= {path for path in self._closure(package, packages - {package}) if not path.startswith(inside)}
        return found

    def _pool_file(self, module: str, folder: str) -> str | None:
        if (module, folder) not in self._pool_files:
            self._pool_files[module, folder] = self._nearest_file(module, folder)
        return self._pool_files[module, folder]

    def _nearest_file(self, module: str, folder: str) -> str | None:
        first, _, rest = module.partition(".")
        for base in self._repository.folders_above(folder):
            if first in self._repository.entries(base) or f"{first}.py" in self._repository.entries(base):
                path = self._repository.inside(join(base, first), rest)
                if path and path.endswith(".py"):
                    return path
        return None

    def _closure(self, start: str, others: frozenset[str]) -> frozenset[str]:
        """Follow imports, but not into `others`, until no function is found any more that is called on the way."""
        called: frozenset[str] = frozenset()
        while True:
            seen: dict[str, frozenset[str]] = {}
            waiting = [start]
            while waiting:
                path = waiting.pop()
                if path not in seen and path not in others:
                    nodes = _run_at_import(self._tree(path), called)
                    seen[path] = frozenset(name for node in nodes for name in _called(node))
                    waiting += self._imports(nodes, dirname(path))
            if called >= (found := frozenset().union(*seen.values())):
                return frozenset(seen)
            called |= found

    def _tree(self, path: str) -> ast.Module:
        if path not in self._trees:
            try:
                self._trees[path] = parsed(decode(self._repository.read(path)))
            except (SyntaxError, UndecodableSourceError):
                self._trees[path] = ast.Module([], [])
        return self._trees[path]

    def _imports(self, nodes: list[ast.AST], folder: str) -> list[str]:
        found: list[str] = []
        for node in nodes:
            if isinstance(node, ast.Import):
                for alias in node.names:
                    found += self._files(alias.name, folder)
            elif isinstance(node, ast.ImportFrom):
                module = "." * node.level + (node.module or "")
                found += self._files(module, folder)
                for alias in node.names:
                    separator = "" if module.endswith(".") else "."
                    found += self._files(f"{module}{separator}{alias.name}", folder)
            elif isinstance(node, ast.Call) and _last_name(node.func) in _IMPORTING:
                for argument in node.args[:1]:
                    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                        found += self._files(argument.value, folder)
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


def _run_at_import(tree: ast.AST, called: frozenset[str]) -> list[ast.AST]:
    """Give what runs when a module is imported, the functions that are called so by their names among it."""
    found: list[ast.AST] = []
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Lambda):
            continue
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name not in called:
            waiting += node.decorator_list
            continue
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            waiting += node.orelse
            continue
        found.append(node)
        if isinstance(node, ast.ClassDef) and node.name in called:
            methods = (each for each in node.body if isinstance(each, ast.FunctionDef) and each.name in _MAKING)
            waiting += [part for method in methods for part in method.body]
        waiting += ast.iter_child_nodes(node)
    return found


def _called(node: ast.AST) -> list[str]:
    """Name what a node calls: `f()`, `module.f()`, `Class.f()`, `@f`, and what is imported under such a name."""
    if isinstance(node, ast.ImportFrom):
        return [alias.name for alias in node.names if alias.asname]
    called = [node.func] if isinstance(node, ast.Call) else getattr(node, "decorator_list", [])
    return [_last_name(each) for each in called if isinstance(getattr(each, "value", each), ast.Name)]


def _last_name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
