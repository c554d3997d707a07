"""How far a worker's function says it is: the latest report waits until a heartbeat takes it along."""

from __future__ import annotations

import threading
from collections.abc import Callable

LONGEST_TEXT = 200
"""Characters that the engine takes."""


class ProgressReport:
    """Safe for threads: the function writes, the heartbeat reads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._latest: dict[str, object] = {}
        self._changed = False
        self._listener: Callable[[], None] | None = None

    def set(self, fraction: float | None, text: str | None) -> None:
        """Raises ValueError."""
        if fraction is not None and not 0 <= fraction <= 1:
            raise ValueError(f"Expected a progress from 0 to 1, but found {fraction!r}")
        said = {"progress": fraction, "progressText": None if text is None else _cut(str(text))}
        with self._lock:
            latest: dict[str, object] = {name: value for name, value in said.items() if value is not None}
            self._changed = self._changed or latest != self._latest
            self._latest, listener = latest, self._listener
        if listener is not None and self._changed:
            listener()

    def listen(self, listener: Callable[[], None]) -> None:
        """Call back after each report that says something new."""
        with self._lock:
            self._listener = listener

    def keep(self) -> None:
        """What was taken did not arrive: the next heartbeat takes the latest along."""
        with self._lock:
            self._changed = bool(self._latest)

    @property
    def is_waiting(self) -> bool:
        """Whether something was said that no heartbeat has taken along."""
        return self._changed

    def take(self) -> dict[str, object]:
        """The fields for a heartbeat, empty when there is nothing new."""
        with self._lock:
            latest = self._latest if self._changed else {}
            self._changed = False
            return latest


def _cut(text: str) -> str:
    """As much as the engine takes, of text that UTF-8 can hold."""
    return text.encode(errors="backslashreplace").decode()[:LONGEST_TEXT]
