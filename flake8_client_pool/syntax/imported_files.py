"""Which files of the repository a file imports, told from its bytes, without a parse."""

import re

from flake8_client_pool.syntax.repository import Repository

_FROM = re.compile(rb"from[ \t]+([\w.]+)[ \t]+import[ \t]*")
_FROM_BEFORE = re.compile(rb"[\w.\x80-\xff][ \t]\Z")
_IMPORTED_NAMES = re.compile(rb"\([^)]*\)|[^\n#;]*")
_IMPORT = re.compile(rb"import[ \t]+([\w.]+(?:[ \t]*,[ \t]*[\w.]+)*)")
_WORD = re.compile(rb"\w+")


class ImportedFiles:
    """Finds the modules of a repository that its files import."""

    def __init__(self, repository: Repository) -> None:
        """Look for modules in `repository`."""
        self._repository = repository
        self._located: dict[tuple[str, bytes], str | None] = {}

    def by(self, folder: str, data: bytes) -> frozenset[str]:
        """Give the paths of what a file in `folder` with the content `data` imports; imports in strings count too."""
        found: set[str] = set()
        for match in _FROM.finditer(data):
            if path := self._locate(folder, match[1]):
                found.add(path)
                if path.endswith("__init__.py") or not path.endswith(".py"):
                    found |= self._submodules(path.removesuffix("__init__.py").rstrip("/"), data, match.end())
        for match in _IMPORT.finditer(data):
            if not _FROM_BEFORE.search(data, max(match.start() - 2, 0), match.start()):
                located = (self._locate(folder, module.strip()) for module in match[1].split(b","))
                found.update(path for path in located if path)
        return frozenset(found)

    def _submodules(self, package: str, data: bytes, position: int) -> set[str]:
        entries = self._repository.entries(package)
        names = _IMPORTED_NAMES.match(data, position)
        found = {name.decode() for name in _WORD.findall(names[0])} if names else set()
        return {f"{package}/{name}.py" for name in found if f"{name}.py" in entries} | {
            f"{package}/{name}/__init__.py" for name in found & entries
        }

    def _locate(self, folder: str, module: bytes) -> str | None:
        key = (folder, module)
        if key not in self._located:
            dotted = module.decode("utf-8", "replace")
            self._located[key] = (
                self._repository.relative(folder, dotted)
                if dotted.startswith(".")
                else self._repository.find(dotted, folder)
            )
        return self._located[key]
