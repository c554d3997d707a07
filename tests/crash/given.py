"""What a scene begins with: a stage, and instances that are set up on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from baton.model.commands import (
    CancelInstance,
    Command,
    SetJob,
    SetVariables,
    SuspendInstance,
)
from baton.service import Engine, LockedTask, Resource, TopicRequest
from tests.service.conftest import Clock
from tests.service.processes import MESSAGE, SIGNAL, bpmn, external, line, receive, timer

ID = "the-command"
HOUR = 3_600_000

Facts = Mapping[str, Any]


@dataclass(frozen=True)
class Stage:
    engine: Engine
    clock: Clock

    def deploy(self, body: str, key: str = "p", extra: str = "") -> str:
        return self.engine.deployments.deploy(key, [Resource(f"{key}.bpmn", bpmn(body, key, extra))]).definitions[0].id

    def start(self, definition: str) -> str:
        return self.engine.starts.start(definition, business_key="K", variables={"n": 1}).id

    def begin(self, body: str, extra: str = "") -> str:
        return self.start(self.deploy(body, extra=extra))

    def fetch(self, *topics: str, worker: str = "w", lock_ms: int = 24 * HOUR) -> list[LockedTask]:
        wishes = [TopicRequest(name=topic, lock_ms=lock_ms) for topic in topics]
        return self.engine.task_fetcher.fetch_and_lock(worker, 10, wishes)

    def work(self, topic: str) -> None:
        for item in self.fetch(topic):
            self.engine.external_tasks.complete(item.task.id, "w")

    def submit(self, instance: str, command: Command) -> Any:
        return self.engine.mailbox.submit(instance, command, command_id=ID).value


def nothing_but_a_definition(stage: Stage) -> Facts:
    return {"definition": stage.deploy(line(external("t")))}


def a_standalone_task(stage: Stage) -> Facts:
    return {"task": stage.engine.standalone_tasks.create({"name": "A"}, task_id="chosen")}


def a_task(stage: Stage) -> Facts:
    instance = stage.begin(
        line('<serviceTask id="t" camunda:type="external" camunda:topic="work"><extensionElements>'
             "<camunda:failedJobRetryTimeCycle>R3/PT2H</camunda:failedJobRetryTimeCycle></extensionElements></serviceTask>",
             external("u", "next"))
    )  # fmt: skip
    (locked,) = stage.fetch("work")
    return {"instance": instance, "task": locked.task.id}


def a_task_and_another_version(stage: Stage) -> Facts:
    definition = stage.deploy(line(external("t", "work")))
    instance = stage.start(definition)
    return {"instance": instance, "from": definition, "to": stage.deploy(line(external("t", "work"), external("u")))}


def a_suspended_task(stage: Stage) -> Facts:
    facts = a_task(stage)
    stage.engine.mailbox.submit(facts["instance"], SuspendInstance())
    return facts


def a_task_out_of_retries(stage: Stage) -> Facts:
    facts = a_task(stage)
    stage.engine.external_tasks.fail(facts["task"], "w", error_message="no", retries=0)
    incident = stage.engine.instance_reader.get_snapshot(facts["instance"]).incidents[0]
    return {**facts, "incident": incident.id}


def a_task_with_an_error_boundary(stage: Stage) -> Facts:
    body = line(external("t"), external("u", "next")) + (
        '<boundaryEvent id="b" attachedToRef="t"><errorEventDefinition errorRef="e1"/></boundaryEvent>'
        '<sequenceFlow id="fb" sourceRef="b" targetRef="e2"/><endEvent id="e2"/>'
    )
    instance = stage.begin(body, '<error id="e1" errorCode="broken"/>')
    (locked,) = stage.fetch("work")
    return {"instance": instance, "task": locked.task.id}


def a_user_task(stage: Stage) -> Facts:
    body = line('<userTask id="t" camunda:candidateGroups="sales"/>', external("u", "next")) + (
        '<boundaryEvent id="b" cancelActivity="false" attachedToRef="t"><escalationEventDefinition escalationRef="e1"/>'
        '</boundaryEvent><sequenceFlow id="fb" sourceRef="b" targetRef="e2"/><endEvent id="e2"/>'
    )
    instance = stage.begin(body, '<escalation id="e1" escalationCode="help"/>')
    return {"instance": instance, "task": _open(stage, instance, "user_tasks")}


def a_receiver(stage: Stage) -> Facts:
    return {"instance": stage.begin(line(receive("r"), external("u", "next")), MESSAGE)}


def a_receiver_to_be(stage: Stage) -> Facts:
    return {"definition": stage.deploy(line(receive("r"), external("u", "next")), extra=MESSAGE)}


def receivers_to_be_and_one_for_something_else(stage: Stage) -> Facts:
    facts = a_receiver_to_be(stage)
    other = stage.start(facts["definition"])
    stage.engine.mailbox.submit(other, SetVariables(set={"other": True}))
    return {**facts, "instance": other}


def two_that_wait_for_a_signal(stage: Stage) -> Facts:
    catch = '<intermediateCatchEvent id="c"><signalEventDefinition signalRef="g1"/></intermediateCatchEvent>'
    definition = stage.deploy(line(catch, external("u", "next")), extra=SIGNAL)
    return {"instance": stage.start(definition), "other": stage.start(definition)}


def a_timer(stage: Stage) -> Facts:
    instance = stage.begin(line(timer("w", "PT5H"), external("u", "next")))
    return {"instance": instance, "job": _open(stage, instance, "jobs")}


def a_cycle(stage: Stage) -> Facts:
    body = line(external("t"), external("u", "next")) + (
        '<boundaryEvent id="b" cancelActivity="false" attachedToRef="t"><timerEventDefinition>'
        '<timeCycle xsi:type="tFormalExpression">R3/PT5H</timeCycle></timerEventDefinition></boundaryEvent>'
        '<sequenceFlow id="fb" sourceRef="b" targetRef="e2"/><endEvent id="e2"/>'
    )
    instance = stage.begin(body)
    return {"instance": instance, "job": _open(stage, instance, "jobs")}


def a_suspended_cycle_set_to_the_distant_past(stage: Stage) -> Facts:
    """A moment that outcomes do not level: it shows whether another takes its place."""
    facts = a_cycle(stage)
    stage.engine.mailbox.submit(facts["instance"], SetJob(job_id=facts["job"], due=1, suspended=True))
    return facts


def two_done_steps_that_can_be_undone(stage: Stage) -> Facts:
    instance = stage.begin(_undoable())
    stage.work("a")
    stage.work("b")
    return {"instance": instance}


def an_undo_that_failed(stage: Stage) -> Facts:
    facts = two_done_steps_that_can_be_undone(stage)
    stage.engine.mailbox.submit(facts["instance"], CancelInstance(compensate=True))
    (locked,) = stage.fetch("undo-b")
    stage.engine.external_tasks.fail(locked.task.id, "w", error_message="no", retries=0)
    seq = next(e.seq for e in stage.engine.instance_reader.get_ledger(facts["instance"]) if e.element == "b")
    return {**facts, "seq": seq}


def an_ad_hoc(stage: Stage) -> Facts:
    inner = f"{external('a', 'a')}{external('b', 'b')}"
    instance = stage.begin(line(f'<adHocSubProcess id="h">{inner}</adHocSubProcess>', external("u", "next")))
    return {
        "instance": instance,
        "token": next(t.number for t in stage.engine.instance_reader.list_tokens(instance) if t.element == "h"),
    }


def an_observed(stage: Stage) -> Facts:
    observed = '<camunda:properties><camunda:property name="baton:observed" value="true"/></camunda:properties>'
    tasks = line('<task id="a"/>', '<task id="b"/>')
    return {"instance": stage.begin(f"<extensionElements>{observed}</extensionElements>{tasks}")}


def one_that_sends(stage: Stage) -> Facts:
    """A message to an instance that waits, in another partition or not, and a signal to the same."""
    stage.deploy(line(receive("r"), external("u", "next")), key="receiver", extra=MESSAGE)
    throw = (
        '<intermediateThrowEvent id="m"><messageEventDefinition messageRef="m1"/></intermediateThrowEvent>',
        '<intermediateThrowEvent id="g"><signalEventDefinition signalRef="g1"/></intermediateThrowEvent>',
    )
    sender = stage.deploy(line(*throw, external("t", "sent")), key="sender", extra=MESSAGE + SIGNAL)
    receiver = stage.start("receiver:1:" + _definition(stage, "receiver"))
    return {"instance": receiver, "sender": stage.start(sender)}


def an_ended_one(stage: Stage) -> Facts:
    instance = stage.begin(line(external("t")))
    stage.work("work")
    return {"instance": instance}


def a_start_message(stage: Stage) -> Facts:
    body = (
        '<startEvent id="s"><messageEventDefinition messageRef="m1"/></startEvent>'
        f'{external("t")}<endEvent id="e"/><sequenceFlow id="f0" sourceRef="s" targetRef="t"/>'
        '<sequenceFlow id="f1" sourceRef="t" targetRef="e"/>'
    )
    return {"definition": stage.deploy(body, extra=MESSAGE)}


def a_start_timer(stage: Stage) -> Facts:
    body = (
        '<startEvent id="s"><timerEventDefinition><timeCycle xsi:type="tFormalExpression">R2/PT5H</timeCycle>'
        f'</timerEventDefinition></startEvent>{external("t")}<endEvent id="e"/>'
        '<sequenceFlow id="f0" sourceRef="s" targetRef="t"/><sequenceFlow id="f1" sourceRef="t" targetRef="e"/>'
    )
    return {"definition": stage.deploy(body)}


def an_async_step(stage: Stage) -> Facts:
    """The engine owes itself the step behind the task."""
    later = '<serviceTask id="u" camunda:asyncBefore="true" camunda:type="external" camunda:topic="next"/>'
    instance = stage.begin(line(external("t"), later))
    (locked,) = stage.fetch("work")
    return {"instance": instance, "task": locked.task.id}


def empty(stage: Stage) -> Facts:
    return {}


# -- helpers


def _open(stage: Stage, instance: str, what: str) -> str:
    from baton.service import JobQuery, UserTaskQuery

    if what == "jobs":
        return stage.engine.jobs.find(JobQuery(instance_ids=(instance,)))[0].id
    return stage.engine.user_tasks.find(UserTaskQuery(instance_ids=(instance,)))[0].id


def _definition(stage: Stage, key: str) -> str:
    return stage.engine.definitions.get_latest(key).id.rpartition(":")[2]


def _undoable() -> str:
    handlers = "".join(
        f'<boundaryEvent id="u{item}" attachedToRef="{item}"><compensateEventDefinition/></boundaryEvent>'
        f'<serviceTask id="h{item}" isForCompensation="true" camunda:type="external" camunda:topic="undo-{item}"/>'
        f'<association id="x{item}" associationDirection="One" sourceRef="u{item}" targetRef="h{item}"/>'
        for item in ("a", "b")
    )
    return line(external("a", "a"), external("b", "b"), external("c", "c")) + handlers
