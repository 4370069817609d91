"""What a stream can show."""

import os
from typing import TextIO


def shows_colour(stream: TextIO) -> bool:
    """Tell whether to write colours: on terminals, see also https://no-color.org and https://force-color.org."""
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or (stream.isatty() and os.environ.get("TERM") != "dumb")
