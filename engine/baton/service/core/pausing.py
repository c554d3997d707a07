"""Work that computes for long in a greenlet or thread lets the others of its process go on."""

from __future__ import annotations

import time

PAUSE_S = 0.000_1


def give_way() -> None:
    """Let everything that is ready go on, sockets and timers too.

    Not ``sleep(0)``: gevent looks at sockets and timers only after fifty of these, which is a second of work in parts
    of 20 ms.
    """
    time.sleep(PAUSE_S)
