"""When archived instances started or ended, as far as sorted sets have them: found by their ids, not by rank."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TypeAlias, cast

from baton.model.standalone import DEFINITION_ID
from baton.store import keys
from baton.store.archive.marks import has_table
from baton.store.archive_keys import ARCHIVED

_FIRST, _AT_ONCE = 100, 500
_COLUMNS = "id, state, definition_id, started_at, ended_at, undone, business_key"
_ROWS = f"SELECT {_COLUMNS} FROM instance WHERE stage = 2 AND id IN ({{}})"
"""Of those that have moved, which alone are in sets."""
_ROWS_OF_KEY = f"SELECT {_COLUMNS} FROM instance WHERE business_key = ? AND stage = 2 LIMIT ?"
KEYED = f"CREATE INDEX IF NOT EXISTS instance_key ON instance (business_key, stage, {_COLUMNS.rpartition(', ')[0]})"
"""All that is asked here of the instances of one key, side by side. Archives of earlier releases have it once they are
written to.
"""
Row: TypeAlias = "tuple[str, str, str, int, int, int, str | None]"

_BY_VALUE = {"s": (1, 4), "sb": (1, 3), "e": (2, 4), "eb": (2, 3)}
"""Letters in the name of a set -> the column that its value is compared with, and that of its scores."""
_STATE, _UNDONE, _STARTED, _KEY = 1, 5, 3, 6
_UNDONE_KIND = keys.name_undone(ARCHIVED).removeprefix(f"{ARCHIVED}:")


class Moments:
    """Of one snapshot of the index: each instance is looked up once, for all sets that are asked for it."""

    def __init__(self, base: sqlite3.Connection) -> None:
        self._base, self._rows, self._seen = base, list[Row](), set[str]()
        self._scores: dict[str, dict[str, dict[str, bytes]]] = {}
        """Of the rows so far, by kind of set and value."""

    def read_scores(self, name: str, ids: Sequence[str]) -> list[bytes | None]:
        """The reply to ZMSCORE on a set of instances by state, by definition, or of what is undone."""
        self._look_up([id_ for id_ in ids if id_ not in self._seen])
        kind, _, value = name.removeprefix(f"{ARCHIVED}:").partition(":")
        if kind not in self._scores:
            self._scores[kind] = _group_scores(kind, self._rows)
        found = self._scores[kind].get(value)
        return list(map(found.get, ids)) if found else [None] * len(ids)

    def _look_up(self, ids: Sequence[str]) -> None:
        if not ids:
            return
        self._scores.clear()
        self._read_rows(ids[:_FIRST])
        if len(ids) > _FIRST:
            self._read_alike(len(ids))
        left = [id_ for id_ in ids[_FIRST:] if id_ not in self._seen]
        for first in range(0, len(left), _AT_ONCE):
            self._read_rows(left[first : first + _AT_ONCE])

    def _read_rows(self, ids: Sequence[str]) -> None:
        self._seen.update(ids)
        self._rows += self._base.execute(_ROWS.format(",".join("?" * len(ids))), ids)

    def _read_alike(self, most: int) -> None:
        """Many ids that are asked for together have one business key, most often: its rows are side by side."""
        ((key, count),) = Counter(row[_KEY] for row in self._rows).most_common(1) or [(None, 0)]
        if key is None or 2 * count < len(self._rows) or not has_table(self._base, "instance_key"):
            return
        rows = [row for row in self._base.execute(_ROWS_OF_KEY, (key, 2 * most)) if row[0] not in self._seen]
        self._seen.update(row[0] for row in rows)
        self._rows += rows


def _group_scores(kind: str, rows: Iterable[Row]) -> dict[str, dict[str, bytes]]:
    """Of the members of all sets of a kind. Tasks of no process are in no set by state."""
    if kind == _UNDONE_KIND:
        return {"": {row[0]: b"%d" % row[_STARTED] for row in rows if row[_UNDONE]}}
    compared, score = _BY_VALUE[kind]
    by_state = compared == _STATE
    found: dict[str, dict[str, bytes]] = {}
    for row in rows:
        if not (by_state and row[2] == DEFINITION_ID):
            found.setdefault(cast("str", row[compared]), {})[row[0]] = b"%d" % row[score]
    return found
