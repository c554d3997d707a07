"""What a Baton with nothing to do costs: CPU of each kind of process, and Redis commands. Needs Linux (``/proc``)."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import redis

from bench.server import running

SETTLING, SECONDS = 10.0, 30.0
KINDS = {"valkey-server": "store", "compute_process": "compute", "gunicorn": "web", "launcher.loops": "loops"}


def main() -> None:
    with running() as (_, data):
        time.sleep(SETTLING)
        store = redis.Redis(unix_socket_path=str(data / "valkey.sock"))
        store.config_resetstat()
        before = _measure_cpu()
        time.sleep(SECONDS)
        after = _measure_cpu()
        commands = sum(row["calls"] for row in store.info("commandstats").values())
    used = {kind: (seconds - before.get(kind, 0)) / SECONDS * 100 for kind, seconds in after.items()}
    print("a Baton with nothing to do, percent of one core")
    print("  " + "  ".join(f"{kind} {percent:.2f}" for kind, percent in sorted(used.items())))
    print(f"  together {sum(used.values()):.2f}; {commands / SECONDS:.0f} Redis commands a second, inside scripts too")


def _measure_cpu() -> dict[str, float]:
    """Seconds of CPU so far, by kind of process, of all that this one has started."""
    found: dict[str, float] = {}
    for pid in _list_descendants(os.getpid()):
        line = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode() or _read_name(pid)
        kind = next((kind for word, kind in KINDS.items() if word in line), "supervisor")
        fields = _read_fields(pid)
        found[kind] = found.get(kind, 0) + (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return found


def _list_descendants(pid: int) -> Iterator[int]:
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            yield int(child)
            yield from _list_descendants(int(child))


def _read_name(pid: int) -> str:
    return Path(f"/proc/{pid}/comm").read_text().strip()


def _read_fields(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
