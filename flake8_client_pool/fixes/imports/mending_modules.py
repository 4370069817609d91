"""Modules of a repository that mend the import path for the files that import them."""

from os.path import dirname

from flake8_client_pool.fixes.imports.path_mending import PathMending
from flake8_client_pool.fixes.layout import layout_of, may_mend_path
from flake8_client_pool.syntax.decoding import UndecodableSourceError, decode
from flake8_client_pool.syntax.repository import Repository


class MendingModules:
    """Reads modules that may mend the path, each once."""

    def __init__(self, repository: Repository) -> None:
        """Find modules in `repository`."""
        self._repository = repository
        self._read: dict[str, PathMending | None] = {}

    def of(self, folder: str, pool: str, module: str) -> PathMending | None:
        """Give what a module does to the path for a file in a folder that imports `pool` as well.

        None where the module does nothing to it, or lies where the pool does: nobody who can import the one mends the
        path for the other.
        """
        path = self._repository.find(module, folder)
        if path is None or not path.endswith(".py") or self._place(module, folder) == self._place(pool, folder):
            return None
        if path not in self._read:
            self._read[path] = _mending(self._repository.read(path))
        return self._read[path]

    def _place(self, module: str, folder: str) -> str:
        return dirname((self._repository.find(module.partition(".")[0], folder) or "").removesuffix("/__init__.py"))


def _mending(data: bytes) -> PathMending | None:
    try:
        text = decode(data)
        return PathMending(layout_of(text)) if may_mend_path(text) else None
    except (UndecodableSourceError, SyntaxError):
        return None
