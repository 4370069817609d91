"""A text on its way to another one: edits in batches, and what becomes of the places in it."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from itertools import accumulate, pairwise

from flake8_client_pool.fixes.outcomes import fault_in
from flake8_client_pool.model import Edit


class FaultError(ValueError):
    """Edits after which a text would no longer parse; it says what would be wrong."""


class Draft:
    """A text to which batches of edits are applied.

    Attributes:
        text: the text after all batches so far.
        changed: the offsets in it at which a change begins or ends, in ascending order.
    """

    def __init__(self, text: str, *, proves_each: bool = False) -> None:
        """Begin with a text; whether each batch is proved to leave one that parses, which costs more than the rest."""
        self.text = text
        self.changed: list[int] = []
        self._proves_each = proves_each
        self._moves: list[tuple[list[int], list[int]]] = []

    def apply(self, edits: Iterable[Edit]) -> None:
        """Apply edits that count from the text as it is now; equal ones count once.

        Raises:
            FaultError: it was proved that the text would not parse after them; it stays as it was.
        """
        batch = sorted(set(edits), key=_span)
        if not batch:
            return
        text = applied(self.text, batch)
        if self._proves_each and text != self.text and (fault := fault_in(text)):
            raise FaultError(fault)
        self.text = text
        ends = [edit.end for edit in batch]
        grown = list(accumulate((len(edit.text) - (edit.end - edit.start) for edit in batch), initial=0))
        self._moves.append((ends, grown))
        before = [offset + grown[bisect_right(ends, offset)] for offset in self.changed]
        starts = [edit.start + moved for edit, moved in zip(batch, grown, strict=False)]
        changed_ends = [edit.end + moved for edit, moved in zip(batch, grown[1:], strict=True)]
        self.changed = sorted([*before, *starts, *changed_ends])

    def apply_from_start(self, edits: Iterable[Edit]) -> None:
        """Apply edits that count from the text with which the draft began.

        Raises:
            FaultError: it was proved that the text would not parse after them; it stays as it was.
        """
        self.apply([Edit(self.place(edit.start), self._end(edit), edit.text) for edit in edits])

    def place(self, offset: int) -> int:
        """Give where the code point at an offset of the first text is now."""
        for ends, grown in self._moves:
            offset += grown[bisect_right(ends, offset)]
        return offset

    def _end(self, edit: Edit) -> int:
        return self.place(edit.start) + edit.end - edit.start


class Disjoint:
    """Edits that do not get in each other's way."""

    def __init__(self) -> None:
        """Begin with none."""
        self._edits: list[Edit] = []

    def take(self, edits: Iterable[Edit]) -> bool:
        """Take edits as well, all of them; False, and none is taken, where one gets in the way of another."""
        taken: list[Edit] = []
        for edit in edits:
            place = bisect_left(self._edits, _span(edit), key=_span)
            beside = self._edits[max(place - 1, 0) : place + 1]
            if overlap([edit, *beside]):
                self._edits = [each for each in self._edits if each not in taken]
                return False
            if edit not in beside:
                self._edits.insert(place, edit)
                taken.append(edit)
        return True


def applied(text: str, edits: Iterable[Edit]) -> str:
    """Give the text after edits that do not overlap."""
    pieces: list[str] = []
    position = 0
    for edit in sorted(edits, key=_span):
        pieces += [text[position : edit.start], edit.text]
        position = edit.end
    return "".join([*pieces, text[position:]])


def overlap(edits: Iterable[Edit]) -> bool:
    """Tell whether two edits change the same code points, or stand at the same place with different texts."""
    ordered = sorted(set(edits), key=_span)
    return any(
        later.start < earlier.end or (later.start, later.end) == (earlier.start, earlier.end)
        for earlier, later in pairwise(ordered)
    )


def _span(edit: Edit) -> tuple[int, int]:
    return edit.start, edit.end
