"""Time as a case sees it: moved forward at once where the server allows it, else waited for."""

from __future__ import annotations

import os
import time
from pathlib import Path


def _now() -> int:
    return time.time_ns() // 1_000_000


class RealClock:
    def now(self) -> int:
        """Milliseconds since the epoch, as the server sees it."""
        return _now()

    def advance(self, moment: int) -> None:
        """Return when it is ``moment``."""
        time.sleep(max(0, moment - self.now()) / 1000)


class MovedClock(RealClock):
    """Writes the file that the server reads how far to be ahead from (``BATON_TEST_CLOCK``)."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._ahead = int(file.read_text() or 0) if file.exists() else 0

    def now(self) -> int:
        return _now() + self._ahead

    def advance(self, moment: int) -> None:
        missing = moment - self.now()
        if missing > 0:
            self._ahead += missing
            fresh = self._file.with_suffix(".new")
            fresh.write_text(str(self._ahead))
            os.replace(fresh, self._file)
