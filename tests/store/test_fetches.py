"""Who asked for which topic last: only so much of it is kept."""

from __future__ import annotations

import pytest

from baton.store import fetches
from baton.store.keys import FETCHED
from baton.store.store import Store


def test_clients_that_call_themselves_something_else_each_time_fill_nothing(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetches, "MOST", 3)
    for number in range(10):
        store.fetches.record(f"worker-{number}", ["charge"], 1_000 + number)

    assert store.backend.read([("ZCARD", FETCHED)]) == [3]
    assert store.fetches.read_latest() == {"charge": (1_009, "worker-9")}


def test_what_is_older_than_a_day_is_forgotten(store: Store) -> None:
    store.fetches.record("old", ["refund"], 1_000)
    store.fetches.record("new", ["charge"], 1_001 + fetches.KEPT_MS)
    assert store.fetches.read_latest() == {"charge": (1_001 + fetches.KEPT_MS, "new")}
