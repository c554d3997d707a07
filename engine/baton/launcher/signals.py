"""Signals as a call."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from queue import SimpleQueue
from types import FrameType


def on_stop(stop: Callable[[], None]) -> None:
    """Call ``stop`` on SIGTERM and on Ctrl-C, in a thread of its own.

    A handler runs in the main thread wherever that stands. There ``Event.set`` would wait for ever for the lock of an
    event that the main thread is just beginning or ceasing to wait for. ``SimpleQueue.put`` may be called anywhere.
    """
    signals: SimpleQueue[int] = SimpleQueue()

    def handle(signum: int, _frame: FrameType | None) -> None:
        signals.put(signum)

    def wait() -> None:
        while True:
            signals.get()
            stop()

    threading.Thread(target=wait, name="baton-signals", daemon=True).start()
    signal.signal(signal.SIGTERM, handle)
    signal.signal(signal.SIGINT, handle)
