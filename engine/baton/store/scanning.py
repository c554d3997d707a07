"""Many sorted sets read as one, in the order of their scores, a little at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeAlias

from baton.model.times import Millis
from baton.store.ports import Read, iterate_pairs

Scored: TypeAlias = "list[tuple[Millis, str]]"

_AT_FIRST, _AT_MOST = 128, 4_096
"""Members that one trip reads: few, as the first page is what most ask for, then more and more."""


def scan(read: Callable[[Sequence[Read]], list[Any]], names: Sequence[str], *, descending: bool) -> Iterator[Scored]:
    """All members with their scores, in parts of growing size; each part follows the one before in the order.

    What is added meanwhile may be left out; nothing comes twice.
    """
    cursors = {name: _Cursor(name, descending) for name in names}
    pending: Scored = []
    seen: set[str] = set()
    size = _AT_FIRST
    while cursors:
        share = max(4, size // len(cursors))
        size = min(2 * size, _AT_MOST)
        waiting = set(pending)
        used_up = [cursor for cursor in cursors.values() if cursor.last not in waiting]
        for cursor, flat in zip(used_up, read([cursor.make_read(share) for cursor in used_up]), strict=True):
            fresh = cursor.take(flat, share)
            pending += [item for item in fresh if item[1] not in seen]
            seen.update(id_ for _, id_ in fresh)
            if cursor.at_end:
                del cursors[cursor.name]
        pending.sort(reverse=descending)
        part, pending = _split(pending, [cursor.last for cursor in cursors.values()], descending)
        if part:
            yield part


def _split(pending: Scored, lasts: list[tuple[Millis, str]], descending: bool) -> tuple[Scored, Scored]:
    """What no set can bring anything before any more, and the rest."""
    if not lasts:
        return pending, []
    frontier = max(lasts) if descending else min(lasts)
    ready = [item for item in pending if (item >= frontier if descending else item <= frontier)]
    return ready, pending[len(ready) :]


class _Cursor:
    """How far one sorted set has been read."""

    def __init__(self, name: str, descending: bool) -> None:
        self.name, self._descending = name, descending
        self._offset = 0
        self.last: tuple[Millis, str] = (0, "")
        self.at_end = False

    def make_read(self, share: int) -> Read:
        command = "ZREVRANGE" if self._descending else "ZRANGE"
        return (command, self.name, self._offset, self._offset + share - 1, "WITHSCORES")

    def take(self, flat: Sequence[bytes], share: int) -> Scored:
        found = [(int(float(score)), member.decode()) for member, score in iterate_pairs(flat)]
        self._offset += len(found)
        self.at_end = len(found) < share
        if found:
            self.last = found[-1]
        return found
