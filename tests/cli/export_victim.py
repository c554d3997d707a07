"""The process that dies while it exports: ``python -m tests.cli.export_victim URL`` forks a victim for each line
``folder number``.

A victim is killed (a real SIGKILL) before the file or folder of that number that it opens, makes, renames or removes.
The answer is a line: where it died, or that it lived.
"""

from __future__ import annotations

import os
import signal
import sys
from importlib import import_module
from typing import Any

from baton.cli import main

CHANGES = frozenset({"open", "os.mkdir", "os.rename", "os.remove", "os.rmdir"})


def die_at(url: str, folder: str, number: int, out: int) -> None:
    reached = 0

    def watch(event: str, args: tuple[Any, ...]) -> None:
        nonlocal reached
        if event in CHANGES and folder in str(args[0]):
            reached += 1
            if reached == number:
                os.write(out, f"died at {event}".encode())
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(watch)
    main(["archive", "export", folder, "--url", url], standalone_mode=False)
    os.write(out, b"lived")


def serve(url: str) -> None:
    import_module("pyarrow.parquet")
    out = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    for line in sys.stdin:
        folder, number = line.split()
        if (child := os.fork()) == 0:
            die_at(url, folder, int(number), out)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if status and not os.WIFSIGNALED(status):
            os.write(out, b"failed")
        os.write(out, b"\n")


if __name__ == "__main__":
    serve(sys.argv[1])
