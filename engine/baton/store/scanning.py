"""Many sorted sets read as one, in the order of their scores, a little at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import msgpack

from baton.model.times import Millis
from baton.store.archive_keys import ARCHIVED, find_prefix
from baton.store.keys import find_tag
from baton.store.ports import Backend, Read, iterate_pairs

Scored: TypeAlias = "list[tuple[Millis, str]]"
Reader: TypeAlias = Callable[[Sequence[Read]], "list[Any]"]

_AT_FIRST, _AT_MOST = 128, 4_096
"""Members that one trip reads: few, as the first page is what most ask for, then more and more."""
_STRIDE = 2_000
"""So many members that are passed over may be read; more are counted."""
_MOST_STEPS = 64
_SIZES_AT_ONCE = 2_000
"""Sorted sets whose sizes one script reads: the server serves others after it."""
_NONE = msgpack.packb([])


@dataclass(frozen=True, slots=True)
class Span:
    """Members of sorted sets with scores from ``low`` to ``high``, both included; None: without an end there.

    ``within``: the sets of which a caller with limited rights reaches all members. ``only``: of the members, which have
    to be instances, no others.
    """

    names: tuple[str, ...]
    descending: bool = False
    low: Millis | None = None
    high: Millis | None = None
    within: frozenset[str] = frozenset()
    only: tuple[str, ...] | None = None

    @property
    def is_bounded(self) -> bool:
        return self.low is not None or self.high is not None

    def make_count(self, name: str) -> Read:
        """The command that counts those of one set."""
        if not self.is_bounded:
            return ("ZCARD", name)
        return ("ZCOUNT", name, "-inf" if self.low is None else self.low, "+inf" if self.high is None else self.high)


def join_spans(one: Span, other: Span) -> Span:
    """The members of both, which go the same way and have the same ends."""
    return replace(one, names=one.names + other.names, within=one.within | other.within)


def count(read: Reader, span: Span) -> int:
    if span.only is not None:
        return len(_read_only(read, span, span.only))
    return sum(read([span.make_count(name) for name in span.names]))


def read_sizes(backend: Backend, prefixes: Sequence[str], endings: Sequence[str]) -> dict[str, list[int]]:
    """How many members the sorted sets of each partition have, by its prefix: less than a command for each.

    ``endings``: what their names have behind the prefix.
    """
    found: dict[str, list[int]] = {}
    each = len(endings)
    together = max(1, _SIZES_AT_ONCE // max(1, each))
    for group in backend.group_by_slot(prefixes):
        parts = [group[at : at + together] for at in range(0, len(group), together)]
        replies = backend.run_each("sizes", [(part, endings) for part in parts]) if each else [_NONE] * len(parts)
        for part, reply in zip(parts, replies, strict=True):
            sizes: list[int] = msgpack.unpackb(reply)
            found.update({prefix: sizes[at * each : (at + 1) * each] for at, prefix in enumerate(part)})
    return found


def scan(read: Reader, span: Span, first: int = 0) -> Iterator[Scored]:
    """The members from number ``first`` on with their scores, in parts of growing size, in order.

    What is added meanwhile may be left out; nothing comes twice.
    """
    if span.only is not None:
        yield from _cut(_read_only(read, span, span.only)[first:])
        return
    cursors: list[_Cursor]
    cursors, skip = _place_cursors(read, span, first)
    seen: set[str] = set()
    size = _AT_FIRST
    while cursors:
        share = max(4, size // len(cursors))
        size = min(2 * size, _AT_MOST)
        # Those that will soon be used up too: else nearly every set would need a trip of its own.
        short = [cursor for cursor in cursors if not cursor.at_end and 2 * len(cursor.pending) <= share]
        for cursor, flat in zip(short, read([cursor.make_read(share) for cursor in short]), strict=True):
            cursor.take(flat, share)
        lasts = [cursor.pending[-1] for cursor in cursors if not cursor.at_end]
        frontier = (max(lasts) if span.descending else min(lasts)) if lasts else None
        # One that is moved meanwhile may be in two sets.
        found = sorted({item[1]: item for cursor in cursors for item in cursor.release(frontier)}.values())
        found = found[::-1] if span.descending else found
        cursors = [cursor for cursor in cursors if cursor.pending or not cursor.at_end]
        part = [item for item in found if item[1] not in seen]
        seen.update(id_ for _, id_ in part)
        if part[skip:]:
            yield part[skip:]
        skip = max(0, skip - len(part))


def _read_only(read: Reader, span: Span, only: Sequence[str]) -> Scored:
    """Those of some instances that are members, in order.

    The archive is asked first, if there is one: no set of a partition is asked for what it has. What it has not is then
    asked for everywhere, as it may be on its way.
    """
    found: dict[str, Millis] = {}
    archived = [name for name in span.names if find_prefix(name) == ARCHIVED]
    for names in (archived, span.names):
        _find_scores(read, names, [id_ for id_ in only if id_ not in found], found)
    low, high = -1 if span.low is None else span.low, float("inf") if span.high is None else span.high
    return sorted(((at, id_) for id_, at in found.items() if low <= at <= high), reverse=span.descending)


def _find_scores(read: Reader, names: Sequence[str], ids: Sequence[str], found: dict[str, Millis]) -> None:
    """Add the scores of those that are members: each set is asked for what may be in it."""
    homes: dict[str, list[str]] = {}
    if not all(map(find_prefix, names)):
        for id_ in ids:
            homes.setdefault(find_tag(id_), []).append(id_)
    asked = [
        (name, part[at : at + _AT_MOST])
        for name in names
        for part in [ids if find_prefix(name) else homes.get(name.partition(":")[0], [])]
        for at in range(0, len(part), _AT_MOST)
    ]
    replies = read([("ZMSCORE", name, *part) for name, part in asked]) if asked else []
    for (_, part), scores in zip(asked, replies, strict=True):
        if scores.count(None) < len(part):  # most sets have none of them
            found.update({id_: int(float(score)) for id_, score in zip(part, scores, strict=True) if score is not None})


def _cut(members: Scored) -> Iterator[Scored]:
    """In parts of growing size."""
    at, size = 0, _AT_FIRST
    while at < len(members):
        yield members[at : at + size]
        at, size = at + size, min(2 * size, _AT_MOST)


def _place_cursors(read: Reader, span: Span, first: int) -> tuple[list[_Cursor], int]:
    """Where to begin in each set, and how many are to be passed over from there on."""
    if not span.is_bounded and first <= _STRIDE:
        return [_Cursor(name, span.descending, 0, None) for name in span.names], first
    sizes: list[int] = read([span.make_count(name) for name in span.names])
    span = replace(span, names=tuple(name for name, size in zip(span.names, sizes, strict=True) if size))
    inside = [size for size in sizes if size]
    before = [0] * len(span.names)
    if span.low is not None:
        before = read([("ZCOUNT", name, "-inf", f"({span.low}") for name in span.names])
    passed = [0] * len(span.names)
    if first > _STRIDE:
        passed = _pass_over(read, span, first)
    if span.descending:
        whole: list[int] = read([("ZCARD", name) for name in span.names])
        before = [size - low - wanted for size, low, wanted in zip(whole, before, inside, strict=True)]
    return [
        _Cursor(name, span.descending, low + gone, low + wanted)
        for name, low, gone, wanted in zip(span.names, before, passed, inside, strict=True)
        if wanted > gone
    ], first - sum(passed)


def _pass_over(read: Reader, span: Span, first: int) -> list[int]:
    """How many of each set come before a moment, so that these are together at most ``first`` and nearly as many.

    The moment is found by halving, so that nothing is read of what is passed over.
    """
    ends = read([(command, name, 0, 0, "WITHSCORES") for name in span.names for command in ("ZRANGE", "ZREVRANGE")])
    scores = [int(float(flat[1])) for flat in ends if flat]
    passed = [0] * len(span.names)
    if not scores:
        return passed
    low = min(scores) if span.low is None else max(span.low, min(scores))
    high = max(scores) if span.high is None else min(span.high, max(scores))
    for _ in range(_MOST_STEPS):
        if low > high or first - sum(passed) <= _STRIDE:
            break
        middle = (low + high) // 2
        found: list[int] = read([_count_before(span, name, middle) for name in span.names])
        enough = sum(found) > first
        if not enough:
            passed = found
        if enough is span.descending:
            low = middle + 1
        else:
            high = middle - 1
    return passed


def _count_before(span: Span, name: str, moment: Millis) -> Read:
    """How many members of the span come before a moment in its order."""
    if span.descending:
        return ("ZCOUNT", name, f"({moment}", "+inf" if span.high is None else span.high)
    return ("ZCOUNT", name, "-inf" if span.low is None else span.low, f"({moment}")


class _Cursor:
    """How far one sorted set has been read, from a place on, up to another one or its end."""

    def __init__(self, name: str, descending: bool, offset: int, end: int | None) -> None:
        self._name, self._descending = name, descending
        self._offset, self._end = offset, end
        self.pending: Scored = []
        """What was read of it and is not before what other sets may still bring."""
        self.at_end = False

    def make_read(self, share: int) -> Read:
        command = "ZREVRANGE" if self._descending else "ZRANGE"
        last = self._offset + share if self._end is None else min(self._offset + share, self._end)
        return (command, self._name, self._offset, last - 1, "WITHSCORES")

    def take(self, flat: Sequence[bytes], share: int) -> None:
        found = [(int(float(score)), member.decode()) for member, score in iterate_pairs(flat)]
        self._offset += len(found)
        self.at_end = len(found) < share or (self._end is not None and self._offset >= self._end)
        self.pending += found

    def release(self, frontier: tuple[Millis, str] | None) -> Scored:
        """What no set can bring anything before any more."""
        if frontier is None or not self.pending or self._is_before(self.pending[-1], frontier):
            found, self.pending = self.pending, []
        else:
            cut = next(at for at, item in enumerate(self.pending) if not self._is_before(item, frontier))
            found, self.pending = self.pending[:cut], self.pending[cut:]
        return found

    def _is_before(self, item: tuple[Millis, str], frontier: tuple[Millis, str]) -> bool:
        return item >= frontier if self._descending else item <= frontier
