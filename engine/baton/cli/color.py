"""Whether commands print in colors."""

from __future__ import annotations

import os


def choose_color() -> bool | None:
    """False with NO_COLOR (https://no-color.org); None leaves it to whether the output is a terminal."""
    return False if os.environ.get("NO_COLOR") else None
