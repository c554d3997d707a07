"""Sorted sets in SQLite that count and find by rank without going through their members, as those of the store do.

For each set there is how many members have scores in each stretch of about 4 seconds, 70 minutes and 50 days: so a
count reads some thousand rows at most however many members there are.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TypeAlias

Member: TypeAlias = "tuple[int, bytes]"
"""Score and name."""
Entry: TypeAlias = "tuple[str, int, bytes]"
"""Name of a set, score, member."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS sorted_set (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS member (
    sorted_set INTEGER NOT NULL, score INTEGER NOT NULL, name BLOB NOT NULL, PRIMARY KEY (sorted_set, score, name)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS stretch (
    sorted_set INTEGER NOT NULL, bits INTEGER NOT NULL, number INTEGER NOT NULL, members INTEGER NOT NULL,
    PRIMARY KEY (sorted_set, bits, number)
) WITHOUT ROWID;
"""
_BITS = (32, 22, 12)
"""How long a stretch is, as a power of two of milliseconds."""


def add_members(base: sqlite3.Connection, entries: Iterable[Entry]) -> None:
    """Those that are there already are passed over."""
    _change(base, entries, "INSERT OR IGNORE INTO member VALUES (?, ?, ?)", 1)


def remove_members(base: sqlite3.Connection, entries: Iterable[Entry]) -> None:
    """Those that are gone already are passed over."""
    _change(base, entries, "DELETE FROM member WHERE sorted_set = ? AND score = ? AND name = ?", -1)


def remove_sets(base: sqlite3.Connection, start: str) -> None:
    """All sets whose names begin so."""
    numbers = [
        (number,) for number, name in base.execute("SELECT number, name FROM sorted_set") if name.startswith(start)
    ]
    for table in ("member", "stretch"):
        base.executemany(f"DELETE FROM {table} WHERE sorted_set = ?", numbers)


def _change(base: sqlite3.Connection, entries: Iterable[Entry], statement: str, step: int) -> None:
    numbers: dict[str, int] = {}
    changes: Counter[tuple[int, int, int]] = Counter()
    for name, score, member in entries:
        if name not in numbers:
            base.execute("INSERT OR IGNORE INTO sorted_set (name) VALUES (?)", (name,))
            numbers[name] = _find_number(base, name)
        if base.execute(statement, (numbers[name], score, member)).rowcount:
            for bits in _BITS:
                changes[numbers[name], bits, score >> bits] += step
    base.executemany(
        "INSERT INTO stretch VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET members = members + excluded.members",
        [(*place, change) for place, change in changes.items()],
    )


def _find_number(base: sqlite3.Connection, name: str) -> int:
    """0, which no set has, for one that never had a member."""
    row = base.execute("SELECT number FROM sorted_set WHERE name = ?", (name,)).fetchone()
    return 0 if row is None else int(row[0])


class RankedSet:
    """One set, to be read. Scores are from 0 up; bounds are included, None: without one."""

    def __init__(self, base: sqlite3.Connection, name: str) -> None:
        self._base, self._number = base, _find_number(base, name)

    def count(self, low: int | None = None, high: int | None = None) -> int:
        whole = self._sum(_BITS[0], None, None) if high is None else self._count_below(high + 1)
        return max(0, whole - (0 if low is None else self._count_below(low)))

    def read_ranks(self, first: int, last: int) -> list[Member]:
        """Members from rank ``first`` to ``last``, the lowest has 0."""
        if last < first:
            return []
        start = self._find_rank(first)
        if start is None:
            return []
        return self._select("(score, name) >= (?, ?) ORDER BY score, name LIMIT ?", (*start, last - first + 1))

    def read_scores(self, low: int | None, high: int | None, limit: int | None, *, reverse: bool) -> list[Member]:
        order = "score DESC, name DESC" if reverse else "score, name"
        bounds = (0 if low is None else low, (1 << 62) if high is None else high, -1 if limit is None else limit)
        return self._select(f"score >= ? AND score <= ? ORDER BY {order} LIMIT ?", bounds)

    def read_names(self, low: bytes, high: bytes, limit: int | None) -> list[bytes]:
        """Of a set whose scores are all 0: the names from ``low`` to ``high``, at most so many."""
        query = (
            "SELECT name FROM member WHERE sorted_set = ? AND score = 0 AND name >= ? AND name <= ? "
            "ORDER BY name LIMIT ?"
        )
        bounds = (self._number, low, high, -1 if limit is None else limit)
        return [name for (name,) in self._base.execute(query, bounds)]

    def _select(self, condition: str, values: Sequence[int | bytes]) -> list[Member]:
        query = f"SELECT score, name FROM member WHERE sorted_set = ? AND {condition}"
        return [(int(score), bytes(name)) for score, name in self._base.execute(query, (self._number, *values))]

    def _count_below(self, score: int) -> int:
        found, at = 0, 0
        for bits in _BITS:
            found += self._sum(bits, at >> bits, score >> bits)
            at = (score >> bits) << bits
        query = "SELECT COUNT(*) FROM member WHERE sorted_set = ? AND score >= ? AND score < ?"
        return found + int(self._base.execute(query, (self._number, at, score)).fetchone()[0])

    def _sum(self, bits: int, first: int | None, end: int | None) -> int:
        query = "SELECT COALESCE(SUM(members), 0) FROM stretch WHERE sorted_set = ? AND bits = ? AND number >= ?"
        values: list[int] = [self._number, bits, first or 0]
        if end is not None:
            query, values = query + " AND number < ?", [*values, end]
        return int(self._base.execute(query, values).fetchone()[0])

    def _find_rank(self, rank: int) -> Member | None:
        """The member with a rank, found stretch by stretch."""
        left, first, end = rank, 0, 1 << 62
        for bits in _BITS:
            query = (
                "SELECT number, members FROM stretch WHERE sorted_set = ? AND bits = ? AND number >= ? AND number < ? "
                "ORDER BY number"
            )
            found = self._base.execute(query, (self._number, bits, first >> bits, -(-end >> bits)))
            for number, members in found:
                if left < members:
                    first, end = number << bits, (number + 1) << bits
                    break
                left -= members
            else:
                return None
        query = (
            "SELECT score, name FROM member WHERE sorted_set = ? AND score >= ? AND score < ? "
            "ORDER BY score, name LIMIT 1 OFFSET ?"
        )
        row = self._base.execute(query, (self._number, first, end, left)).fetchone()
        return None if row is None else (int(row[0]), bytes(row[1]))


class ListedSet:
    """The same of some members in memory."""

    def __init__(self, members: Iterable[Member]) -> None:
        self._members = sorted(members)

    def count(self, low: int | None = None, high: int | None = None) -> int:
        return len(self.read_scores(low, high, None, reverse=False))

    def read_ranks(self, first: int, last: int) -> list[Member]:
        return self._members[first : last + 1] if last >= first else []

    def read_scores(self, low: int | None, high: int | None, limit: int | None, *, reverse: bool) -> list[Member]:
        found = [
            member
            for member in self._members
            if (low is None or member[0] >= low) and (high is None or member[0] <= high)
        ]
        return (found[::-1] if reverse else found)[:limit]

    def read_names(self, low: bytes, high: bytes, limit: int | None) -> list[bytes]:
        return [name for _, name in self._members if low <= name <= high][:limit]
