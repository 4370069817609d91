"""What the names of other files stand for: modules followed on demand, and the attributes of classes."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from os.path import abspath, basename, dirname

from flake8_client_pool.constructors import Constructors
from flake8_client_pool.syntax.classes import bases_of, class_attribute, with_bases
from flake8_client_pool.syntax.decoding import UndecodableSourceError, decode
from flake8_client_pool.syntax.expressions import called
from flake8_client_pool.syntax.names import Names
from flake8_client_pool.syntax.parameters import decorators_of
from flake8_client_pool.syntax.repository import Repository
from flake8_client_pool.syntax.source import Node, Source
from flake8_client_pool.syntax.values import Class, Function, Instance, ModuleFile, Qualified, Value, Values

# A tree and what is found out about it take some 25 bytes for each character; the modules that the files of one
# repository import most are fewer than this.
_CHARACTERS_KEPT = 1_000_000
# How deep an evaluation may nest: far beyond code that people write, far below the interpreter's own limit.
_DEEPEST = 50


class Modules:
    """Follows names through the files of a repository.

    Attributes:
        constructors: the qualified names that are known and never looked for in the repository.
        repository: where the files are found.
    """

    def __init__(self, constructors: Constructors, repository: Repository) -> None:
        """Follow names through `repository`."""
        self.constructors = constructors
        self.repository = repository
        self._trees: OrderedDict[str, Names] = OrderedDict()
        self._characters = 0
        self._remembered: dict[Hashable, Values | None] = {}
        self._under_way: set[Hashable] = set()
        self._cut = 0

    def open(self, path: str, text: str, words: tuple[str, ...], *, whole: bool) -> Names:
        """Begin with a file: what was remembered of earlier ones no longer counts, only their trees are kept."""
        self.repository.begin()
        self._remembered.clear()
        return Names(Source(path, text, words, self.constructors.module_names, whole=whole), self)

    def beside(self, path: str, text: str) -> Names:
        """Take up a file that others have begun with: what they followed for it counts on."""
        self._remembered.clear()
        return Names(Source(path, text, (), self.constructors.module_names, whole=True), self)

    def remembering(self, names: Names, expression: Node, evaluate: Callable[[Names, Node], Values]) -> Values:
        """Evaluate an expression once; one that depends on itself, or nests too deep, stands for nothing more."""
        return self._once((names, expression), lambda: evaluate(names, expression)) or ()

    def _once(self, key: Hashable, find: Callable[[], Values | None]) -> Values | None:
        if key in self._remembered:
            return self._remembered[key]
        if key in self._under_way or len(self._under_way) >= _DEEPEST:
            self._cut += 1
            return None
        cut = self._cut
        self._under_way.add(key)
        try:
            values = find()
        finally:
            self._under_way.remove(key)
        if cut == self._cut:
            self._remembered[key] = values
        return values

    def module(self, names: Names, dotted: str) -> Values:
        """Tell what an absolute module is: one of the repository, or one of another distribution."""
        if self.constructors.is_known(dotted):
            return (Qualified(dotted),)
        folder = dirname(abspath(names.source.path))
        path = self.repository.find(dotted, folder)
        self.repository.note(dotted, folder)
        return (ModuleFile(path),) if path else (Qualified(dotted),)

    def member(self, names: Names, module: Node, name: str) -> Values:
        """Tell what `from module import name` gives."""
        return self.attribute(self._imported_module(names, module), name)

    def wildcard(self, names: Names, module: Node, name: str) -> Values | None:
        """Tell what `from module import *` gives a name; None when it does not give it."""
        for value in self._imported_module(names, module):
            if isinstance(value, ModuleFile):
                return self._exported(value.path, name) if self._is_public(value.path, name) else None
            if isinstance(value, Qualified) and self.constructors.is_known(f"{value.name}.{name}"):
                return (Qualified(f"{value.name}.{name}"),)
        return None

    def attribute(self, values: Values, name: str) -> Values:
        """Tell what an attribute of any of some values may stand for."""
        return tuple(dict.fromkeys(found for value in values for found in self._attribute(value, name)))

    def _imported_module(self, names: Names, module: Node) -> Values:
        dotted = module.text().replace(" ", "")
        if not dotted.startswith("."):
            return self.module(names, dotted)
        path = self.repository.relative(dirname(abspath(names.source.path)), dotted)
        return (ModuleFile(path),) if path else ()

    def _attribute(self, value: Value, name: str) -> Values:
        if isinstance(value, Qualified):
            return (Qualified(f"{value.name}.{name}"),)
        if isinstance(value, ModuleFile):
            return self._module_attribute(value.path, name)
        if isinstance(value, Class):
            return class_attribute(value, name) or self._inherited_factory(value, name)
        if isinstance(value, Instance) and isinstance(value.of, Class):
            found = class_attribute(value.of, name) or self._inherited_factory(value.of, name)
            return tuple(result for each in found for result in self._through_property(each))
        if isinstance(value, Instance) and isinstance(value.of, Qualified):
            factory = f"{value.of.name}.{name}"
            return (Qualified(factory),) if self.constructors.get(factory) else ()
        return ()

    def _through_property(self, value: Value) -> Values:
        if isinstance(value, Function) and any("property" in each for each in decorators_of(value.node)):
            return called(value.names, value, None)
        return (value,)

    def _inherited_factory(self, value: Class, name: str) -> Values:
        constructor = self.constructor_of(value)
        factory = f"{constructor}.{name}"
        return (Qualified(factory),) if constructor and self.constructors.get(factory) else ()

    def constructor_of(self, value: Value) -> str:
        """Name the known constructor that a value is, or derives from; empty when it is none."""
        if isinstance(value, Qualified):
            return value.name if self.constructors.get(value.name) else ""
        if not isinstance(value, Class):
            return ""
        lineage = (self._known_definition(each) or self._known_base(each) for each in with_bases(value))
        return next((constructor for constructor in lineage if constructor), "")

    def _known_base(self, value: Class) -> str:
        bases = (base.name for base in bases_of(value) if isinstance(base, Qualified))
        return next((name for name in bases if self.constructors.get(name)), "")

    def _known_definition(self, value: Class) -> str:
        """Name the class where the repository is the client library itself, and this file defines it."""
        name = value.node.field("name")
        parts = abspath(value.names.source.path).removesuffix(".py").split("/")
        roots = [place for place, part in enumerate(parts) if part in self.constructors.roots]
        dotted = ".".join([*parts[roots[-1] :], name.text()]) if roots and name else ""
        return dotted if self.constructors.get(dotted) else ""

    def _module_attribute(self, path: str, name: str) -> Values:
        if known := self.constructors.in_module(path, name):
            return (Qualified(known),)
        exported = self._exported(path, name)
        if exported is not None:
            return exported
        if basename(path) != "__init__.py" and path.endswith(".py"):
            return ()
        submodule = self.repository.inside(path.removesuffix("/__init__.py"), name)
        return (ModuleFile(submodule),) if submodule else ()

    def _exported(self, path: str, name: str) -> Values | None:
        names = self.names(path) if path.endswith(".py") else None
        return self._once((path, name), lambda: names.exported(name)) if names else None

    def _is_public(self, path: str, name: str) -> bool:
        """Tell whether a star import takes a name along: `__all__` decides where it is a plain list."""
        names = self.names(path) if path.endswith(".py") else None
        listed = names.listed() if names else None
        return not name.startswith("_") if listed is None else name in listed

    def names(self, path: str) -> Names | None:
        """Give the names of a module's file; None where it is no text."""
        self.repository.followed.add(path)
        if path in self._trees:
            self._trees.move_to_end(path)
            return self._trees[path]
        try:
            text = decode(self.repository.read(path))
        except UndecodableSourceError:
            return None
        names = self._trees[path] = Names(Source(path, text, (), self.constructors.module_names, whole=True), self)
        self._characters += len(text)
        while self._characters > _CHARACTERS_KEPT and len(self._trees) > 1:
            self._characters -= len(self._trees.popitem(last=False)[1].source.text)
        return names
