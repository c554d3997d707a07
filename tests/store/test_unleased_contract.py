"""Turns that are decided without a lease and committed in one trip, or not at all."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from baton.model.commands import Answer, CompleteExternalTask
from baton.model.records import Lock
from baton.model.turn_result import TurnResult
from baton.store import codec, keys
from baton.store.operations import apply_ops
from baton.store.ports import Committed, Fenced, Taken
from baton.store.store import Store
from tests.store.building import ID, LEASE, begin, decision, header, queued, removed, submit, taken, task


def unleased(store: Store, command_id: str = "c2", worker: str = "w") -> Taken:
    """A turn on the version that is stored, of a worker that completes a task."""
    (version,) = store.backend.read([("HGET", keys.name_state(ID), "~v")])
    lock = Lock(task_id=task().id, worker_id=worker, until=0, fence=0)
    command = CompleteExternalTask(task_id=task().id, worker_id=worker)
    return Taken.make_unleased(ID, "b", version.decode(), queued(command_id, command), lock)


def completed(command_id: str = "c2") -> TurnResult:
    answers = {command_id: Answer(value={"done": True})}
    return decision(
        before=header(), after=header(position=2), records=removed(task()), answers=answers, guards={task().id: 0}
    )


def commit_unleased(store: Store, turn: Taken) -> Committed:
    return store.turns.commit(turn, completed(turn.commands[0].envelope.id), now=3000, lease_ms=LEASE)


def begin_locked(store: Store, worker: str = "w") -> None:
    begin(store, task())
    assert store.tasks.lock(task(), worker, now=2000, until=9000).word == "OK"


def dump(store: Store) -> dict[bytes, bytes]:
    names = store.backend.read([("KEYS", "*")])[0]
    return dict(zip(names, store.backend.read([("DUMP", name.decode()) for name in names]), strict=True))


def test_a_turn_without_a_lease_is_committed_when_nothing_has_come_between(store: Store) -> None:
    begin_locked(store)
    turn = unleased(store)

    assert commit_unleased(store, turn) == Committed()

    fields = store.lists.read_fields(ID)
    assert (codec.decode(fields["h"])[-1], "x7" in fields) == (2, False)
    found = store.turns.get_answer(ID, "c2")
    assert found is not None
    assert found.answer == Answer(value={"done": True})
    following = taken(store, "c3", create=False, owner="c")
    assert (following.version, int(following.lease.split(":")[0])) == (turn.lease, int(turn.lease.split(":")[0]) + 1)


def test_a_repeated_turn_without_a_lease_is_known_by_what_would_have_been_its_lease(store: Store) -> None:
    begin_locked(store)
    turn = unleased(store)
    commit_unleased(store, turn)

    assert commit_unleased(store, turn) == Committed(repeated=True)

    (chunks,) = store.backend.read([("LLEN", keys.name_history(ID))])
    assert chunks == 2


def hold(store: Store) -> None:
    taken(store, "other", create=False, owner="c", now=2500)


def lose(store: Store) -> None:
    """A lease that ran out, and the turn of the one that took over."""
    taken(store, "other", create=False, owner="c", now=2500)
    again = store.turns.take(ID, now=2500 + LEASE, owner="d", lease_ms=LEASE)
    assert again is not None
    store.turns.commit(again, decision(before=header()), now=2500 + LEASE, lease_ms=LEASE)


def commit_another(store: Store) -> None:
    turn = taken(store, "other", create=False, owner="c", now=2500)
    store.turns.commit(turn, decision(before=header()), now=2500, lease_ms=LEASE)


def put_into_the_mailbox(store: Store) -> None:
    submit(store, "other", create=False, take=False)


def ask_the_same(store: Store) -> None:
    apply_ops(store.backend, keys.name_state(ID), [["SET", keys.name_answer(ID, "c2"), ""]])


def lock_by_another(store: Store) -> None:
    assert store.tasks.lock(task(), "thief", now=10_000, until=20_000).word == "OK"


def unlock(store: Store) -> None:
    assert store.tasks.unlock(task(), now=2500).word == "OK"


def remember_a_lost_turn(store: Store) -> None:
    apply_ops(store.backend, keys.name_state(ID), [["HSET", keys.name_state(ID), "~n", 1]])


@pytest.mark.parametrize(
    "between",
    [hold, lose, commit_another, put_into_the_mailbox, ask_the_same, lock_by_another, unlock, remember_a_lost_turn],
)
def test_a_turn_without_a_lease_writes_nothing_when_something_has_come_between(
    store: Store, between: Callable[[Store], None]
) -> None:
    begin_locked(store)
    turn = unleased(store)
    between(store)
    before = dump(store)

    with pytest.raises(Fenced):
        commit_unleased(store, turn)

    assert dump(store) == before


def test_a_worker_whose_lock_has_run_out_still_holds_the_task_until_another_locks_it(store: Store) -> None:
    begin_locked(store)
    turn = unleased(store)

    assert store.turns.commit(turn, completed(), now=60_000, lease_ms=LEASE) == Committed()
