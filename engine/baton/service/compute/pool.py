"""A small pool of compute processes. What takes too long or too much memory is killed, and its request refused.

Sockets, locks and processes are those of the standard library: under gevent's patches waiting blocks no one else.
"""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

import structlog

from baton.model.errors import Overloaded, TooMuchWork
from baton.service.compute import wire
from baton.service.core.settings import Settings

log = structlog.get_logger("baton.compute")
P = ParamSpec("P")
R = TypeVar("R")

START = 20.0
"""Seconds that a new process may take to load; they do not count as those of its first request."""
PATIENCE = 3
"""How many times the seconds of work a request may take on a busy machine, where it waits for a processor."""
MAX_ANSWER = 8 * 1024 * 1024
"""Bytes. Reading a longer answer would block the process that asked."""


class ComputeFailed(Exception):
    """A bug of Baton in a compute process; the message is its traceback."""


class Compute(Protocol):
    """Where work whose cost the input decides is done. Functions are those of a module, found by their names."""

    killed: int
    """Requests that were refused because they took too much."""

    def run(self, function: Callable[P, R], *args: P.args, **more: P.kwargs) -> R:
        """Call the function. Raises what it raises, TooMuchWork or Overloaded."""
        ...

    def run_with_engine(self, function: Callable[Concatenate[Any, P], R], *args: P.args, **more: P.kwargs) -> R:
        """Call the function with an engine as its first argument. Raises what ``run`` raises."""
        ...

    def warm(self) -> None:
        """Be ready for the first request."""
        ...

    def close(self) -> None:
        """End what was started."""
        ...


class InPlace:
    """In the process that asks, without bounds: for tests and commands."""

    def __init__(self, engine: Any) -> None:
        self._engine = engine
        self.killed = 0

    def run(self, function: Callable[P, R], *args: P.args, **more: P.kwargs) -> R:
        return function(*args, **more)

    def run_with_engine(self, function: Callable[Concatenate[Any, P], R], *args: P.args, **more: P.kwargs) -> R:
        return function(self._engine, *args, **more)

    def warm(self) -> None:
        """Nothing to start."""

    def close(self) -> None:
        """Nothing to end."""


class Handle(Protocol):
    """A process as its parent holds it: ``subprocess.Popen`` is one."""

    def poll(self) -> int | None:
        """How it has ended, if it has: the exit code, negative for a signal."""
        ...

    def kill(self) -> None: ...

    def wait(self) -> int:
        """How it has ended, once it has."""
        ...


class ComputeProcess:
    """``sock``: our end of the one by which it is asked."""

    def __init__(self, process: Handle, sock: socket.socket) -> None:
        self._process = process
        self._socket = sock
        self._fresh = True

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def ask(self, request: bytes, seconds: float) -> Any:
        """Raises TimeoutError, Ended or TooLong; then the process is of no use any more."""
        self._wait_until_loaded()
        deadline = time.monotonic() + PATIENCE * seconds
        self._socket.settimeout(PATIENCE * seconds)
        self._socket.sendall(request)
        self._socket.settimeout(max(deadline - time.monotonic(), 0.001))
        return wire.receive(self._socket, MAX_ANSWER)

    def _wait_until_loaded(self) -> None:
        """Raises Overloaded when that takes too long: no request is to blame."""
        if not self._fresh:
            return
        self._socket.settimeout(START)
        try:
            wire.receive(self._socket, MAX_ANSWER)
        except TimeoutError:
            raise Overloaded(f"Expected a new compute process to be ready within {START:g} s, but it is not") from None
        self._fresh = False

    def end(self) -> int:
        """The exit code, negative for a signal; what has ended by itself keeps its own."""
        self._process.kill()
        self._socket.close()
        return self._process.wait()


class StartCompute(Protocol):
    """Starts a compute process with its bounds: seconds of CPU for a request, bytes of memory."""

    def __call__(self, seconds: float, memory: int, /) -> ComputeProcess: ...


def start_compute(seconds: float, memory: int, /) -> ComputeProcess:
    """One that loads all by itself, whatever the state of this process."""
    ours, theirs = socket.socketpair()
    module = "baton.service.compute_process"
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-m", "baton.loading", module, str(theirs.fileno()), str(seconds), str(memory)],
            stdin=subprocess.DEVNULL,
            pass_fds=(theirs.fileno(),),
        )
    return ComputeProcess(process, ours)


class ComputePool:
    """Processes are started when needed, and again after they have been killed."""

    def __init__(self, settings: Settings, start: StartCompute | None = None) -> None:
        """``start``: what starts the process that is there for the first request."""
        self._seconds, self._memory = settings.compute_seconds, settings.compute_memory_bytes
        self._free = threading.BoundedSemaphore(settings.compute_processes)
        self._idle: list[ComputeProcess] = []
        self._start_first = start or start_compute
        self.killed = 0

    def warm(self) -> None:
        """Start one process now, so that the first request does not wait for it."""
        self._idle.append(self._start_first(self._seconds, self._memory))

    def run(self, function: Callable[P, R], *args: P.args, **more: P.kwargs) -> R:
        """Raises TooMuchWork, or Overloaded when all processes stay busy with the requests of others."""
        return self._wait_and_ask(False, partial(function, **more), args)

    def run_with_engine(self, function: Callable[Concatenate[Any, P], R], *args: P.args, **more: P.kwargs) -> R:
        """The same with the engine of the other process, which reads its settings from the environment."""
        return self._wait_and_ask(True, partial(function, **more), args)

    def close(self) -> None:
        while self._idle:
            self._idle.pop().end()

    def _wait_and_ask(self, needs_engine: bool, function: partial[R], args: tuple[Any, ...]) -> R:
        request = wire.pack((needs_engine, function, args))
        if not self._free.acquire(timeout=PATIENCE * self._seconds):
            raise Overloaded("Expected a free process to compute this, but all are busy (BATON_COMPUTE_PROCESSES)")
        try:
            kind, answer = self._ask(function, request)
        finally:
            self._free.release()
        if kind == "rejected":
            raise answer
        if kind == "failed":
            raise ComputeFailed(answer)
        return answer

    def _ask(self, function: partial[Any], request: bytes) -> tuple[str, Any]:
        process = self._take()
        try:
            kind, answer = process.ask(request, self._seconds)
        except BaseException as error:
            reason = self._explain(error, process.end())
            if reason is None:
                raise
            raise self._refuse(function, reason) from None
        if kind == "memory":
            process.end()
            raise self._refuse(function, self._describe_memory())
        self._idle.append(process)
        return kind, answer

    def _refuse(self, function: partial[Any], reason: str) -> TooMuchWork:
        self.killed += 1
        log.warning("a request took too much", action="compute.killed", task=function.func.__name__, reason=reason)
        return TooMuchWork(reason)

    def _take(self) -> ComputeProcess:
        """The one used last, which has read the same files before; never one that has died meanwhile."""
        while self._idle:
            process = self._idle.pop()
            if process.is_alive:
                return process
            process.end()
        return start_compute(self._seconds, self._memory)

    def _explain(self, error: BaseException, code: int) -> str | None:
        """Why the request cannot be answered, if the request is to blame; ``code``: how the process ended."""
        if isinstance(error, TimeoutError) or code in (-signal.SIGPROF, -signal.SIGALRM):
            return f"Expected at most {self._seconds:g} s of work, but this takes longer (BATON_COMPUTE_SECONDS)"
        if isinstance(error, wire.TooLong):
            return f"Expected a result of at most {MAX_ANSWER // 2**20} MB, but it is larger: divide the files"
        return self._describe_memory() if isinstance(error, wire.Ended) and code < 0 else None

    def _describe_memory(self) -> str:
        megabytes = self._memory // 2**20
        return f"Expected at most {megabytes} MB of memory, but this takes more (BATON_COMPUTE_MEMORY_BYTES)"
