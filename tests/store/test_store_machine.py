"""Random operations on a real server and on the model: always the same answers, the same state, the same promises."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from baton.model.commands import Answer
from baton.model.records import ExternalTask, InstanceHeader, InstanceState
from baton.store import keys
from baton.store.operations import apply_ops
from baton.store.ports import Committed, Fenced, Stale, Submitted, Taken, TopicWish, iterate_pairs
from baton.store.store import Store
from tests.store.building import asking, changed, created, decision, header, queued, removed, task
from tests.store.model import InstanceModel, TaskModel, fetch

IDS = ("0123456789abcdef-00", "0123456789abcdef-01", "0123456789abcdeg-01")
LEASE, LOCK = 10_000, 3_000
WISH = TopicWish(topic="charge-card", lock_ms=LOCK, with_state=False)
ids = st.sampled_from((*IDS, IDS[1]))
"""The second more often than the others, so that its turns, locks and commands meet."""
workers = st.sampled_from(("w1", "w2"))


@dataclass
class Change:
    """What a turn does to an external task: create it, complete it, let it fail, move it to another queue."""

    number: int
    before: ExternalTask | None
    after: ExternalTask | None
    guarded: bool

    @property
    def records(self) -> Any:
        if self.before is None or self.after is None:
            return created(self.after) if self.after else removed(self.before)  # type: ignore[arg-type]
        return changed(self.before, self.after)


class Machine(RuleBasedStateMachine):
    store: Store

    def __init__(self) -> None:
        super().__init__()
        self.now = 1_000
        self.count = 0
        self.instances = {id_: InstanceModel() for id_ in IDS}
        self.held: dict[str, list[Taken]] = {id_: [] for id_ in IDS}
        self.headers: dict[str, InstanceHeader] = {}
        self.accepted: set[tuple[str, str]] = set()
        self.applied: list[tuple[str, str]] = []
        for partition in (0, 1):
            prefix = keys.make_tag(partition)
            apply_ops(self.store.backend, keys.name_agenda(prefix), [["DEL", *_all_keys(self.store, prefix)]])

    def name(self, what: str) -> str:
        self.count += 1
        return f"{what}{self.count}"

    # -- what is done

    @rule(ms=st.sampled_from((1, 500, 3_000, 10_000)))
    def time_passes(self, ms: int) -> None:
        self.now += ms

    @rule(instance=ids, take=st.booleans(), data=st.data())
    def submit(self, instance: str, take: bool, data: st.DataObject) -> None:
        sent = sorted(command for id_, command in self.accepted if id_ == instance)
        command = data.draw(st.sampled_from([self.name("c"), *sent[-1:]]))
        owner, model = self.name("o"), self.instances[instance]

        expected = model.submit(command, owner, self.now, LEASE, take=take)
        ask = asking(instance, queued(command), now=self.now, owner=owner, lease_ms=LEASE, create=True, take=take)
        found = self.store.turns.submit(ask)

        self.accepted.add((instance, command))
        if expected == "TAKEN":
            assert found is not None
            self._holds(instance, found.taken)
        else:
            at = model.until if expected == "HELD" else self.now
            answer = Submitted(answer=Answer(value={"at": model.answers.get(command)}))
            assert found == (answer if expected == "ANSWERED" else Submitted(held_until=at))

    @precondition(lambda self: self.accepted)
    @rule(instance=ids, due=st.booleans())
    def take(self, instance: str, due: bool) -> None:
        owner = self.name("o")

        expected = self.instances[instance].take(owner, self.now, LEASE, only_if_due=due)
        found = self.store.turns.take(instance, now=self.now, owner=owner, lease_ms=LEASE, only_if_due=due)

        if expected == "TAKEN":
            self._holds(instance, found)
        else:
            assert found is None

    def _holds(self, instance: str, turn: Taken | None) -> None:
        """The acquired turn is the one that the model predicts."""
        model = self.instances[instance]
        assert turn is not None
        assert (turn.lease, turn.version) == (model.lease, model.version)
        assert [q.envelope.id for q in turn.commands] == model.mailbox
        assert turn.locks == {lock.task_id: lock for t in model.tasks.values() if (lock := t.as_lock())}
        self.held[instance].append(turn)

    @precondition(lambda self: any(self.held.values()))
    @rule(more=st.booleans(), data=st.data())
    def commit(self, more: bool, data: st.DataObject) -> None:
        """Any holder, also one that was overtaken long ago, may try."""
        instance = self._any_of(self.held, data)
        turn = data.draw(st.just(self.held[instance][-1]) | st.sampled_from(self.held[instance]))
        self._commit(turn, data.draw(self._changes(instance)), data, more=more)

    @precondition(lambda self: any(self._tasks.values()))
    @rule(data=st.data())
    def report(self, data: st.DataObject) -> None:
        """A worker reports on its task, and the turn is decided at once, if nobody holds it."""
        instance = self._any_of(self._tasks, data)
        turns = len(self.held[instance])
        self.submit(instance, True, data)
        if len(self.held[instance]) > turns:
            number = data.draw(st.sampled_from(sorted(self._tasks[instance])))
            self._commit(self.held[instance][-1], data.draw(self._changes_of(instance, number)), data, more=False)

    def _commit(self, turn: Taken, change: Change | None, data: st.DataObject, *, more: bool) -> None:
        instance = turn.instance_id
        due = data.draw(st.sampled_from((None, self.now + 5_000)))
        state = data.draw(st.sampled_from((InstanceState.ACTIVE, InstanceState.SUSPENDED)))
        guards = self._guards(turn, change)
        done = decision(
            before=self.headers.get(instance),
            after=header(instance, business_key="k", state=state),
            records=change.records if change else (),
            guards=guards,
            answers={q.envelope.id: Answer(value={"at": self.now}) for q in turn.commands},
            next_due=due,
            put={"v0/n": self.now},
        )

        expected = self.instances[instance].commit(
            turn.lease,
            [q.envelope.id for q in turn.commands],
            [(change.number, change.after)] if change else [],
            {int(id_.rpartition(".")[2]): fence for id_, fence in guards.items()},
            now=self.now,
            lease_ms=LEASE,
            next_due=due,
            more=more,
        )
        if expected == "OK" and data.draw(st.booleans()):
            self.held[instance].remove(turn)
        self._compare(instance, turn, expected, self._try_commit(turn, done, more=more))
        if expected in ("OK", "MORE"):
            self.headers[instance] = done.header
            self.applied += [(instance, q.envelope.id) for q in turn.commands]

    def _changes(self, instance: str) -> st.SearchStrategy[Change | None]:
        """Nothing, a new task, or something with one that is open."""
        number = len(self.applied) * 10 + self.instances[instance].commits + 1
        delay = st.sampled_from((0, 2_000))
        new = delay.map(lambda ms: Change(number, None, task(instance, number, not_before=self.now + ms), False))
        open_tasks = sorted(self.instances[instance].tasks)
        if not open_tasks:
            return new
        return st.none() | new | st.sampled_from(open_tasks).flatmap(lambda n: self._changes_of(instance, n))

    def _changes_of(self, instance: str, number: int) -> st.SearchStrategy[Change]:
        old = self.instances[instance].tasks[number].task
        failed = st.sampled_from((0, 2)).map(lambda left: replace(old, retries=left, not_before=self.now + 1_000))
        moved = st.sampled_from((-1, 0, 7)).map(lambda priority: replace(old, priority=priority))
        return (
            st.just(Change(number, old, None, True))
            | failed.map(lambda after: Change(number, old, after, True))
            | moved.map(lambda after: Change(number, old, after, False))
        )

    def _guards(self, turn: Taken, change: Change | None) -> dict[str, int | None]:
        if change is None or not change.guarded or change.before is None:
            return {}
        lock = turn.locks.get(change.before.id)
        return {change.before.id: lock.fence if lock else None}

    def _try_commit(self, turn: Taken, done: Any, *, more: bool) -> Committed | type[Exception]:
        try:
            return self.store.turns.commit(turn, done, now=self.now, lease_ms=LEASE, more=more)
        except (Fenced, Stale) as error:
            return type(error)

    def _compare(self, instance: str, turn: Taken, expected: str, found: Committed | type[Exception]) -> None:
        if expected == "MORE":
            assert isinstance(found, Committed)
            self._holds(instance, found.more)
        else:
            plain = {"OK": Committed(), "ALREADY": Committed(repeated=True), "FENCED": Fenced, "STALE": Stale}
            assert found == plain[expected]

    def _any_of(self, by_instance: Mapping[str, Collection[Any]], data: st.DataObject) -> str:
        return data.draw(st.sampled_from([id_ for id_ in IDS if by_instance[id_]]))

    @precondition(lambda self: any(self.held.values()))
    @rule(data=st.data())
    def release(self, data: st.DataObject) -> None:
        turn = self.held[self._any_of(self.held, data)].pop()
        self.instances[turn.instance_id].release(turn.lease, self.now)
        self.store.turns.release(turn, again_at=self.now)

    @precondition(lambda self: any(self._tasks.values()))
    @rule(worker=workers, limit=st.integers(1, 3), data=st.data())
    def fetch(self, worker: str, limit: int, data: st.DataObject) -> None:
        # One partition at a time: where a fetch begins is random by design.
        partition = int(self._any_of(self._tasks, data)[-2:])
        tasks = [
            t for instance, m in self.instances.items() if int(instance[-2:]) == partition for t in m.tasks.values()
        ]

        expected = list(fetch(tasks, worker, self.now, LOCK, limit))
        found = self.store.tasks.fetch(worker, [WISH], now=self.now, limit=limit, partitions=[partition])

        assert [item.lock for item in found] == expected

    @property
    def _tasks(self) -> dict[str, dict[int, TaskModel]]:
        return {instance: model.tasks for instance, model in self.instances.items()}

    @precondition(lambda self: any(self._tasks.values()))
    @rule(worker=workers, what=st.sampled_from(("extend", "unlock", "lock")), data=st.data())
    def hold(self, worker: str, what: str, data: st.DataObject) -> None:
        tasks = self._tasks[self._any_of(self._tasks, data)]
        chosen = tasks[data.draw(st.sampled_from(sorted(tasks)))]
        until = self.now + 4_000

        expected = chosen.hold(what, worker, self.now, until)
        if what == "unlock":
            found = self.store.tasks.unlock(chosen.task, now=self.now)
        else:
            found = getattr(self.store.tasks, what)(chosen.task, worker, now=self.now, until=until)

        assert found.word == expected

    # -- what always holds

    @invariant()
    def the_agenda_says_when_each_instance_needs_attention(self) -> None:
        found: dict[str, int] = {}
        for partition in (0, 1):
            read = ("ZRANGE", keys.name_agenda(keys.make_tag(partition)), 0, -1, "WITHSCORES")
            found |= {id_.decode(): int(at) for id_, at in iterate_pairs(self.store.backend.read([read])[0])}
        assert found == {instance: model.due for instance, model in self.instances.items() if model.due is not None}

    @invariant()
    def every_accepted_command_waits_or_was_applied_once(self) -> None:
        assert len(set(self.applied)) == len(self.applied)
        waiting = sum(self.store.lists.count_waiting_commands(id_) for id_ in IDS)
        assert waiting == len(self.accepted) - len(self.applied)

    @invariant()
    def an_instance_with_a_waiting_command_comes_up_again(self) -> None:
        assert all(model.due is not None for model in self.instances.values() if model.mailbox)

    @invariant()
    def history_has_one_chunk_per_commit(self) -> None:
        for instance, model in self.instances.items():
            assert len(self.store.history.read(instance)) == model.commits

    @invariant()
    def the_queues_hold_exactly_the_open_tasks(self) -> None:
        expected = {t.task.id: t for model in self.instances.values() for t in model.tasks.values()}
        assert sorted(self.store.tasks.list_all(None, range(2))) == sorted(expected)
        assert self.store.tasks.get_locks(sorted(expected)) == {
            id_: lock for id_, task in expected.items() if (lock := task.as_lock())
        }

    @invariant()
    def the_lists_show_the_header_that_was_committed_last(self) -> None:
        assert self.store.lists.get_headers(sorted(self.headers)) == [
            self.headers[item] for item in sorted(self.headers)
        ]
        active = [instance for _, instance in self.store.lists.list_instance_ids(InstanceState.ACTIVE)]
        assert sorted(active) == sorted(i for i, h in self.headers.items() if h.state is InstanceState.ACTIVE)


def _all_keys(store: Store, prefix: str) -> list[str]:
    return [prefix, *(key.decode() for key in store.backend.read([("KEYS", f"{prefix}:*")])[0])]


@pytest.mark.timeout(600)  # a failure is made smaller before it is shown
def test_the_server_does_what_the_model_says_whatever_happens(store: Store) -> None:
    Machine.store = store
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=200,
            stateful_step_count=50,
            database=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
        ),
    )
