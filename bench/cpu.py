"""CPU time of the processes that a measurement has started. Needs Linux (``/proc``)."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

KINDS = {
    "valkey-server": "store",
    "baton-compute": "compute",
    "compute_process": "compute",
    "launcher.streaming": "streams",
    "gunicorn": "web",
    "launcher.loops": "loops",
}


def measure_cpu() -> dict[str, float]:
    """Seconds of CPU so far, by kind of process, of all that this one has started."""
    found: dict[str, float] = {}
    for pid in _list_descendants(os.getpid()):
        # A compute process has the command line of the web process that it was copied from, and its own name.
        line = f"{_read_name(pid)} " + Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
        kind = next((kind for word, kind in KINDS.items() if word in line), "supervisor")
        fields = _read_fields(pid)
        found[kind] = found.get(kind, 0) + (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return found


def measure_cpu_of(roots: Iterable[int]) -> float:
    """Seconds of CPU so far of processes and all that they have started and that still runs."""
    pids = [pid for root in roots for pid in (root, *_list_descendants(root))]
    return sum(sum(map(int, _read_fields(pid)[11:13])) for pid in pids) / os.sysconf("SC_CLK_TCK")


def _list_descendants(pid: int) -> Iterator[int]:
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in _list_children(task):
            yield child
            yield from _list_descendants(child)


def _list_children(task: Path) -> list[int]:
    try:
        return [int(child) for child in (task / "children").read_text().split()]
    except FileNotFoundError:  # the thread has ended meanwhile
        return []


def _read_name(pid: int) -> str:
    return Path(f"/proc/{pid}/comm").read_text().strip()


def _read_fields(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
