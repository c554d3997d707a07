"""Indexes what an earlier release has written, until it dies: ``python -m tests.service.indexing_victim URL POINT``.

It kills itself (a real SIGKILL) at the crash point of that number; if there are fewer it completes the indexes.
"""

from __future__ import annotations

import os
import signal
import sys

from baton.expression.scripts import LocalScriptRunner
from baton.service import Settings, assemble


def main(url: str, number: int) -> None:
    engine = assemble(Settings(redis_url=url, partitions=4), scripts=LocalScriptRunner())
    reached = 0

    def watch(_: str) -> None:
        nonlocal reached
        reached += 1
        if reached == number:
            os.kill(os.getpid(), signal.SIGKILL)

    engine.store.backend.on_point = watch
    engine.store.indexing.complete()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
