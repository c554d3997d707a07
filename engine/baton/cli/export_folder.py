"""The folder of an export: what is in it under its final name is whole, whenever the command is killed."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

UNFINISHED = "_unfinished"
"""What is being written. Readers of Parquet folders leave out names that begin so."""


@contextmanager
def open_export(folder: Path) -> Generator[Path]:
    """A new folder inside an empty one, to write into; it is removed at the end. What a killed export left goes first.

    Raises UsageError for a folder that has something in it, or that another export is writing to.
    """
    folder.mkdir(parents=True, exist_ok=True)
    number = os.open(folder, os.O_RDONLY)
    unfinished = folder / UNFINISHED
    try:
        _lock(number, folder)
        there = sorted(path.name for path in folder.iterdir() if path.name != UNFINISHED)
        if there:
            raise click.UsageError(
                f"Expected an empty folder, but found {', '.join(there[:5])} in {folder}: name another one, for "
                "example one for each day"
            )
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir()
        yield unfinished
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
        os.close(number)


def _lock(number: int, folder: Path) -> None:
    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise click.UsageError(f"Expected a folder for this export, but another one is writing to {folder}") from None


def publish(unfinished: Path, names: Sequence[str]) -> None:
    """Give what is written its place beside it, one name after the other: the last says that all are there."""
    for name in names:
        (unfinished / name).rename(unfinished.parent / name)
        flush(unfinished.parent)


def flush(path: Path) -> None:
    """Make a file durable, or which files a folder has."""
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
