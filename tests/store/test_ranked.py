"""Sorted sets of the archive's index: how much is read does not grow with what is there."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from baton.store.archive.ranked import SCHEMA, RankedSet, add_members
from baton.store.archive.replies import answer_of_set

FEW, MANY, ASKED = 500, 20_000, 101


def count_steps(members: int) -> int:
    """Of SQLite, to find out whether more than a hundred instances have a business key."""
    steps = 0

    def step() -> None:
        nonlocal steps
        steps += 1

    with closing(sqlite3.connect(":memory:")) as base:
        base.executescript(SCHEMA)
        names = [("bk", 0, f"order-{key}\0{number:06d}".encode()) for key in "123" for number in range(members)]
        add_members(base, names)
        base.set_progress_handler(step, 1)
        command = ("ZRANGEBYLEX", "bk", b"[order-2\0", b"[order-2\0\x7f", "LIMIT", 0, ASKED)
        found = answer_of_set(command, RankedSet(base, "bk"))
    assert found == [f"order-2\0{number:06d}".encode() for number in range(ASKED)]
    return steps


def test_how_many_have_a_business_key_is_read_no_further_than_asked() -> None:
    assert count_steps(MANY) == count_steps(FEW)
