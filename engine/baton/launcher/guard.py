"""Runs a command that must not outlive the process that started it: ``guard.py PARENT-PID PIPE-FD COMMAND…``.

A file of its own, run with ``python -I -S``: it imports nothing of Baton and on Linux becomes the command.
There the kernel delivers SIGTERM when the parent dies. Elsewhere this process stays between the two and watches a pipe
whose other end only the parent holds.
"""

from __future__ import annotations

import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main(argv: list[str]) -> int:
    """Become the command (Linux) or watch over it (elsewhere)."""
    parent, pipe, command = int(argv[0]), int(argv[1]), argv[2:]
    if sys.platform == "linux":
        _die_with_parent(parent)
        os.close(pipe)
        os.execvp(command[0], command)
    return _watch(pipe, command)


def _die_with_parent(parent: int) -> None:
    import ctypes

    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != parent:  # it died before the kernel was asked for the signal
        os._exit(1)


def _watch(pipe: int, command: list[str]) -> int:
    import subprocess
    import threading

    child = subprocess.Popen(command, close_fds=False)

    def end(*_: object) -> None:
        child.terminate()

    def wait_for_parent() -> None:
        while os.read(pipe, 1):
            pass
        child.terminate()
        try:
            child.wait(5)
        except subprocess.TimeoutExpired:
            child.kill()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    threading.Thread(target=wait_for_parent, daemon=True).start()
    code = child.wait()
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
