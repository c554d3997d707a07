from __future__ import annotations

from dataclasses import replace

from baton.model.records import Progress
from baton.store import codec, keys
from baton.store.operations import apply_ops
from baton.store.ports import Locked, TopicWish
from baton.store.store import Store
from tests.store.building import ID, LEASE, OTHER, begin, changed, decision, header, removed, taken, task

WISH = TopicWish(topic="charge-card", lock_ms=5000)


def fetch(store: Store, worker: str = "w1", now: int = 1000, limit: int = 10, wish: TopicWish = WISH) -> list[Locked]:
    return store.tasks.fetch(worker, [wish], now=now, limit=limit, partitions=store.partitions)


def test_a_task_is_locked_once_until_its_lock_ends(store: Store) -> None:
    begin(store, task(), put={"v0/amount": 5})

    (locked,) = fetch(store)

    assert locked.lock.task_id == task().id
    assert (locked.lock.worker_id, locked.lock.until, locked.lock.fence) == ("w1", 6000, 1)
    assert "v0/amount" in locked.fields
    assert fetch(store, "w2", now=5999) == []
    (again,) = fetch(store, "w2", now=6000)
    assert again.lock.fence == 2
    assert store.tasks.get_locks([task().id])[task().id].worker_id == "w2"


def test_state_is_sent_only_if_wished(store: Store) -> None:
    begin(store, task())

    (locked,) = fetch(store, wish=TopicWish(topic="charge-card", lock_ms=1, with_state=False))

    assert locked.fields == {}
    assert locked.row != b""


def test_higher_priority_comes_first(store: Store) -> None:
    begin(store, task(number=1), task(number=2, priority=5), task(number=3, priority=-5))

    order = [fetch(store, limit=1)[0].lock.task_id.rpartition(".")[2] for _ in range(3)]

    assert order == ["2", "1", "3"]


def test_higher_priority_comes_first_across_partitions(store: Store) -> None:
    begin(store, task(number=1))
    begin(store, task(OTHER, 2, priority=5), instance_id=OTHER)

    assert [item.lock.task_id for item in fetch(store, limit=2)] == [task(OTHER, 2).id, task(number=1).id]


def test_a_task_that_backs_off_or_waits_for_an_operator_is_not_locked(store: Store) -> None:
    begin(store, task(number=1, not_before=9000), task(number=2, retries=0), task(number=3, suspended=True))

    assert fetch(store, now=8999) == []
    assert [item.lock.task_id for item in fetch(store, now=9000)] == [f"{ID}.1"]
    assert len(store.tasks.list_all("charge-card", store.partitions)) == 3


def test_a_completed_task_leaves_the_queue_and_its_lock(store: Store) -> None:
    before = begin(store, task())
    fetch(store)
    turn = taken(store, "c2", create=False)

    store.turns.commit(
        turn, decision(before=before, records=removed(task()), guards={task().id: 1}), now=2000, lease_ms=LEASE
    )

    assert fetch(store, now=99_000) == []
    assert store.tasks.get_locks([task().id]) == {}
    assert store.tasks.list_topics(store.partitions) == []


def test_the_lock_of_a_failed_task_has_ended_and_its_fence_goes_on_growing(store: Store) -> None:
    before = begin(store, task())
    fetch(store)
    failed = replace(task(), retries=2, not_before=3000)
    turn = taken(store, "c2", create=False)

    store.turns.commit(
        turn, decision(before=before, records=changed(task(), failed), guards={task().id: 1}), now=2000, lease_ms=LEASE
    )

    ended = store.tasks.get_locks([task().id])[task().id]
    assert (ended.worker_id, ended.until, ended.fence) == ("w1", 0, 1)
    assert store.tasks.extend(task(), "w1", now=2000, until=9000).word == "EXPIRED"
    assert fetch(store, now=2999) == []
    (locked,) = fetch(store, now=3000)
    assert locked.lock.fence == 2


def test_a_change_by_an_operator_leaves_the_lock_alone(store: Store) -> None:
    before = begin(store, task())
    fetch(store)
    turn = taken(store, "c2", create=False)

    store.turns.commit(
        turn, decision(before=before, records=changed(task(), replace(task(), priority=9))), now=2000, lease_ms=LEASE
    )

    assert store.tasks.get_locks([task().id])[task().id].worker_id == "w1"
    assert fetch(store, "w2", now=5999) == []
    assert len(fetch(store, "w2", now=6000)) == 1


def test_a_lock_is_extended_by_its_holder_only(store: Store) -> None:
    begin(store, task())
    assert store.tasks.extend(task(), "w1", now=1000, until=2000).word == "FREE"
    fetch(store)

    assert store.tasks.extend(task(), "w2", now=1001, until=20_000).word == "OTHER"
    assert store.tasks.extend(task(), "w1", now=1001, until=20_000).word == "OK"
    assert fetch(store, "w2", now=19_999) == []
    assert store.tasks.extend(task(), "w1", now=20_000, until=30_000).word == "EXPIRED"


def test_an_unlocked_task_can_be_locked_at_once(store: Store) -> None:
    begin(store, task())
    fetch(store)

    assert store.tasks.unlock(task(), now=1500).word == "OK"

    assert store.tasks.get_locks([task().id]) == {}
    assert fetch(store, "w2", now=1500)[0].lock.fence == 2


def test_one_task_can_be_locked_by_name(store: Store) -> None:
    begin(store, task(), task(number=8, retries=0))

    assert store.tasks.lock(task(), "w1", now=1000, until=4000).word == "OK"
    assert store.tasks.lock(task(), "w2", now=1001, until=4000).word == "OTHER"
    assert store.tasks.lock(task(number=8, retries=0), "w1", now=1000, until=4000).word == "OPERATOR"
    assert store.tasks.lock(task(number=99), "w1", now=1000, until=4000).word == "NONE"
    assert fetch(store, now=3999) == []


def test_chosen_tasks_are_locked_if_they_still_can_be(store: Store) -> None:
    begin(store, task(number=1), task(number=2))
    begin(store, task(OTHER, 3), instance_id=OTHER)
    store.tasks.lock(task(number=1), "w9", now=1000, until=4000)

    chosen = [(item, WISH) for item in (task(number=1), task(number=2), task(OTHER, 3))]
    found = store.tasks.lock_chosen("w1", chosen, now=1000, limit=10)

    assert [item.lock.task_id for item in found] == [f"{ID}.2", f"{OTHER}.3"]


def test_topics_are_named_while_they_have_tasks(store: Store) -> None:
    before = begin(store, task(), task(number=8, topic="ship:fast", priority=3))
    assert store.tasks.list_topics(store.partitions) == ["charge-card", "ship:fast"]

    turn = taken(store, "c2", create=False)
    store.turns.commit(turn, decision(before=before, after=header(), records=removed(task())), now=2000, lease_ms=LEASE)

    assert store.tasks.list_topics(store.partitions) == ["ship:fast"]


def test_a_lock_of_an_earlier_release_is_extended_and_followed_by_another(store: Store) -> None:
    begin(store, task())
    queue = keys.name_queue(keys.find_tag(ID), keys.join_queue_name("charge-card", 0))
    row = codec.pack([3, 6000, "w1", queue], for_script=True)
    apply_ops(store.backend, keys.name_locks(ID), [["HSET", keys.name_locks(ID), "7", row]])

    assert store.tasks.extend(task(), "w1", now=1000, until=9000, progress=Progress(fraction=0.5)).word == "OK"
    assert store.tasks.get_locks([task().id])[task().id].progress == Progress(fraction=0.5)
    (locked,) = fetch(store, "w2", now=9000)
    assert (locked.lock.fence, locked.lock.deadline) == (4, None)


def record(store: Store, key: str, value: str, most: int = 2) -> tuple[str, object]:
    return store.results.record(task(), key, store.results.encode(task().id, key, value), most)


def test_the_first_result_that_is_recorded_stays_and_goes_with_its_task(store: Store) -> None:
    before = begin(store, task())
    fetch(store)

    assert record(store, "charge", "R-1") == ("OK", "R-1")
    assert record(store, "charge", "R-2") == ("OK", "R-1")
    assert record(store, "ship", "S-1") == ("OK", "S-1")
    assert record(store, "mail", "M-1") == ("FULL", None)
    assert store.results.read(task().id) == {"charge": "R-1", "ship": "S-1"}

    turn = taken(store, "c2", create=False)
    store.turns.commit(
        turn, decision(before=before, records=removed(task()), guards={task().id: 1}), now=2000, lease_ms=LEASE
    )
    assert store.results.read(task().id) == {}


def test_nothing_is_recorded_for_a_task_that_is_gone(store: Store) -> None:
    assert record(store, "charge", "R-1") == ("NONE", None)
    assert store.results.read(task().id) == {}


def test_what_is_recorded_goes_with_the_traces_of_a_damaged_instance(store: Store) -> None:
    begin(store, task())
    record(store, "charge", "R-1")
    apply_ops(store.backend, keys.name_state(ID), [["DEL", keys.name_state(ID)]])

    assert store.forget_traces(ID)
    assert store.results.read(task().id) == {}
