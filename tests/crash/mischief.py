"""What is done to the processes of a running Baton and its workers: SIGKILL, or SIGSTOP for longer than the lease."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.running import ROOT, Baton, descendants

LEASE_MS = 2_000
WORKERS = 4
TURN_PROCESSES, WEB_PROCESSES = 3, 2
STOPPED_SECONDS = (LEASE_MS / 1000 + 0.5, LEASE_MS / 1000 + 4)
"""Longer than any lease; the longest also outlast a worker's lock."""
BLOWS = (
    *(("kill", "web"),) * 3,
    *(("kill", "loops"),) * 3,
    *(("kill", "valkey"),) * 3,
    *(("kill", "worker"),) * 3,
    *(("stop", "web"),) * 3,
    *(("stop", "loops"),) * 3,
    *(("stop", "valkey"),) * 2,
    *(("stop", "worker"),) * 3,
    ("kill", "gunicorn"),
    ("kill", "everything"),
)


@dataclass
class Victims:
    """A Baton with its workers; ``strike`` hits one of its processes and sees to it that it comes back."""

    baton: Baton
    world: Path
    seed: int
    struck: Counter[str] = field(default_factory=Counter[str])
    recoveries: int = 0
    longest_recovery: float = 0.0
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list[subprocess.Popen[bytes]])
    awake: threading.Lock = field(default_factory=threading.Lock)
    """Held while the supervisor itself is down."""

    def __post_init__(self) -> None:
        self._chance = random.Random(self.seed)
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        self.baton.start()
        self.workers = [self._worker() for _ in range(WORKERS)]

    def _worker(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.crash.hands", self.baton.rest.url, str(self.world)],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
        )

    def strike(self, blow: tuple[str, str] | None = None) -> None:
        how, whom = blow or self._chance.choice(BLOWS)
        began = time.monotonic()
        if whom == "everything":
            self.baton.kill()
            self.baton.start()
        elif whom == "worker":
            self._strike_worker(how)
        elif pids := self._pids(whom):
            pid = self._chance.choice(pids)
            if how == "kill":
                _send(pid, signal.SIGKILL)
                self._until_replaced(whom, pid, len(pids))
            else:
                self._stop(pid)
        else:
            return
        self.struck[f"{how} {whom}"] += 1
        if how == "kill":
            self.recoveries += 1
            self.longest_recovery = max(self.longest_recovery, time.monotonic() - began)

    def _strike_worker(self, how: str) -> None:
        place = self._chance.randrange(len(self.workers))
        if how == "stop":
            self._stop(self.workers[place].pid)
            return
        self.workers[place].kill()
        self.workers[place].wait()
        self.workers[place] = self._worker()

    def _stop(self, pid: int) -> None:
        """Frozen, in the background: other blows may fall meanwhile, also on the frozen one."""
        seconds = self._chance.uniform(*STOPPED_SECONDS)
        _send(pid, signal.SIGSTOP)
        thread = threading.Timer(seconds, _send, (pid, signal.SIGCONT))
        thread.start()
        self._threads.append(thread)

    def _pids(self, whom: str) -> list[int]:
        supervisor = self.baton.pids()[0]
        return [pid for pid in descendants(supervisor) if _is(pid, whom)]

    def _until_replaced(self, whom: str, pid: int, count: int) -> None:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            now = self._pids(whom)
            if pid not in now and len(now) >= count:
                return
            time.sleep(0.05)
        raise AssertionError(f"a killed process ({whom}) was not started again within 30 s\n{self.baton.logs()}")

    def settle(self) -> None:
        """Let what is frozen go on."""
        for thread in self._threads:
            thread.join()

    def end(self) -> None:
        for worker in self.workers:
            worker.kill()
            worker.wait()
        self.settle()
        self.baton.kill()


def _is(pid: int, whom: str) -> bool:
    with suppress(OSError):
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
        if whom == "valkey":
            return b"valkey-server" in command or b"redis-server" in command
        if whom == "loops":
            return b"baton.launcher.loops" in command
        if b"gunicorn" in command and Path(f"/proc/{pid}/comm").read_text() != "baton-compute\n":
            parent = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
            below = b"gunicorn" in Path(f"/proc/{parent}/cmdline").read_bytes()
            return below if whom == "web" else not below
    return False


def _send(pid: int, signum: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signum)
