"""The files of an archive, for those who copy them: nothing of them changes while its mover's lock is held, but that
instances are deleted, or come back."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path

INDEX = "index.sqlite"
LOCK = "mover.lock"


@contextmanager
def hold_mover_lock(folder: Path, *, wait: bool = False) -> Generator[bool]:
    """Whether no other process moves instances meanwhile: False for all but one. ``wait``: until it is True."""
    number = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(number, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(number)
        yield False
        return
    try:
        yield True
    finally:
        os.close(number)


def save_index(folder: Path, target: Path) -> list[str]:
    """A copy of the index at one moment; returns the names of its segments."""
    with closing(sqlite3.connect(folder / INDEX)) as base, closing(sqlite3.connect(target)) as copy:
        base.backup(copy)
        return [str(name) for (name,) in copy.execute("SELECT name FROM segment ORDER BY name")]
