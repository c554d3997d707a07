"""A process that ends with this one, and whose output is passed on line by line."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

from baton.launcher.guard import __file__ as GUARD

KILLED_AFTER = 5.0
"""Seconds beyond its grace that a process gets to end."""


class OwnedProcess:
    """``say`` is called with each line, from a thread of its own; without it the output goes where ours does."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        say: Callable[[str], None] | None = None,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
    ) -> None:
        self._pipe = os.pipe()  # the write end closes when this process dies, however it dies
        guarded = [sys.executable, "-I", "-S", GUARD, str(os.getpid()), str(self._pipe[0]), *command]
        self._process = subprocess.Popen(
            guarded,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if say else None,
            stderr=subprocess.STDOUT if say else None,
            env={**os.environ, **(env or {})},
            cwd=cwd,
            pass_fds=(self._pipe[0],),
            start_new_session=True,  # Ctrl-C is for this process, which stops the others in order
        )
        self._reader: threading.Thread | None = None
        if say is not None and self._process.stdout is not None:
            self._reader = threading.Thread(target=_hand_on, args=(self._process.stdout, say), daemon=True)
            self._reader.start()

    @property
    def exit_code(self) -> int | None:
        """None while it runs."""
        return self._process.poll()

    def stop(self, grace: float) -> None:
        """SIGTERM, and when ``grace`` seconds were not enough, SIGKILL. Returns when it has ended and all is said."""
        self._process.terminate()
        try:
            self._process.wait(grace + KILLED_AFTER)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._reader is not None:
            self._reader.join(KILLED_AFTER)
        for end in self._pipe:
            os.close(end)


def _hand_on(output: IO[bytes], say: Callable[[str], None]) -> None:
    with output:
        for line in output:
            say(line.decode(errors="replace").rstrip("\n"))
