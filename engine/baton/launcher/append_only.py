"""The append-only file of Valkey, read command by command; what cannot be read is left out, a transaction as a whole.

Format: https://valkey.io/topics/protocol (arrays of bulk strings). ``MULTI`` and ``EXEC`` enclose what a script wrote.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from mmap import mmap
from typing import TypeAlias

Content: TypeAlias = "bytes | mmap"
_HEAD = re.compile(rb"\*(\d{1,9})\r\n")
_LENGTH = re.compile(rb"\$(\d{1,10})\r\n")
_NAME = re.compile(rb"[A-Za-z]+")
_INSTANCE = re.compile(rb"[0-9a-hj-km-np-tv-z]{16}-\d{2,4}")


@dataclass(frozen=True, slots=True)
class Command:
    """``data[start:end]``; ``name`` in capitals."""

    name: bytes
    start: int
    end: int


@dataclass(slots=True)
class Lost:
    """Bytes from ``start`` up to ``end`` that are left out."""

    start: int
    end: int


@dataclass(slots=True)
class Reading:
    """``kept``: ranges of bytes that can be loaded, in order; ``lost``: what is between them."""

    kept: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])
    lost: list[Lost] = field(default_factory=list[Lost])

    def keep(self, start: int, end: int) -> None:
        if self.kept and self.kept[-1][1] == start:
            self.kept[-1] = (self.kept[-1][0], end)
        else:
            self.kept.append((start, end))

    def lose(self, start: int, end: int) -> None:
        if self.lost and self.lost[-1].end == start:
            self.lost[-1].end = end
        else:
            self.lost.append(Lost(start, end))


def read_commands(data: Content, refused: Iterable[bytes] = ()) -> Reading:
    """What of the file can be loaded. ``refused``: names that the server does not know, so they are damage too."""
    reading, unit, torn = Reading(), list[Command](), False
    for found in _iterate(data, frozenset(refused)):
        if isinstance(found, Lost):
            torn = True
            start = unit[0].start if unit else found.start
            reading.lose(start, found.end)
            unit = []
        elif found.name == b"MULTI":
            _close(reading, unit, whole=not (unit and unit[0].name == b"MULTI"))
            unit, torn = [found], False
        elif found.name == b"EXEC":
            unit.append(found)
            _close(reading, unit, whole=unit[0].name == b"MULTI")
            unit, torn = [], False
        elif unit or torn:
            # Behind damage nobody knows whether a transaction has begun: its end, or the next beginning, tells.
            unit.append(found)
        else:
            reading.keep(found.start, found.end)
    _close(reading, unit, whole=not (unit and unit[0].name == b"MULTI"))
    return reading


def _close(reading: Reading, unit: list[Command], *, whole: bool) -> None:
    if unit:
        (reading.keep if whole else reading.lose)(unit[0].start, unit[-1].end)


def _iterate(data: Content, refused: frozenset[bytes]) -> Iterator[Command | Lost]:
    place = 0
    while place < len(data):
        found = _read_command(data, place)
        if found is not None and found.name not in refused:
            yield found
            place = found.end
        else:
            end = found.end if found is not None else _find_next(data, place)
            yield Lost(place, end)
            place = end


def _find_next(data: Content, place: int) -> int:
    """Where the next command begins behind damage: one that another follows, as values may look like commands."""
    while (place := data.find(b"*", place + 1)) >= 0:
        found = _read_command(data, place)
        if found is not None and (found.end == len(data) or _read_command(data, found.end) is not None):
            return place
    return len(data)


def _read_command(data: Content, start: int) -> Command | None:
    head = _HEAD.match(data, start)
    if head is None or int(head[1]) == 0:
        return None
    place, name = head.end(), b""
    for number in range(int(head[1])):
        length = _LENGTH.match(data, place)
        if length is None:
            return None
        end = length.end() + int(length[1])
        if data[end : end + 2] != b"\r\n":
            return None
        if number == 0:
            name = data[length.end() : end]
        place = end + 2
    return Command(name.upper(), start, place) if _NAME.fullmatch(name) else None


def find_instances(data: Content, lost: Lost) -> list[str]:
    """The instances that are named in what is lost."""
    return sorted({match.decode() for match in _INSTANCE.findall(data, lost.start, lost.end)})
