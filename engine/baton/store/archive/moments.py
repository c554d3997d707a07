"""When archived instances started or ended, as far as sorted sets have them: found by their ids, not by rank."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
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
_UNDONE, _STARTED = 5, 3


class Moments:
    """Of one snapshot of the index: each instance is looked up once, for all sets that are asked for it."""

    def __init__(self, base: sqlite3.Connection) -> None:
        self._base, self._rows = base, dict[str, "Row | None"]()

    def read_scores(self, name: str, ids: Sequence[str]) -> list[bytes | None]:
        """The reply to ZMSCORE on a set of instances by state, by definition, or of what is undone."""
        self._look_up([id_ for id_ in ids if id_ not in self._rows])
        read = _make_reader(name)
        return [None if (row := self._rows[id_]) is None else read(row) for id_ in ids]

    def _look_up(self, ids: Sequence[str]) -> None:
        self._rows.update(dict.fromkeys(ids))
        for first in range(0, len(ids), _AT_ONCE):
            part = ids[first : first + _AT_ONCE]
            for row in self._base.execute(_ROWS.format(",".join("?" * len(part))), part):
                self._rows[row[0]] = row


def _make_reader(name: str) -> Callable[[Row], bytes | None]:
    """The score of a row in a set; None where it is no member. Tasks of no process are in no set by state."""
    kind, _, value = name.removeprefix(f"{ARCHIVED}:").partition(":")
    if name == keys.name_undone(ARCHIVED):
        return lambda row: b"%d" % row[_STARTED] if row[_UNDONE] else None
    compared, score = _BY_VALUE[kind]
    by_state = compared == 1
    return lambda row: (
        b"%d" % row[score] if row[compared] == value and not (by_state and row[2] == DEFINITION_ID) else None
    )
