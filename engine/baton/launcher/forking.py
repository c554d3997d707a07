"""A compute process as a copy of a web process that has loaded everything, and has nothing open yet."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import socket
import sys
from multiprocessing.context import ForkProcess
from pathlib import Path

import gevent

from baton.service.compute.pool import ComputeProcess
from baton.service.compute_process import answer_requests

STANDARD_FILES = 3
"""Input, output and errors."""
OF_THE_WEB = 48 * 1024 * 1024
"""Bytes of a copy that one which loads by itself has not: the modules of the web, which no request is to blame for."""
COMM = Path("/proc/self/comm")


class Forked:
    """As ``subprocess.Popen``."""

    def __init__(self, process: ForkProcess) -> None:
        self._process = process

    def poll(self) -> int | None:
        return self._process.exitcode

    def kill(self) -> None:
        self._process.kill()

    def wait(self) -> int:
        self._process.join()
        return self._process.exitcode or 0


def fork_compute(seconds: float, memory: int, /) -> ComputeProcess:
    """Before the first connection, thread or greenlet: a copy has those of its parent in a state that nobody knows."""
    ours, theirs = socket.socketpair()
    with theirs:
        context = multiprocessing.get_context("fork")
        process = context.Process(target=_begin, args=(theirs.fileno(), seconds, memory), daemon=True)
        process.start()
    return ComputeProcess(Forked(process), ours)


def _begin(fileno: int, seconds: float, memory: int) -> None:
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGABRT, signal.SIGUSR1, signal.SIGUSR2):
        signal.signal(number, signal.SIG_DFL)
    # The loop of the parent, its listening sockets, and what else it has open: a new loop is made when one is needed.
    gevent.get_hub().destroy(destroy_loop=True)
    os.closerange(STANDARD_FILES, fileno)
    os.closerange(fileno + 1, os.sysconf("SC_OPEN_MAX"))
    if sys.platform == "linux":
        with contextlib.suppress(OSError):  # only its name in lists of processes
            COMM.write_text("baton-compute")
    answer_requests(fileno, seconds, memory + OF_THE_WEB)
