"""The index of an archive: an SQLite file that says which instances there are, what lists show of them, and where.

Changes of the archive take turns by it: a process that moves an instance between the store and the archive, or deletes
one, is its only writer meanwhile. A process that dies gives its turn up.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Callable, Collection, Generator, Iterable, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from enum import IntEnum
from pathlib import Path
from typing import Any, Self, cast

import msgpack

from baton.model.called import EndedProcess
from baton.model.records import InstanceHeader, InstanceState
from baton.model.times import Millis
from baton.store.archive.marks import has_table, keep_plan, read_marks_of, remove_marks, write_marks
from baton.store.archive.moments import KEYED
from baton.store.archive.ranked import SCHEMA, Entry, RankedSet, add_members, remove_members
from baton.store.archive.segments import Place, flush_folder
from baton.store.archive_files import INDEX
from baton.store.archive_keys import ARCHIVED
from baton.store.called import read_row
from baton.store.ended_called import list_ended_entries
from baton.store.index_ops import list_entries
from baton.store.keys import name_retention
from baton.store.ports import StoreUnavailable
from baton.store.variable_entries import EMPTY, Marks

_VERSION = 1
_PATIENCE_S, _PAUSE_S = 30.0, 0.005
_KIND = 0xFF
"""Of the code of an error: the other bits say more."""
_AT_ONCE = 500
_CALLED = "CREATE TABLE IF NOT EXISTS called (id TEXT PRIMARY KEY, rows BLOB NOT NULL) WITHOUT ROWID"
"""Beside the rows of instances, which earlier releases write too; archives that these have made have no such table."""
_SCHEMA = f"""
CREATE TABLE IF NOT EXISTS fact (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS segment (
    name TEXT PRIMARY KEY, made_at INTEGER NOT NULL, instances INTEGER NOT NULL, gone INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS instance (
    id TEXT NOT NULL UNIQUE, stage INTEGER NOT NULL, segment TEXT NOT NULL, group_number INTEGER NOT NULL,
    row_number INTEGER NOT NULL, beside INTEGER NOT NULL, definition_id TEXT NOT NULL, state TEXT NOT NULL,
    started_at INTEGER NOT NULL, ended_at INTEGER NOT NULL, undone INTEGER NOT NULL, business_key TEXT,
    removal TEXT, version BLOB NOT NULL, header BLOB NOT NULL, status BLOB
);
CREATE INDEX IF NOT EXISTS instance_segment ON instance (segment);
CREATE INDEX IF NOT EXISTS instance_stage ON instance (stage) WHERE stage <> 2;
{KEYED};
{_CALLED};
{SCHEMA}
"""


class Stage(IntEnum):
    """Where an instance is. While it moves, the store has it or not; lists show it then if the store has it not."""

    MOVING = 1
    MOVED = 2
    RETURNING = 3
    RETURNED = 4
    """In the store, and no more in the archive; what is here is kept a while, since the store may lose its last second.
    """
    GOING = 5
    """It is being deleted, from both."""


@dataclass(frozen=True, slots=True)
class ArchivedRow:
    """What the index has of an instance.

    ``beside``: whether it has comments or attachments. ``called``: rows of what it has called (see ``ended_called``),
    by token. ``marks``: what the index of variables has of it.
    """

    id: str
    stage: Stage
    place: Place
    beside: bool
    definition_id: str
    state: InstanceState
    started_at: Millis
    ended_at: Millis
    undone: bool
    business_key: str | None
    removal: str | None
    version: bytes = field(repr=False)
    header: bytes = field(repr=False)
    status: bytes | None = field(default=None, repr=False)
    called: Mapping[bytes, bytes] = field(default_factory=dict[bytes, bytes], repr=False)
    marks: Marks = EMPTY

    @property
    def is_here(self) -> bool:
        """Whether it is in the archive, if the store has it not."""
        return self.stage in (Stage.MOVING, Stage.MOVED, Stage.RETURNING)

    def make_header(self) -> InstanceHeader:
        """As far as the indexes need it."""
        return InstanceHeader(
            id=self.id,
            definition_id=self.definition_id,
            definition_key=self.definition_id.partition(":")[0],
            state=self.state,
            started_at=self.started_at,
            ended_at=self.ended_at,
            business_key=self.business_key,
            undone=self.undone,
        )

    def list_called(self) -> list[EndedProcess]:
        """What it has called, as far as it can be read."""
        found = (read_row(self.id, number.decode(), row) for number, row in self.called.items())
        return [each for each in found if each is not None]

    def list_entries(self, prefix: str) -> list[Entry]:
        """What sorted sets have of it, and of what it has called."""
        found = [(name, score, member.encode()) for name, score, member in list_entries(prefix, self.make_header())]
        if self.removal is not None:
            found.append((name_retention(prefix), int(float(self.removal)), self.id.encode()))
        found += [(name, score, member.encode()) for name, score, member in self.marks.list_entries(prefix, self.id)]
        for ended in self.list_called():
            found += [(name, score, member.encode()) for name, score, member in list_ended_entries(prefix, ended)]
        return found

    def to_values(self) -> tuple[Any, ...]:
        place = self.place
        return (
            *(self.id, int(self.stage), place.segment, place.group, place.row, int(self.beside), self.definition_id),
            *(self.state.value, self.started_at, self.ended_at, int(self.undone), self.business_key, self.removal),
            *(self.version, self.header, self.status),
        )

    @classmethod
    def from_values(cls, values: Sequence[Any]) -> Self:
        id_, stage, segment, group, row, beside, definition, state, started, ended, undone, *rest = values
        place = Place(segment, group, row)
        return cls(
            *(id_, Stage(stage), place, bool(beside), definition, InstanceState(state), started, ended, bool(undone)),
            *rest,
        )


class Snapshot:
    """The index at one moment. Another change of it does not show."""

    def __init__(self, base: sqlite3.Connection) -> None:
        self.base = base

    def find(self, ids: Collection[str]) -> dict[str, ArchivedRow]:
        """Those that there are, whatever their stage."""
        wanted, found = list(ids), dict[str, ArchivedRow]()
        for first in range(0, len(wanted), _AT_ONCE):
            part = wanted[first : first + _AT_ONCE]
            marks = ",".join("?" * len(part))
            for row in self._select(f"id IN ({marks})", part):
                found[row.id] = row
        return found

    def list_stage(self, *stages: Stage) -> list[ArchivedRow]:
        """Those in stages other than MOVED."""
        marks = ",".join("?" * len(stages))
        return self._select(f"stage <> 2 AND stage IN ({marks})", [int(stage) for stage in stages])

    def list_of_segment(self, name: str) -> list[ArchivedRow]:
        return self._select("segment = ?", [name])

    def read_fact(self, name: str) -> str | None:
        row = self.base.execute("SELECT value FROM fact WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def open_set(self, name: str) -> RankedSet:
        return RankedSet(self.base, name)

    def list_segments(self) -> list[tuple[str, Millis, int, int]]:
        """Name, when it was made, how many instances it was written with, and how many of them are gone."""
        return list(self.base.execute("SELECT name, made_at, instances, gone FROM segment ORDER BY made_at, name"))

    def _select(self, condition: str, values: Sequence[Any]) -> list[ArchivedRow]:
        found = self.base.execute(f"SELECT * FROM instance WHERE {condition}", values)
        rows = [ArchivedRow.from_values(row) for row in found]
        ids = [row.id for row in rows]
        called, marks = self._read_called(ids), read_marks_of(self.base, ids)
        rows = [replace(row, called=called[row.id]) if row.id in called else row for row in rows]
        return [replace(row, marks=marks[row.id]) if row.id in marks else row for row in rows]

    def _read_called(self, ids: Sequence[str]) -> dict[str, Mapping[bytes, bytes]]:
        found: dict[str, Mapping[bytes, bytes]] = {}
        for first in range(0, len(ids) if has_table(self.base, "called") else 0, _AT_ONCE):
            part = ids[first : first + _AT_ONCE]
            marks = ",".join("?" * len(part))
            for id_, rows in self.base.execute(f"SELECT id, rows FROM called WHERE id IN ({marks})", part):
                found[id_] = msgpack.unpackb(rows)
        return found


class Change(Snapshot):
    """By the one who may change the index. What was changed is durable after ``commit``."""

    def __init__(self, base: sqlite3.Connection) -> None:
        super().__init__(base)
        self._written = base.total_changes

    def commit(self, *, begin: bool = True) -> None:
        """``begin``: and go on."""
        if self.base.total_changes > self._written:
            self.base.execute("UPDATE fact SET value = value + 1 WHERE name = 'changes'")
        self.base.execute("COMMIT")
        if begin:
            begin_change(self.base)
            self._written = self.base.total_changes

    def add_segment(self, name: str, made_at: Millis, instances: int) -> None:
        self.base.execute("INSERT INTO segment (name, made_at, instances) VALUES (?, ?, ?)", (name, made_at, instances))

    def remove_segment(self, name: str) -> None:
        self.base.execute("DELETE FROM segment WHERE name = ?", (name,))

    def put(self, rows: Iterable[ArchivedRow]) -> None:
        """Add them, or replace what is there of the same instances: lists and counts show those that have MOVED."""
        for row in rows:
            self._take_out([row.id])
            marks = ",".join("?" * 16)
            self.base.execute(f"INSERT INTO instance VALUES ({marks})", row.to_values())
            if row.called:
                self.base.execute(_CALLED)
                self.base.execute("INSERT OR REPLACE INTO called VALUES (?, ?)", (row.id, msgpack.packb(row.called)))
            if not row.marks.is_empty:
                write_marks(self.base, row.id, row.marks)
            if row.stage is Stage.MOVED:
                add_members(self.base, row.list_entries(ARCHIVED))
            keep_plan(self.base, [row.marks.plan])

    def set_stage(self, rows: Sequence[ArchivedRow], stage: Stage) -> None:
        """Of rows as they are now."""
        ids = [(int(stage), row.id) for row in rows]
        self.base.executemany("UPDATE instance SET stage = ? WHERE id = ?", ids)
        before = [entry for row in rows if row.stage is Stage.MOVED for entry in row.list_entries(ARCHIVED)]
        remove_members(self.base, before)
        if stage is Stage.MOVED:
            add_members(self.base, [entry for row in rows for entry in row.list_entries(ARCHIVED)])
            keep_plan(self.base, [row.marks.plan for row in rows])

    def complete(self) -> None:
        """Add what archives that earlier releases have made lack. It reads all rows then, two seconds of a million."""
        self.base.execute(KEYED)

    def remove(self, ids: Collection[str]) -> None:
        """Forget instances; what segments have of them goes when these are written again."""
        for row in self._take_out(ids):
            self.base.execute("UPDATE segment SET gone = gone + 1 WHERE name = ?", (row.place.segment,))

    def _take_out(self, ids: Collection[str]) -> list[ArchivedRow]:
        rows = list(self.find(ids).values())
        remove_members(
            self.base, [entry for row in rows if row.stage is Stage.MOVED for entry in row.list_entries(ARCHIVED)]
        )
        self.base.executemany("DELETE FROM instance WHERE id = ?", [(row.id,) for row in rows])
        if has_table(self.base, "called"):
            self.base.executemany("DELETE FROM called WHERE id = ?", [(row.id,) for row in rows])
        remove_marks(self.base, ids)
        return rows


class ArchiveIndex:
    """Of one folder. Safe for threads, greenlets and forks: each reader has a connection of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._free: list[tuple[int, sqlite3.Connection]] = []
        self._turn = threading.Lock()
        self._path, self._is_there = str(folder / INDEX), False

    @property
    def is_there(self) -> bool:
        """Whether anything was ever archived."""
        self._is_there = self._is_there or os.path.exists(self._path)  # each reading asks
        return self._is_there

    def make(self, make_id: Callable[[], str]) -> str:
        """Make it if it is not there, by one process at a time; returns the id of the archive."""
        if not self.is_there:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            unfinished = self.folder / f"{INDEX}.unfinished"
            unfinished.unlink(missing_ok=True)
            unfinished.touch(mode=0o600)
            with closing(sqlite3.connect(unfinished, isolation_level=None)) as base:
                base.executescript(f"BEGIN;{_SCHEMA}")
                facts = {"version": str(_VERSION), "id": make_id(), "changes": "0"}
                base.executemany("INSERT INTO fact VALUES (?, ?)", facts.items())
                base.execute("COMMIT")
                base.execute("PRAGMA journal_mode = WAL")
            unfinished.rename(self.folder / INDEX)
            flush_folder(self.folder)
        return cast("str", self.read_id())

    def read_id(self) -> str | None:
        """The id of the archive; None without one."""
        if not self.is_there:
            return None
        with self.read() as snapshot:
            return snapshot.read_fact("id")

    @contextmanager
    def read(self) -> Generator[Snapshot]:
        base = self._take_connection()
        try:
            base.execute("BEGIN")
            yield Snapshot(base)
        finally:
            base.execute("ROLLBACK")
            self._free.append((os.getpid(), base))

    @contextmanager
    def change(self) -> Generator[Change]:
        """Wait for the turn to change the index; others, in whatever process, wait for this one.

        What was changed since the last ``commit`` is taken back when an exception leaves it. Raises StoreUnavailable
        when the turn does not come.
        """
        with self._turn:
            base = self._take_connection()
            try:
                begin_change(base)
                change = Change(base)
                yield change
                change.commit(begin=False)
            finally:
                if base.in_transaction:
                    base.execute("ROLLBACK")
                self._free.append((os.getpid(), base))

    def flush(self) -> None:
        """What was deleted leaves the log of the file too, unless somebody reads at this moment."""
        base = self._take_connection()
        try:
            base.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        finally:
            self._free.append((os.getpid(), base))

    def _take_connection(self) -> sqlite3.Connection:
        while self._free:
            made_by, base = self._free.pop()
            if made_by == os.getpid():
                return base
        base = sqlite3.connect(self.folder / INDEX, timeout=0, isolation_level=None, check_same_thread=False)
        base.execute("PRAGMA synchronous = FULL")
        base.execute("PRAGMA secure_delete = ON")
        _check_version(base, self.folder)
        return base

    def close(self) -> None:
        while self._free:
            self._free.pop()[1].close()


def begin_change(base: sqlite3.Connection) -> None:
    """Wait without keeping other greenlets of the process from going on. Raises StoreUnavailable."""
    deadline = time.monotonic() + _PATIENCE_S
    while True:
        try:
            base.execute("BEGIN IMMEDIATE")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & _KIND != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise StoreUnavailable(
                    f"Expected the turn to change the archive, but it did not come: {error}", retry_after=1
                ) from error
            time.sleep(_PAUSE_S)


def _check_version(base: sqlite3.Connection, folder: Path) -> None:
    (found,) = base.execute("SELECT value FROM fact WHERE name = 'version'").fetchone()
    if int(found) > _VERSION:
        base.close()
        raise StoreUnavailable(
            f"Expected an archive of version {_VERSION} in {folder}, but it has version {found}: a later release of "
            "Baton has written it",
            retry_after=60,
        )
