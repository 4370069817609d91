"""Which modules import each other: what is true of one module of a cycle is true of all."""

from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

Summary = TypeVar("Summary")


class ImportGraph(Generic[Summary]):
    """Sums up what a module and all that it imports have in common, each module once.

    The modules are visited depth first; a cycle is summed up as one, after all that it imports (Tarjan's strongly
    connected components, without recursion, for import chains are as long as a repository makes them).
    """

    def __init__(
        self,
        imports: Callable[[str], frozenset[str]],
        sum_up: Callable[[list[str], list[Summary]], Summary],
    ) -> None:
        """Prepare to visit.

        Args:
            imports: gives the modules that a module imports.
            sum_up: sums the modules of one cycle up, given the summaries of what they import beyond it.
        """
        self._imports = imports
        self._sum_up = sum_up
        self._summaries: dict[str, Summary] = {}

    def summary(self, module: str) -> Summary:
        """Give the summary of a module."""
        if module not in self._summaries:
            self._visit(module)
        return self._summaries[module]

    def _visit(self, start: str) -> None:
        order: dict[str, int] = {}
        lowest: dict[str, int] = {}
        open_modules: list[str] = []
        path: list[tuple[str, Iterator[str]]] = []

        def enter(module: str) -> None:
            order[module] = lowest[module] = len(order)
            open_modules.append(module)
            path.append((module, iter(sorted(self._imports(module)))))

        enter(start)
        while path:
            module, imports = path[-1]
            following = next((each for each in imports if each not in self._summaries), None)
            if following is None:
                path.pop()
                if path:
                    above = path[-1][0]
                    lowest[above] = min(lowest[above], lowest[module])
                if lowest[module] == order[module]:
                    self._close(open_modules, module)
            elif following in order:
                lowest[module] = min(lowest[module], order[following])
            else:
                enter(following)

    def _close(self, open_modules: list[str], first: str) -> None:
        place = open_modules.index(first)
        members = open_modules[place:]
        del open_modules[place:]
        beyond = {each for member in members for each in self._imports(member)} - set(members)
        summary = self._sum_up(members, [self._summaries[each] for each in sorted(beyond)])
        self._summaries.update(dict.fromkeys(members, summary))
