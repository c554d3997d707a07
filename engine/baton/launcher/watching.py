"""Files that change: watched through the operating system if it reports changes, else polled."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

PAUSE_MS = 200
"""A pause without changes is reported too, so that the caller can check other things."""


def watch_files(places: Sequence[Path], endings: Iterable[str], stop: threading.Event) -> Iterator[set[Path]]:
    """Sets of files whose names end so, saved, moved or removed in files and folders, until ``stop`` is set.

    Some sets are empty; the first is, and comes when the places are being watched. Folders of tools
    (``.venv``, ``.git``, ``node_modules``) are left out.
    """
    from watchfiles import DefaultFilter, watch  # a twentieth of a second that other commands need not wait

    wanted, by_default = tuple(endings), DefaultFilter()
    changes = watch(
        *places,
        watch_filter=lambda change, path: path.endswith(wanted) and by_default(change, path),
        stop_event=stop,
        rust_timeout=PAUSE_MS,
        yield_on_timeout=True,
        raise_interrupt=False,
    )
    for found in changes:
        yield {Path(path) for _, path in found}
