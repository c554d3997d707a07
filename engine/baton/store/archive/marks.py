"""What the index of an archive has of the variables of instances: a table beside the rows of these."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Sequence

import msgpack

from baton.store.variable_entries import Marks

PLAN = "variables"
"""The fact by which plan the variables of all instances are indexed; not there while they are not."""
_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS variable (id TEXT PRIMARY KEY, plan TEXT NOT NULL, marks BLOB NOT NULL) WITHOUT ROWID"
)
_AT_ONCE = 500


def has_table(base: sqlite3.Connection, name: str) -> bool:
    """Of those that are beside the rows of instances, and not in each archive."""
    return base.execute("SELECT 1 FROM sqlite_master WHERE name = ?", (name,)).fetchone() is not None


def read_marks_of(base: sqlite3.Connection, ids: Sequence[str]) -> dict[str, Marks]:
    """Those that there are."""
    found: dict[str, Marks] = {}
    for first in range(0, len(ids) if has_table(base, "variable") else 0, _AT_ONCE):
        part = ids[first : first + _AT_ONCE]
        query = f"SELECT id, plan, marks FROM variable WHERE id IN ({','.join('?' * len(part))})"
        for id_, plan, marks in base.execute(query, part):
            found[id_] = Marks(plan, tuple(msgpack.unpackb(marks).items()))
    return found


def write_marks(base: sqlite3.Connection, instance_id: str, marks: Marks) -> None:
    """Instead of what was there."""
    base.execute(_SCHEMA)
    values = (instance_id, marks.plan, msgpack.packb(dict(marks.by_name)))
    base.execute("INSERT OR REPLACE INTO variable VALUES (?, ?, ?)", values)


def remove_marks(base: sqlite3.Connection, ids: Collection[str]) -> None:
    """Of instances that are forgotten."""
    if has_table(base, "variable"):
        base.executemany("DELETE FROM variable WHERE id = ?", [(id_,) for id_ in ids])


def remove_all_marks(base: sqlite3.Connection) -> None:
    """And the plan with them."""
    drop_plan(base)
    if has_table(base, "variable"):
        base.execute("DELETE FROM variable")


def keep_plan(base: sqlite3.Connection, plans: Iterable[str]) -> None:
    """Something comes in that was indexed by these plans: by another one, and not all is indexed any more."""
    found = base.execute("SELECT value FROM fact WHERE name = ?", (PLAN,)).fetchone()
    if found is not None and any(plan != found[0] for plan in plans):
        drop_plan(base)


def drop_plan(base: sqlite3.Connection) -> None:
    base.execute("DELETE FROM fact WHERE name = ?", (PLAN,))


def set_plan(base: sqlite3.Connection, plan: str, stages: Sequence[int]) -> bool:
    """All instances in some stages are indexed by a plan; False, and nothing is done, if they are not."""
    base.execute(_SCHEMA)
    marks = ",".join("?" * len(stages))
    query = (
        "SELECT 1 FROM instance LEFT JOIN variable ON variable.id = instance.id AND variable.plan = ? "
        f"WHERE instance.stage IN ({marks}) AND variable.id IS NULL LIMIT 1"
    )
    if base.execute(query, (plan, *stages)).fetchone() is not None:
        return False
    base.execute("INSERT OR REPLACE INTO fact VALUES (?, ?)", (PLAN, plan))
    return True
