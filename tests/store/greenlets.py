"""Greenlets that die while they send for others, and while they wait; run by ``test_pipeline`` in a patched process."""

from __future__ import annotations

from gevent import monkey

monkey.patch_all()

import sys  # noqa: E402
from typing import Any  # noqa: E402

import gevent  # noqa: E402

from baton.store.connecting import make_client  # noqa: E402
from baton.store.wire import Wire  # noqa: E402


def main(url: str) -> None:
    """A blocking command holds the line, so that what follows has to wait; then its greenlet or a waiting one dies."""
    wire = Wire(make_client(url, 8).connection_pool, 8)
    for victim in (0, 1):
        blocking = spawn(wire, "BLPOP", f"never-{victim}", 0)
        waiting = [spawn(wire, "INCR", f"count-{victim}-{number}") for number in range(3)]
        ([blocking, *waiting][victim]).kill()
        if victim == 1:
            wire.send([("RPUSH", f"never-{victim}", "now")])
        gevent.joinall([blocking, *waiting], timeout=20)
        print([done.value for done in waiting if done.successful() and isinstance(done.value, list)])
    print(wire.send_together([("PING",)]))


def spawn(wire: Wire, *command: Any) -> gevent.Greenlet:
    started = gevent.spawn(wire.send_together, [command])
    gevent.sleep(0.02)
    return started


if __name__ == "__main__":
    main(sys.argv[1])
