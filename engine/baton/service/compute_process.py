"""A compute process, which answers one request after another.

``python -m baton.loading baton.service.compute_process FD SECONDS BYTES``
"""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import socket
import traceback
from functools import cache
from typing import Any

from baton.model.errors import RequestFailed
from baton.service.compute import wire
from baton.service.compute.pool import PATIENCE
from baton.service.engine import Engine, assemble

NICENESS = 5
"""The web and the turns come first."""
LATER = 2.0
"""Seconds past its time after which the process ends by itself: who asked may have died."""


def main(fd: str, seconds: str, memory: str) -> None:
    """Does not return."""
    answer_requests(int(fd), float(seconds), int(memory))


def answer_requests(fd: int, seconds: float, memory: int) -> None:
    """Until the other end of the socket is closed; then the process ends."""
    for number in (signal.SIGALRM, signal.SIGPROF):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(NICENESS)
    with contextlib.suppress(ValueError, OSError):  # macOS knows this limit and refuses to set it
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    sock = socket.socket(fileno=fd)
    sock.setblocking(True)  # gevent makes both ends of its socket pairs non-blocking
    with contextlib.suppress(wire.Ended, ConnectionError):  # the caller has ended, perhaps before this began
        _serve(sock, seconds)
    os._exit(0)  # without waiting for the threads of an engine


def _serve(sock: socket.socket, seconds: float) -> None:
    """Until memory has run out. Raises Ended, ConnectionError."""
    sock.sendall(wire.pack("ready"))
    while True:
        needs_engine, function, arguments = wire.receive(sock)
        signal.setitimer(signal.ITIMER_PROF, seconds)
        signal.setitimer(signal.ITIMER_REAL, PATIENCE * seconds + LATER)
        out_of_memory, answer = _answer(needs_engine, function, arguments)
        sock.sendall(answer)
        if out_of_memory:  # what is left of it is in pieces
            return
        for clock in (signal.ITIMER_PROF, signal.ITIMER_REAL):
            signal.setitimer(clock, 0)


@cache
def get_engine() -> Engine:
    """The engine of this process, made when it is first needed: a check needs none."""
    return assemble()


def _answer(needs_engine: bool, function: Any, arguments: tuple[Any, ...]) -> tuple[bool, bytes]:
    """Whether memory was too small, and the answer as it is sent: its kind, and the result or the error."""
    try:
        return False, wire.pack(("done", function(get_engine(), *arguments) if needs_engine else function(*arguments)))
    except MemoryError:
        return True, wire.pack(("memory", None))
    except RequestFailed as error:
        return False, wire.pack(("rejected", error))
    except Exception:
        return False, wire.pack(("failed", traceback.format_exc()))
