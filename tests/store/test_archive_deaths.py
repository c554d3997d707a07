"""A process that is killed while it archives loses nothing, and nothing is shown twice."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from baton.model.records import InstanceState
from baton.store.store import Store, open_store
from tests.store.archive_victim import COMMENTED, DELETED
from tests.store.archiving import end, list_all, make_id, tell_of

NUMBERS = range(8)
CALL = {"definition_id": "q:1:d", "started_at": 1_500, "ended_at": 1_600, "business_key": "K"}
"""What each of them has called."""
MOST = 300


@pytest.fixture
def victims(valkey: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.store.archive_victim", valkey]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        yield child
        assert child.stdin is not None
        child.stdin.close()


def kill_at(victims: subprocess.Popen[str], folder: Path, number: int) -> str:
    assert victims.stdin is not None
    assert victims.stdout is not None
    victims.stdin.write(f"{folder} {number}\n")
    victims.stdin.flush()
    return victims.stdout.readline().strip()


def check_all_is_there(store: Store, before: dict[str, object], place: str) -> None:
    """Each instance once, as it was but for the comment; those to be deleted are there whole, or not at all."""
    listed = [id_ for _, id_ in store.lists.list_ended("p:1:d")]
    expected = [id_ for id_ in before if id_ not in DELETED or id_ in listed]
    assert listed == expected, place
    called = store.called.make_span(tuple(InstanceState), by="end")
    assert [id_ for part in store.lists.scan(called) for _, id_ in part] == [f"{id_}.3" for id_ in expected], place
    for id_ in before:
        found = tell_of(store, id_)
        comments = found.pop("comments")
        if id_ in expected:
            assert found == before[id_], (place, id_)
        else:
            assert found["header"] == [], (place, id_)
            assert found["history"] == [], (place, id_)
            assert found["called"] == [None, None], (place, id_)
        assert [comment.text for comment in comments] in ([], ["look"] if id_ == COMMENTED else []), place


@pytest.mark.slow
@pytest.mark.longest
def test_a_death_at_any_place_loses_nothing_and_shows_nothing_twice(
    valkey: str, tmp_path: Path, victims: subprocess.Popen[str]
) -> None:
    client, number, place = redis.Redis.from_url(valkey), 0, ""
    while not place.startswith("lived"):
        number += 1
        client.flushall()
        folder = tmp_path / f"archive{number}"
        store = open_store(valkey, partitions=4, archive=folder)
        before: dict[str, object] = {}
        for at in NUMBERS:
            end(store, at, called=[CALL])
            told = tell_of(store, make_id(at))
            told.pop("comments")
            before[make_id(at)] = told
        # When a victim does what can be done to the archive, and is killed at one place of it
        place = f"{number}: {kill_at(victims, folder, number)}".partition(": ")[2]
        assert place != "failed"
        # Then all is there before somebody has settled what it left, and after that
        check_all_is_there(store, before, f"{number} {place}, before it is settled")
        assert store.archive is not None
        with store.archive.hold_mover_lock():
            store.archive.settle()
        check_all_is_there(store, before, f"{number} {place}")
        ended = list_all(store)
        assert ended["count completed"] == len(ended["ended p:1:d"]), place
        assert ended["each"]["p:1:d"] == len(ended["ended p:1:d"]), place
        store.close()
        assert number < MOST
    assert number > 40
