"""The log file of a child process: appended to by the child, bounded by the supervisor."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import BinaryIO, cast

LARGEST = 16 * 1024 * 1024
"""Bytes; the part before is kept once as ``….log.1``."""


class LogFile:
    """Children append (O_APPEND), so that the file can be cut while they write."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def open(self) -> BinaryIO:
        """The end of the file, for a child process."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        return self._path.open("ab")

    def trim(self) -> None:
        """Move what is there aside when it has grown too large. Lines written between copy and cut are lost."""
        try:
            if self._path.stat().st_size <= LARGEST:
                return
        except FileNotFoundError:
            return
        shutil.copyfile(self._path, self._path.with_suffix(".log.1"))
        os.truncate(self._path, 0)

    def read_tail(self, lines: int = 6) -> str:
        """The last lines, for an error message."""
        try:
            with self._path.open("rb") as file:
                file.seek(max(0, self._path.stat().st_size - 16_384))
                text = file.read().decode(errors="replace")
        except FileNotFoundError:
            return ""
        return "\n".join(_readable(line) for line in text.splitlines()[-lines:])


def _readable(line: str) -> str:
    """A JSON line as its message, with the last line of its stack; any other line as it is."""
    try:
        fields = json.loads(line)
    except ValueError:
        return line
    if not isinstance(fields, dict) or "event" not in fields:
        return line
    said = cast("dict[str, str]", fields)
    reason = said.get("exception", "").strip().rpartition("\n")[2]
    return f"{said['event']}: {reason}" if reason else said["event"]
