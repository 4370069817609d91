"""Text of a repository, a path or the message of a commit, as nothing but text."""

import re

# Controls, which a terminal obeys, but for tabs and line breaks; and marks that turn the direction of what follows
# (Unicode Standard Annex 9), so that a line reads as something else.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]")


def plain(text: str) -> str:
    r"""Write control characters as Python does, `\x1b` for one, and keep all else."""
    return _CONTROL.sub(lambda found: ascii(found[0])[1:-1], text)
