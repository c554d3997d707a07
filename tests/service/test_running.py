from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from baton.model.commands import CancelInstance, SetVariables
from baton.model.errors import BadRequest, CannotComplete, Conflict, NotFound, TaskNotLocked
from baton.model.events import EventType
from baton.model.records import InstanceState
from baton.service import Engine, ExternalTaskQuery, InstanceQuery, LiveItem, VariableFilter
from tests.service.conftest import Clock
from tests.service.processes import ONE_TASK, bpmn, deploy, external, fetch, line, timer


def test_a_one_task_instance_runs_from_start_to_end(engine: Engine) -> None:
    definition = deploy(engine)

    header = engine.starts.start(definition.id, business_key="A-1", variables={"amount": 12})
    (locked,) = fetch(engine)
    engine.external_tasks.complete(locked.task.id, "w", {"paid": True})

    assert header.state is InstanceState.ACTIVE
    assert locked.variables == {"amount": 12}
    ended = engine.instances.get(header.id)
    assert ended.state is InstanceState.COMPLETED
    assert engine.instance_reader.get_variables(header.id) == {"amount": 12, "paid": True}
    assert [e.type for e in engine.history.list_events(header.id)][-1] is EventType.INSTANCE_ENDED


def test_what_has_ended_keeps_nothing_of_how_often_its_elements_were_come_to(engine: Engine) -> None:
    instance = engine.starts.start(deploy(engine).id).id
    assert [name for name in engine.instance_reader.read_fields(instance) if name.startswith("e0/")] != []

    (locked,) = fetch(engine)
    engine.external_tasks.complete(locked.task.id, "w", {"paid": True})

    assert sorted(engine.instance_reader.read_fields(instance)) == ["c", "h", "t0", "v0/paid"]
    assert engine.instance_reader.get_snapshot(instance).header.state is InstanceState.COMPLETED


def test_the_same_command_id_starts_one_instance(engine: Engine) -> None:
    definition = deploy(engine)

    first = engine.starts.start(definition.id, command_id="once")
    second = engine.starts.start(definition.id, command_id="once")

    assert first.id == second.id
    assert engine.instances.count(InstanceQuery()) == 1


def test_a_business_key_can_be_unique_while_its_instance_runs(engine: Engine) -> None:
    definition = deploy(engine)
    first = engine.starts.start(definition.id, business_key="k", unique_business_key=True)

    with pytest.raises(Conflict, match=first.id):
        engine.starts.start(definition.id, business_key="k", unique_business_key=True)
    engine.mailbox.submit(first.id, CancelInstance())

    assert engine.starts.start(definition.id, business_key="k", unique_business_key=True).id != first.id


def test_of_two_starts_at_once_with_one_unique_business_key_one_is_refused(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    definition = deploy(engine)
    commit = engine.store.turns.commit
    others: list[str] = []

    def beaten(*args: Any, **more: Any) -> Any:
        monkeypatch.undo()
        others.append(engine.starts.start(definition.id, business_key="k", unique_business_key=True).id)
        return commit(*args, **more)

    monkeypatch.setattr(engine.store.turns, "commit", beaten)
    with pytest.raises(Conflict) as refused:
        engine.starts.start(definition.id, business_key="k", unique_business_key=True)

    assert others[0] in str(refused.value)
    assert [item.id for item in engine.instances.find(InstanceQuery())] == others


def test_a_unique_business_key_is_not_that_of_an_instance_that_was_started_without_the_option(engine: Engine) -> None:
    definition = deploy(engine)
    other = deploy(engine, bpmn(line(external("t")), key="other"), name="other")
    engine.starts.start(other.id, business_key="k")
    first = engine.starts.start(definition.id, business_key="k")

    with pytest.raises(Conflict, match=first.id):
        engine.starts.start(definition.id, business_key="k", unique_business_key=True)


def test_a_suspended_definition_starts_nothing(engine: Engine) -> None:
    definition = deploy(engine)
    engine.administration.suspend_definition(definition.id, True)

    with pytest.raises(CannotComplete):
        engine.starts.start(definition.id)
    engine.administration.suspend_definition(definition.key, False)

    assert engine.starts.start(definition.id).state is InstanceState.ACTIVE


def test_what_does_not_exist_is_not_found(engine: Engine) -> None:
    with pytest.raises(NotFound):
        engine.starts.start("nope:1:x")
    with pytest.raises(NotFound):
        engine.instances.get("0123456789abcdef-01")
    with pytest.raises(NotFound):
        engine.mailbox.submit("0123456789abcdef-01", CancelInstance())
    with pytest.raises(NotFound):
        engine.external_tasks.complete("0123456789abcdef-01.7", "w")
    with pytest.raises(NotFound):
        engine.user_tasks.get("rubbish")


def test_a_late_completion_is_refused_after_another_took_the_task(engine: Engine, clock: Clock) -> None:
    definition = deploy(engine)
    header = engine.starts.start(definition.id)
    (late,) = fetch(engine, worker="slow")
    clock.forward(10_001)
    (taken,) = fetch(engine, worker="quick")

    with pytest.raises((TaskNotLocked, BadRequest)):
        engine.external_tasks.complete(late.task.id, "slow")
    engine.external_tasks.complete(taken.task.id, "quick")

    assert engine.instances.get(header.id).state is InstanceState.COMPLETED


def test_a_timer_fires_at_its_moment(engine: Engine, clock: Clock) -> None:
    definition = deploy(engine, bpmn(line(timer("wait", "PT10S"))))
    header = engine.starts.start(definition.id)
    clock.forward(9_999)
    assert engine.run_due() == 0
    clock.forward(1)

    assert engine.run_due() == 1

    assert engine.instances.get(header.id).state is InstanceState.COMPLETED


def test_a_timer_start_event_starts_an_instance_once_per_occurrence(engine: Engine, clock: Clock) -> None:
    start = (
        '<startEvent id="s"><timerEventDefinition><timeCycle xsi:type="tFormalExpression">R2/PT1M</timeCycle>'
        "</timerEventDefinition></startEvent>"
    )
    body = line(external("t")).replace('<startEvent id="s"/>', start)
    deploy(engine, bpmn(body))
    for _ in range(5):
        clock.forward(60_000)
        engine.run_due()
        engine.run_due()

    assert engine.instances.count(InstanceQuery()) == 2


def test_an_instance_can_be_read_by_another_process_and_finished_there(
    engines: Callable[..., Engine], clock: Clock
) -> None:
    one = engines()
    other = engines()
    header = one.starts.start(deploy(one).id)
    (locked,) = fetch(other)
    other.external_tasks.complete(locked.task.id, "w")

    assert one.instances.get(header.id).state is InstanceState.COMPLETED


def test_a_thousand_commands_to_one_instance_are_all_applied(engine: Engine) -> None:
    definition = deploy(engine)
    header = engine.starts.start(definition.id)
    failures: list[BaseException] = []

    def write(worker: int) -> None:
        try:
            for n in range(25):
                engine.mailbox.submit(header.id, SetVariables(set={f"v{worker}x{n}": n}))
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=write, args=(worker,)) for worker in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert failures == []
    assert len(engine.instance_reader.get_variables(header.id)) == 200
    positions = [e.position for e in engine.history.list_events(header.id)]
    assert positions == list(range(1, len(positions) + 1))


def test_instances_are_found_by_what_they_are(engine: Engine) -> None:
    definition = deploy(engine)
    a = engine.starts.start(definition.id, business_key="A", variables={"n": 1})
    b = engine.starts.start(definition.id, business_key="B", variables={"n": 5})
    engine.mailbox.submit(b.id, CancelInstance())

    def ids(**more: object) -> list[str]:
        return [item.id for item in engine.instances.find(InstanceQuery(**more))]  # type: ignore[arg-type]

    assert ids() == [a.id]
    assert set(ids(include_ended=True)) == {a.id, b.id}
    assert ids(business_key="A") == [a.id]
    assert ids(business_key_like="%A%") == [a.id]
    assert ids(elements=("t",)) == [a.id]
    assert ids(elements=("other",)) == []
    assert ids(definition_ids=(definition.id,)) == [a.id]
    assert ids(states=frozenset({InstanceState.CANCELLED})) == [b.id]
    assert ids(variables=(VariableFilter(name="n", operator="lt", value=2),)) == [a.id]
    assert ids(variables=(VariableFilter(name="n", operator="gt", value=2),)) == []
    assert engine.instances.count(InstanceQuery(definition_ids=(definition.id,))) == 1
    assert engine.instances.count_by_element(definition.id)["t"].instances == 1


def test_external_tasks_are_listed_with_their_locks(engine: Engine, clock: Clock) -> None:
    definition = deploy(engine)
    engine.starts.start(definition.id)
    engine.starts.start(definition.id)
    (locked,) = fetch(engine, n=1)

    assert [t.id for t, _ in engine.external_tasks.find(ExternalTaskQuery(locked=True))] == [locked.task.id]
    assert engine.external_tasks.count(ExternalTaskQuery(topic="work")) == 2
    assert engine.external_tasks.count(ExternalTaskQuery(worker_id="w")) == 1
    clock.forward(10_001)
    assert engine.external_tasks.count(ExternalTaskQuery(locked=True)) == 0
    assert engine.external_tasks.list_topics() == ["work"]


def test_fetching_can_be_narrowed(engine: Engine) -> None:
    definition = deploy(engine)
    engine.starts.start(definition.id, business_key="A", variables={"n": 1, "m": 2})
    engine.starts.start(definition.id, business_key="B")

    (locked,) = fetch(engine, business_key="A", variables=("n",))
    assert (locked.task.business_key, locked.variables) == ("A", {"n": 1})
    assert fetch(engine, process_variables={"n": 1}) == []
    assert fetch(engine, definition_keys=("other",)) == []
    assert len(fetch(engine, definition_ids=(definition.id,))) == 1


def test_a_long_poll_gets_a_task_that_comes_later(engine: Engine) -> None:
    definition = deploy(engine)
    found: list[object] = []
    from baton.service import TopicRequest

    topics = [TopicRequest(name="work", lock_ms=1000)]
    poll = threading.Thread(
        target=lambda: found.extend(engine.task_fetcher.fetch_and_lock("w", 1, topics, async_timeout_ms=20_000))
    )
    poll.start()
    engine.starts.start(definition.id)
    poll.join(10)

    assert len(found) == 1


def test_too_large_a_variable_is_refused_by_name(engines: Callable[..., Engine]) -> None:
    engine = engines(max_variable_bytes=1000)
    definition = deploy(engine)

    with pytest.raises(BadRequest, match="'big'"):
        engine.starts.start(definition.id, variables={"big": "x" * 2000})


def test_history_is_forgotten_when_its_time_is_over(engine: Engine, clock: Clock) -> None:
    definition = deploy(engine)
    header = engine.starts.start(definition.id)
    with pytest.raises(Conflict):
        engine.administration.delete_history(header.id)
    engine.mailbox.submit(header.id, CancelInstance())

    assert engine.administration.forget_expired() == 0
    clock.forward(24 * 3_600_000 + 1)
    assert engine.administration.forget_expired() == 1

    with pytest.raises(NotFound):
        engine.instances.get(header.id)


def test_past_activities_show_arrival_and_end(engine: Engine, clock: Clock) -> None:
    header = engine.starts.start(deploy(engine).id)
    clock.forward(500)
    engine.mailbox.submit(header.id, CancelInstance())

    elements = engine.history.project(engine.instances.get(header.id)).activities

    assert [(element.element, element.cancelled) for element in elements] == [("s", False), ("t", True)]
    assert elements[1].ended_at == elements[1].started_at + 500


def test_what_all_listeners_see_is_shaped_once_for_them(engine: Engine) -> None:
    definition = deploy(engine)
    two = [engine.live.subscribe(), engine.live.subscribe()]
    header = engine.starts.start(definition.id)
    shaped: list[int] = []

    def shape(items: Sequence[LiveItem]) -> bytes:
        shaped.append(len(items))
        return header.id.encode()

    batches = [listener.wait_for_batch(5) for listener in two]

    assert [batch and batch.shape("key", shape) for batch in batches] == [header.id.encode()] * 2
    assert shaped == [1]
    for listener in two:
        listener.close()


def test_a_listener_sees_only_the_instance_that_it_listens_to(engine: Engine) -> None:
    first, second = (engine.starts.start(deploy(engine).id) for _ in range(2))
    listener = engine.live.subscribe(second.id)
    for header in (first, second):
        engine.mailbox.submit(header.id, CancelInstance())

    batch = listener.wait_for_batch(5)

    assert batch is not None
    assert {item.instance_id for item in batch.items} == {second.id}
    listener.close()


def test_live_listeners_see_what_commits(engine: Engine) -> None:
    definition = deploy(engine)
    everything = engine.live.subscribe()
    header = engine.starts.start(definition.id)

    batch = everything.wait_for_batch(5)

    assert batch is not None
    (item,) = batch.items
    assert (item.instance_id, item.header) == (header.id, header)
    assert item.events[0].type is EventType.INSTANCE_STARTED
    engine.mailbox.submit(header.id, CancelInstance())
    (behind,), whole = engine.live.read_since(item.id)
    assert whole
    assert behind.header.state is InstanceState.CANCELLED
    everything.close()


def test_published_is_only_what_was_sent(engine: Engine) -> None:
    engine.starts.start(deploy(engine, ONE_TASK).id)

    assert engine.outbox.dispatch() == 0
    assert engine.outbox.list_published() == []
