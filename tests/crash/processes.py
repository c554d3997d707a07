"""The processes of a running Baton: what each of them is, and how much memory it has held at most."""

from __future__ import annotations

import threading
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.running import Baton

KINDS = (
    ("valkey-server", "store"),
    ("baton-compute", "compute"),
    ("compute_process", "compute"),
    ("gunicorn", "web"),
    ("launcher.loops", "loops"),
    ("baton.cli serve", "supervisor"),
)
LASTING = ("web", "loops", "store", "supervisor")
"""Kinds of which none may die; compute processes are there to be killed."""
PERIOD = 0.3


class Watch:
    """While entered it watches every process; then ``peaks`` are bytes by kind, ``lost`` the kinds that have died."""

    def __init__(self, baton: Baton) -> None:
        self._baton = baton
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look_again_and_again)
        self._seen: dict[int, str] = {}
        self.peaks: dict[str, int] = {}

    def __enter__(self) -> Self:
        for pid in self._baton.pids():
            with suppress(OSError):
                Path(f"/proc/{pid}/clear_refs").write_text("5")  # its peak is counted from now on
        self._look()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()
        self._look()

    @property
    def lost(self) -> list[str]:
        alive = set(self._baton.pids())
        return sorted(kind for pid, kind in self._seen.items() if kind in LASTING and pid not in alive)

    def _look_again_and_again(self) -> None:
        while not self._over.wait(PERIOD):
            self._look()

    def _look(self) -> None:
        for pid in self._baton.pids():
            with suppress(OSError, StopIteration):
                kind, peak = _get_kind(pid), _get_peak(pid)
                if kind is not None:
                    self._seen[pid] = kind
                    self.peaks[kind] = max(self.peaks.get(kind, 0), peak)


def _get_kind(pid: int) -> str | None:
    name = Path(f"/proc/{pid}/comm").read_text()
    command = name + Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    return next((kind for part, kind in KINDS if part in command), None)


def _get_peak(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM"))
