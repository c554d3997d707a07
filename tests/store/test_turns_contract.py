from __future__ import annotations

from dataclasses import replace

import pytest

from baton.model.commands import Answer, CompleteExternalTask
from baton.model.records import InstanceState
from baton.store import codec, keys
from baton.store.operations import apply_ops
from baton.store.ports import Claimed, Committed, Fenced, Stale, Taken
from baton.store.store import Store
from tests.store.building import ID, LEASE, OTHER, asking, begin, decision, header, queued, submit, taken, task


def test_a_submitted_command_takes_the_free_turn(store: Store) -> None:
    turn = taken(store, "c1")

    assert [command.envelope.id for command in turn.commands] == ["c1"]
    assert turn.version == ""
    assert turn.fields == {}


def test_a_commit_writes_fields_history_indexes_and_answers(store: Store) -> None:
    turn = taken(store, "c1")

    store.turns.commit(
        turn,
        decision(put={"v0/amount": 12}, answers={"c1": Answer(value={"id": ID})}, after=header(business_key="A-1")),
        now=1001,
        lease_ms=LEASE,
    )

    fields = store.lists.read_fields(ID)
    assert codec.decode(fields["v0/amount"]) == 12
    assert set(fields) == {"h", "v0/amount"}
    assert [event.position for event in store.history.read(ID)] == [1]
    assert store.lists.get_headers([ID]) == [header(business_key="A-1")]
    assert store.lists.find_by_business_key("A-1") == [ID]
    assert store.lists.find_by_business_key("A") == []
    assert store.lists.list_instance_ids(InstanceState.ACTIVE) == [(1000, ID)]
    assert submit(store, "c1").answer == Answer(value={"id": ID})


def test_an_unknown_instance_takes_no_command(store: Store) -> None:
    assert store.turns.submit(asking(ID, queued("c1"), now=1, owner="a", lease_ms=LEASE)) is None


def test_a_command_that_comes_while_the_turn_is_held_is_found_by_the_commit(store: Store) -> None:
    turn = taken(store, "c1", owner="a")
    second = submit(store, "c2", owner="b")
    assert second.taken is None
    assert second.held_until == 1000 + LEASE

    committed = store.turns.commit(turn, decision(), now=1002, lease_ms=LEASE)

    assert committed.more is not None
    assert [command.envelope.id for command in committed.more.commands] == ["c2"]
    assert committed.more.fields is None
    assert committed.more.version == turn.lease
    assert store.turns.commit(committed.more, decision(before=header()), now=1003, lease_ms=LEASE).more is None


def test_a_holder_that_may_not_go_on_leaves_waiting_commands_on_the_agenda(store: Store) -> None:
    turn = taken(store, "c1", owner="a")
    submit(store, "c2", owner="b")

    assert store.turns.commit(turn, decision(), now=1002, lease_ms=LEASE, more=False).more is None

    assert store.turns.list_due(1002, 10, store.partitions) == ([ID], None)
    again = store.turns.take(ID, now=1002, owner="c", lease_ms=LEASE)
    assert again is not None
    assert [command.envelope.id for command in again.commands] == ["c2"]


def test_a_known_version_is_not_sent_again(store: Store) -> None:
    turn = taken(store, "c1")
    store.turns.commit(turn, decision(), now=1001, lease_ms=LEASE)

    known = submit(store, "c2", known_version=turn.lease, create=False)

    assert known.taken is not None
    assert known.taken.fields is None
    assert known.taken.version == turn.lease


def test_the_same_command_twice_has_one_effect(store: Store) -> None:
    turn = taken(store, "c1", owner="a")

    again = submit(store, "c1", owner="b")
    assert again.answer is None
    assert again.taken is None
    store.turns.commit(turn, decision(answers={"c1": Answer(value={"n": 1})}), now=1001, lease_ms=LEASE)

    assert submit(store, "c1", owner="b").answer == Answer(value={"n": 1})
    assert store.lists.count_waiting_commands(ID) == 0


def test_a_submit_repeated_after_a_lost_reply_finds_its_own_lease(store: Store) -> None:
    first = taken(store, "c1", owner="a")
    second = taken(store, "c1", owner="a")

    assert second == first


def test_a_dead_holder_loses_the_turn_when_its_lease_ends(store: Store) -> None:
    dead = taken(store, "c1", owner="a", now=1000)
    assert store.turns.list_due(1000 + LEASE - 1, 10, store.partitions) == ([], 1000 + LEASE)
    assert store.turns.list_due(1000 + LEASE, 10, store.partitions) == ([ID], None)

    heir = store.turns.take(ID, now=1000 + LEASE, owner="b", lease_ms=LEASE)

    assert heir is not None
    assert [command.envelope.id for command in heir.commands] == ["c1"]
    with pytest.raises(Fenced):
        store.turns.commit(dead, decision(), now=11_001, lease_ms=LEASE)
    store.turns.commit(heir, decision(), now=11_002, lease_ms=LEASE)
    assert len(store.history.read(ID)) == 1


def test_a_commit_whose_answer_was_lost_is_not_repeated(store: Store) -> None:
    turn = taken(store, "c1")
    store.turns.commit(turn, decision(), now=1001, lease_ms=LEASE)

    again = store.turns.commit(turn, decision(), now=1001, lease_ms=LEASE)

    assert again.repeated
    assert len(store.history.read(ID)) == 1


def test_fences_never_repeat(store: Store) -> None:
    turn = taken(store, "c1", owner="a", now=1000)
    store.turns.release(turn, again_at=1000)
    second = store.turns.take(ID, now=1000, owner="a2", lease_ms=LEASE)
    assert second is not None
    store.turns.commit(second, decision(), now=1000, lease_ms=LEASE)
    third = taken(store, "c2", owner="a3")

    fences = [int(item.lease.partition(":")[0]) for item in (turn, second, third)]
    assert fences == [1, 2, 3]


def test_a_released_turn_comes_up_again_when_said(store: Store) -> None:
    turn = taken(store, "c1")

    store.turns.release(turn, again_at=5000)

    assert store.turns.list_due(4999, 10, store.partitions) == ([], 5000)
    assert store.turns.list_due(5000, 10, store.partitions) == ([ID], None)


def test_the_agenda_brings_an_instance_up_at_its_next_moment(store: Store) -> None:
    turn = taken(store, "c1")
    store.turns.commit(turn, decision(next_due=90_000), now=1001, lease_ms=LEASE)

    assert store.turns.list_due(89_999, 10, store.partitions) == ([], 90_000)
    assert store.turns.list_due(90_000, 10, store.partitions) == ([ID], None)
    assert store.turns.take(ID, now=89_999, owner="b", lease_ms=LEASE, only_if_due=True) is None
    assert store.turns.take(ID, now=90_000, owner="b", lease_ms=LEASE, only_if_due=True) is not None


def test_an_instance_that_waits_for_others_is_not_on_the_agenda(store: Store) -> None:
    begin(store)

    assert store.turns.list_due(10**15, 10, store.partitions) == ([], None)


def test_a_turn_that_relied_on_a_changed_lock_is_refused_and_nothing_is_written(store: Store) -> None:
    before = begin(store, task())
    store.tasks.fetch("w1", [wish()], now=1000, limit=1, partitions=store.partitions)
    complete = CompleteExternalTask(task_id=task().id, worker_id="w1")
    turn = store.turns.submit(asking(ID, queued("c2", complete), now=2000, owner="a", lease_ms=LEASE))
    assert turn is not None
    assert turn.taken is not None
    assert turn.taken.locks[task().id].fence == 1
    store.tasks.fetch("w2", [wish()], now=9000, limit=1, partitions=store.partitions)

    with pytest.raises(Stale):
        store.turns.commit(
            turn.taken,
            decision(before=before, put={"v0/done": True}, guards={task().id: 1}),
            now=9001,
            lease_ms=LEASE,
        )

    assert "v0/done" not in store.lists.read_fields(ID)
    assert store.turns.list_due(9001, 10, store.partitions) == ([ID], None)
    again = store.turns.take(ID, now=9001, owner="b", lease_ms=LEASE)
    assert again is not None
    assert again.locks[task().id].worker_id == "w2"
    assert len(again.commands) == 1


def test_an_answer_is_pending_until_the_commit(store: Store) -> None:
    assert store.turns.get_answer(ID, "c1") is None
    turn = taken(store, "c1")
    pending = store.turns.get_answer(ID, "c1")
    assert pending is not None
    assert pending.answer is None

    store.turns.commit(turn, decision(answers={"c1": Answer(error="NotFound", message="x")}), now=1, lease_ms=LEASE)

    found = store.turns.get_answer(ID, "c1")
    assert found is not None
    assert found.answer == Answer(error="NotFound", message="x")


def test_an_ended_instance_moves_to_the_ended_and_can_be_forgotten(store: Store) -> None:
    before = begin(store, after=header(business_key="k"))
    ended = header(state=InstanceState.COMPLETED, ended_at=3000, business_key="k")
    turn = taken(store, "c2", create=False)
    store.turns.commit(turn, decision(before=before, after=ended), now=3000, lease_ms=LEASE)

    assert store.lists.count_in_state(InstanceState.ACTIVE) == 0
    assert store.lists.count_unfinished("p:1:d") == 0
    assert store.lists.list_ended("p:1:d") == [(3000, ID)]
    assert store.lists.list_instance_ids(InstanceState.COMPLETED) == [(3000, ID)]

    store.forget(ended)

    assert store.lists.get_headers([ID]) == []
    assert store.lists.list_ended("p:1:d") == []
    assert store.history.read(ID) == []
    assert store.lists.find_by_business_key("k") == []


def test_a_turn_without_waiting_for_it_is_left_to_the_agenda(store: Store) -> None:
    left = submit(store, "c1", take=False)

    assert left.taken is None
    assert store.turns.list_due(1000, 10, store.partitions) == ([ID], None)


def test_one_batch_is_bounded_and_the_rest_waits(store: Store) -> None:
    turn = taken(store, "c0")
    for n in range(1, 251):
        submit(store, f"c{n}", owner=f"o{n}")

    second = store.turns.commit(turn, decision(), now=1001, lease_ms=LEASE).more
    assert second is not None
    assert len(second.commands) == 200
    third = store.turns.commit(second, decision(before=header()), now=1002, lease_ms=LEASE).more
    assert third is not None
    assert len(third.commands) == 50
    assert store.turns.commit(third, decision(before=header()), now=1003, lease_ms=LEASE).more is None


def test_instances_of_other_partitions_are_due_too(store: Store) -> None:
    submit(store, "c1", take=False)
    submit(store, "c2", take=False, instance_id=OTHER)

    due, _ = store.turns.list_due(1000, 10, store.partitions)

    assert sorted(due) == sorted([ID, OTHER])
    assert len(store.turns.list_due(1000, 1, store.partitions)[0]) == 1


def wish(topic: str = "charge-card", lock_ms: int = 5000):
    from baton.store.ports import TopicWish

    return TopicWish(topic=topic, lock_ms=lock_ms)


def first(command_id: str = "c1", owner: str = "a", instance_id: str = ID) -> Taken:
    return Taken.make_fresh(instance_id, owner, queued(command_id))


def test_the_first_turn_of_an_instance_needs_no_mailbox(store: Store) -> None:
    answer = Answer(value={"n": 1})

    committed = store.turns.commit(first(), decision(answers={"c1": answer}), now=1, lease_ms=LEASE, fresh=True)

    assert (committed.repeated, committed.more) == (False, None)
    assert submit(store, "c1").answer == answer
    assert submit(store, "c2", create=False).taken is not None


def test_a_repeated_first_turn_is_known_by_its_lease(store: Store) -> None:
    store.turns.commit(first(), decision(), now=1, lease_ms=LEASE, fresh=True)

    assert store.turns.commit(first(), decision(), now=2, lease_ms=LEASE, fresh=True).repeated
    assert len(store.history.read(ID)) == len(decision().events)


def test_a_first_turn_is_refused_when_the_instance_is_there(store: Store) -> None:
    store.turns.commit(first(), decision(), now=1, lease_ms=LEASE, fresh=True)

    with pytest.raises(Fenced):
        store.turns.commit(first("c2", "b"), decision(), now=2, lease_ms=LEASE, fresh=True)


def test_a_first_turn_is_refused_when_its_command_waits_in_the_mailbox_or_has_been_answered(store: Store) -> None:
    waits = submit(store, "c1", take=False, instance_id=OTHER)
    assert waits.taken is None

    for instance_id in (OTHER, ID):
        # The answer of ID's command outlives the instance: a repeat must not start it again.
        if instance_id == ID:
            store.turns.commit(first(), decision(answers={"c1": Answer()}), now=1, lease_ms=LEASE, fresh=True)
            apply_ops(store.backend, keys.name_state(ID), [["DEL", keys.name_state(ID)]])
        with pytest.raises(Fenced):
            store.turns.commit(
                first(instance_id=instance_id), decision(after=header(instance_id)), now=2, lease_ms=LEASE, fresh=True
            )


def test_commands_of_many_instances_are_submitted_together_each_with_its_outcome(store: Store) -> None:
    submit(store, "c1", instance_id=OTHER)

    found = store.turns.submit_each(
        [
            asking(ID, queued("c1"), now=1000, owner="a", lease_ms=LEASE, create=True, take=False),
            asking(ID, queued("c2"), now=1000, owner="b", lease_ms=LEASE),
            asking(OTHER, queued("c2"), now=1000, owner="c", lease_ms=LEASE),
            asking("0123456789abcdeh-03", queued("c1"), now=1000, owner="d", lease_ms=LEASE),
        ]
    )

    assert [item is None for item in found] == [False, False, False, True]
    assert found[1] is not None
    assert found[1].taken is not None
    assert [command.envelope.id for command in found[1].taken.commands] == ["c1", "c2"]
    assert found[2] is not None
    assert found[2].held_until == 1000 + LEASE


def test_turns_of_many_instances_are_committed_together_each_for_itself(store: Store) -> None:
    mine, lost = taken(store), taken(store, instance_id=OTHER)
    heir = taken(store, "c2", instance_id=OTHER, now=1000 + LEASE, owner="b")

    found = store.turns.commit_each(
        [(mine, decision()), (lost, decision(after=header(OTHER)))], now=1000 + LEASE, lease_ms=LEASE
    )

    assert isinstance(found[0], Committed)
    assert isinstance(found[1], Fenced)
    assert not store.turns.commit(heir, decision(after=header(OTHER)), now=1001 + LEASE, lease_ms=LEASE).repeated


def test_a_first_turn_is_refused_while_a_running_instance_has_claimed_its_business_key(store: Store) -> None:
    mine, later = header(ID, business_key="k"), "0123456789abcdeh-01"
    store.turns.commit(first(), decision(after=mine), now=1, lease_ms=LEASE, fresh=True, unique=True)
    wish = decision(after=header(later, business_key="k"))

    with pytest.raises(Claimed) as claimed:
        store.turns.commit(first("c2", "b", later), wish, now=2, lease_ms=LEASE, fresh=True, unique=True)
    assert claimed.value.holder == ID
    assert store.lists.get_headers([later]) == []

    ended = header(ID, business_key="k", state=InstanceState.COMPLETED, ended_at=3)
    store.turns.commit(taken(store, "c3"), decision(before=mine, after=ended), now=3, lease_ms=LEASE)
    store.turns.commit(first("c2", "b", later), wish, now=4, lease_ms=LEASE, fresh=True, unique=True)
    assert [item.id for item in store.lists.get_headers([later])] == [later]


# -- turns that are lost


def take_late(store: Store, now: int, owner: str) -> Taken:
    found = store.turns.take(ID, now=now, owner=owner, lease_ms=LEASE)
    assert found is not None
    return found


def test_leases_that_run_out_in_a_row_are_counted(store: Store) -> None:
    first = taken(store, "c1", owner="a")
    second = take_late(store, 1000 + LEASE, "b")
    third = take_late(store, 1000 + 2 * LEASE, "c")

    assert [turn.lost for turn in (first, second, third)] == [0, 1, 2]
    # A reply that was lost is asked for again by the same owner.
    assert take_late(store, 1000 + 2 * LEASE, "c").lost == 2


def test_a_commit_forgets_lost_turns_unless_they_are_to_be_remembered(store: Store) -> None:
    taken(store, "c1", owner="a")
    second = take_late(store, 1000 + LEASE, "b")
    store.turns.commit(second, replace(decision(), lost_turns=1), now=1000 + LEASE, lease_ms=LEASE)
    third = take_late(store, 2000 + LEASE, "c")
    assert third.lost == 1

    store.turns.commit(third, decision(before=header()), now=2000 + LEASE, lease_ms=LEASE)

    assert take_late(store, 3000 + LEASE, "d").lost == 0
    assert set(store.lists.read_fields(ID)) == {"h"}


def test_a_turn_that_was_given_back_is_not_lost(store: Store) -> None:
    store.turns.release(taken(store, "c1", owner="a"), again_at=2000)

    assert take_late(store, 2000 + LEASE, "b").lost == 0
