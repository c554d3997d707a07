"""Signals as a call."""

from __future__ import annotations

import signal
from collections.abc import Callable
from types import FrameType


def on_stop(stop: Callable[[], None]) -> None:
    """Call ``stop`` on SIGTERM and on Ctrl-C."""

    def handle(_signum: int, _frame: FrameType | None) -> None:
        stop()

    signal.signal(signal.SIGTERM, handle)
    signal.signal(signal.SIGINT, handle)
