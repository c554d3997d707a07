"""Ended instances go to the archive, and everything that is read of them stays the same."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from baton.model.errors import Conflict
from baton.store.archive.archive import Archive
from baton.store.archive.candidates import divide
from baton.store.archive.index import begin_change
from baton.store.archive.segments import read_segment
from baton.store.archive_files import INDEX
from baton.store.holds import Hold
from baton.store.ports import StoreUnavailable
from baton.store.store import Store, open_store
from tests.store.archiving import (
    CANCELLED,
    COMPLETED,
    attach,
    comment,
    count_keys,
    end,
    get_variable,
    list_all,
    make_id,
    set_removal,
    tell_of,
)
from tests.store.building import begin, submit

INNER: dict[str, Any] = {"definition_id": "q:1:d", "started_at": 1_500, "ended_at": 1_600}
KEYED: dict[str, Any] = {**INNER, "ended_at": 1_700, "cancelled": True, "business_key": "K"}
"""What an instance has called."""
KEYS = "1:AAECAwQFBgcICQoLDA0ODw=="
NEW_KEYS = "2:AQECAwQFBgcICQoLDA0ODw=="


@pytest.fixture
def store(valkey: str, tmp_path: Path) -> Iterator[Store]:
    opened = open_store(valkey, partitions=4, archive=tmp_path / "archive")
    yield opened
    opened.close()


def get_archive(store: Store) -> Archive:
    assert store.archive is not None
    return store.archive


def move(store: Store, *, until: int = 100_000, now: int = 200_000) -> int:
    with get_archive(store).hold_mover_lock() as is_mover:
        assert is_mover
        return get_archive(store).move_old(until, now)


def test_everything_of_an_archived_instance_is_read_as_before(store: Store) -> None:
    for number in range(12):
        end(store, number, called=[INNER, KEYED][: number % 3])
    comment(store, make_id(3))
    attach(store, make_id(3))
    set_removal(store, make_id(4), 9_000)
    before = [tell_of(store, make_id(number)) for number in range(12)]

    assert move(store) == 12

    assert [tell_of(store, make_id(number)) for number in range(12)] == before
    assert count_keys(store) == 0


def test_lists_and_counts_are_the_same_before_and_after(store: Store) -> None:
    for number in range(20):
        facts: dict[str, Any] = {"state": CANCELLED} if number % 5 == 0 else {"undone": number % 7 == 0}
        if number % 2:
            facts |= {"definition_id": "q:1:d", "definition_key": "q", "called": [INNER, KEYED]}
        end(store, number, **facts)
    for number in range(20, 23):
        begin(store, instance_id=make_id(number))
    set_removal(store, make_id(4), 9_000)
    set_removal(store, make_id(15), 9_000)
    before = list_all(store)

    assert move(store, until=2_011) == 12

    assert list_all(store) == before


def test_what_an_instance_has_called_leaves_the_store_with_it_and_comes_back_with_it(store: Store) -> None:
    end(store, 1, called=[INNER, KEYED])
    before, sets = list_all(store), list_called_sets(store)
    move(store)
    assert list_called_sets(store) == []
    assert list_all(store) == before

    comment(store, make_id(1), "late")

    assert list_called_sets(store) == sets
    assert list_all(store) == before
    store.forget(store.lists.get_headers([make_id(1)])[0])
    assert list_called_sets(store) == []
    assert store.called.is_any(ended=True) is False


def test_an_archive_of_an_earlier_release_gets_called_processes(store: Store) -> None:
    end(store, 1)
    move(store)
    with closing(sqlite3.connect(get_archive(store).index.folder / INDEX)) as base:
        base.execute("DROP TABLE called")
    end(store, 2, called=[INNER, KEYED])
    before = list_all(store)

    move(store)

    assert list_all(store) == before
    assert store.called.count_each(["q:1:d"], ended=True) == {"q:1:d": 2}


def test_of_instances_that_share_a_key_the_moments_are_found_also_in_an_archive_of_an_earlier_release(
    store: Store,
) -> None:
    for number in range(260):
        definition = "p:1:d" if number % 5 else "q:1:d"
        state = CANCELLED if number % 7 == 0 else COMPLETED
        key = "other" if number % 11 == 0 else "shared"
        end(store, number, state=state, business_key=key, definition_id=definition)
    before = list_shared(store)
    assert move(store, until=2_250) > 200  # the others are in the store still
    path = get_archive(store).index.folder / INDEX
    with closing(sqlite3.connect(path)) as base:
        assert list_indexes(base) == ["instance_key"]
        assert list_shared(store) == before
        base.execute("DROP INDEX instance_key")

        assert list_shared(store) == before
        get_archive(store).settle()
        assert list_indexes(base) == ["instance_key"]
    assert list_shared(store) == before


def list_indexes(base: sqlite3.Connection) -> list[str]:
    return [name for (name,) in base.execute("SELECT name FROM sqlite_master WHERE name = 'instance_key'")]


def list_shared(store: Store) -> list[list[tuple[int, str]]]:
    """Moments of those with one key, by each order, beside all that have the same states and definitions."""
    ids = store.lists.find_few_by_business_key("shared", most=1_000)
    assert ids is not None
    assert store.lists.find_few_by_business_key("shared", most=len(ids) - 1) is None
    assert sorted(ids) == sorted(store.lists.find_by_business_key("shared"))
    found: list[list[tuple[int, str]]] = []
    for by in ("start", "end", "both"):
        for definitions in (None, ["q:1:d"]):
            span = store.lists.make_span((COMPLETED, CANCELLED), definitions, by=by, descending=True)
            some = [item for part in store.lists.scan(replace(span, only=tuple(ids))) for item in part]
            assert some == [item for part in store.lists.scan(span) for item in part if item[1] in ids]
            found.append(some)
    return found


def list_called_sets(store: Store) -> list[bytes]:
    """The keys of called processes that have ended."""
    return sorted(store.backend.read([("KEYS", "{p*}:c[sekh]*:*")])[0] + store.backend.read([("KEYS", "{p*}:ck")])[0])


def test_a_comment_on_an_archived_instance_brings_it_back(store: Store) -> None:
    end(store, 1)
    end(store, 2)
    move(store)

    comment(store, make_id(1), "late")

    assert [found.text for found in store.comments.list(make_id(1))] == ["late"]
    assert get_variable(store, make_id(1)) == 1
    assert count_keys(store) == 3  # state, history, comments
    assert store.lists.count_ended("p:1:d") == 2


def test_what_came_back_is_archived_again_with_its_changes(store: Store) -> None:
    end(store, 1)
    move(store)
    comment(store, make_id(1))
    set_removal(store, make_id(1), 7_000)
    before = tell_of(store, make_id(1))

    assert move(store) == 0  # it has only just come back
    assert move(store, until=1 << 50, now=1 << 50) == 1

    assert tell_of(store, make_id(1)) == before
    assert count_keys(store) == 0


def test_a_command_for_an_archived_instance_finds_it(store: Store) -> None:
    end(store, 1)
    move(store)

    found = submit(store, "late", instance_id=make_id(1), create=False)

    assert found.taken is not None
    assert found.taken.fields is not None
    assert "v0/amount" in found.taken.fields


def test_an_instance_that_changes_while_it_is_moved_stays(store: Store) -> None:
    headers = [end(store, 1), end(store, 2)]
    archive = get_archive(store)
    read = archive.read_stored([ended.id for ended in headers])
    comment(store, make_id(1), "meanwhile")

    moved = archive.move([(ended, found) for ended, found in zip(headers, read, strict=True) if found], 200_000)

    assert moved == [make_id(2)]
    assert [found.text for found in store.comments.list(make_id(1))] == ["meanwhile"]
    assert store.lists.count_ended("p:1:d") == 2
    assert count_keys(store) == 3


def test_a_deleted_instance_is_gone_from_the_archive(store: Store) -> None:
    headers = [end(store, number) for number in range(3)]
    move(store)

    store.forget(headers[1])

    assert store.lists.get_headers([make_id(1)]) == []
    assert store.lists.count_ended("p:1:d") == 2
    assert store.history.read(make_id(1)) == []


def test_what_is_under_hold_stays_in_the_archive(store: Store) -> None:
    ended = end(store, 1)
    store.holds.put(Hold(instance_id=ended.id, at=1))
    move(store)

    with pytest.raises(Conflict):
        store.forget(ended)

    assert store.lists.get_headers([ended.id]) == [ended]


def test_a_segment_is_written_again_when_half_of_it_is_gone(store: Store, tmp_path: Path) -> None:
    headers = [end(store, number) for number in range(6)]
    move(store)
    (before,) = (tmp_path / "archive").glob("*.parquet")
    for ended in headers[:3]:
        store.forget(ended)

    with get_archive(store).hold_mover_lock():
        assert get_archive(store).tidy(300_000) == 1

    (after,) = (tmp_path / "archive").glob("*.parquet")
    assert after != before
    assert [id_ for id_, _ in read_segment(after.parent, after.name)] == [make_id(number) for number in (3, 4, 5)]
    assert [get_variable(store, make_id(number)) for number in (3, 4, 5)] == [3, 4, 5]
    assert store.lists.count_ended("p:1:d") == 3


def test_only_one_process_moves(store: Store) -> None:
    end(store, 1)

    with get_archive(store).hold_mover_lock() as first, get_archive(store).hold_mover_lock() as second:
        assert (first, second) == (True, False)


def test_sealed_blobs_stay_sealed_in_the_archive(valkey: str, tmp_path: Path) -> None:
    store = open_store(valkey, partitions=4, archive=tmp_path / "archive", encryption_keys=KEYS)
    end(store, 1, end_element="the-secret-end")
    move(store)

    assert get_variable(store, make_id(1)) == 1
    assert store.lists.get_headers([make_id(1)])[0].end_element == "the-secret-end"
    written = b"".join(path.read_bytes() for path in (tmp_path / "archive").iterdir())
    assert b"the-secret-end" not in written
    store.close()


def test_another_process_sees_what_was_archived(store: Store, valkey: str, tmp_path: Path) -> None:
    other = open_store(valkey, partitions=4, archive=tmp_path / "archive")
    assert other.lists.count_ended("p:1:d") == 0
    end(store, 1)
    move(store)

    assert get_variable(other, make_id(1)) == 1
    assert other.lists.count_ended("p:1:d") == 1
    other.close()


def test_archived_blobs_are_sealed_with_the_first_key(valkey: str, tmp_path: Path) -> None:
    old = open_store(valkey, partitions=4, archive=tmp_path / "archive", encryption_keys=KEYS)
    end(old, 1)
    comment(old, make_id(1))
    attach(old, make_id(1))
    before = tell_of(old, make_id(1))
    move(old)
    old.close()
    both = open_store(valkey, partitions=4, archive=tmp_path / "archive", encryption_keys=f"{NEW_KEYS},{KEYS}")

    part = both.sealing.seal_part(None)
    sealed = part.sealed
    while part.cursor is not None:
        part = both.sealing.seal_part(part.cursor)
        sealed += part.sealed

    both.close()
    assert (part.done, part.unreadable) == (part.total, [])
    assert sealed > 5
    new = open_store(valkey, partitions=4, archive=tmp_path / "archive", encryption_keys=NEW_KEYS)
    assert tell_of(new, make_id(1)) == before
    new.close()


def test_what_is_erased_is_in_no_file_any_more(store: Store, tmp_path: Path) -> None:
    headers = [end(store, number, reason=f"because-of-{number}") for number in range(4)]
    move(store)
    comment(store, make_id(2))
    move(store, until=1 << 50, now=1 << 50)

    store.erase([headers[1], headers[2]])

    (kept,) = (tmp_path / "archive").glob("*.parquet")
    assert [id_ for id_, _ in read_segment(kept.parent, kept.name)] == [make_id(0), make_id(3)]
    index = b"".join(path.read_bytes() for path in (tmp_path / "archive").glob("index*"))
    assert (b"because-of-1" in index, b"because-of-2" in index, b"because-of-3" in index) == (False, False, True)


def test_an_archive_that_is_not_where_it_should_be_is_said(store: Store, valkey: str, tmp_path: Path) -> None:
    end(store, 1)
    move(store)
    elsewhere = open_store(valkey, partitions=4, archive=tmp_path / "elsewhere")

    with pytest.raises(StoreUnavailable, match="BATON_ARCHIVE_DIR"):
        elsewhere.lists.count_ended("p:1:d")
    elsewhere.close()


def test_a_change_waits_for_the_turn_of_others_only(tmp_path: Path) -> None:
    tried: list[str] = []
    with closing(sqlite3.connect(tmp_path / "index.sqlite", isolation_level=None)) as base:
        base.execute("BEGIN")
        base.set_trace_callback(tried.append)

        with pytest.raises(StoreUnavailable, match="within a transaction"):
            begin_change(base)

    assert len(tried) <= 1


def test_what_is_larger_than_a_segment_stays_in_the_store_and_is_told(store: Store) -> None:
    archive = get_archive(store)
    small, large = end(store, 1), end(store, 2)
    attach(store, large.id, Random(1).randbytes(60_000))
    archive.candidates.most_bytes = 30_000

    with capture_logs() as lines:
        assert archive.move_old(10_000, 10_000) == 1
        assert archive.move_old(10_000, 10_001) == 0

    told = [line for line in lines if line.get("action") == "archive.too_large"]
    assert [line["instance"] for line in told] == [large.id]
    assert told[0]["bytes"] > archive.candidates.most_bytes
    assert set(archive.find([small.id, large.id])) == {small.id}


@given(st.lists(st.integers(0, 50), max_size=200))
def test_what_is_read_together_is_bounded_in_bytes_and_in_number(sizes: list[int]) -> None:
    named = [(str(number), size) for number, size in enumerate(sizes)]

    groups = list(divide(named, 100))

    assert [id_ for group in groups for id_ in group] == [id_ for id_, _ in named]
    assert all(0 < len(group) <= 64 and sum(sizes[int(id_)] for id_ in group) <= 100 for group in groups)
