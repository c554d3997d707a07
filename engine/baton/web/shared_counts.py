"""Counters that all processes of one Baton share: a file of prometheus_client for each, added up when asked.

The library names the files by the process id. Here they are named by a place, which a process that comes later takes
over with its numbers: processes may be replaced ever so often, and there are no more files than processes at a time.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

from prometheus_client import values


def count_in(folder: Path) -> None:
    """Meters that this process makes from now on count in files there. Raises OSError.

    The library finds the folder by its own variable, PROMETHEUS_MULTIPROC_DIR, which says the same.
    """
    shared: Any = values
    shared.ValueClass = values.MultiProcessValue(_make_finder(folder))  # pyright: ignore[reportUnknownMemberType]


def _make_finder(folder: Path) -> Callable[[], int]:
    """Which place this process holds; asked at each change of a number."""
    held: dict[int, tuple[int, int]] = {}

    def find() -> int:
        mine = held.get(os.getpid())
        if mine is None:
            held.clear()
            mine = held[os.getpid()] = _take_place(folder)
        return mine[0]

    return find


def _take_place(folder: Path) -> tuple[int, int]:
    """The lowest number that nobody holds, and the open file that holds it until this process ends."""
    for place in count():
        file = os.open(folder / f"{place}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(file)
        else:
            return place, file
    raise AssertionError("count() does not end")
