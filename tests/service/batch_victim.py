"""Works off batches as a process of loops does, until it is killed: ``python -m tests.service.batch_victim URL POINT``.

It kills itself (a real SIGKILL) at the crash point of that number; with 0 it lives until no batch has work.
"""

from __future__ import annotations

import os
import signal
import sys
import threading

from baton.expression.scripts import LocalScriptRunner
from baton.service import Settings, assemble

LEASE_MS = 250


def main(url: str, number: int) -> None:
    engine = assemble(Settings(redis_url=url, partitions=4, lease_ms=LEASE_MS), scripts=LocalScriptRunner())
    reached = 0

    def watch(_: str) -> None:
        nonlocal reached
        reached += 1
        if reached == number:
            os.kill(os.getpid(), signal.SIGKILL)

    engine.store.backend.on_point = watch
    while True:
        _, pause = engine.batches.run_step(paced=False)
        if pause is None:
            return
        threading.Event().wait(pause / 1000)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
