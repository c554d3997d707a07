"""When archived instances started or ended, as far as sorted sets have them: found by their ids, not by rank."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import TypeAlias

from baton.model.standalone import DEFINITION_ID
from baton.store import keys
from baton.store.archive_keys import ARCHIVED

_AT_ONCE = 500
_ROWS = "SELECT id, state, definition_id, started_at, ended_at, undone FROM instance WHERE stage = 2 AND id IN ({})"
"""Of those that have moved, which alone are in sets."""
Row: TypeAlias = "tuple[str, str, str, int, int, int]"


_BY_VALUE = {"s": (1, 4), "sb": (1, 3), "e": (2, 4), "eb": (2, 3)}
"""Letters in the name of a set -> the column that its value is compared with, and that of its scores."""
_STATE, _UNDONE, _STARTED = 1, 5, 3


class Moments:
    """Of one snapshot of the index: each instance is looked up once, for all sets that are asked for it."""

    def __init__(self, base: sqlite3.Connection) -> None:
        self._base, self._rows, self._seen = base, list[Row](), set[str]()

    def read_scores(self, name: str, ids: Sequence[str]) -> list[bytes | None]:
        """The reply to ZMSCORE on a set of instances by state, by definition, or of what is undone."""
        self._look_up([id_ for id_ in ids if id_ not in self._seen])
        return list(map(_list_scores(name, self._rows).get, ids))

    def _look_up(self, ids: Sequence[str]) -> None:
        self._seen.update(ids)
        for first in range(0, len(ids), _AT_ONCE):
            part = ids[first : first + _AT_ONCE]
            self._rows += self._base.execute(_ROWS.format(",".join("?" * len(part))), part)


def _list_scores(name: str, rows: Iterable[Row]) -> dict[str, bytes]:
    """Of the rows that are members of a set. Tasks of no process are in no set by state."""
    if name == keys.name_undone(ARCHIVED):
        return {row[0]: b"%d" % row[_STARTED] for row in rows if row[_UNDONE]}
    kind, _, value = name.removeprefix(f"{ARCHIVED}:").partition(":")
    compared, score = _BY_VALUE[kind]
    by_state = compared == _STATE
    return {
        row[0]: b"%d" % row[score]
        for row in rows
        if row[compared] == value and not (by_state and row[2] == DEFINITION_ID)
    }
