"""Random operations on the twin and on a real server: always the same answers, the same state, the same promises."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from baton.model.commands import Answer
from baton.model.records import ExternalTask, InstanceHeader, InstanceState
from baton.store import keys
from baton.store.ports import Fenced, Stale, Taken, TopicWish
from baton.store.store import Store, open_store
from tests.store.building import asking, changed, created, decision, header, queued, removed, task

IDS = ("0123456789abcdef-00", "0123456789abcdef-01", "0123456789abcdeg-01")
ids = st.sampled_from(IDS)
workers = st.sampled_from(("w1", "w2"))
WISH = TopicWish(topic="charge-card", lock_ms=3_000, with_state=False)


class Machine(RuleBasedStateMachine):
    """``both`` runs an operation on the two stores and compares what comes back."""

    stores: tuple[Store, Store]
    client: Any

    def __init__(self) -> None:
        super().__init__()
        type(self).client.execute_command("FLUSHALL")
        self.stores = (open_store("memory://", 2), type(self).stores[1])
        self.now = 1_000
        self.count = 0
        self.held: dict[str, list[Taken]] = {one: [] for one in IDS}
        self.headers: dict[str, InstanceHeader] = {}
        self.tasks: dict[str, dict[int, ExternalTask]] = {one: {} for one in IDS}
        self.accepted: set[tuple[str, str]] = set()
        self.applied: list[tuple[str, str]] = []
        self.commits: dict[str, int] = dict.fromkeys(IDS, 0)

    def both(self, act: Callable[[Store], Any]) -> Any:
        results: list[Any] = []
        for store in self.stores:
            try:
                results.append(act(store))
            except (Fenced, Stale) as error:
                results.append(type(error))
        assert results[0] == results[1]
        return results[0]

    def name(self, what: str) -> str:
        self.count += 1
        return f"{what}{self.count}"

    @rule(ms=st.sampled_from((1, 500, 3_000, 10_000)))
    def time_passes(self, ms: int) -> None:
        self.now += ms

    @rule(one=ids, take=st.booleans())
    def submit(self, one: str, take: bool) -> None:
        command, owner = self.name("c"), self.name("o")
        found = self.both(
            lambda s: s.turns.submit(
                asking(one, queued(command), now=self.now, owner=owner, lease_ms=10_000, create=True, take=take)
            )
        )
        self.accepted.add((one, command))
        if found.taken is not None:
            self.held[one].append(found.taken)

    @rule(one=ids, due=st.booleans())
    def take(self, one: str, due: bool) -> None:
        owner = self.name("o")
        found = self.both(lambda s: s.turns.take(one, now=self.now, owner=owner, lease_ms=10_000, only_if_due=due))
        if found is not None:
            self.held[one].append(found)

    @rule(one=ids, data=st.data())
    def commit(self, one: str, data: st.DataObject) -> None:
        """Any holder, also one that was overtaken long ago, may try."""
        if not self.held[one]:
            return
        turn = data.draw(st.sampled_from(self.held[one]))
        done, tasks = self._decide(one, turn, data)
        more = data.draw(st.booleans())
        result = self.both(lambda s: s.turns.commit(turn, done, now=self.now, lease_ms=10_000, more=more))
        if result in (Fenced, Stale):
            return
        if not result.repeated:
            self.headers[one], self.tasks[one] = done.header, tasks
            self.applied += [(one, queued.envelope.id) for queued in turn.commands]
            self.commits[one] += 1
        if result.more is not None:
            self.held[one].append(result.more)

    def _decide(self, one: str, turn: Taken, data: st.DataObject) -> tuple[Any, dict[int, ExternalTask]]:
        tasks = dict(self.tasks[one])
        what = data.draw(st.sampled_from(("nothing", "create", "complete", "fail", "priority")))
        records: Any = ()
        guards: dict[str, int | None] = {}
        if what == "create" or not tasks:
            number = len(self.applied) * 10 + len(tasks) + 1
            tasks[number] = task(one, number, not_before=self.now + data.draw(st.sampled_from((0, 2_000))))
            records = created(tasks[number])
        elif what != "nothing":
            number = data.draw(st.sampled_from(sorted(tasks)))
            old = tasks[number]
            lock = turn.locks.get(old.id)
            if what == "complete":
                guards[old.id] = lock.fence if lock else None
                records = removed(tasks.pop(number))
            elif what == "fail":
                guards[old.id] = lock.fence if lock else None
                tasks[number] = replace(old, retries=data.draw(st.sampled_from((0, 2))), not_before=self.now + 1_000)
                records = changed(old, tasks[number])
            else:
                tasks[number] = replace(old, priority=data.draw(st.sampled_from((-1, 0, 7))))
                records = changed(old, tasks[number])
        before = self.headers.get(one)
        after = header(
            one, business_key="k", state=data.draw(st.sampled_from((InstanceState.ACTIVE, InstanceState.SUSPENDED)))
        )
        due = data.draw(st.sampled_from((None, self.now + 5_000)))
        answers = {q.envelope.id: Answer(value={"at": self.now}) for q in turn.commands}
        made = decision(
            before=before,
            after=after,
            records=records,
            guards=guards,
            answers=answers,
            next_due=due,
            put={"v0/n": self.now},
        )
        return made, tasks

    @rule(one=ids)
    def release(self, one: str) -> None:
        if self.held[one]:
            turn = self.held[one].pop()
            self.both(lambda s: s.turns.release(turn, again_at=self.now))

    @rule(worker=workers, limit=st.integers(1, 3))
    def fetch(self, worker: str, limit: int) -> None:
        # One partition at a time: where a fetch begins is random by design.
        for partition in (0, 1):
            locked = self.both(
                lambda s, p=partition: s.tasks.fetch(worker, [WISH], now=self.now, limit=limit, partitions=[p])
            )
            for one in locked:
                assert one.lock.until == self.now + 3_000

    @rule(worker=workers, one=ids, what=st.sampled_from(("extend", "unlock", "lock")), data=st.data())
    def hold(self, worker: str, one: str, what: str, data: st.DataObject) -> None:
        if not self.tasks[one]:
            return
        found = self.tasks[one][data.draw(st.sampled_from(sorted(self.tasks[one])))]
        until = self.now + 4_000
        if what == "unlock":
            self.both(lambda s: s.tasks.unlock(found, now=self.now))
        else:
            self.both(lambda s: getattr(s.tasks, what)(found, worker, now=self.now, until=until))

    @invariant()
    def the_two_hold_the_same(self) -> None:
        for one in IDS:
            assert self.both(lambda s, i=one: s.lists.fields(i)) is not None
            self.both(lambda s, i=one: len(s.history.read(i)))
            self.both(lambda s, i=one: s.tasks.locks([t.id for t in self.tasks[i].values()]))
        self.both(lambda s: s.tasks.all_of(None, s.partitions))
        self.both(lambda s: s.backend.read([("ZRANGE", keys.agenda(keys.tag(p)), 0, -1, "WITHSCORES") for p in (0, 1)]))
        self.both(lambda s: s.turns.due(self.now, 10, s.partitions))
        self.both(lambda s: s.lists.instance_ids(InstanceState.ACTIVE))

    @invariant()
    def every_accepted_command_waits_or_was_applied_once(self) -> None:
        assert len(set(self.applied)) == len(self.applied)
        waiting = sum(self.stores[1].lists.waiting_commands(one) for one in IDS)
        assert waiting == len(self.accepted) - len(self.applied)

    @invariant()
    def whoever_has_a_command_waiting_comes_up_again(self) -> None:
        for one in IDS:
            if self.stores[1].lists.waiting_commands(one):
                due = self.stores[1].backend.read([("ZSCORE", keys.agenda(keys.partition_tag(one)), one)])[0]
                assert due is not None

    @invariant()
    def history_has_one_chunk_per_commit(self) -> None:
        for one in IDS:
            assert len(self.stores[1].history.read(one)) == self.commits[one]

    @invariant()
    def the_queues_hold_exactly_the_open_tasks(self) -> None:
        queued_now = sorted(self.stores[1].tasks.all_of(None, range(2)))
        assert queued_now == sorted(t.id for found in self.tasks.values() for t in found.values())


@pytest.fixture
def real(valkey: str) -> Iterator[Store]:
    opened = open_store(valkey, 2)
    yield opened
    opened.close()


def test_twin_and_server_agree_whatever_happens(real: Store) -> None:
    backend: Any = real.backend
    Machine.stores = (open_store("memory://", 2), real)
    Machine.client = backend._client
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=40,
            stateful_step_count=40,
            deadline=None,
            database=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
        ),
    )
