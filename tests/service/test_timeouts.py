"""``baton:timeout``: an attempt that takes too long has failed, whatever its worker says; and how far a worker is."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from baton.bpmn.names import BATON
from baton.model.commands import ResumeInstance, SetVariables, SuspendInstance
from baton.model.errors import BadRequest, TaskNotLocked
from baton.model.events import EventType
from baton.model.records import InstanceState, Progress
from baton.service import Engine, ExternalTaskQuery, IncidentQuery, LockedTask, TopicLimits, TopicRequest
from tests.service.conftest import Clock
from tests.service.processes import bpmn, deploy, external, fetch, line

HOUR = 3_600_000


def limited(timeout: str = "PT1M", more: str = "", retries: str = "R2/PT0S", before: str = "") -> bytes:
    task = (
        f'<serviceTask id="t" camunda:type="external" camunda:topic="work" xmlns:baton="{BATON}" '
        f'baton:timeout="{timeout}"><extensionElements><camunda:failedJobRetryTimeCycle>{retries}'
        f"</camunda:failedJobRetryTimeCycle>{more}</extensionElements></serviceTask>"
    )
    return bpmn(before + line(task))


def start(engine: Engine, xml: bytes | None = None, **variables: object) -> str:
    return engine.starts.start(deploy(engine, xml or limited()).id, variables=variables).id  # type: ignore[arg-type]


def lock(engine: Engine, worker: str = "w", lock_ms: int = HOUR) -> LockedTask:
    (found,) = engine.task_fetcher.fetch_and_lock(worker, 1, [TopicRequest(name="work", lock_ms=lock_ms)])
    return found


def take_due(engine: Engine, clock: Clock) -> None:
    """As the agenda does: turns that are due now."""
    for _ in range(5):
        due, _ = engine.mailbox.list_due(clock.now, 10)
        for instance_id in due:
            engine.mailbox.take_due(instance_id)


def test_a_lock_ends_with_the_time_of_its_attempt(engine: Engine, clock: Clock) -> None:
    start(engine)
    held = lock(engine)
    assert held.lock.until == clock.now + 60_000

    clock.forward(50_000)
    engine.external_tasks.extend_lock(held.task.id, "w", HOUR)

    _, now_held = engine.external_tasks.get(held.task.id)
    assert now_held is not None
    assert now_held.until == clock.now + 10_000


def test_an_attempt_that_took_too_long_cannot_be_extended(engine: Engine, clock: Clock) -> None:
    start(engine)
    held = lock(engine)
    clock.forward(60_000)

    with pytest.raises(BadRequest, match="timeout of PT1M"):
        engine.external_tasks.extend_lock(held.task.id, "w", 1_000)


def test_the_attempt_of_a_silent_worker_fails_by_itself(engine: Engine, clock: Clock) -> None:
    id_ = start(engine)
    held = lock(engine)
    _, upcoming = engine.mailbox.list_due(clock.now, 10)
    assert upcoming == clock.now + 60_000

    clock.forward(60_000)
    take_due(engine, clock)

    task, _ = engine.external_tasks.get(held.task.id)
    assert task.retries == 1
    assert task.error_message is not None
    assert task.error_message.startswith("timeout")
    failures = [event for event in engine.history.list_events(id_) if event.type is EventType.EXTERNAL_TASK_FAILED]
    assert [failure.data["worker"] for failure in failures] == ["w"]
    assert engine.external_tasks.find(ExternalTaskQuery(locked=True)) == []
    with pytest.raises(BadRequest, match="timeout of PT1M"):
        engine.external_tasks.extend_lock(held.task.id, "w", 1_000)


def test_a_worker_that_was_late_is_refused_once_another_has_the_task(engine: Engine, clock: Clock) -> None:
    id_ = start(engine)
    held = lock(engine)
    clock.forward(60_000)
    take_due(engine, clock)
    lock(engine, "v")

    with pytest.raises(TaskNotLocked):
        engine.external_tasks.complete(held.task.id, "w")

    engine.external_tasks.complete(held.task.id, "v")
    assert engine.instances.get(id_).state is InstanceState.COMPLETED


def test_a_late_result_counts_until_another_has_the_task(engine: Engine, clock: Clock) -> None:
    id_ = start(engine, limited(retries="R1/PT0S"))
    held = lock(engine)
    clock.forward(60_000)
    take_due(engine, clock)
    assert engine.instances.get(id_).incidents == 1

    engine.external_tasks.complete(held.task.id, "w")

    assert engine.instances.get(id_).state is InstanceState.COMPLETED


def test_an_incident_opens_when_the_last_attempt_took_too_long(engine: Engine, clock: Clock) -> None:
    id_ = start(engine)
    for _ in range(2):
        lock(engine)
        clock.forward(60_000)
        take_due(engine, clock)

    (incident,) = engine.incidents.find(IncidentQuery(instance_ids=(id_,)))
    assert incident.kind == "failedExternalTask"
    assert incident.message.startswith("timeout")
    assert fetch(engine) == []
    assert engine.mailbox.list_due(clock.now + HOUR, 10) == ([], None)


def test_each_attempt_has_the_whole_time(engine: Engine, clock: Clock) -> None:
    id_ = start(engine)
    lock(engine)
    clock.forward(60_000)
    take_due(engine, clock)
    clock.forward(5_000)

    second = lock(engine, "v")

    assert second.lock.until == clock.now + 60_000
    clock.forward(59_000)
    engine.external_tasks.complete(second.task.id, "v")
    assert engine.instances.get(id_).state is InstanceState.COMPLETED
    assert engine.mailbox.list_due(clock.now + HOUR, 10) == ([], None)


def test_nobody_gets_a_late_task_before_its_failure_is_recorded(engine: Engine, clock: Clock) -> None:
    start(engine)
    held = lock(engine)
    clock.forward(60_000)

    assert fetch(engine, worker="v") == []
    with pytest.raises(BadRequest, match="timeout"):
        engine.external_tasks.lock(held.task.id, "v", 1_000)

    take_due(engine, clock)
    assert [item.task.retries for item in fetch(engine, worker="v")] == [1]


def test_locking_again_is_the_same_attempt(engine: Engine, clock: Clock) -> None:
    start(engine)
    held = lock(engine)
    clock.forward(40_000)

    engine.external_tasks.lock(held.task.id, "w", HOUR)

    _, again = engine.external_tasks.get(held.task.id)
    assert again is not None
    assert again.until == clock.now + 20_000


def test_a_task_given_back_has_no_attempt_that_could_be_late(engine: Engine, clock: Clock) -> None:
    start(engine)
    held = lock(engine)
    engine.external_tasks.unlock(held.task.id)
    clock.forward(60_000)
    take_due(engine, clock)

    assert engine.external_tasks.get(held.task.id)[0].retries == 2
    assert engine.mailbox.list_due(clock.now + HOUR, 10) == ([], None)


def test_work_that_is_done_counts_even_if_it_comes_with_the_deadline(engine: Engine, clock: Clock) -> None:
    id_ = start(engine)
    held = lock(engine)
    clock.forward(60_000)
    engine.external_tasks.complete(held.task.id, "w")
    assert engine.instances.get(id_).state is InstanceState.COMPLETED


def test_other_turns_of_the_instance_do_not_forget_the_deadline(engine: Engine, clock: Clock) -> None:
    id_ = start(engine)
    held = lock(engine)
    engine.mailbox.submit(id_, SetVariables(set={"n": 1}))
    engine.mailbox.submit(id_, SuspendInstance())
    clock.forward(60_000)
    take_due(engine, clock)
    assert engine.external_tasks.get(held.task.id)[0].retries == 2
    assert engine.mailbox.list_due(clock.now + HOUR, 10) == ([], None)

    engine.mailbox.submit(id_, ResumeInstance())
    take_due(engine, clock)

    assert engine.external_tasks.get(held.task.id)[0].retries == 1


@pytest.mark.parametrize("text", ["${limit}", "=limit", '=duration("PT1M")'])
def test_the_timeout_may_be_an_expression(engine: Engine, clock: Clock, text: str) -> None:
    start(engine, limited(text.replace('"', "&quot;")), limit="PT1M")
    assert lock(engine).lock.until == clock.now + 60_000


def test_the_timeout_may_be_a_property(engine: Engine, clock: Clock) -> None:
    task = (
        '<serviceTask id="t" camunda:type="external" camunda:topic="work"><extensionElements><camunda:properties>'
        '<camunda:property name="baton:timeout" value="PT1M"/></camunda:properties></extensionElements></serviceTask>'
    )
    start(engine, bpmn(line(task)))
    assert lock(engine).lock.until == clock.now + 60_000


@pytest.mark.parametrize("limit", ["soon", "PT0S", "-PT1M"])
def test_a_timeout_that_is_none_is_an_incident(engine: Engine, limit: str) -> None:
    id_ = start(engine, limited("${limit}"), limit=limit)
    (incident,) = engine.incidents.find(IncidentQuery(instance_ids=(id_,)))
    assert incident.kind == "failedJob"
    assert limit in incident.message


def test_a_place_of_a_limited_topic_is_free_when_the_attempt_is_over(engine: Engine, clock: Clock) -> None:
    definition = deploy(engine, limited())
    engine.starts.start(definition.id)
    engine.starts.start(definition.id)
    engine.topic_limits.set("work", TopicLimits(locks_at_once=1))
    lock(engine)
    assert fetch(engine) == []
    clock.forward(60_000)
    take_due(engine, clock)
    assert len(fetch(engine)) == 1


def test_an_error_mapping_sees_the_timeout(engine: Engine, clock: Clock) -> None:
    mapping = (
        '<camunda:errorEventDefinition id="d" errorRef="late" '
        "expression=\"${errorMessage != null and errorMessage.startsWith('timeout')}\"/>"
    )
    id_ = start(engine, limited(more=mapping))
    lock(engine)
    clock.forward(60_000)
    take_due(engine, clock)
    assert engine.external_tasks.find(ExternalTaskQuery(instance_ids=(id_,))) == []


def test_a_task_without_timeout_may_take_for_ever(engine: Engine, clock: Clock) -> None:
    start(engine, bpmn(line(external("t"))))
    held = lock(engine)
    clock.forward(HOUR // 2)
    engine.external_tasks.extend_lock(held.task.id, "w", 10 * HOUR)
    assert engine.mailbox.list_due(clock.now + 100 * HOUR, 10) == ([], None)


# -- how far it is


def test_a_heartbeat_says_how_far_the_work_is(engine: Engine) -> None:
    id_ = start(engine)
    held = lock(engine)
    events = len(engine.history.list_events(id_))

    engine.external_tasks.extend_lock(held.task.id, "w", 1_000, progress=Progress(fraction=0.4, text="half of it"))
    engine.external_tasks.extend_lock(held.task.id, "w", 2_000)

    _, now_held = engine.external_tasks.get(held.task.id)
    assert now_held is not None
    assert now_held.progress == Progress(fraction=0.4, text="half of it")
    (wait,) = engine.instance_reader.get_snapshot(id_).waits
    assert wait.progress == Progress(fraction=0.4, text="half of it")
    assert len(engine.history.list_events(id_)) == events


@pytest.mark.parametrize("end", ["unlock", "failure", "expiry"])
def test_the_next_attempt_begins_without_progress(engine: Engine, clock: Clock, end: str) -> None:
    start(engine, bpmn(line(external("t"))))
    held = lock(engine, lock_ms=10_000)
    engine.external_tasks.extend_lock(held.task.id, "w", 10_000, progress=Progress(fraction=0.9))
    if end == "unlock":
        engine.external_tasks.unlock(held.task.id)
    elif end == "failure":
        engine.external_tasks.fail(held.task.id, "w", retries=1)
    else:
        clock.forward(10_000)

    lock(engine, "v")

    _, now_held = engine.external_tasks.get(held.task.id)
    assert now_held is not None
    assert (now_held.worker_id, now_held.progress) == ("v", None)


def test_progress_is_encrypted_like_everything_else(engines: Callable[..., Engine]) -> None:
    engine = engines(encryption_keys="1:" + "MDEyMzQ1Njc4OWFiY2RlZg==")
    start(engine)
    held = lock(engine)
    engine.external_tasks.extend_lock(held.task.id, "w", 1_000, progress=Progress(text="the file of Ada Lovelace"))

    rows = engine.store.backend.read([("HVALS", f"{{p{held.task.id.split('.')[0][-2:]}}}:k:{held.task.instance_id}")])

    assert b"Lovelace" not in repr(rows).encode()
    _, now_held = engine.external_tasks.get(held.task.id)
    assert now_held is not None
    assert now_held.progress == Progress(text="the file of Ada Lovelace")
