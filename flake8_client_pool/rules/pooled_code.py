"""Which modules run code that takes its clients from the pool, as far as imports tell."""

import re
from collections.abc import Callable
from os.path import dirname

from flake8_client_pool.constructors import PoolGetters
from flake8_client_pool.rules.uses import Uses
from flake8_client_pool.syntax.decoding import UndecodableSourceError, decode
from flake8_client_pool.syntax.imported_files import ImportedFiles
from flake8_client_pool.syntax.modules import Modules

# What stands below it does not run.
_FOR_TYPES_ALONE = re.compile(
    rb"^([ \t]*)if[ \t]+(?:\w+\.)?TYPE_CHECKING[ \t]*:[^\n]*\n(?:[ \t]*\r?\n|\1[ \t]+[^\n]*(?:\n|\Z))*", re.MULTILINE
)


class PooledCode:
    """Follows imports to the modules that take clients from the pool."""

    def __init__(self, modules: Modules, getters: PoolGetters, is_pool: Callable[[str], bool]) -> None:
        """Look for calls of `getters` through `modules`; what `is_pool` does not count, nor what it imports."""
        self._modules = modules
        self._is_pool = is_pool
        self._getters = re.compile(rb"\b(?:%s)\b" % b"|".join(sorted(map(re.escape, map(str.encode, getters.roots)))))
        self._imported = ImportedFiles(modules.repository)
        self._known: dict[str, tuple[bool, tuple[str, ...]]] = {}

    def is_reached_from(self, path: str, barren: set[str]) -> bool:
        """Tell whether a module, or any that it imports, takes a client from the pool.

        `barren` holds modules of which it is known that none does, and is added to.
        """
        seen: set[str] = set()
        waiting = [path]
        while waiting:
            module = waiting.pop()
            if module in seen or module in barren:
                continue
            takes, imports = self._look_at(module)
            if takes:
                return True
            seen.add(module)
            waiting += imports
        barren |= seen
        return False

    def forget(self, path: str) -> None:
        """Look at a module anew when it is asked about again."""
        self._known.pop(path, None)

    def _look_at(self, path: str) -> tuple[bool, tuple[str, ...]]:
        """Tell whether a module takes clients itself, and what it imports."""
        repository = self._modules.repository
        repository.followed.add(path)
        if path not in self._known:
            counts = path.endswith(".py") and not self._is_pool(path)
            data = _FOR_TYPES_ALONE.sub(rb"\1if TYPE_CHECKING: pass\n", repository.read(path)) if counts else b""
            imports = tuple(sorted(self._imported.by(dirname(path), data), reverse=True))
            self._known[path] = self._takes(path, data), imports
        return self._known[path]

    def _takes(self, path: str, data: bytes) -> bool:
        words = {word.decode() for word in self._getters.findall(data)}
        try:
            names = self._modules.beside(path, decode(data)) if words else None
        except UndecodableSourceError:
            names = None
        if names is None:
            return False
        uses = Uses(names, tuple(sorted(words)))
        is_getter = self._modules.constructors.is_getter
        return any(is_getter(each.construction.constructor) for each in (*uses.built, *uses.handed_on))
