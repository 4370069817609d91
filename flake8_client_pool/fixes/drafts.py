"""A text on its way to another one: edits in batches, and what becomes of the places in it."""

from collections.abc import Iterable
from itertools import pairwise

from flake8_client_pool.fixes.outcomes import fault_in
from flake8_client_pool.model import Edit


class FaultError(ValueError):
    """Edits after which a text would no longer parse; it says what would be wrong."""


class Draft:
    """A text to which batches of edits are applied.

    Attributes:
        text: the text after all batches so far.
    """

    def __init__(self, text: str) -> None:
        """Begin with a text."""
        self.text = text
        self._batches: list[tuple[Edit, ...]] = []

    def apply(self, edits: Iterable[Edit]) -> None:
        """Apply edits that count from the text as it is now; equal ones count once.

        Raises:
            FaultError: the text would not parse after them; it stays as it was.
        """
        batch = tuple(sorted(set(edits), key=lambda edit: (edit.start, edit.end)))
        text = applied(self.text, batch)
        if text != self.text and (fault := fault_in(text)):
            raise FaultError(fault)
        self.text = text
        self._batches.append(batch)

    def apply_from_start(self, edits: Iterable[Edit]) -> None:
        """Apply edits that count from the text with which the draft began.

        Raises:
            FaultError: the text would not parse after them; it stays as it was.
        """
        self.apply([Edit(self.place(edit.start), self._end(edit), edit.text) for edit in edits])

    def place(self, offset: int) -> int:
        """Give where the code point at an offset of the first text is now."""
        for batch in self._batches:
            offset += sum(
                len(edit.text) - (edit.end - edit.start)
                for edit in batch
                if edit.end <= offset and (edit.start < offset or edit.start == edit.end)
            )
        return offset

    def _end(self, edit: Edit) -> int:
        return self.place(edit.start) + edit.end - edit.start


def applied(text: str, edits: Iterable[Edit]) -> str:
    """Give the text after edits that do not overlap."""
    pieces: list[str] = []
    position = 0
    for edit in sorted(edits, key=lambda each: (each.start, each.end)):
        pieces += [text[position : edit.start], edit.text]
        position = edit.end
    return "".join([*pieces, text[position:]])


def overlap(edits: Iterable[Edit]) -> bool:
    """Tell whether two edits change the same code points, or stand at the same place with different texts."""
    ordered = sorted(set(edits), key=lambda edit: (edit.start, edit.end))
    return any(
        later.start < earlier.end or (later.start, later.end) == (earlier.start, earlier.end)
        for earlier, later in pairwise(ordered)
    )
