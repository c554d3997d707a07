"""A real Cluster on loopback: partitions spread over nodes, primaries die and freeze, nothing is lost."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import redis

from baton.model.records import UserTask
from baton.store import channels, keys, listening, task_keys
from baton.store.lists import TaskSet
from baton.store.operations import apply_ops
from baton.store.ports import StoreUnavailable, Unconfirmed
from baton.store.store import Store, open_store
from tests.clusters import Cluster, until
from tests.store.building import LEASE, begin, created, decision, header, submit, task
from tests.store.test_tasks_contract import WISH, fetch

pytestmark = pytest.mark.slow
CHANNEL = channels.name_topic_channel("charge-card")
HOME = {"definition_id": "p:1:d", "definition_key": "p", "element": "e", "token": 2, "candidate_groups": ("ops",)}
IDS = [f"0123456789abcdef-{partition:02d}" for partition in range(16)]


@pytest.fixture(scope="module")
def nodes() -> Iterator[Cluster]:
    folder = Path(tempfile.mkdtemp(prefix="baton-"))
    made = Cluster(folder)
    yield made
    made.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def cluster(nodes: Cluster) -> Iterator[Cluster]:
    """Whole and empty."""
    nodes.until_whole()
    for port in nodes.primaries():
        with redis.Redis(port=port) as client:
            client.flushall()
    yield nodes
    nodes.restore()


@pytest.fixture
def store(cluster: Cluster) -> Iterator[Store]:
    opened = open_store(cluster.url, partitions=16, replicas=1)
    yield opened
    opened.close()


def fill(store: Store) -> None:
    for instance_id in IDS:
        begin(store, task(instance_id), instance_id=instance_id)


def change(store: Store, instance_id: str, command_id: str) -> None:
    """Another turn of the instance."""
    turn = submit(store, command_id, instance_id=instance_id, create=False).taken
    assert turn is not None
    done = decision(before=header(instance_id), after=header(instance_id), records=created())
    store.turns.commit(turn, done, now=2000, lease_ms=LEASE)


def port_of(cluster: Cluster, instance_id: str) -> int:
    """Of the primary that serves the instance."""
    return cluster.serving(keys.name_state(instance_id))


def port_of_another(cluster: Cluster, instance_id: str) -> int:
    own = port_of(cluster, instance_id)
    return next(port for port in cluster.primaries() if port != own)


def test_all_partitions_are_served(store: Store) -> None:
    fill(store)

    assert len(store.lists.get_headers(IDS)) == 16
    assert store.tasks.list_topics(store.partitions) == ["charge-card"]
    assert len(fetch(store, limit=100)) == 16
    assert len(store.wait_for_live_entries(dict.fromkeys(store.partitions, "0-0"), 1000)) == 16
    assert store.backend.measure_memory()[0] > 0


def test_tasks_are_in_the_order_of_urgency_whichever_nodes_they_are_on(cluster: Cluster, store: Store) -> None:
    for number, instance_id in enumerate(IDS):
        record = UserTask(**HOME, id=f"{instance_id}.1", instance_id=instance_id, created_at=1000, priority=number)  # type: ignore[arg-type]
        begin(store, record, instance_id=instance_id)
    by_priority = [f"{instance_id}.1" for instance_id in reversed(IDS)]
    name = task_keys.name_urgent_tasks(keys.find_tag(IDS[3]))
    apply_ops(store.backend, name, [["DEL", name]])
    assert store.urgent_tasks.scan([TaskSet()]) is None

    assert store.urgent_tasks.complete(2000) == 1

    parts = store.urgent_tasks.scan([TaskSet()])
    assert parts is not None
    assert [id_ for part in parts for _, id_ in part] == by_priority
    of_group = store.urgent_tasks.scan([TaskSet(groups=("ops",))])
    assert of_group is not None
    assert [id_ for part in of_group for _, id_ in part] == by_priority
    assert store.task_changes.read(by_priority) == {}
    assert store.task_changes.remove_strays() == 0


def test_what_is_left_of_an_instance_is_found_on_its_node(store: Store) -> None:
    fill(store)
    for instance_id in IDS:
        state = keys.name_state(instance_id)
        apply_ops(store.backend, state, [["DEL", state]])

    assert all(store.forget_traces(instance_id) for instance_id in IDS)

    assert store.lists.get_headers(IDS) == []
    assert not any(store.forget_traces(instance_id) for instance_id in IDS)


def test_one_node_that_answers_is_enough_to_find_the_others(cluster: Cluster) -> None:
    opened = open_store(f"cluster+redis://127.0.0.1:1,127.0.0.1:{cluster.ports[0]}", partitions=16)
    fill(opened)
    assert len(opened.lists.get_headers(IDS)) == 16
    opened.close()


def test_a_killed_primary_is_replaced_and_nothing_confirmed_is_lost(cluster: Cluster, store: Store) -> None:
    fill(store)
    killed = port_of(cluster, IDS[0])

    cluster.kill(killed)

    assert len(store.lists.get_headers(IDS)) == 16
    cluster.restart(killed)
    for instance_id in IDS:
        change(store, instance_id, "c2")
        assert len(store.history.read(instance_id)) == 2


def test_a_frozen_primary_costs_one_timeout_and_what_it_believes_counts_no_more(cluster: Cluster, store: Store) -> None:
    fill(store)
    frozen = port_of(cluster, IDS[0])
    cluster.freeze(frozen)

    began = time.monotonic()
    assert len(store.lists.get_headers(IDS)) == 16
    assert time.monotonic() - began < 8
    cluster.thaw(frozen)

    for instance_id in IDS:
        change(store, instance_id, "c2")
        assert len(store.history.read(instance_id)) == 2


def test_while_nobody_serves_a_slot_callers_are_told_to_come_again(cluster: Cluster, store: Store) -> None:
    fill(store)

    cluster.kill_with_its_replica(port_of(cluster, IDS[0]))

    with pytest.raises(StoreUnavailable):
        store.lists.get_headers(IDS)
    used, _ = store.backend.measure_memory()
    assert used > 0, "the nodes that are there keep nobody waiting"


def test_a_slot_may_move_to_another_node_while_its_instances_change(cluster: Cluster, store: Store) -> None:
    fill(store)
    key = keys.name_state(IDS[0])
    finish = cluster.begin_to_move(key, to=port_of_another(cluster, IDS[0]))
    new = "0123456789abcdeg-00"

    with ThreadPoolExecutor(2) as pool:
        known = pool.submit(change, store, IDS[0], "c2")
        unknown = pool.submit(begin, store, task(new), instance_id=new)
        time.sleep(0.3)  # both come upon a slot that is half here, half there
        finish()
        known.result(10)
        unknown.result(10)

    assert len(store.history.read(IDS[0])) == 2
    assert len(store.lists.get_headers([new, *IDS])) == 17


def test_an_answer_that_no_replica_has_yet_is_not_given_to_a_repeat(cluster: Cluster, store: Store) -> None:
    unsure = open_store(cluster.url, partitions=16)
    turn = submit(unsure, "c1", instance_id=IDS[0]).taken
    assert turn is not None
    cluster.strike("freeze", cluster.replica_of(port_of(cluster, IDS[0])))
    unsure.turns.commit(turn, decision(after=header(IDS[0])), now=2000, lease_ms=LEASE)
    unsure.close()

    with pytest.raises(Unconfirmed):
        submit(store, "c1", instance_id=IDS[0])
    cluster.restore()
    answered = submit(store, "c1", instance_id=IDS[0]).answer

    assert answered is not None


def test_tasks_locked_before_a_dead_node_was_come_upon_are_handed_out(
    cluster: Cluster, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(store)
    dead = port_of(cluster, IDS[0])
    monkeypatch.setattr("baton.store.tasks._rotate", lambda prefixes: prefixes)
    order = sorted(store.partitions, key=lambda entry: port_of(cluster, IDS[entry]) == dead)

    cluster.kill_with_its_replica(dead)
    first = store.tasks.fetch("w1", [WISH], now=5_000, limit=100, partitions=order)
    cluster.restore()
    then = store.tasks.fetch("w1", [WISH], now=5_000, limit=100, partitions=order)

    assert first != []
    assert sorted(item.lock.task_id for item in (*first, *then)) == [f"{id_}.7" for id_ in IDS]


def test_instances_are_found_due_while_another_shard_is_away(cluster: Cluster, store: Store) -> None:
    for instance_id in IDS:
        begin(store, instance_id=instance_id, next_due=3_000)
    dead = port_of(cluster, IDS[0])
    of_others = {id_ for id_ in IDS if port_of(cluster, id_) != dead}
    assert set(store.turns.list_due(3_000, 100, store.partitions)[0]) == set(IDS)

    cluster.kill_with_its_replica(dead)

    assert set(store.turns.list_due(3_000, 100, store.partitions)[0]) == of_others


@pytest.mark.parametrize("blow", ["kill", "freeze"])
def test_hints_are_heard_of_another_node_when_one_goes(
    cluster: Cluster, store: Store, blow: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listening, "SILENCE_S", 0.5)
    heard: set[bytes] = set()
    listener = store.backend.listen(lambda channel, message: heard.add(message))
    listener.add(CHANNEL)
    until(lambda: _subscribed(cluster))
    gone = _subscribed(cluster)[0]
    cluster.strike(blow, gone)

    until(lambda: _publish(cluster, gone) and b"hint" in heard)

    listener.close()


def _subscribed(cluster: Cluster) -> list[int]:
    """Ports of the nodes that have a listener."""
    found: list[int] = []
    for port in cluster.ports:
        with redis.Redis(port=port) as client:
            found += [port] if client.pubsub_numsub(CHANNEL)[0][1] else []
    return found


def _publish(cluster: Cluster, besides: int) -> bool:
    port = next(item for item in cluster.ports if item != besides)
    with redis.Redis(port=port) as client:
        client.publish(CHANNEL, b"hint")
    return True


def test_memory_is_measured_while_a_node_and_its_replica_are_away(cluster: Cluster, store: Store) -> None:
    fill(store)
    assert store.backend.measure_memory()[0] > 0
    cluster.kill_with_its_replica(cluster.primaries()[0])
    assert store.backend.measure_memory()[0] > 0


def test_variables_are_indexed_in_all_parts_of_a_cluster(cluster: Cluster) -> None:
    ids = [f"{number:016x}-{number:02d}" for number in range(8)]
    plain = open_store(cluster.url, partitions=8)
    for number, id_ in enumerate(ids):
        begin(plain, instance_id=id_, after=header(id_), put={"v0/order": number // 2})
    late = open_store(cluster.url, partitions=8, indexed_variables=["order"])
    assert late.variables.find("order", 1, 10) is None

    while late.variables.complete(1_000):
        pass

    assert late.variables.find("order", 1, 10) == ids[2:4]
    assert late.variables.find("order", 1, 1) is None
    assert late.variables.find("order", 9, 10) == []
    plain.close()
    late.close()
