"""What a Baton with nothing to do costs: CPU of each kind of process, and Redis commands."""

from __future__ import annotations

import time

import redis

from bench.cpu import measure_cpu
from bench.server import running

SETTLING, SECONDS = 10.0, 30.0


def main() -> None:
    with running() as (_, data):
        time.sleep(SETTLING)
        store = redis.Redis(unix_socket_path=str(data / "valkey.sock"))
        store.config_resetstat()
        before = measure_cpu()
        time.sleep(SECONDS)
        after = measure_cpu()
        commands = sum(row["calls"] for row in store.info("commandstats").values())
    used = {kind: (seconds - before.get(kind, 0)) / SECONDS * 100 for kind, seconds in after.items()}
    print("a Baton with nothing to do, percent of one core")
    print("  " + "  ".join(f"{kind} {percent:.2f}" for kind, percent in sorted(used.items())))
    print(f"  together {sum(used.values()):.2f}; {commands / SECONDS:.0f} Redis commands a second, inside scripts too")
