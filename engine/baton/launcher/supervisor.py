"""Keeps child processes running: starts them, restarts with a growing pause what crashes, stops all in order."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from baton.launcher.errors import CannotStart
from baton.launcher.logfiles import LogFile

GUARD = Path(__file__).with_name("guard.py")
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 10.0
"""Seconds before a crashed child is started again; doubled with each crash."""
STEADY = 30.0
"""A child that lived this many seconds starts again without a pause."""
TOO_MANY_CRASHES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildSpec:
    """``phase``: children stop phase by phase, highest first; ``grace`` is how many seconds each gets for it.

    ``hint`` says what to do when the child cannot be started at all. ``listener``: it is started when somebody connects
    there, and not before.
    """

    name: str
    command: Sequence[str]
    phase: int
    grace: float = 3.0
    env: Mapping[str, str] = field(default_factory=dict[str, str])
    keep_fds: tuple[int, ...] = ()
    cwd: Path | None = None
    hint: str = ""
    listener: socket.socket | None = None


class Child:
    """One process of the tree, and when it may start again."""

    def __init__(self, spec: ChildSpec, log: LogFile | None) -> None:
        self.spec = spec
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None
        self.crashes = 0
        self.start_at = 0.0
        self.started_at = 0.0

    @property
    def is_wanted(self) -> bool:
        listener = self.spec.listener
        return listener is None or bool(select.select([listener], [], [], 0)[0])

    def find_awaited(self, now: float) -> socket.socket | None:
        """Where somebody may connect to have it started now."""
        return self.spec.listener if self.process is None and now >= self.start_at else None

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self, pipe: int) -> None:
        command = [sys.executable, "-I", "-S", str(GUARD), str(os.getpid()), str(pipe), *self.spec.command]
        with contextlib.ExitStack() as stack:
            output = stack.enter_context(self.log.open()) if self.log else None
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output if output else sys.stderr.fileno(),
                stderr=output if output else sys.stderr.fileno(),
                env={**os.environ, **self.spec.env},
                pass_fds=(pipe, *self.spec.keep_fds),
                cwd=self.spec.cwd,
                start_new_session=True,  # Ctrl-C is for the supervisor, which stops the children in order
            )
        self.started_at = time.monotonic()

    def note_exit(self, now: float) -> None:
        """It has ended by itself: decide when it may start again."""
        self.crashes = 1 if now - self.started_at > STEADY else self.crashes + 1
        self.start_at = now + min(FIRST_PAUSE * 2 ** (self.crashes - 1), LONGEST_PAUSE)
        self.process = None

    def read_last_words(self) -> str:
        return self.log.read_tail() if self.log else ""


class Supervisor:
    """Runs in the main thread; SIGTERM and SIGINT stop everything, a second one at once."""

    def __init__(self, report: Callable[[str], None], logs: Path | None) -> None:
        self._report = report
        self._logs = logs
        self._children: list[Child] = []
        # Not an event: its lock may be held by the main thread where a signal interrupts it, and is taken by ``set``.
        self._signalled, self._signal = os.pipe()
        os.set_blocking(self._signalled, False)
        os.set_blocking(self._signal, False)
        self._signals = 0
        self._read_end, self._write_end = os.pipe()  # the write end closes when this process dies, however it dies
        for signum in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(signum, self._on_stop)
        signal.signal(signal.SIGCHLD, self._on_child)

    @property
    def stopping(self) -> bool:
        return self._signals > 0

    def add(self, spec: ChildSpec) -> Child:
        """Start the child now, or as soon as it is wanted, and keep it running from then on."""
        child = Child(spec, LogFile(self._logs / f"{spec.name}.log") if self._logs else None)
        self._children.append(child)
        if child.is_wanted:
            child.start(self._read_end)
        return child

    def wait_until(self, ready: Callable[[], bool], what: str, seconds: float) -> None:
        """Supervise until ``ready`` holds or a stop is asked for. Raises CannotStart when it takes too long."""
        deadline = time.monotonic() + seconds
        while not self.stopping and not ready():
            self._tick()
            self._give_up_on_crashing()
            if time.monotonic() > deadline:
                raise CannotStart(
                    f"Expected {what} within {seconds:.0f} s, but it is not there.{self._all_last_words()}"
                )
            self._rest(0.03)

    def run(self) -> None:
        """Supervise until a stop is asked for."""
        while not self.stopping:
            self._tick()
            self._rest(self._pause())

    def stop(self) -> None:
        """Stop all children, phase by phase; what does not stop in time is killed."""
        signals_before = self._signals
        for phase in sorted({child.spec.phase for child in self._children}, reverse=True):
            members = [child for child in self._children if child.spec.phase == phase and child.alive]
            self._stop_phase(members, lambda: self._signals > max(signals_before, 1))
        for child in self._children:
            if child.process is not None:
                child.process.wait()

    def _stop_phase(self, members: list[Child], hurry: Callable[[], bool]) -> None:
        for child in members:
            _signal(child, signal.SIGTERM)
        deadline = time.monotonic() + max((child.spec.grace for child in members), default=0)
        while any(child.alive for child in members):
            if hurry() or time.monotonic() > deadline:
                for child in members:
                    _kill_group(child)
                break
            self._rest(0.05)

    def _tick(self) -> None:
        now = time.monotonic()
        for child in self._children:
            if child.process is None:
                if now >= child.start_at and child.is_wanted:
                    child.start(self._read_end)
            elif (code := child.process.poll()) is not None:
                child.note_exit(now)
                self._report(f"{child.spec.name} ended ({_how(code)}); starting it again")
            elif child.log:
                child.log.trim()

    def _give_up_on_crashing(self) -> None:
        for child in self._children:
            if child.crashes >= TOO_MANY_CRASHES:
                hint = f" {child.spec.hint}" if child.spec.hint else ""
                raise CannotStart(
                    f"Expected {child.spec.name} to run, but it ends again and again.{hint}\n{child.read_last_words()}"
                )

    def _all_last_words(self) -> str:
        return "".join(f"\n--- {child.spec.name}\n{child.read_last_words()}" for child in self._children)

    def _pause(self) -> float:
        now = time.monotonic()
        waiting = [
            child.start_at - now
            for child in self._children
            if child.process is None and child.find_awaited(now) is None
        ]
        return max(0.01, min([1.0, *waiting]))

    def _rest(self, seconds: float) -> None:
        """Until a signal comes, somebody connects to a child that is to be started then, or the time is over."""
        now = time.monotonic()
        awaited = [found for child in self._children if (found := child.find_awaited(now)) is not None]
        ready, _, _ = select.select([self._signalled, *([] if self.stopping else awaited)], [], [], seconds)
        if self._signalled in ready:
            os.read(self._signalled, 4_096)

    def _on_stop(self, signum: int, frame: FrameType | None) -> None:
        self._signals += 1
        self._on_child(signum, frame)

    def _on_child(self, _signum: int, _frame: FrameType | None) -> None:
        with contextlib.suppress(BlockingIOError):  # it is full of signals that wake as well
            os.write(self._signal, b"\0")


def _signal(child: Child, signum: signal.Signals) -> None:
    if child.process is not None:
        with contextlib.suppress(ProcessLookupError):
            child.process.send_signal(signum)


def _kill_group(child: Child) -> None:
    if child.process is not None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.process.pid, signal.SIGKILL)


def _how(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
