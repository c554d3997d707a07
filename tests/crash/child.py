"""The process that dies: ``python -m tests.crash.child URL`` forks a victim for each line ``scene point``.

A victim sets its scene up, does what is to be done, and is killed (a real SIGKILL) when it reaches the point of that
number, counted from the beginning of the act; point 0 lives through the set-up only, point -1 through all of it.
The answer is one line of JSON: what was set up, which points were reached, what the client saw, whether it died.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
from typing import Any

from baton.expression.scripts import LocalScriptRunner
from baton.service import Settings, assemble
from tests.crash.given import Stage
from tests.crash.scenes import SCENES
from tests.service.conftest import Clock

LEASE_MS = 10_000


def stage_on(url: str, seed: int, clock: Clock | None = None) -> Stage:
    """An engine with a clock that stands and with ids that are the same in every run."""
    clock = clock or Clock()
    settings = Settings(
        redis_url=url, partitions=2, clock=clock, random=random.Random(seed).randbytes, lease_ms=LEASE_MS
    )
    return Stage(assemble(settings, scripts=LocalScriptRunner()), clock)


def victim(url: str, name: str, number: int, out: int) -> None:
    def tell(what: str, value: Any) -> None:
        os.write(out, json.dumps([what, value]).encode() + b"\n")

    stage, scene, reached = stage_on(url, seed=1), SCENES[name], 0

    def watch(point: str) -> None:
        nonlocal reached
        reached += 1
        tell("point", point)
        if reached == number:
            os.kill(os.getpid(), signal.SIGKILL)

    facts = scene.set_up(stage)
    tell("facts", facts)
    if number == 0:
        return
    stage.engine.store.backend.on_point = watch
    tell("saw", scene.act(stage, facts))


def main(url: str) -> None:
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what the engine logs is not an answer
    for line in sys.stdin:
        name, number = line.split()
        read, write = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(read)
            try:
                victim(url, name, int(number), write)
            except BaseException as error:
                os.write(write, json.dumps(["error", f"{type(error).__name__}: {error}"]).encode() + b"\n")
            os._exit(0)
        os.close(write)
        with os.fdopen(read, "rb") as pipe:
            told = [json.loads(item) for item in pipe]
        _, status = os.waitpid(pid, 0)
        told.append(["killed", os.WIFSIGNALED(status)])
        print(json.dumps(told), file=answers, flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
