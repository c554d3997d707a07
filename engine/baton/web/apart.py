"""Live streams in processes of their own: which requests go there, and how many are open there."""

from __future__ import annotations

import os
import re
import struct
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_STREAMS = re.compile(r"/engine-rest(/engine/default)?/(stream|process-instance/[^/]+/stream|(published))")
_ROW = struct.Struct("=QQ")
SILENT_S = 5
"""A process that has said nothing for so long is gone, or hangs."""


def is_stream(environ: dict[str, Any]) -> bool:
    """Whether a request, as WSGI describes it, asks for a live stream."""
    path: str = environ["PATH_INFO"]
    if not path.endswith(("/stream", "/published")) or environ["REQUEST_METHOD"] != "GET":
        return False
    found = _STREAMS.fullmatch(path)
    return found is not None and (not found[3] or "text/event-stream" in environ.get("HTTP_ACCEPT", ""))


class OpenApart:
    """How many streams each of these processes has open: a file beside the socket that takes them, a row for each."""

    def __init__(self, taken_at: Path) -> None:
        self._path = taken_at.with_name(f"{taken_at.name}.open")

    def note(self, place: int, count: int) -> None:
        """To be called every second. Raises OSError."""
        file = os.open(self._path, os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            os.pwrite(file, _ROW.pack(count, int(time.monotonic())), place * _ROW.size)
        finally:
            os.close(file)

    def clear(self) -> None:
        """What was said before does not count, perhaps by another clock. Raises OSError."""
        self._path.unlink(missing_ok=True)

    def read(self) -> tuple[int, int]:
        """How many processes say something, and the streams of all of them."""
        counts = [*self._list_counts(time.monotonic() - SILENT_S)]
        return len(counts), sum(counts)

    def _list_counts(self, since: float) -> Iterator[int]:
        try:
            rows = self._path.read_bytes()
        except FileNotFoundError:
            return
        for count, said_at in _ROW.iter_unpack(rows[: len(rows) // _ROW.size * _ROW.size]):
            if said_at >= since:
                yield count
